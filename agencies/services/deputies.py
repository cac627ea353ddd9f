"""A manager who is away names a deputy: a colleague with a manager's rights until a day. It lapses by itself."""

from datetime import date, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from agencies import emails, locks, permissions
from agencies.events import AgenciesEvent
from agencies.models import Agency, AgencyRole, User
from hmis_portal import audit
from hmis_portal.text.words import date_words
from hmis_portal.web.errors import GuardFailed

LONGEST = 180  # days


def candidates(agency: Agency, *, by: User) -> list[User]:
    """Who acts for the agency, has an account, and does not manage it for good."""
    now = permissions.deputies(agency)
    return [
        person
        for person, roles in permissions.people_with_roles(agency)
        if person != by
        and person.has_usable_password()
        and (AgencyRole.MANAGER not in roles or person.pk in now)
    ]


def other_managers(agency: Agency, *, by: User) -> list[User]:
    """Who manages the agency for good as well, and so can act without being named."""
    now = permissions.deputies(agency)
    return [
        person
        for person, roles in permissions.people_with_roles(agency)
        if person != by and AgencyRole.MANAGER in roles and person.pk not in now
    ]


@transaction.atomic
def name_deputy(*, agency: Agency, by: User, to: User, until: date, ip: str | None = None) -> None:
    """Both are told. Named again, the day is moved. Raises GuardFailed."""
    locks.lock_agency(agency.pk)
    check_no_deputy(agency, by)
    if to not in candidates(agency, by=by):
        raise GuardFailed(_("Choose a colleague who acts for your agency and does not manage it already."))
    today = timezone.localdate()
    if not today < until <= today + timedelta(days=LONGEST):
        words = _("Select a day after today, and no later than %(day)s.")
        raise GuardFailed(words % {"day": date_words(today + timedelta(days=LONGEST))})
    permissions.grant(to, agency, AgencyRole.MANAGER, until=until, deputy_for=by)
    event = audit.record(
        by=by, verb=AgenciesEvent.NAMED_DEPUTY, obj=to, agency_id=agency.pk, after=str(until), ip=ip,
        data={"deputy": to.pk, "for": by.pk, "until": str(until)},
    )  # fmt: skip
    emails.deputy_named(agency, manager=by, deputy=to, until=until, event_id=event.pk)


def check_no_deputy(agency: Agency, by: User) -> None:
    """Raises GuardFailed: who manages the agency is changed by a manager, not by who stands in for one."""
    if by.pk in permissions.deputies(agency):
        raise GuardFailed(_("A deputy does not change who manages the agency. Ask a manager."))
