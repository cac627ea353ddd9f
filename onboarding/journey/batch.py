"""The rows behind the facts of some agencies: each kind is read once for all of them, in a flat number of queries."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import cached_property
from operator import attrgetter
from typing import Any
from uuid import UUID

from django.db.models import Count, Func, Max, OuterRef, Q, QuerySet, Subquery, Value

from agencies import selectors
from agencies.models import HOLDING_UP_GO_LIVE, Agency, HmisRole, Staff
from hmis_portal.models import AuditEvent, PortalSettings
from hmis_portal.models.keys import among
from hmis_portal.models.written import Keys, WrittenQuery
from onboarding.access import decision
from onboarding.models import (
    Access,
    Application,
    Condition,
    Mou,
    Remark,
    RemarkReply,
    RequirementConfirmation,
    RequirementText,
)
from onboarding.mou import bound, party, signatory
from onboarding.owed.rows import OwedRows
from onboarding.sections import completeness
from onboarding.selectors import open_conditions
from onboarding.workflow import AccessVerb

Counts = Mapping[UUID, Mapping[str, Any]]


def _of_agencies() -> Func | Q:
    return among("agency", Keys("agencies"))


_applications = WrittenQuery(
    lambda: Application.objects.filter(_of_agencies()).select_related("reviewer").order_by()
)
_mous = WrittenQuery(lambda: party.every_mou().filter(_of_agencies()))


@WrittenQuery
def _confirmed() -> QuerySet[RequirementConfirmation, tuple[UUID, datetime]]:
    """Agencies that confirmed every current requirement text, and when the last."""
    texts = RequirementText.objects.order_by()
    current = texts.order_by("requirement", "-version").distinct("requirement")
    asked = texts.values(all=Value(1)).annotate(count=Count("requirement", distinct=True))
    rows = RequirementConfirmation.objects.filter(text__in=current.values("pk")).order_by().values("agency")
    whole = rows.annotate(count=Count("pk"), last=Max("confirmed_at")).filter(_of_agencies())
    return whole.filter(count=Subquery(asked.values("count"))).values_list("agency", "last")


@WrittenQuery
def _latest() -> QuerySet[Application, UUID]:
    """The key of each agency's latest application."""
    rows = Application.objects.filter(_of_agencies()).order_by("agency_id", "-started_at")
    return rows.distinct("agency_id").values_list("pk", flat=True)


@WrittenQuery
def _people() -> QuerySet[Staff, Any]:
    """Counts of the staff of agencies."""
    is_ready = HOLDING_UP_GO_LIVE & Q(access__state__in=decision.READY)
    return (
        Staff.objects.filter(_of_agencies())
        .order_by()
        .values("agency")
        .annotate(
            all=Count("pk", filter=HOLDING_UP_GO_LIVE),
            ready=Count("pk", filter=is_ready),
            coordinators=Count("pk", filter=is_ready & Q(hmis_role=HmisRole.HDC)),
            made=Count("pk", filter=Q(access__granted_at__isnull=False)),
            to_make=Count("pk", filter=Q(access__state=Access.State.READY)),
        )
    )


@WrittenQuery
def _conditions() -> QuerySet[Condition]:
    rows = open_conditions().filter(among("application__agency", Keys("agencies")))
    return rows.select_related("application").prefetch_related("reports")


