"""Two accounts of one person become one: what is theirs at agencies moves, what is kept for good stays and points on.

Each function is a part of `onboarding.effects.people.merge`, which holds the locks and the one transaction.
"""

from django.utils import timezone
from django.utils.translation import gettext as _

from agencies import permissions
from agencies.models import (
    AgencyRole,
    AgencyUserObjectPermission,
    CodeChannel,
    Invitation,
    Person,
    Staff,
    User,
)
from agencies.services import leavers
from hmis_portal.accounts import sessions
from hmis_portal.models import Message


def lines_in_both(duplicate: User, into: User) -> list[Staff]:
    """The duplicate's lines of rosters on which the other account stands, too."""
    listed = Staff.objects.current().filter(user=into).values("agency")
    return list(
        Staff.objects.current()
        .filter(user=duplicate, agency__in=listed)
        .select_related("agency")
        .order_by("pk")
    )


def move_work(duplicate: User, into: User, *, by: User) -> list[Staff]:
    """Lines of rosters, places in directories, roles and invitations; returns the lines that moved and go on.

    Where both stand on one roster, the line of the account that goes on stays; the other ends today.
    """
    for line in lines_in_both(duplicate, into):
        leavers.report_leaver(
            staff=line, by=by, last_day=timezone.localdate(), notice=Staff.LeavingNotice.AGENCY,
            reason=_("The same person stands on the roster with another address: %(email)s.") % {"email": into.email},
        )  # fmt: skip
    moved = list(Staff.objects.current().filter(user=duplicate).select_related("agency").order_by("pk"))
    Staff.objects.filter(user=duplicate).update(user=into)
    for person in Person.objects.filter(user=duplicate).order_by("pk"):
        _move_place(person, into)
    _move_roles(duplicate, into)
    _move_invitations(duplicate, into)
    return moved


def _move_place(person: Person, into: User) -> None:
    """An agency that knows both by a row of its directory knows one by both from now on: the other's row counts."""
    other = Person.objects.filter(agency=person.agency_id, user=into).first()
    if other is None:
        person.user = into
        person.save(update_fields=["user"])
        return
    person.contacts.update(person=other)
    person.supervises.update(
        supervised_by=other, supervisor_name=other.name[:200], supervisor_email=other.email
    )
    Staff.objects.current().filter(person=person).update(person=other, email=other.email)
    Invitation.objects.filter(person=person).update(person=other)
    person.user, person.holds_address = None, False
    person.save(update_fields=["user", "holds_address"])


def _move_roles(duplicate: User, into: User) -> None:
    """A deputy stays one, until the same day; who manages for good is no deputy."""
    held = AgencyUserObjectPermission.objects.filter(user=duplicate).select_related(
        "content_object", "deputy_for"
    )
    deputy_until = {row.content_object_id: (row.until, row.deputy_for) for row in held if row.until}
    for agency, roles in permissions.memberships(duplicate):
        for role in roles:
            already = role in permissions.roles(into, agency)
            permissions.revoke(duplicate, agency, AgencyRole(role))
            if not already:
                until, instead_of = deputy_until.get(agency.pk, (None, None))
                manages = role == AgencyRole.MANAGER
                permissions.grant(
                    into, agency, AgencyRole(role), until=until if manages else None,
                    deputy_for=instead_of if manages else None,
                )  # fmt: skip


def _move_invitations(duplicate: User, into: User) -> None:
    waiting = Invitation.objects.filter(accepted_at=None, revoked_at=None)
    for row in waiting.filter(user=duplicate).select_for_update(of=("self",)):
        if waiting.filter(agency=row.agency_id, user=into, role=row.role).exists():
            row.revoked_at = timezone.now()
        else:
            row.user = into
        row.save(update_fields=["revoked_at", "user"])


def close_into(duplicate: User, into: User) -> int:
    """Nobody signs in with the duplicate any more, and it says who the person is. Returns how many letters moved."""
    if hasattr(into, "code_channel"):
        CodeChannel.objects.filter(person=duplicate).delete()
    else:
        CodeChannel.objects.filter(person=duplicate).update(person=into)
    letters = Message.objects.filter(user=duplicate).update(user=into)
    User.objects.filter(merged_into=duplicate).update(merged_into=into)
    duplicate.merged_into, duplicate.is_active = into, False
    duplicate.closed_at = duplicate.closed_at or timezone.now()
    duplicate.save(update_fields=["merged_into", "is_active", "closed_at"])
    sessions.end_all(duplicate)
    return letters
