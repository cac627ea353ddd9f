"""Access brought up to date: the moves of the transition table that are due, made as often as one likes."""

import threading
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Q

from agencies.models import Agency, Staff, User
from agencies.services import leavers
from hmis_portal import queue
from hmis_portal.web.errors import WrongState
from onboarding import emails
from onboarding.access import agreed, coordinator
from onboarding.access.decision import Decision, decide, facts_of, no_channel, rows_of
from onboarding.access.go_live import go_live_if_due
from onboarding.access.joining import invite_new, invite_off_roster, open_rows, welcome_new
from onboarding.models import Access, CoordinatorNews
from onboarding.roster.officer import list_security_officer
from onboarding.services import perform
from onboarding.workflow import AccessVerb, Reasons
from training import services as training_services
from training.models import OpenTraining


def recompute(agency_id: UUID, *, today: date | None = None) -> int:
    """Bring the access of an agency's people up to date, and let it go live when the rule holds; the moves made."""
    agency = Agency.objects.get(pk=agency_id)
    joins = agency.state != Agency.State.LEFT and OpenTraining.objects.filter(agency=agency_id).exists()
    if joins and welcome_new(agency):
        later(agency_id)
    rows = list(rows_of(agency_id))
    moves = 0
    for row, facts in zip(rows, facts_of(rows, today=today), strict=True):
        moves += apply(row, decide(facts))
    moves += follow_changes(list(rows_of(agency_id)) if moves else rows)
    go_live_if_due(agency_id)
    return moves


def follow_changes(rows: Iterable[Access]) -> int:
    """Where an account no longer has the role, access level or projects of the roster, the HMIS Admin is asked."""
    moves = 0
    for row in rows:
        asked = row.to_do == Access.ToDo.CHANGE
        if row.state == Access.State.GRANTED and (asked or not row.to_do) and agreed.differs(row) != asked:
            moves += apply(row, Decision(AccessVerb.CHANGE, tuple(agreed.differences(row))))
    return moves


def apply(access: Access, decision: Decision) -> bool:
    """Keep the reasons and make the move, if one is due; somebody else's earlier move is no fault."""
    if decision.verb is None:
        reasons = list(decision.reasons)
        if access.reasons != reasons:
            access.reasons = reasons
            access.save(update_fields=["reasons"])
            if reasons == [no_channel()]:
                emails.channel_wanted(access)
                coordinator.add(access.staff, CoordinatorNews.Kind.CHANNEL_WANTED)
        return False
    try:
        reason = "\n".join(decision.reasons)[:2000]
        perform(access, decision.verb, by=None, payload=Reasons(decision.reasons), reason=reason)
    except WrongState:
        return False
    return True


def nightly(day: date, agencies: Collection[UUID] | None = None) -> list[UUID]:
    """Let go whose last day is over; the agencies whose access is to be recomputed. Of these agencies, or of all."""
    leavers.let_announced_go(day, agencies)
    return agencies_with_access(agencies)


def agencies_with_access(agencies: Collection[UUID] | None = None) -> list[UUID]:
    """Agencies, of these or of all, whose people's access can still change."""
    rows = Access.objects.filter(~Q(state=Access.State.ENDED) | Q(staff__left_on__isnull=True))
    rows = rows if agencies is None else rows.filter(staff__agency__in=agencies)
    return list(rows.order_by().values_list("staff__agency", flat=True).distinct())


def start_training(agency: Agency, *, by: User | None) -> Staff | None:
    """Approved and executed: invitations, courses and access rows for everybody on the roster. Safe to repeat.

    Returns the Security Officer if they had to be listed for it.
    """
    officer = list_security_officer(agency, by=by)
    invite_new(agency, by=by)
    invite_off_roster(agency, by=by)
    training_services.open_training(agency=agency, by=by)
    open_rows(agency)
    later(agency.pk)
    return officer


def stop_training(agency: Agency, *, by: User | None, reason: str) -> None:
    training_services.close_training(agency=agency, by=by, reason=reason)


@dataclass
class Recompute:
    """What `later` puts off until the commit: in a worker, or at once when the queue is away."""

    agency_id: UUID
    ran: bool = False

    def __call__(self) -> None:
        self.ran = True
        if not queue.publish("onboarding.tasks.recompute_agency", str(self.agency_id)):
            recompute(self.agency_id)


class _PutOff(threading.local):
    """What waits for the commit on this thread's connection, each entry looked at once: a file of results makes thousands."""

    def __init__(self) -> None:
        self.entries: list[tuple[set[str], Callable[[], None]]] = []
        self.looked_at = 0
        self.by_agency: dict[UUID, Recompute] = {}

    def look(self) -> Mapping[UUID, Recompute]:
        if self.entries is not connection.run_on_commit:  # after a commit or a rollback it is another list
            self.entries, self.looked_at, self.by_agency = connection.run_on_commit, 0, {}
        for _savepoints, entry, *_ in self.entries[self.looked_at :]:
            if isinstance(entry, Recompute):
                self.by_agency[entry.agency_id] = entry
        self.looked_at = len(self.entries)
        return self.by_agency


_put_off = _PutOff()


def later(agency_id: UUID) -> None:
    """Recompute an agency's access once this transaction is committed, once however often it is asked for."""
    before = _put_off.look().get(agency_id)
    if before is None or before.ran:
        transaction.on_commit(Recompute(agency_id))


def waiting() -> set[UUID]:
    """The agencies that are recomputed once this transaction is committed."""
    return {agency_id for agency_id, entry in _put_off.look().items() if not entry.ran}
