"""Another person takes over a position: account, roster, briefing and notices move with it, in one act.

Before the act its page says what will happen (`will_happen`); the act tells what did (`take_over`).
"""

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from agencies import locks, permissions
from agencies.models import (
    AccessLevel,
    Agency,
    AgencyRole,
    Contact,
    HmisRole,
    Invitation,
    Person,
    Position,
    Staff,
    User,
)
from agencies.services import invitations, leavers, people
from agencies.services.staff import change_staff
from agencies.signals import StaffNews
from hmis_portal.web.errors import GuardFailed
from onboarding.forms.record import Before
from onboarding.models import Mou
from onboarding.mou import agreement
from onboarding.record import changes
from onboarding.roster.officer import list_security_officer

# The role in this portal that a new holder gets; who signs gets theirs with the MOU.
ROLE = {Position.DIRECTOR: AgencyRole.MANAGER, Position.COORDINATOR: AgencyRole.EDITOR}
POSITIONS = (Position.DIRECTOR, Position.COORDINATOR, Position.SECURITY, Position.SIGNATORY)


@dataclass(frozen=True, slots=True)
class Succession:
    """Who hands over to whom. The position is the new person's already."""

    agency: Agency
    position: Position
    old: Person
    new: Person
    day: date
    by: User


def holder(agency: Agency, position: str) -> Person | None:
    contact = Contact.objects.filter(agency=agency, position=position).first()
    return contact.person if contact else None


def will_happen(agency: Agency, position: Position, old: Person) -> list[str]:
    """What follows when somebody else is named on the page of a position."""
    names = {"old": old.name, "role": ROLE[position].label if position in ROLE else ""}
    lines = [_("The new person stands in the record, and the HMIS Admin is told.")]
    if position in ROLE:
        lines.append(_("Who does not act for the agency here yet is invited as: %(role)s.") % names)
    if position == Position.COORDINATOR:
        lines.append(
            _("On the roster the new person becomes HMIS Data Coordinator, and the HMIS account follows.")
        )
    if position == Position.SECURITY:
        lines.append(_("Who is not on the roster is listed there, without access to the HMIS."))
    if position == Position.DIRECTOR:
        lines.append(
            _("Notices under the MOU go to the new person, and the HMIS Admin learns of the address.")
        )
    if position == Position.SIGNATORY:
        lines.append(
            _(
                "An MOU that is executed stays as it is; one that is still open you issue anew to the new person."
            )
        )
    else:
        lines.append(
            _("Training follows: the new person is briefed for the position, %(old)s no longer.") % names
        )
    return lines


def take_over(succession: Succession, before: Before) -> list[str]:
    """Everything that follows, in the transaction in which the position changed. Raises GuardFailed, WrongState."""
    agency, position = succession.agency, succession.position
    if position == Position.DIRECTOR and not permissions.is_manager(succession.by, agency):
        raise GuardFailed(_("A manager of the agency names a new executive director."))
    sentences = [*_give_role(succession), *_roster(succession)]
    if position == Position.SIGNATORY:
        sentences += _open_mou(succession)
    if position == Position.DIRECTOR:
        sentences += _notices(succession)
    sentences += _end(succession, before)
    for staff in Staff.objects.current().filter(person__in=[succession.old, succession.new]):
        leavers.tell(staff, StaffNews.ROLE, succession.by)
    return sentences


def _give_role(succession: Succession) -> list[str]:
    agency, new, role = succession.agency, succession.new, ROLE.get(succession.position)
    if role is None:
        return []
    held = permissions.roles(new.user, agency) if new.user else frozenset()
    if role in held or AgencyRole.MANAGER in held:
        return []
    if not new.may_have_account:
        return [
            _("%(name)s cannot be invited with this address: enter one of their own.") % {"name": new.name}
        ]
    if Invitation.objects.filter(
        agency=agency, person=new, role=role, accepted_at__isnull=True, revoked_at__isnull=True
    ).exists():
        return []
    invitations.invite(
        agency=agency, email=new.email, role=role, by=succession.by, first_name=new.first_name,
        last_name=new.last_name, title=new.title,
    )  # fmt: skip
    return [_("%(name)s is invited as: %(role)s.") % {"name": new.name, "role": role.label}]


def _roster(succession: Succession) -> list[str]:
    agency, new = succession.agency, succession.new
    if locks.why_locked(agency):
        return [_("The roster stays as it was sent until the application is answered.")]
    staff = Staff.objects.current().filter(person=new).select_related("agency").first()
    if succession.position == Position.COORDINATOR:
        if staff is None:
            return [_("Add %(name)s to the roster: a coordinator works in the HMIS.") % {"name": new.name}]
        if staff.hmis_role != HmisRole.HDC:
            change_staff(
                staff=staff,
                by=succession.by,
                data={"hmis_role": HmisRole.HDC, "access_level": AccessLevel.AGENCY},
            )
            return [_("%(name)s is HMIS Data Coordinator on the roster.") % {"name": new.name}]
    if succession.position == Position.SECURITY and list_security_officer(agency, by=succession.by):
        return [_("%(name)s is listed on the roster.") % {"name": new.name}]
    return []


def _open_mou(succession: Succession) -> list[str]:
    mou = agreement.latest(succession.agency)
    if mou is None or mou.state not in Mou.OPEN:
        return []
    return [
        _("The MOU still waits with %(name)s’s name: issue it to %(new)s on its page.")
        % {"name": mou.signatory_name, "new": succession.new.name}
    ]


def _notices(succession: Succession) -> list[str]:
    """The executed MOU states the address of its day; from now on the record tells of another."""
    old, new = succession.old.email, succession.new.email
    if agreement.in_force(succession.agency) is None or old == new:
        return []
    row = {"question": _("E-mail address for notices to the agency"), "before": old, "after": new}
    changes.record(
        agency=succession.agency,
        title=_("Notices under the MOU"),
        changed=[row],
        effective_on=succession.day,
        by=succession.by,
    )
    return [_("Notices under the MOU go to %(address)s.") % {"address": new}]


def _end(succession: Succession, before: Before) -> list[str]:
    """Whoever handed over: stays as they are, no longer acts here, or leaves."""
    agency, old, by = succession.agency, succession.old, succession.by
    sentences: list[str] = []
    if before == Before.STAYS:
        return sentences
    if old.user and old.user != by:
        for role in permissions.roles(old.user, agency) & {AgencyRole.MANAGER, AgencyRole.EDITOR}:
            sentences += _end_role(succession, old.user, AgencyRole(role))
    if before == Before.LEAVES:
        staff = Staff.objects.current().filter(person=old).first()
        if staff is not None:
            leavers.report_leaver(staff=staff, by=by, last_day=succession.day)
            sentences.append(_("%(name)s is reported as leaving.") % {"name": old.name})
    return sentences


def _end_role(succession: Succession, user: User, role: AgencyRole) -> list[str]:
    """The last manager stays one until the new person has accepted."""
    agency = succession.agency
    others = permissions.holders(agency, AgencyRole.MANAGER).exclude(pk=user.pk)
    if role == AgencyRole.MANAGER and not permissions.is_manager(succession.by, agency):
        return [_("A manager of the agency ends the access of %(name)s.") % {"name": user}]
    if role == AgencyRole.MANAGER and not others.exists():
        words = _("%(name)s stays manager until another has accepted the invitation; end the access then.")
        return [words % {"name": user}]
    people.end_role(agency=agency, person=user, role=role, by=succession.by)
    return [_("%(name)s no longer acts for the agency as: %(role)s.") % {"name": user, "role": role.label}]
