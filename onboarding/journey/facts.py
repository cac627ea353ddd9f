"""What the six steps of agencies depend on, as it is now: for one agency's page or a list of many, read the same way."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from uuid import UUID

from agencies.models import Agency
from onboarding.access import go_live
from onboarding.journey.batch import Batch, Counts
from onboarding.journey.holder import Holder
from onboarding.models import Application, Condition, Mou, RemarkReply
from onboarding.models.mou import to_act_on
from onboarding.mou import party, renamed
from onboarding.sections import catalogue


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
    def mou_came_to_nothing(self) -> bool:
        return self.mou is not None and self.mou.state not in (*Mou.OPEN, Mou.State.EXECUTED)

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
    def lead_since(self) -> datetime | None:
        """From when its first MOU waits for the Lead signatory: signed, and approved. As `bound.lead_since` has it."""
        application, mou = self.application, self.mou
        if self.state != Application.State.APPROVED or mou is None or mou.state != Mou.State.SIGNED:
            return None
        return max(moment for moment in (mou.signed_at, application and application.decided_at) if moment)

    @cached_property
    def signed_again(self) -> bool:
        """Whether the HMIS Admin decided that the MOU is signed again in the agency's name of today."""
        return bool(self.renamed) and bool(renamed.to_be_signed_again([self.agency.pk]))

    def holder_of_signed(self, mou: Mou) -> Holder:
        """Who acts on an MOU that the agency has signed, once no application holds it up."""
        if not party.changes(mou, lead=True):
            return Holder.LEAD
        return Holder.MANAGER if renamed.to_be_signed_again([self.agency.pk]) else Holder.ADMIN

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
    def managers_missing(self) -> int:
        """How many managers more it needs to go live; none once it is."""
        needed = self.batch.portal.managers_at_go_live if self.joining else 0
        return max(0, needed - self.batch.managers.get(self.agency.pk, 0)) if needed else 0

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
    def joining(self) -> bool:
        return self.agency.state == Agency.State.JOINING

    @property
    def in_training(self) -> bool:
        """Its people learn and get accounts: both sides have agreed, or did once."""
        return self.agreed or self.agency.live_at is not None

    @property
    def all_conditions(self) -> list[Condition]:
        """Those that are open; none before the approval."""
        decided = self.application is not None and self.application.decided_at is not None
        return self.batch.conditions.get(self.agency.pk, []) if decided else []

    @property
    def conditions(self) -> list[Condition]:
        """Open, and to be met before go-live."""
        return [condition for condition in self.all_conditions if condition.blocks_go_live]

    @property
    def asked(self) -> Counter[str]:
        """By section, how many remarks of the reviewer wait for the agency's answer."""
        return self._replied(None)

    @property
    def to_explain(self) -> bool:
        """Whether the agency waits to hear what a remark means."""
        return bool(self._replied(RemarkReply.Kind.EXPLAIN))

    def _replied(self, kind: str | None) -> Counter[str]:
        of = self.application.pk if self.application else None
        return Counter(section for pk, section, reply in self.batch.remarks if (pk, reply) == (of, kind))

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
        return self.state in (*Application.SENT, Application.State.APPROVED)

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
