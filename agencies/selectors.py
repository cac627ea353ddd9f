"""Questions over many people and agencies."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, QuerySet, UUIDField
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from agencies import permissions
from agencies.events import AgenciesEvent
from agencies.held import held_roles
from agencies.models import (
    AccessLevel,
    Agency,
    AgencyRole,
    AgencyUserObjectPermission,
    HmisRole,
    Invitation,
    Person,
    Staff,
    User,
)
from agencies.permissions import PERMISSION_OF_ROLE
from hmis_portal.models import AuditEvent, PortalSettings
from hmis_portal.models.keys import among
from hmis_portal.models.written import Given, Keys, WrittenQuery
from hmis_portal.web import links
from hmis_portal.web.links import Page

MOST_OFFERED = 50  # people to choose from; whoever is not among them is typed, and known by their address


@dataclass(frozen=True)
class Destination:
    """A place where a person works after signing in."""

    title: str
    text: str
    url: str
    agency: Agency | None = None


def destinations(user: User) -> list[Destination]:
    """Where a person may go: each agency they act for, their own training, open invitations, the admin desk."""
    places: list[Destination] = []
    if user.is_staff:
        places.append(Destination(_("Admin desk"), _("Your work for the HMIS"), reverse("admin:index")))
    mine = permissions.memberships(user)
    places += [_of_agency(agency, roles) for agency, roles in mine]
    listed = [row.agency for row in Staff.objects.current().filter(user=user).select_related("agency")]
    in_position = Person.objects.off_roster().filter(user=user).select_related("agency")
    listed += [person.agency for person in in_position]
    acting_for = {agency for agency, _roles in mine}
    if any(agency not in acting_for for agency in listed) or (listed and user.is_staff and not mine):
        names = ", ".join(agency.name for agency in listed)
        places.append(Destination(_("Your training and access"), names, reverse(links.to(Page.OWN_TRAINING))))
    return places


def own_agencies(user: User) -> list[Destination]:
    """The agencies that a person acts for."""
    return [_of_agency(agency, roles) for agency, roles in permissions.memberships(user)]


def _of_agency(agency: Agency, roles: Collection[str]) -> Destination:
    acts = {AgencyRole.MANAGER, AgencyRole.EDITOR} & set(roles)
    page = links.to(Page.AGENCY_STEPS) if acts else links.to(Page.AGENCY_MOU)
    words = ", ".join(str(AgencyRole(role).label) for role in roles)
    return Destination(agency.name, words, reverse(page, args=[agency.pk]), agency)


def on_rosters(user: User) -> list[tuple[Staff, list[Staff]]]:
    """The rosters this person is on, each with its HMIS Data Coordinators; a number of queries that does not grow."""
    rows = Staff.objects.current().filter(user=user).select_related("agency").prefetch_related("projects")
    mine = list(rows.order_by("agency__legal_name"))
    coordinators = Staff.objects.current().filter(
        agency__in=[row.agency_id for row in mine], hmis_role=HmisRole.HDC
    )
    known = list(coordinators) if mine else []
    return [
        (row, [agency_row for agency_row in known if agency_row.agency_id == row.agency_id]) for row in mine
    ]


@WrittenQuery
def _known_people() -> QuerySet[Person]:
    people = Person.objects.current().filter(agency=Given("agency", UUIDField()), holds_address=True)
    return people.exclude(email="")


def known_people(agency: Agency) -> list[Person]:
    """The agency's directory as forms offer it, by name; one query."""
    people = _known_people(agency=agency.pk)
    return sorted(people, key=lambda person: (person.name.casefold(), person.email))


def choices_of(people: Iterable[Person]) -> list[tuple[str, str]]:
    """For a list to choose from, above the boxes for whoever is not on it."""
    return [("", _("Somebody else, as written below")), *((person.email, str(person)) for person in people)]


