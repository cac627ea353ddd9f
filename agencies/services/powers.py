"""Acts of power over people: what one HMIS Admin asks for and another grants, carried out by the services beside."""

from collections.abc import Iterable

from allauth.mfa.models import Authenticator
from django.contrib.auth.models import Group
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies import permissions
from agencies.models import Agency, AgencyRole, User
from agencies.services import account, people
from hmis_portal.accounts.factors import first_factor
from hmis_portal.models import PowerRequest
from hmis_portal.powers import asking, kinds

GROUPS, CLOSE, RESET, ALLOW_FACTOR = "groups", "close", "reset", "allow_factor"
NAME_MANAGER = "name_manager"


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


def ask_to_close(*, user: User, by: User, reason: str, ip: str | None = None) -> PowerRequest:
    """Ask that the account of one of the HMIS's own people is closed; the groups end with it."""
    return asking.ask(
        CLOSE, by=by, target=user, person=user, reason=reason, ip=ip,
        what=_("Close the account of %(person)s") % {"person": user},
        changes=[[_("Account"), _("Open"), _("Closed")], [_("Groups"), ", ".join(_names(user.groups.all())), ""]],
    )  # fmt: skip


def against_closing(row: PowerRequest) -> list[str]:
    user = _person(row)
    if user.closed_at is not None:
        return [_("This account is closed already.")]
    alone = [
        _("%(person)s is the only manager of %(agency)s.") % {"person": user, "agency": agency.name}
        for agency in account.managed_alone(user)
    ]
    return [*alone, *(against_loss(user) if permissions.is_hmis_admin(user) else [])]


def close(row: PowerRequest) -> None:
    account.close_account(user=_person(row), by=_asker(row), reason=row.reason, power=row)


def ask_to_reset(*, user: User, by: User, reason: str, ip: str | None = None) -> PowerRequest:
    """Ask that the second factors of one of the HMIS's own people are removed; `reason` says how they were known."""
    return asking.ask(
        RESET, by=by, target=user, person=user, reason=reason, ip=ip,
        what=_("Reset the authenticator of %(person)s") % {"person": user},
        changes=[[_("Authenticator apps, passkeys, recovery codes"), _("As they are"), _("None")]],
    )  # fmt: skip


def against_resetting(row: PowerRequest) -> list[str]:
    user = _person(row)
    if Authenticator.objects.filter(user=user).exists():
        return []
    return [_("%(person)s has no authenticator.") % {"person": user}]


def reset(row: PowerRequest) -> None:
    account.reset_authenticator(user=_person(row), by=_asker(row), reason=row.reason, power=row)


def ask_to_allow_factor(*, user: User, by: User, reason: str, ip: str | None = None) -> PowerRequest:
    """Ask that a colleague whose password was set anew by e-mail may set up a second factor within 72 hours."""
    return asking.ask(
        ALLOW_FACTOR, by=by, target=user, person=user, reason=reason, ip=ip,
        what=_("Allow %(person)s to set up a second factor") % {"person": user},
        changes=[[_("Second factor"), _("Held back"), _("May be set up within 72 hours")]],
    )  # fmt: skip


def against_allowing(row: PowerRequest) -> list[str]:
    user = _person(row)
    return (
        []
        if first_factor.held(user)
        else [_("Nothing holds %(person)s back from a second factor.") % {"person": user}]
    )


def allow_factor(row: PowerRequest) -> None:
    account.allow_first_factor(user=_person(row), by=_asker(row), reason=row.reason, power=row)


def ask_to_name_manager(
    *, agency: Agency, by: User, email: str, reason: str, first_name: str, last_name: str, title: str,
    replaced: Iterable[User], ip: str | None = None,
) -> PowerRequest:  # fmt: skip
    """Ask for another manager of an agency that has one; every manager there is now is told, and the new one."""
    before = permissions.holders(agency, AgencyRole.MANAGER)
    gone = [*replaced]
    names = [str(manager) for manager in before]
    after = [
        *(str(manager) for manager in before if manager not in gone),
        f"{first_name} {last_name} ({email})",
    ]
    return asking.ask(
        NAME_MANAGER, by=by, target=agency, agency_id=agency.pk, reason=reason, ip=ip,
        what=_("Name a manager of %(agency)s") % {"agency": agency.name},
        changes=[[_("Managers"), ", ".join(names), ", ".join(after)]],
        data={
            "email": email, "first_name": first_name, "last_name": last_name, "title": title,
            "replaced": [person.pk for person in gone], "before": sorted(manager.pk for manager in before),
        },
    )  # fmt: skip


def against_naming(row: PowerRequest) -> list[str]:
    agency = Agency.objects.get(pk=row.target_id)
    if agency.state == Agency.State.LEFT:
        return [_("%(agency)s has left the HMIS.") % {"agency": agency.name}]
    if sorted(person.pk for person in permissions.holders(agency, AgencyRole.MANAGER)) != row.data["before"]:
        return [_("The managers were changed since this was asked. Refuse it, and ask anew.")]
    return []


def managers_concerned(row: PowerRequest) -> list[User]:
    known = Q(pk__in=row.data["before"]) | Q(email__iexact=row.data["email"])
    return list(User.objects.filter(known, is_active=True))


def name_manager(row: PowerRequest) -> None:
    data = row.data
    people.name_manager(
        agency=Agency.objects.get(pk=row.target_id), by=_asker(row), email=data["email"], reason=row.reason,
        first_name=data["first_name"], last_name=data["last_name"], title=data["title"],
        replaced=User.objects.filter(pk__in=data["replaced"]), power=row,
    )  # fmt: skip


def _asker(row: PowerRequest) -> User:
    return User.objects.get(pk=row.asked_by_id)


kinds.add(
    kinds.PowerKind(GROUPS, gettext_lazy("Change HMIS groups"), change_groups, against=against_groups),
    kinds.PowerKind(CLOSE, gettext_lazy("Close the account of a colleague"), close, against=against_closing),
    kinds.PowerKind(RESET, gettext_lazy("Reset the factors of a colleague"), reset, against=against_resetting),
    kinds.PowerKind(ALLOW_FACTOR, gettext_lazy("Allow a second factor to be set up"), allow_factor, against=against_allowing),
    kinds.PowerKind(
        NAME_MANAGER, gettext_lazy("Name another manager"), name_manager, against=against_naming,
        concerned=managers_concerned,
    ),
)  # fmt: skip
kinds.run_by(
    kinds.People(
        admins=lambda: permissions.people_in(permissions.HMIS_ADMIN),
        auditors=lambda: permissions.people_in(permissions.AUDITOR),
        everybody=permissions.hmis_people,
    )
)
