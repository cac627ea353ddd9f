"""What the six steps of agencies depend on, as it is now: for one agency's page or a list of many, read the same way."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache, cached_property
from typing import Any
from uuid import UUID

from django.db.models import Count, Max, OuterRef, Q, QuerySet, Subquery, Value

from agencies.models import HOLDING_UP_GO_LIVE, Agency, HmisRole, Staff
from hmis_portal.models import AuditEvent, PortalSettings
from hmis_portal.models.keys import among
from onboarding.access import decision, go_live
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
from onboarding.models.mou import to_act_on
from onboarding.mou import bound, party, signatory
from onboarding.sections import catalogue, completeness
from onboarding.selectors import open_conditions
from onboarding.workflow import AccessVerb

Counts = Mapping[UUID, Mapping[str, Any]]


@cache
def _latest() -> QuerySet[Application]:
    """The last application of each agency; to be filtered, as `every_mou` is."""
    return Application.objects.order_by("agency_id", "-started_at").distinct("agency_id")


@cache
def _confirmed() -> QuerySet[RequirementConfirmation, tuple[UUID, datetime]]:
    """Agencies that confirmed every current requirement text, and when the last; to be filtered."""
    texts = RequirementText.objects.order_by()
    current = texts.order_by("requirement", "-version").distinct("requirement")
    asked = texts.values(all=Value(1)).annotate(count=Count("requirement", distinct=True))
    rows = RequirementConfirmation.objects.filter(text__in=current.values("pk")).order_by().values("agency")
    whole = rows.annotate(count=Count("pk"), last=Max("confirmed_at"))
    return whole.filter(count=Subquery(asked.values("count"))).values_list("agency", "last")


@cache
def _people() -> QuerySet[Staff, Any]:
    """Counts of the staff of agencies; to be filtered."""
    is_ready = HOLDING_UP_GO_LIVE & Q(access__state__in=decision.READY)
    return (
        Staff.objects.order_by()
        .values("agency")
        .annotate(
            all=Count("pk", filter=HOLDING_UP_GO_LIVE),
            ready=Count("pk", filter=is_ready),
            coordinators=Count("pk", filter=is_ready & Q(hmis_role=HmisRole.HDC)),
            made=Count("pk", filter=Q(access__granted_at__isnull=False)),
            to_make=Count("pk", filter=Q(access__state=Access.State.READY)),
        )
    )


class Batch:
    """The rows behind the facts of some agencies: each kind is read once, for all of them, when first asked for."""

    def __init__(self, agencies: Iterable[Agency], known: Iterable[Application] = ()) -> None:
        """`known` are applications that were read before; whether each is its agency's latest is asked here."""
        self.agencies = {agency.pk: agency for agency in agencies}
        self.known = {application.pk: application for application in known}

    @cached_property
    def portal(self) -> PortalSettings:
        return PortalSettings.load()

    @cached_property
    def applications(self) -> dict[UUID, Application]:
        """The application that counts now: the open one, else the last."""
        latest = _latest().filter(among("agency", self.agencies))
        applications = self._known(latest) if self.known else list(latest.select_related("reviewer"))
        for row in applications:
            row.agency = self.agencies[row.agency_id]
        return {row.agency_id: row for row in applications}

    def _known(self, latest: QuerySet[Application]) -> list[Application]:
        keys = list(latest.values_list("pk", flat=True))
        others = [key for key in keys if key not in self.known]
        rows = Application.objects.filter(among("pk", others)).select_related("reviewer") if others else ()
        return [*(self.known[key] for key in keys if key in self.known), *rows]

    @cached_property
    def sections_done(self) -> dict[UUID, int]:
        """How many sections are complete, by application."""
        return completeness.complete_of(self.applications.values())

    @cached_property
    def mous(self) -> dict[UUID, list[Mou]]:
        """Newest first, without renewals that came to nothing."""
        by_agency: dict[UUID, list[Mou]] = {}
        for row in party.every_mou().filter(among("agency", self.agencies)):
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
        return dict(_confirmed().filter(among("agency", self.agencies)))

    @cached_property
    def people(self) -> Counts:
        """The people who hold up go-live: all, ready, coordinators among the ready; accounts made, and to be made."""
        return {row["agency"]: row for row in _people().filter(among("agency", self.agencies))}

    @cached_property
    def ever_made(self) -> set[UUID | None]:
        """The agencies for which an account was ever made; a person who comes back begins anew, the agency does not."""
        rows = AuditEvent.objects.filter(among("agency_id", self.agencies), verb=AccessVerb.GRANT)
        return set(rows.values_list("agency_id", flat=True))

    @cached_property
    def conditions(self) -> dict[UUID, list[Condition]]:
        """The open conditions of the approval that must be met before the agency goes live."""
        by_agency: dict[UUID, list[Condition]] = {}
        rows = open_conditions().filter(among("application__agency", self.agencies), blocks_go_live=True)
        for row in rows.select_related("application").prefetch_related("reports"):
            by_agency.setdefault(row.application.agency_id, []).append(row)
        return by_agency

    @cached_property
    def remarks(self) -> list[tuple[UUID, str | None]]:
        """The application of each remark that the agency has read and nobody closed, and what it answers now."""
        waiting = [row.pk for row in self.applications.values() if row.state == Application.State.CHANGES]
        remarks = Remark.objects.filter(
            among("application", waiting), sent_at__isnull=False, resolved_at__isnull=True
        )
        replies = RemarkReply.objects.filter(RemarkReply.CURRENT, remark=OuterRef("pk"))
        return list(remarks.values_list("application", Subquery(replies.values("kind")[:1])))

    @cached_property
    def counting(self) -> set[UUID]:
        """The approved applications that no end for cause took away."""
        return set(bound.approved().filter(among("agency", self.agencies)).values_list("pk", flat=True))


