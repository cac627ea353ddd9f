"""What is held is decided once by a person, and what they say is remembered for all that comes after."""

from collections.abc import Iterable
from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from agencies.models import User
from hmis_portal import audit
from hmis_portal.web.errors import GuardFailed, WrongState
from training import permissions
from training.doors.attempts import Attempt, account_key, course_key
from training.doors.matching import Match, Matcher
from training.doors.receiving import Kind, held_row, receive, result_of
from training.events import TrainingEvent
from training.models import Completion, Course, Door, HeldResult, MappedAccount, MappedCourse
from training.services.completions import void
from training.services.needed import needed, score_missing
from training.services.recording import record_all

# About what is recorded already, and counts until a person says otherwise.
OF_RECORDED = (HeldResult.Why.VOIDED_THERE, HeldResult.Why.CHANGED)


def settle(
    held: HeldResult,
    *,
    by: User,
    person: User | None = None,
    course: Course | None = None,
    completed_on: date | None = None,
    score: int | None = None,
) -> Completion:
    """Record a held result with what was missing; whom and what the source means is remembered.

    What is not given is taken as it came. Raises GuardFailed for what is still missing.
    """
    with transaction.atomic():
        row = _waiting(held)
        attempt = Attempt.of(row.attempt)
        known = Matcher(row.door, [attempt]).of(attempt)
        match = Match(person or known.person, course or known.course)
        _remember(row.door, attempt, person, course)
        attempt = _completed(attempt, match, completed_on, score)
        answer = record_all([result_of(attempt, match, row.door)], by=by)[0]
        if isinstance(answer, GuardFailed):
            raise answer
        _decide(row, HeldResult.State.RECORDED, by=by, completion=answer.completion)
    if row.door and (person or course):
        look_again(HeldResult.objects.waiting().filter(door=row.door), by=by)
    return answer.completion


def drop(held: HeldResult, *, by: User, reason: str, whole_course: bool = False) -> None:
    """It is not recorded, and not held again when it comes again; with `whole_course` nor is any of its course there."""
    reason = needed(reason, _("Say why it is dropped."))
    with transaction.atomic():
        row = _waiting(held)
        attempt = Attempt.of(row.attempt)
        person = Matcher(row.door, [attempt]).of(attempt).person
        if person and (reasons := permissions.against_oneself(by, [person])):
            raise GuardFailed(reasons)
        _decide(row, HeldResult.State.DROPPED, by=by, reason=reason, completion=row.completion)
        if whole_course and row.door:
            key = course_key(attempt.course)
            MappedCourse.objects.update_or_create(door=row.door, key=key, defaults={"course": None})
            look_again(HeldResult.objects.waiting().filter(door=row.door), by=by)


def taken_back(completion: Completion, attempt: Attempt, door: Door) -> None:
    """A source takes back what it said. The completion counts on until a person voids it with a reason (TRAINING 10)."""
    row = held_row(attempt, HeldResult.Why.VOIDED_THERE, door, None, completion=completion)
    HeldResult.objects.bulk_create([row], ignore_conflicts=True)


def withdraw(attempt: Attempt, door: Door) -> None:
    """A source takes back what is still held: it waits no longer."""
    waiting = HeldResult.objects.waiting().filter(door=door, fingerprint=attempt.fingerprint)
    for row in waiting.select_for_update():
        _decide(row, HeldResult.State.DROPPED, by=None, reason=_("The source took it back."))


def follow_source(held: HeldResult, *, by: User, reason: str) -> None:
    """What the source took back no longer counts here either; what it changed is recorded as it says now."""
    with transaction.atomic():
        row = _waiting(held)
        if row.why not in OF_RECORDED or row.completion is None:
            raise WrongState(_("The source has not changed this result, nor taken it back."))
        if row.why == HeldResult.Why.VOIDED_THERE:
            void(row.completion, by=by, reason=reason)
            _decide(row, HeldResult.State.DROPPED, by=by, reason=reason.strip(), completion=row.completion)
            return
        match = Match(row.completion.person.goes_on_as, row.completion.course)
        answer = record_all([result_of(Attempt.of(row.attempt), match, row.door)], by=by)[0]
        if isinstance(answer, GuardFailed):
            raise answer
        void(row.completion, by=by, reason=reason)
        _decide(row, HeldResult.State.RECORDED, by=by, reason=reason.strip(), completion=answer.completion)


def look_again(rows: Iterable[HeldResult], *, by: User) -> int:
    """Record what has become clear meanwhile: somebody joined, an account was mapped. The number that wait no longer."""
    by_door: dict[int | None, list[HeldResult]] = {}
    for row in rows:
        if row.why not in OF_RECORDED:
            by_door.setdefault(row.door_id, []).append(row)
    cleared = 0
    for of_door in by_door.values():
        outcomes = receive([Attempt.of(row.attempt) for row in of_door], door=of_door[0].door, by=by)
        for row, outcome in zip(of_door, outcomes, strict=True):
            cleared += outcome.kind not in (Kind.HELD, Kind.REFUSED)
            if outcome.kind == Kind.LEFT_OUT:
                _decide(row, HeldResult.State.DROPPED, by=by, reason=outcome.words)
    return cleared


def _waiting(held: HeldResult) -> HeldResult:
    row = (
        HeldResult.objects.select_for_update(of=("self",))
        .select_related("door", "completion")
        .get(pk=held.pk)
    )
    if row.state != HeldResult.State.WAITING:
        raise WrongState(
            _("This result was already decided: %(state)s.") % {"state": row.get_state_display()}
        )
    return row


def _remember(door: Door | None, attempt: Attempt, person: User | None, course: Course | None) -> None:
    key = account_key(attempt.account or attempt.email)
    if door and person and key:
        MappedAccount.objects.update_or_create(door=door, key=key, defaults={"person": person})
    if door and course:
        MappedCourse.objects.update_or_create(
            door=door, key=course_key(attempt.course), defaults={"course": course}
        )


def _completed(attempt: Attempt, match: Match, completed_on: date | None, score: int | None) -> Attempt:
    """The attempt with what was missing; GuardFailed for each thing that still is."""
    values = {**attempt.kept(), **({"score": score} if score is not None else {})}
    if completed_on is not None:
        values = {**values, "completed_on": completed_on.isoformat()}
        values.pop("completed_at", None)
    full = Attempt.of(values)
    missing = [
        *([] if match.person else [_("Choose the person.")]),
        *([] if match.course else [_("Choose the course.")]),
        *(
            []
            if full.completed_at or full.completed_on
            else [_("Enter the day on which the course was completed.")]
        ),
    ]
    if match.course and full.passed and (words := score_missing(match.course, full.score)):
        missing.append(words)
    if missing:
        raise GuardFailed(missing)
    return full


def _decide(
    row: HeldResult, state: str, *, by: User | None, reason: str = "", completion: Completion | None = None
) -> None:
    row.state, row.decided_by, row.decided_at = state, by, timezone.now()
    row.reason, row.completion = reason[:500], completion
    row.save(update_fields=["state", "decided_by", "decided_at", "reason", "completion"])
    audit.record(
        by=by, verb=TrainingEvent.HELD_RESULT_DECIDED, obj=row, before=HeldResult.State.WAITING, after=state,
        reason=row.reason, data={"completion": completion.pk if completion else None},
    )  # fmt: skip
