"""What comes through a door is recorded, or held: one bad row never blocks a good one."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from agencies.models import User
from hmis_portal import audit
from hmis_portal.web.errors import GuardFailed
from training.doors import runs
from training.doors.attempts import Attempt, identity
from training.doors.matching import Match, Matcher
from training.events import TrainingEvent
from training.models import Completion, Door, DoorRun, HeldResult
from training.services.recording import Recorded, Result, record_all

AT_ONCE = 500


class Kind(StrEnum):
    RECORDED = "recorded"
    NOT_PASSED = "not_passed"
    KNOWN = "known"
    HELD = "held"
    REFUSED = "refused"
    LEFT_OUT = "left_out"


@dataclass(frozen=True)
class Outcome:
    """What became of one attempt; `words` say why it was not recorded, "" where it was."""

    kind: Kind
    words: str = ""
    completion: Completion | None = None


def receive(
    attempts: Iterable[Attempt], *, door: Door | None, by: User | None, run: DoorRun | None = None
) -> list[Outcome]:
    """Record what can be, hold what a person must look at; one outcome for each attempt, in order. Safe to repeat.

    `door` None: by hand. `by` None: nobody is at the door (a system sends). Every 500 are a transaction of their own.
    """
    outcomes: list[Outcome] = []
    rest = iter(attempts)
    while piece := list(islice(rest, AT_ONCE)):
        with transaction.atomic():
            batch = _receive(piece, door, by, run)
            if run is not None:
                runs.count(run, [outcome.kind for outcome in batch])
        outcomes += batch
    return outcomes


def _receive(
    attempts: Sequence[Attempt], door: Door | None, by: User | None, run: DoorRun | None
) -> list[Outcome]:
    matcher = Matcher(door, attempts)
    matches = [matcher.of(attempt) for attempt in attempts]
    outcomes: dict[int, Outcome] = {}
    ready: dict[int, Result] = {}
    held: dict[int, HeldResult.Why] = {}
    for place, (attempt, match) in enumerate(zip(attempts, matches, strict=True)):
        if match.left_out or (attempt.progress and match.why == HeldResult.Why.NO_SCORE):
            outcomes[place] = Outcome(Kind.LEFT_OUT, _left_out_words(match))
        elif match.why is not None:
            held[place] = match.why
        elif match.person and match.course:
            ready[place] = result_of(attempt, match, door)
    for place, answer in zip(ready, record_all(list(ready.values()), by=by), strict=True):
        outcomes[place] = outcome_of(answer, ready[place])
    recorded = {attempts[place]: outcomes[place].completion for place in ready if outcomes[place].completion}
    _close(recorded, door)
    outcomes |= _hold({place: (attempts[place], why) for place, why in held.items()}, door, run)
    return [outcomes[place] for place in range(len(attempts))]


def result_of(attempt: Attempt, match: Match, door: Door | None) -> Result:
    if match.person is None or match.course is None:
        raise ValueError("What is not matched is not recorded.")
    return Result(
        person=match.person,
        course=match.course,
        completed_at=attempt.completed_at,
        completed_on=attempt.completed_on,
        source=door.kind if door else Completion.Source.TRAINER,
        door=door,
        external_id=identity(attempt.external_id),
        source_time=attempt.source_time,
        score=attempt.score,
        passed=attempt.passed,
        note=attempt.remark[:500],
    )


def _left_out_words(match: Match) -> str:
    if match.left_out:
        return _("Somebody said that this is not a course of the HMIS.")
    return _("It says that the course was gone through; the result of its test is still to come.")


def outcome_of(answer: Recorded | GuardFailed, result: Result) -> Outcome:
    if isinstance(answer, GuardFailed):
        return Outcome(Kind.REFUSED, " ".join(answer.messages))
    if answer.known:
        return Outcome(Kind.KNOWN, _known_words(answer.completion, result), answer.completion)
    passed = answer.completion.passed
    return Outcome(Kind.RECORDED if passed else Kind.NOT_PASSED, completion=answer.completion)


def _known_words(completion: Completion, result: Result) -> str:
    if hasattr(completion, "void"):
        return _("It was recorded before and then voided.")
    if completion.completed_on == result.day and result.score in (completion.score, None):
        return ""
    return _(
        "It was recorded before with another day or score, which stays. To correct it, void it and enter the result by hand."
    )


def _hold(
    held: dict[int, tuple[Attempt, HeldResult.Why]], door: Door | None, run: DoorRun | None
) -> dict[int, Outcome]:
    """Keep each once; what a person dropped before stays dropped."""
    prints = {attempt.fingerprint for attempt, _why in held.values()}
    known = {row.fingerprint: row for row in HeldResult.objects.filter(door=door, fingerprint__in=prints)}
    new: dict[str, HeldResult] = {}
    outcomes = {}
    for place, (attempt, why) in held.items():
        row = known.get(attempt.fingerprint)
        if row and row.state == HeldResult.State.DROPPED:
            outcomes[place] = Outcome(Kind.LEFT_OUT, _("It was dropped: %(why)s") % {"why": row.reason})
            continue
        if row is None:
            row = new.setdefault(attempt.fingerprint, held_row(attempt, why, door, run))
        elif (row.why, row.attempt) != (why, attempt.kept()) and row.state == HeldResult.State.WAITING:
            row.why, row.attempt = why, attempt.kept()
            row.save(update_fields=["why", "attempt"])
        outcomes[place] = Outcome(Kind.HELD, f"{why.label}.")
    HeldResult.objects.bulk_create(new.values(), ignore_conflicts=True)
    return outcomes


def held_row(
    attempt: Attempt, why: HeldResult.Why, door: Door | None, run: DoorRun | None, **more: Completion
) -> HeldResult:
    return HeldResult(
        door=door, run=run, why=why, who=attempt.who, what=attempt.what, attempt=attempt.kept(),
        fingerprint=attempt.fingerprint, **more,
    )  # fmt: skip


def _close(recorded: dict[Attempt, Completion | None], door: Door | None) -> None:
    """What was held and has now been recorded waits no longer; nor what lacked the score with which it has now come."""
    by_print = {attempt.fingerprint: completion for attempt, completion in recorded.items()}
    scored = {attempt.unscored: (attempt, completion) for attempt, completion in recorded.items()}
    unscored = Q(why=HeldResult.Why.NO_SCORE, who__in={attempt.who for attempt in recorded})
    waiting = HeldResult.objects.waiting().exclude(why=HeldResult.Why.VOIDED_THERE)
    for row in waiting.filter(Q(fingerprint__in=by_print) | unscored, door=door):
        completion = by_print.get(row.fingerprint)
        if completion is None:
            held = Attempt.of(row.attempt)
            attempt, completion = scored.get(held.unscored, (held, None))
            if completion is None or not attempt.completes(held):
                continue
            row.reason = _("The score came later.")
            audit.record(
                by=None, verb=TrainingEvent.HELD_RESULT_DECIDED, obj=row, before=row.state,
                after=HeldResult.State.RECORDED, reason=row.reason, data={"completion": completion.pk},
            )  # fmt: skip
        row.state, row.decided_at, row.completion = HeldResult.State.RECORDED, timezone.now(), completion
        row.save(update_fields=["state", "decided_at", "completion", "reason"])
