"""Every question of who may do what. Only this module calls guardian; everything else asks here by name.

Object rights live on Agency alone: a manager manages and edits, an editor edits, a signatory reads and signs
the MOU. A staff member's rights follow from their Staff row, the HMIS staff's from their group.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date
from typing import TypeGuard
from uuid import UUID

from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest
from django.utils import timezone
from guardian.shortcuts import assign_perm, remove_perm

from agencies.held import agency_with_roles, codenames, held_roles, roles_of_agency
from agencies.models import Agency, AgencyRole, AgencyUserObjectPermission, Person, User
from hmis_portal.accounts.factors.strength import lacks_second_factor
from hmis_portal.accounts.rights import groups_of
from hmis_portal.models.users import AnyUser
from hmis_portal.models.written import Given

HMIS_ADMIN = "HMIS Admin"
LEAD_SIGNATORY = "Lead signatory"
TRAINER = "Trainer"
AUDITOR = "Auditor"
GROUPS = (HMIS_ADMIN, LEAD_SIGNATORY, TRAINER, AUDITOR)
# As the transition tables call who is in a group.
KIND_OF_GROUP = {HMIS_ADMIN: "hmis_admin", LEAD_SIGNATORY: "lead", TRAINER: "trainer", AUDITOR: "auditor"}

PERMISSION_OF_ROLE = {
    AgencyRole.MANAGER: "manage_agency",
    AgencyRole.EDITOR: "edit_agency",
    AgencyRole.SIGNATORY: "sign_agency",
}
ROLE_OF_PERMISSION = {permission: role for role, permission in PERMISSION_OF_ROLE.items()}


def is_person(user: AnyUser | None) -> TypeGuard[User]:
    return isinstance(user, User) and user.is_active


def person(request: HttpRequest) -> User:
    """The signed-in person of a view that requires one; narrows the type once."""
    if not is_person(request.user):
        raise PermissionDenied
    return request.user


def _groups(user: AnyUser | None) -> frozenset[str]:
    """What a person does for the HMIS; nothing, while the session they act in was opened without a second factor."""
    if not is_person(user) or not user.is_staff:
        return frozenset()
    names = groups_of(user)
    return frozenset() if names and lacks_second_factor(user) else names


def is_hmis_admin(user: AnyUser | None) -> bool:
    return HMIS_ADMIN in _groups(user)


def is_lead_signatory(user: AnyUser | None) -> bool:
    return LEAD_SIGNATORY in _groups(user)


def is_auditor(user: AnyUser | None) -> bool:
    return AUDITOR in _groups(user)


def is_hmis_staff(user: AnyUser | None) -> bool:
    return bool(_groups(user))


def reads_every_agency(user: AnyUser | None) -> bool:
    """The HMIS Admin, the Lead signatory and the auditor read every agency's pages; the trainer reads training."""
    return bool(_groups(user) & {HMIS_ADMIN, LEAD_SIGNATORY, AUDITOR})


def roles(user: AnyUser | None, agency: Agency) -> frozenset[str]:
    """The roles that a person holds for one agency, from one query a request."""
    if not is_person(user):
        return frozenset()
    if user.views_as_manager_of == agency.pk:
        return frozenset({AgencyRole.MANAGER.value})
    known = _known_roles(user)
    if agency.pk not in known:
        names = codenames(agency=agency.pk, user=user.pk, today=timezone.localdate())
        remember_roles(user, agency, names)
    return known[agency.pk]


def remember_roles(user: User, agency: Agency, codenames: Iterable[str]) -> None:
    """What a query of this request read along, so that it is not asked for again."""
    _known_roles(user)[agency.pk] = _roles_of(codenames)


def _known_roles(user: User) -> dict[UUID, frozenset[str]]:
    """What was read in this request, by agency."""
    known: dict[UUID, frozenset[str]] = user.__dict__.setdefault("_agency_roles", {})
    return known


