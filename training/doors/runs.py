"""Each time that results come through a door is a row: what came, what became of it, what failed."""

from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from django.db.models import F
from django.utils import timezone

from agencies.models import User
from hmis_portal import audit
from training.events import TrainingEvent
from training.models import Door, DoorRun


@contextmanager
def running(door: Door, *, by: User | None, about: str = "") -> Iterator[DoorRun]:
    """Around the work of one run. What it raises ends the run with that as its error, and goes on."""
    run = DoorRun.objects.create(door=door, begun_by=by, about=about[:200])
    try:
        yield run
    except Exception as error:
        end(run, error=" ".join(str(error).split()) or type(error).__name__)
        raise
    end(run)


def count(run: DoorRun, kinds: Iterable[str]) -> None:
    """Add to what the run has seen, in the caller's transaction."""
    counted = Counter(kinds)
    told = {
        "recorded": counted["recorded"] + counted["not_passed"],
        "known": counted["known"],
        "held": counted["held"],
        "refused": counted["refused"],
        "left_out": counted["left_out"],
    }
    DoorRun.objects.filter(pk=run.pk).update(
        came=F("came") + counted.total(), **{name: F(name) + number for name, number in told.items()}
    )


def end(run: DoorRun, *, error: str = "") -> None:
    """The run is over; `error` says what failed, in a sentence for the HMIS Admin."""
    run.refresh_from_db()
    run.ended_at, run.error = timezone.now(), error[:500]
    run.save(update_fields=["ended_at", "error"])
    told = {name: getattr(run, name) for name in ("came", "recorded", "known", "held", "refused", "left_out")}
    audit.record(
        by=run.begun_by, verb=TrainingEvent.RESULTS_RECEIVED, obj=run, before="begun",
        after="failed" if error else "ended",
        reason=run.error, data=told,
    )  # fmt: skip
