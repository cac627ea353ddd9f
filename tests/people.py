"""People whom an agency names, put into its directory as the pages do."""

from agencies.models import Agency, Contact, Person
from agencies.models.person import name_parts, phone_parts
from agencies.services import directory


def enter(agency: Agency, name: str, email: str, title: str = "", phone: str = "") -> Person:
    return directory.enter(
        agency.pk, email, name_parts(name) | {"title": title} | phone_parts(phone), by=None
    )


def hold(agency: Agency, position: str, name: str, email: str, title: str = "", phone: str = "") -> Contact:
    """Who holds the position from now on."""
    person = enter(agency, name, email, title, phone)
    return Contact.objects.update_or_create(agency=agency, position=position, defaults={"person": person})[0]
