"""The rows behind what agencies owe: each kind is read once for all of them, and only when first asked for."""

from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta
from functools import cached_property
from typing import TypeVar
from uuid import UUID

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from agencies.models import Agency, Funder, Invitation
from hmis_portal.models.keys import among
from hmis_portal.models.written import Keys, WrittenQuery
from hmis_portal.what_if import clock
from onboarding.journey import yearly
from onboarding.journey.yearly import YearlyTask
from onboarding.models import Access, Application

GRANT_DAYS = 90

R = TypeVar("R")


@WrittenQuery
def _open_invitations() -> QuerySet[Invitation]:
    """Neither accepted nor revoked, the oldest first."""
    rows = Invitation.objects.filter(
        among("agency", Keys("agencies")), accepted_at__isnull=True, revoked_at__isnull=True
    )
    rows = rows.select_related("user").only("agency", "role", "expires_at", "user__email")
    return rows.order_by("created_at")


@WrittenQuery
def _access() -> QuerySet[Access]:
    """Of people who are not ready, and where something is to be done in the HMIS itself."""
    states = [Access.State.NOT_READY, Access.State.SUSPENDED, Access.State.READY]
    waits = Q(state__in=states, staff__left_on__isnull=True) | ~Q(to_do="")
    return Access.objects.filter(waits, among("staff__agency", Keys("agencies"))).select_related("staff")


def _by_agency(rows: Iterable[R], agency_of: Callable[[R], UUID]) -> dict[UUID, list[R]]:
    grouped: dict[UUID, list[R]] = {}
    for row in rows:
        grouped.setdefault(agency_of(row), []).append(row)
    return grouped


class OwedRows:
    """By agency. Nobody owes anything for an agency that left."""

    def __init__(self, agencies: Mapping[UUID, Agency]) -> None:
        self.agencies = {key: row for key, row in agencies.items() if row.state != Agency.State.LEFT}

    @cached_property
    def invitations(self) -> dict[UUID, list[Invitation]]:
        """Neither accepted nor revoked."""
        return _by_agency(_open_invitations(agencies=list(self.agencies)), lambda row: row.agency_id)

    @cached_property
    def access(self) -> dict[UUID, list[Access]]:
        return _by_agency(_access(agencies=list(self.agencies)), lambda row: row.staff.agency_id)

    def not_ready(self, agency_id: UUID) -> list[Access]:
        """The access of people who have begun, are to work in the HMIS, and may not yet or no more."""
        today = clock.today()
        return [
            row
            for row in self.access.get(agency_id, ())
            if row.state in (Access.State.NOT_READY, Access.State.SUSPENDED)
            and row.staff.left_on is None
            and row.staff.logs_in
            and not row.staff.starts_after(today)
        ]

    def to_do(self, agency_id: UUID) -> list[Access]:
        """What the HMIS Admin does in the HMIS itself: accounts to make once it is live, to suspend, open again, close."""
        live = self.agencies[agency_id].state == Agency.State.LIVE
        return [
            row
            for row in self.access.get(agency_id, ())
            if row.to_do or (live and row.state == Access.State.READY)
        ]

    @cached_property
    def grants(self) -> dict[UUID, list[Funder]]:
        """The grants of approved agencies that end soon, where the same funder's next one is not recorded."""
        today = clock.today()
        approved = Application.objects.filter(
            agency=OuterRef("project__agency"), state=Application.State.APPROVED
        )
        after = Funder.objects.filter(
            Q(end_date__isnull=True) | Q(end_date__gt=OuterRef("end_date")),
            project=OuterRef("project"),
            funder=OuterRef("funder"),
            other_funder=OuterRef("other_funder"),
        )
        goes_on = Q(project__operating_end_date__isnull=True) | Q(
            project__operating_end_date__gt=F("end_date")
        )
        rows = Funder.objects.filter(
            goes_on,
            among("project__agency", self.agencies),
            Exists(approved),
            ~Exists(after),
            end_date__range=(today, today + timedelta(days=GRANT_DAYS)),
        )
        rows = rows.select_related("project").order_by("end_date", "pk")
        return _by_agency(rows, lambda row: row.project.agency_id)

    @cached_property
    def yearly(self) -> dict[UUID, list[YearlyTask]]:
        live = [key for key, row in self.agencies.items() if row.state == Agency.State.LIVE]
        tasks = yearly.due(among=Agency.objects.filter(among("pk", live))) if live else []
        return _by_agency(tasks, lambda task: task.agency.pk)
