"""Acts of power over people: what one HMIS Admin asks for and another grants, carried out by the services beside."""

from collections.abc import Iterable

from django.contrib.auth.models import Group
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies import permissions
from agencies.models import User
from agencies.services import account
from hmis_portal.models import PowerRequest
from hmis_portal.powers import asking, kinds

GROUPS = "groups"


def _names(groups: Iterable[Group]) -> list[str]:
    return sorted(group.name for group in groups)


def ask_for_groups(
    *, user: User, by: User, groups: Iterable[Group], reason: str, ip: str | None = None
) -> PowerRequest:
    """Ask that a person gets and loses groups of the HMIS's own people."""
    before, after = _names(user.groups.all()), _names(groups)
    return asking.ask(
        GROUPS, by=by, target=user, person=user, reason=reason, ip=ip, data={"before": before, "after": after},
        what=_("Change what %(person)s does for the HMIS") % {"person": user},
        changes=[[_("Groups"), ", ".join(before), ", ".join(after)]],
    )  # fmt: skip


def against_groups(row: PowerRequest) -> list[str]:
    user = _person(row)
    before, after = row.data["before"], row.data["after"]
    if before == after:
        return [_("Choose other groups than this person has now.")]
    if user.closed_at is not None:
        return [_("The account of %(person)s is closed.") % {"person": user}]
    if _names(user.groups.all()) != before:
        return [_("The groups were changed since this was asked. Refuse it, and ask anew.")]
    if permissions.HMIS_ADMIN in {*before} - {*after}:
        return against_loss(user)
    return []


def against_loss(user: User) -> list[str]:
    """The portal keeps an HMIS Admin."""
    others = permissions.people_in(permissions.HMIS_ADMIN).exclude(pk=user.pk)
    return [] if others.exists() else [_("%(person)s is the only HMIS Admin.") % {"person": user}]


def change_groups(row: PowerRequest) -> None:
    account.set_groups(
        user=_person(row), by=row.asked_by, groups=Group.objects.filter(name__in=row.data["after"]),
        granted_by=row.decided_by,
    )  # fmt: skip


def _person(row: PowerRequest) -> User:
    return User.objects.get(pk=row.target_id)


kinds.add(
    kinds.Kind(GROUPS, gettext_lazy("Change HMIS groups"), change_groups, against=against_groups),
)
kinds.run_by(
    kinds.People(
        admins=lambda: permissions.people_in(permissions.HMIS_ADMIN),
        auditors=lambda: permissions.people_in(permissions.AUDITOR),
        everybody=permissions.hmis_people,
    )
)
