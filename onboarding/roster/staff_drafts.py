"""Section C, one person's page: the typing that is kept between visits, and when it becomes a row of the roster.

A person on the list is kept under "staff-<key>". Somebody who is being added has no key yet: each such page has a
random name of its own, "staff-new-<12 hex digits>", so that two people can be begun at once, and a colleague can go on.
"""

from collections.abc import Mapping

from django.urls import reverse

from agencies.models import Staff, User
from agencies.services.staff import add_staff, change_staff, remove_staff
from onboarding.forms.roster.person import PersonForm
from onboarding.models import Application, SectionKey, SectionWork
from onboarding.sections import drafts

SECTION = SectionKey.STAFF
NEW = "staff-new-"


def key_of(staff: Staff | None, page: str = "") -> str:
    """The name under which a person's typing is kept; at most 40 characters."""
    return f"staff-{staff.pk}" if staff else f"{NEW}{page}"


def url_of(staff: Staff) -> str:
    return reverse("onboarding:staff_change", args=[staff.agency_id, staff.pk])


def begun(works: Mapping[str, SectionWork]) -> list[drafts.Begun]:
    return drafts.begun(works, NEW, "first_name", "last_name")


def write(form: PersonForm, application: Application, *, key: str, version: int, by: User) -> Staff:
    """The typing becomes a row of the roster. Raises Stale, WrongState, GuardFailed (a colleague was faster)."""
    with drafts.writing(application):
        drafts.settled(application=application, section=key, version=version, by=by)
        if form.instance.pk:
            written = change_staff(staff=form.instance, by=by, data=form.cleaned_data)
        else:
            written = add_staff(agency=application.agency, by=by, data=form.cleaned_data)
        drafts.record_edit(application, SECTION, by, drafts.of_row(key_of(written), form))
    return written


def remove(application: Application, staff: Staff, *, by: User) -> None:
    """Take a person off the list, and what was typed about them."""
    key, name = key_of(staff), staff.name
    with drafts.writing(application):
        remove_staff(staff=staff, by=by)
        SectionWork.objects.filter(application=application, section=key).delete()
        drafts.record_edit(application, SECTION, by, {key: [name, None]})