@dataclass(frozen=True)
class Facts:
    """Everything the six steps of one agency depend on; what is not asked for is not read."""

    agency: Agency
    batch: Batch

    def _of(self, rows: Counts, name: str) -> int:
        return int(rows.get(self.agency.pk, {}).get(name, 0))

    @cached_property
    def application(self) -> Application | None:
        return self.batch.applications.get(self.agency.pk)

    @property
    def state(self) -> str:
        return self.application.state if self.application else ""

    @property
    def confirmed_at(self) -> datetime | None:
        return self.batch.confirmed.get(self.agency.pk)

    @cached_property
    def mou(self) -> Mou | None:
        """The MOU in force: the executed one, so during a renewal the old one; else the one open, else the last."""
        rows = self.batch.mous.get(self.agency.pk, [])
        for states in ((Mou.State.EXECUTED,), Mou.OPEN):
            if mou := next((row for row in rows if row.state in states), None):
                return mou
        return next(iter(rows), None)

    @property
    def mou_to_act_on(self) -> Mou | None:
        """The newest that is open or executed, so during a renewal the new one; else the last."""
        return to_act_on(self.batch.mous.get(self.agency.pk, []))

    @property
    def renewal(self) -> Mou | None:
        """The MOU that is to follow the one in force, while it waits for signatures."""
        rows = self.batch.mous.get(self.agency.pk, [])
        return next((row for row in rows if row.successor_of_id and row.state in Mou.OPEN), None)

    def can_be_signed(self, mou: Mou) -> bool:
        """Whether the person named in an MOU that waits for a signature can get in."""
        return mou.pk in self.batch.can_sign

    @cached_property
    def renamed(self) -> list[party.NameChange]:
        """The names in the open MOU that are others today; the Lead Agency's own once it is to sign."""
        return party.changes(self.mou, lead=self.state == Application.State.APPROVED)

    @property
    def sections_done(self) -> int:
        return self.batch.sections_done.get(self.application.pk, 0) if self.application else 0

    @property
    def sections_all(self) -> int:
        return len(catalogue.SECTIONS)

    @property
    def people(self) -> int:
        return self._of(self.batch.people, "all")

    @property
    def ready(self) -> int:
        return self._of(self.batch.people, "ready")

    @property
    def enough_people(self) -> bool:
        """Whether enough people are ready for the agency to go live."""
        return go_live.enough_people(
            people=self.people,
            ready=self.ready,
            coordinators=self._of(self.batch.people, "coordinators"),
            rule=self.batch.portal.go_live_rule,
        )

    @property
    def accounts_made(self) -> int:
        return self._of(self.batch.people, "made")

    @property
    def accounts_to_make(self) -> int:
        return self._of(self.batch.people, "to_make")

    @property
    def ever_made(self) -> bool:
        return self.agency.pk in self.batch.ever_made

    @property
    def conditions(self) -> list[Condition]:
        """Open, and to be met before go-live; none before the approval."""
        decided = self.application is not None and self.application.decided_at is not None
        return self.batch.conditions.get(self.agency.pk, []) if decided else []

    @property
    def asked(self) -> bool:
        """Whether a remark of the reviewer waits for the agency's answer."""
        return self._replied(None)

    @property
    def to_explain(self) -> bool:
        """Whether the agency waits to hear what a remark means."""
        return self._replied(RemarkReply.Kind.EXPLAIN)

    def _replied(self, kind: str | None) -> bool:
        return self.application is not None and (self.application.pk, kind) in self.batch.remarks

    @property
    def out_of_date(self) -> bool:
        """Approved before an MOU of the agency ended for cause."""
        approved = self.state == Application.State.APPROVED and self.application is not None
        return approved and self.application.pk not in self.batch.counting  # type: ignore[union-attr]

    @property
    def signed(self) -> bool:
        return self.mou is not None and self.mou.state in (Mou.State.SIGNED, Mou.State.EXECUTED)

    @property
    def executed(self) -> bool:
        return self.mou is not None and self.mou.state == Mou.State.EXECUTED

    @property
    def agreed(self) -> bool:
        return self.state == Application.State.APPROVED and self.executed

    @property
    def sent(self) -> bool:
        return self.state in (
            Application.State.SUBMITTED,
            Application.State.IN_REVIEW,
            Application.State.APPROVED,
        )

    @property
    def complete(self) -> bool:
        return self.sent or (self.application is not None and self.sections_done == self.sections_all)

    @property
    def closed(self) -> bool:
        return self.state in (Application.State.DECLINED, Application.State.WITHDRAWN)


def gather(agency: Agency, application: Application | None = None, *, done: int | None = None) -> Facts:
    """The facts of one agency; its latest application and how many of its sections are complete, where the page knows."""
    batch = Batch([agency])
    # Put where the cached properties would keep what they read.
    if application is not None:
        batch.applications = {agency.pk: application}
        if done is not None:
            batch.sections_done = {application.pk: done}
    return Facts(agency, batch)


def gather_all(agencies: Iterable[Agency], known: Iterable[Application] = ()) -> dict[UUID, Facts]:
    """The facts of several agencies, in a number of queries that does not grow with them."""
    batch = Batch(agencies, known)
    return {key: Facts(agency, batch) for key, agency in batch.agencies.items()}
