"""A grade that Moodle changes afterwards: the completion keeps its own day (TRAINING 2) and is not recorded twice.

Moodle says when a course was completed, and apart from that when its grade was last set. The later grade of somebody
who had failed is another attempt, of the day of that grade. Of somebody who had passed it is a correction, which is
told to a person and changes nothing by itself.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import chain, count

from django.db import transaction

from training.doors import runs
from training.doors.attempts import Attempt
from training.doors.moodle import Graded
from training.doors.receiving import Kind, held_row
from training.models import Completion, DoorRun, HeldResult, MappedCourse

Known = dict[str, list[Completion]]
Correction = tuple[Attempt, Completion]


@dataclass(frozen=True)
class Sorted:
    """What came, as attempts to receive; corrections of what is recorded, each with the completion; what is there."""

    attempts: list[Attempt]
    corrections: list[Correction]
    known: Known


def sort(results: Iterable[Graded], mapped: MappedCourse) -> Sorted:
    results = list(results)
    known = _known(results, mapped)
    sorted_ = Sorted([], [], known)
    for result in results:
        rows = [row for row in known[result.prefix] if _moment(row) >= result.done_at]
        counting = [row for row in rows if not hasattr(row, "void")]
        passed = next((row for row in reversed(counting) if row.passed), None)
        # Without a grade nothing is said against the one that is recorded. What was voided speaks where nothing passes.
        against = counting if passed else [*counting, *rows]
        same = next((row for row in against if result.score in (row.score, None)), None)
        if same:
            sorted_.attempts.append(_attempt(result, mapped, _moment(same), same))
        elif passed:
            attempt = _attempt(result, mapped, _moment(passed))
            sorted_.corrections.append((_once_more(attempt, rows), passed))
        elif counting:
            sorted_.attempts.append(_attempt(result, mapped, max(result.done_at, result.graded_at)))
        else:
            sorted_.attempts.append(_attempt(result, mapped, result.done_at or result.graded_at))
    return sorted_


def tell(sorted_: Sorted, *, run: DoorRun) -> None:
    """Hold each correction once; one that Moodle has changed again or taken back waits no longer."""
    prints = [attempt.fingerprint for attempt, _completion in sorted_.corrections]
    rows = [
        held_row(attempt, HeldResult.Why.CHANGED, run.door, run, completion=completion)
        for attempt, completion in sorted_.corrections
    ]
    ids = [row.pk for of_learner in sorted_.known.values() for row in of_learner]
    with transaction.atomic():
        # Nobody has decided anything yet of what is no longer said.
        earlier = HeldResult.objects.waiting().filter(why=HeldResult.Why.CHANGED, completion__in=ids)
        earlier.exclude(fingerprint__in=prints).delete()
        HeldResult.objects.bulk_create(rows, ignore_conflicts=True)
        waiting = HeldResult.objects.waiting().filter(door=run.door, fingerprint__in=prints).count()
        runs.count(run, [Kind.HELD] * waiting + [Kind.LEFT_OUT] * (len(prints) - waiting))


def _known(results: Sequence[Graded], mapped: MappedCourse) -> Known:
    """What was recorded of these learners before, the oldest first; the earlier identities are read too."""
    known: Known = defaultdict(list)
    wanted = {result.prefix for result in results}
    rows = Completion.objects.filter(door=mapped.door, external_id__startswith=f"{mapped.key}-")
    people = rows.filter(external_id__regex=f"^({'|'.join(sorted(wanted))})") if wanted else rows.none()
    for row in people.select_related("void").order_by("pk"):
        known[row.external_id[: row.external_id.index("-", len(mapped.key) + 1) + 1]].append(row)
    return known


def _moment(row: Completion) -> int:
    """The seconds in its identity: of the completion, or of the grade by which it was passed."""
    return int(row.external_id.split("-")[2])


def _once_more(attempt: Attempt, rows: list[Completion]) -> Attempt:
    """A grade that was recorded and voided before is another result when it is given again: with an identity of its own."""
    used = {row.external_id for row in rows}
    named = attempt.external_id
    again = (f"{named}-{number}" for number in count(2))
    return replace(attempt, external_id=next(name for name in chain([named], again) if name not in used))


def _attempt(result: Graded, mapped: MappedCourse, moment: int, same: Completion | None = None) -> Attempt:
    score = same.score if same else result.score
    return Attempt(
        account=result.learner.user_name,
        email=result.learner.email,
        name=result.learner.name,
        course=mapped.key,
        course_name=str(mapped.course),
        completed_at=datetime.fromtimestamp(moment, UTC) if moment else None,
        source_time=str(moment or ""),
        score=score,
        external_id=same.external_id if same else f"{result.prefix}{moment}-{'' if score is None else score}",
    )