class Batch:
    """The rows behind the facts of some agencies: each kind is read once, for all of them, when first asked for."""

    def __init__(self, agencies: Iterable[Agency], known: Iterable[Application] = ()) -> None:
        """`known` are applications that were read before; whether each is its agency's latest is asked here."""
        self.agencies = {agency.pk: agency for agency in agencies}
        self.known = {application.pk: application for application in known}
        self._keys = list(self.agencies)

    @cached_property
    def portal(self) -> PortalSettings:
        return PortalSettings.load()

    @cached_property
    def applications(self) -> dict[UUID, Application]:
        """The application that counts now: the open one, else the last."""
        if self.known:
            applications = self._known()
        else:  # An agency has few: to ask for them in order costs more than to sort them.
            applications = sorted(_applications(agencies=self._keys), key=attrgetter("started_at"))
        for row in applications:
            row.agency = self.agencies[row.agency_id]
        return {row.agency_id: row for row in applications}

    def _known(self) -> list[Application]:
        """An open one counts, of which an agency has one at most; where none is known, the latest is asked for."""
        open_ones = [row for row in self.known.values() if row.is_open]
        sure = {row.agency_id for row in open_ones}
        keys = _latest(agencies=[key for key in self._keys if key not in sure])
        others = [key for key in keys if key not in self.known]
        rows = Application.objects.filter(among("pk", others)).select_related("reviewer") if others else ()
        return [*open_ones, *(self.known[key] for key in keys if key in self.known), *rows]

    @cached_property
    def sections_done(self) -> dict[UUID, int]:
        """How many sections are complete, by application."""
        return completeness.complete_of(self.applications.values())

    @cached_property
    def mous(self) -> dict[UUID, list[Mou]]:
        """Newest first, without renewals that came to nothing."""
        by_agency: dict[UUID, list[Mou]] = {}
        for row in sorted(_mous(agencies=self._keys), key=attrgetter("issued_at"), reverse=True):
            row.agency = self.agencies[row.agency_id]
            if not row.came_to_nothing:
                by_agency.setdefault(row.agency_id, []).append(row)
        return by_agency

    @cached_property
    def can_sign(self) -> set[UUID]:
        """The MOUs that wait for a signature of somebody who can get in."""
        issued = [row for rows in self.mous.values() for row in rows if row.state == Mou.State.ISSUED]
        return signatory.can_sign_of(issued)

    @cached_property
    def confirmed(self) -> dict[UUID, datetime]:
        """When the last of the current requirement texts was confirmed; not while one is open."""
        return dict(_confirmed(agencies=self._keys))

    @cached_property
    def people(self) -> Counts:
        """The people who hold up go-live: all, ready, coordinators among the ready; accounts made, and to be made."""
        return {row["agency"]: row for row in _people(agencies=self._keys)}

    @cached_property
    def ever_made(self) -> set[UUID | None]:
        """The agencies for which an account was ever made; a person who comes back begins anew, the agency does not."""
        rows = AuditEvent.objects.filter(among("agency_id", self.agencies), verb=AccessVerb.GRANT)
        return set(rows.values_list("agency_id", flat=True))

    @cached_property
    def conditions(self) -> dict[UUID, list[Condition]]:
        """The open conditions of the approval."""
        by_agency: dict[UUID, list[Condition]] = {}
        for row in _conditions(agencies=self._keys):
            by_agency.setdefault(row.application.agency_id, []).append(row)
        return by_agency

    @cached_property
    def managers(self) -> dict[UUID, int]:
        """How many managers each agency has."""
        return selectors.manager_counts(list(self.agencies))

    @cached_property
    def owed(self) -> OwedRows:
        """What lines of what is owed are made of, beside the rest."""
        return OwedRows(self.agencies)

    @cached_property
    def remarks(self) -> list[tuple[UUID, str, str | None]]:
        """Application and section of each remark that the agency has read and nobody closed, and what it answers now."""
        waiting = [row.pk for row in self.applications.values() if row.state == Application.State.CHANGES]
        if not waiting:
            return []
        remarks = Remark.objects.filter(
            among("application", waiting), sent_at__isnull=False, resolved_at__isnull=True
        )
        replies = RemarkReply.objects.filter(RemarkReply.CURRENT, remark=OuterRef("pk"))
        return list(remarks.values_list("application", "section", Subquery(replies.values("kind")[:1])))

    @cached_property
    def counting(self) -> set[UUID]:
        """The approved applications that no end for cause took away."""
        return set(bound.approved().filter(among("agency", self.agencies)).values_list("pk", flat=True))
