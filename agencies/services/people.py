"""Who acts for an agency: roles that end, the hand-over of management, a manager named by the HMIS Admin."""

from collections.abc import Iterable

from django.db import transaction
from django.utils.translation import gettext as _

from agencies import emails, locks, permissions
from agencies.events import AgenciesEvent
from agencies.models import Agency, AgencyRole, User
from agencies.services.deputies import check_no_deputy
from agencies.services.invitations import give, invite
from agencies.services.invited import account_for, has_account
from hmis_portal import audit
from hmis_portal.models import PowerRequest
from hmis_portal.web.errors import GuardFailed, WrongState


@transaction.atomic
def end_role(
    *, agency: Agency, person: User, role: AgencyRole, by: User, reason: str = "", ip: str | None = None
) -> None:
    """Take a role away, or lay it down; the last manager hands over instead."""
    locks.lock_agency(agency.pk)
    if role not in permissions.roles(person, agency):
        raise WrongState(_("%(person)s does not have this role any more.") % {"person": person})
    if role == AgencyRole.MANAGER and person != by:
        check_no_deputy(agency, by)
    if role == AgencyRole.MANAGER and _is_last_manager(agency, person):
        raise GuardFailed(
            _("%(agency)s needs a manager. Hand over to a colleague first.") % {"agency": agency.name}
        )
    permissions.revoke(person, agency, role)
    event = audit.record(
        by=by,
        verb=AgenciesEvent.ENDED_ROLE,
        obj=person,
        agency_id=agency.pk,
        before=str(AgencyRole(role).label),
        reason=reason,
        ip=ip,
    )
    if person != by:
        emails.role_ended(agency, to=person, role=str(AgencyRole(role).label), event_id=event.pk)


@transaction.atomic
def hand_over(*, agency: Agency, by: User, to: User, stay_as_editor: bool, ip: str | None = None) -> None:
    """A manager makes a colleague who acts for the agency already the manager, and lays the role down."""
    locks.lock_agency(agency.pk)
    if AgencyRole.MANAGER not in permissions.roles(by, agency):
        raise WrongState(_("You have handed over already."))
    check_no_deputy(agency, by)
    if to == by or not permissions.roles(to, agency):
        raise GuardFailed(_("Choose a colleague who has accepted an invitation to your agency."))
    give(to, agency, AgencyRole.MANAGER)
    permissions.revoke(by, agency, AgencyRole.MANAGER)
    if stay_as_editor:
        permissions.grant(by, agency, AgencyRole.EDITOR)
    event = audit.record(
        by=by, verb=AgenciesEvent.HANDED_OVER_MANAGEMENT, obj=agency, agency_id=agency.pk, before=str(by), after=str(to), ip=ip,
        data={"from": by.pk, "to": to.pk, "stays_as_editor": stay_as_editor},
    )  # fmt: skip
    emails.management_handed_over(agency, old=by, new=to, event_id=event.pk)


@transaction.atomic
def name_manager(
    *,
    agency: Agency,
    by: User,
    email: str,
    reason: str,
    first_name: str = "",
    last_name: str = "",
    title: str = "",
    replaced: Iterable[User] = (),
    ip: str | None = None,
    power: PowerRequest | None = None,
) -> User:
    """The HMIS Admin names a manager where the agency has none who can act; `replaced` lose the role.

    Where there is a manager it takes `power`: a new one could remove them.
    """
    locks.lock_agency(agency.pk)
    before = list(permissions.holders(agency, AgencyRole.MANAGER))
    if before and power is None:
        words = _(
            "%(agency)s has a manager: one HMIS Admin asks for another, and a second HMIS Admin grants it."
        )
        raise GuardFailed(words % {"agency": agency.name})
    user = account_for(email, first_name=first_name, last_name=last_name, title=title)
    if user == by:
        raise GuardFailed(_("Nobody names themselves. Ask another HMIS Admin."))
    gone = [person for person in replaced if person != user]
    if user in before and not gone:
        raise WrongState(_("%(person)s manages this agency already.") % {"person": user})
    if has_account(user):
        give(user, agency, AgencyRole.MANAGER)
    elif user not in before:
        invite(
            agency=agency, email=user.email, role=AgencyRole.MANAGER, by=by, first_name=first_name, last_name=last_name,
            title=title, reason=reason, ip=ip,
        )  # fmt: skip
    for person in gone:
        permissions.revoke(person, agency, AgencyRole.MANAGER)
    event = audit.record(
        by=by, verb=AgenciesEvent.NAMED_MANAGER, obj=agency, agency_id=agency.pk, after=str(user), reason=reason, ip=ip,
        data={"new": user.pk, "replaced": [person.pk for person in gone], "granted_by": power.decided_by_id if power else None},
    )  # fmt: skip
    recipients = [*before, user] if has_account(user) and user not in before else before
    emails.manager_named(agency, to=recipients, new=user, replaced=gone, reason=reason, event_id=event.pk)
    return user


def _is_last_manager(agency: Agency, person: User) -> bool:
    """A deputy's role ends at any time, and leaves nobody without a manager."""
    if person.pk in permissions.deputies(agency):
        return False
    return (
        permissions.holders(agency, AgencyRole.MANAGER)
        .exclude(pk__in=[person.pk, *permissions.deputies(agency)])
        .count()
        == 0
    )