def _roles_of(codenames: Iterable[str]) -> frozenset[str]:
    return frozenset(ROLE_OF_PERMISSION[name].value for name in codenames if name in ROLE_OF_PERMISSION)


@contextmanager
def counting_as_manager(user: User, agency_id: UUID) -> Iterator[None]:
    """While an HMIS Admin reads a page as the agency's manager sees it: see `agencies.desk.viewing`."""
    user.views_as_manager_of = agency_id
    try:
        yield
    finally:
        user.views_as_manager_of = None


def is_manager(user: AnyUser | None, agency: Agency) -> bool:
    return AgencyRole.MANAGER in roles(user, agency)


def is_editor(user: AnyUser | None, agency: Agency) -> bool:
    """May fill in the application: managers and editors."""
    return bool(roles(user, agency) & {AgencyRole.MANAGER, AgencyRole.EDITOR})


def is_signatory(user: AnyUser | None, agency: Agency) -> bool:
    return AgencyRole.SIGNATORY in roles(user, agency)


def kinds(user: AnyUser | None, agency: Agency) -> set[str]:
    """Everything a person is towards an agency, in the words of the transition tables."""
    kinds_held = {str(role) for role in roles(user, agency)}
    if AgencyRole.MANAGER in kinds_held:
        kinds_held.add(AgencyRole.EDITOR.value)
    return kinds_held | {KIND_OF_GROUP[group] for group in _groups(user) if group in KIND_OF_GROUP}


def can_view_agency(user: AnyUser | None, agency: Agency) -> bool:
    """The agency's pages (not the MOU alone, which its signatory also reads)."""
    return is_editor(user, agency) or reads_every_agency(user)


def can_view_mou(user: AnyUser | None, agency: Agency) -> bool:
    return can_view_agency(user, agency) or is_signatory(user, agency)


def _agency(user: AnyUser | None, agency_id: UUID | str) -> Agency:
    """The agency; the same query reads which roles the person holds for it."""
    if not is_person(user):
        raise Http404
    rows = agency_with_roles(agency=agency_id, user=user.pk, today=timezone.localdate())
    if not rows:
        raise Http404
    agency: Agency = rows[0]
    remember_roles(user, agency, agency.codenames)  # type: ignore[attr-defined]
    return agency


def agency_to_view(user: AnyUser | None, agency_id: UUID | str) -> Agency:
    """The agency, for a person who may read its pages; 404 for everybody else."""
    agency = _agency(user, agency_id)
    if not can_view_agency(user, agency):
        raise Http404
    return agency


def agency_to_read_mou(user: AnyUser | None, agency_id: UUID | str) -> Agency:
    """The agency, for a person who may read its MOU; 404 for everybody else."""
    agency = _agency(user, agency_id)
    if not can_view_mou(user, agency):
        raise Http404
    return agency


def agency_to_edit(user: AnyUser | None, agency_id: UUID | str) -> Agency:
    """The agency, for a person who may fill in its application; 403 for a reader, 404 for a stranger."""
    agency = agency_to_read_mou(user, agency_id)
    if not is_editor(user, agency):
        raise PermissionDenied
    return agency


def agency_to_manage(user: AnyUser | None, agency_id: UUID | str) -> Agency:
    """The agency, for its manager; 403 for a reader, 404 for a stranger."""
    agency = agency_to_read_mou(user, agency_id)
    if not is_manager(user, agency):
        raise PermissionDenied
    return agency


def agencies_of(user: AnyUser, role: AgencyRole) -> QuerySet[Agency]:
    """The agencies for which a person holds a role."""
    if not is_person(user):
        return Agency.objects.none()
    held = held_roles().filter(user=user, permission__codename=PERMISSION_OF_ROLE[role])
    return Agency.objects.filter(pk__in=held.values("content_object"))