def people_to_invite(agency: Agency) -> list[Person]:
    """Whom the agency knows and who neither acts for it nor is asked to already."""
    acting = [user for user, _roles in permissions.people_with_roles(agency)]
    asked = {user.email for user in [*acting, *(row.user for row in open_invitations(agency))]}
    return [
        person for person in known_people(agency) if person.email not in asked and person.may_have_account
    ]


def given_group(group: str, *, since: datetime) -> QuerySet[AuditEvent]:
    """The times when somebody got this group, the newest first; the person is the target."""
    return AuditEvent.objects.filter(
        verb=AgenciesEvent.CHANGED_GROUPS, at__gte=since, data__added__contains=[group]
    ).order_by("-pk")


def waiting_invitations(user: User) -> QuerySet[Invitation]:
    """Invitations this person can still accept."""
    return Invitation.objects.filter(
        user=user, accepted_at__isnull=True, revoked_at__isnull=True, expires_at__gt=timezone.now()
    ).select_related("agency")


def open_invitations(agency: Agency) -> QuerySet[Invitation]:
    """Invitations neither accepted nor revoked, lapsed ones too; without those of the roster's staff."""
    return (
        Invitation.objects.filter(agency=agency, accepted_at__isnull=True, revoked_at__isnull=True)
        .exclude(role=AgencyRole.STAFF)
        .select_related("user", "created_by")
    )


def invitations_of_staff(agency: Agency, rows: Iterable[Staff]) -> dict[int, Invitation]:
    """User → the invitation that this person of the roster has not accepted yet."""
    invitations = Invitation.objects.filter(
        agency=agency, role=AgencyRole.STAFF, accepted_at__isnull=True, revoked_at__isnull=True,
        user__in=[row.user_id for row in rows if row.user_id],
    )  # fmt: skip
    return {invitation.user_id: invitation for invitation in invitations}


def lacks_channel(user: User) -> bool:
    """Whether this person is to have an account in the HMIS, and the channel for its sign-in codes is not entered yet."""
    if not PortalSettings.load().asks_for_channel(timezone.localdate()):
        return False
    rows = Staff.objects.current().filter(user=user, user__code_channel=None)
    return rows.exclude(access_level=AccessLevel.NONE).exists()


@WrittenQuery
def _managers() -> QuerySet[AgencyUserObjectPermission, Any]:
    """Agencies, and how many active people manage each, without deputies."""
    rows: QuerySet[AgencyUserObjectPermission, Any] = AgencyUserObjectPermission.objects.filter(
        among("content_object", Keys("agencies")),
        permission__codename=PERMISSION_OF_ROLE[AgencyRole.MANAGER],
        user__is_active=True,
        until__isnull=True,
    )
    return rows.order_by().values_list("content_object").annotate(people=Count("user", distinct=True))


def manager_counts(agency_ids: Collection[UUID]) -> dict[UUID, int]:
    """How many active people manage each agency, without deputies; one query, none for no agency."""
    return dict(_managers(agencies=list(agency_ids)))


def signatories_of(agency_ids: Collection[UUID]) -> set[tuple[UUID, int]]:
    """Pairs of agency and person who may sign for it; one query, none for no agency."""
    if not agency_ids:
        return set()
    rows = AgencyUserObjectPermission.objects.filter(
        content_object__in=agency_ids, permission__codename=PERMISSION_OF_ROLE[AgencyRole.SIGNATORY]
    )
    return set(rows.values_list("content_object", "user"))


def acting_for(agency_ids: Collection[UUID]) -> set[tuple[UUID, int]]:
    """Pairs of agency and person who manages it or fills in for it; one query, none for no agency."""
    if not agency_ids:
        return set()
    codes = [PERMISSION_OF_ROLE[AgencyRole.MANAGER], PERMISSION_OF_ROLE[AgencyRole.EDITOR]]
    rows = held_roles().filter(
        content_object__in=agency_ids, permission__codename__in=codes, user__is_active=True
    )
    return set(rows.values_list("content_object", "user"))
