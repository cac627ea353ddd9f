"""The particulars of one person of an agency, kept alike wherever they stand; one address is one person."""

from collections.abc import Iterable

from django.db.models.functions import Lower

from agencies.models import Contact, Staff, User
from agencies.services import staff as roster
from hmis_portal.text import typed


def follow_contacts(contacts: Iterable[Contact], *, by: User) -> None:
    """Title and phone of who holds a position, on their line of the roster and in their other positions."""
    by_address = {typed.email(contact.email): contact for contact in contacts}
    if not by_address:
        return
    agencies = {contact.agency_id for contact in by_address.values()}
    held = Contact.objects.annotate(key=Lower("email")).filter(agency__in=agencies, key__in=by_address)
    for other in held:
        named = by_address[typed.email(other.email)]
        if (other.title, other.full_phone) != (named.title, named.full_phone):
            Contact.objects.filter(pk=other.pk).update(
                title=named.title, phone=named.phone, extension=named.extension
            )
    listed = Staff.objects.current().annotate(key=Lower("email"))
    for staff in listed.filter(agency__in=agencies, key__in=by_address).select_related("agency"):
        named = by_address[typed.email(staff.email)]
        told = {"title": named.title, "phone": named.full_phone}
        now = {name: value for name, value in told.items() if value and getattr(staff, name) != value}
        if now:
            roster.change_staff(staff=staff, by=by, data=now)