def agency_ids(
    user: User | Given, *roles: AgencyRole, today: Given | None = None
) -> QuerySet[AgencyUserObjectPermission, UUID]:
    """The keys of the agencies for which a person holds one of the roles: to look for within another query."""
    held = held_roles(today).filter(
        user=user, permission__codename__in=[PERMISSION_OF_ROLE[role] for role in roles]
    )
    return held.values_list("content_object", flat=True)


def holders(agency: Agency, role: AgencyRole) -> QuerySet[User]:
    """The active people who hold a role for an agency."""
    held = held_roles().filter(content_object=agency, permission__codename=PERMISSION_OF_ROLE[role])
    people = User.objects.filter(is_active=True, pk__in=held.values("user"))
    return people.order_by("last_name", "first_name")


def people_with_roles(agency: Agency) -> list[tuple[User, list[str]]]:
    """Everybody who holds a role for an agency, with their roles in the order of AgencyRole; one query."""
    roles_of: dict[User, set[str]] = {}
    for row in roles_of_agency(agency=agency.pk, today=timezone.localdate()):
        if row.permission.codename in ROLE_OF_PERMISSION:
            roles_of.setdefault(row.user, set()).add(ROLE_OF_PERMISSION[row.permission.codename].value)
    return [(user, [role for role in AgencyRole.values if role in roles]) for user, roles in roles_of.items()]


def memberships(user: User) -> list[tuple[Agency, list[str]]]:
    """The agencies for which a person holds roles, by name, with the roles in the order of AgencyRole; one query."""
    roles_at: dict[Agency, set[str]] = {}
    rows = held_roles().filter(user_id=user.pk)
    for row in rows.select_related("content_object", "permission").order_by(
        "content_object__legal_name", "content_object_id"
    ):
        roles_at.setdefault(row.content_object, set()).update(_roles_of([row.permission.codename]))
    roles_at = {agency: roles for agency, roles in roles_at.items() if roles}
    _known_roles(user).update({agency.pk: frozenset(roles) for agency, roles in roles_at.items()})
    return [
        (agency, [role for role in AgencyRole.values if role in roles]) for agency, roles in roles_at.items()
    ]


def deputies(agency: Agency) -> dict[int, AgencyUserObjectPermission]:
    """Who stands in for a manager today, by person: until when, and for whom."""
    rows = held_roles().filter(content_object=agency, until__isnull=False).select_related("deputy_for")
    return {row.user_id: row for row in rows}


def grant(
    user: User, agency: Agency, role: AgencyRole, *, until: date | None = None, deputy_for: User | None = None
) -> None:
    """Give a role; giving it twice changes nothing. The caller records why. The directory has them from now on.

    With `until` it is a deputy's, and lapses after that day; without, a deputy holds it for good from now on.
    """
    assign_perm(PERMISSION_OF_ROLE[role], user, agency)
    Person.objects.join(agency, user)
    held = AgencyUserObjectPermission.objects.filter(
        content_object=agency, user=user, permission__codename=PERMISSION_OF_ROLE[role]
    )
    if until or role == AgencyRole.MANAGER:
        held.update(until=until, deputy_for=deputy_for)
    user.__dict__.pop("_agency_roles", None)


def revoke(user: User, agency: Agency, role: AgencyRole) -> None:
    remove_perm(PERMISSION_OF_ROLE[role], user, agency)
    user.__dict__.pop("_agency_roles", None)


def make_groups() -> None:
    """The four groups of the HMIS's own people; their model permissions are set by each app's reference data."""
    for name in GROUPS:
        Group.objects.get_or_create(name=name)


def hmis_people() -> QuerySet[User]:
    """The active people of any of the HMIS's own groups, each once."""
    return User.objects.filter(is_active=True, is_staff=True, groups__name__in=GROUPS).distinct()


def people_in(group: str) -> QuerySet[User]:
    """The active people of one of the HMIS's own groups."""
    return User.objects.filter(is_active=True, is_staff=True, groups__name=group)
