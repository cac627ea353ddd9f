"""An uploaded file is tried in a savepoint that is rolled back, looked at by a person, then recorded by the same code.

It is recorded only when that gives, row by row, what was shown (TRAINING 28). A worker does both; see `work`.
"""

from collections import Counter
from collections.abc import Iterator
from functools import partial

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from agencies.models import User
from hmis_portal import queue
from hmis_portal.running import tries
from hmis_portal.web.errors import WrongState
from training.doors import files, runs
from training.doors.moments import Order
from training.doors.receiving import AT_ONCE, Kind, receive
from training.models import DoorRun, Upload

Outcomes = list[list[str]]
State = Upload.State
WRONG = (Kind.REFUSED, Kind.HELD)


class Differs(Exception):
    """What the file would do is not what was shown; the argument is what it would do now."""


def say_columns(upload: Upload, *, by: User) -> None:
    """The columns of the file are said (they are set on `upload`): remember them for its source, and try it."""
    with transaction.atomic():
        row = _locked(upload.pk, State.COLUMNS, State.CHECKED)
        row.columns, row.date_order, row.course = upload.columns, upload.date_order, upload.course
        row.uploaded_by = by
        door = row.door
        door.columns, door.date_order = row.columns, row.date_order
        door.save(update_fields=["columns", "date_order"])
        _ask(row, State.CHECKING)


def confirm(upload: Upload, *, by: User, seen: str) -> None:
    """Record what was shown; `seen` is the `stamp` of what the person saw."""
    with transaction.atomic():
        row = _locked(upload.pk, State.CHECKED)
        if seen != stamp(row):
            raise WrongState(_("The file was checked again in between. This is what it would do."))
        row.uploaded_by = by
        _ask(row, State.IMPORTING)


def drop(upload: Upload) -> None:
    with transaction.atomic():
        row = _locked(upload.pk, State.COLUMNS, State.CHECKED, State.FAILED)
        row.state = State.DROPPED
        row.save(update_fields=["state"])


def stamp(upload: Upload) -> str:
    return upload.asked_at.isoformat()


def _locked(pk: int, *states: str) -> Upload:
    rows = Upload.objects.defer("table", "outcomes").select_related("door", "course")
    row = rows.select_for_update(of=("self",)).get(pk=pk)
    if row.state not in states:
        raise WrongState(
            _("The file is in another state now: %(state)s.") % {"state": row.get_state_display()}
        )
    return row


def _ask(row: Upload, state: State) -> None:
    row.state, row.asked_at, row.differs = state, timezone.now(), False
    row.save(update_fields=["columns", "date_order", "course", "uploaded_by", "state", "asked_at", "differs"])
    tries.afresh(Upload.objects.filter(pk=row.pk))
    transaction.on_commit(partial(queue.publish, "training.tasks.work_upload", row.pk))


def sweep() -> None:
    """What never reached a worker, or was lost with one."""
    now = timezone.now()
    waiting = Upload.objects.filter(tries.due(now), tries.late("asked_at", now), state__in=Upload.AT_WORK)
    for pk in waiting.values_list("pk", flat=True)[:50]:
        queue.publish("training.tasks.work_upload", pk)


def work(pk: int) -> None:
    """Try or record one file. Safe to run twice: the row is locked while it is done."""
    rows = Upload.objects.filter(pk=pk).defer("table", "outcomes")
    if not tries.begin(rows):
        return
    try:
        _work(pk)
    except Exception as error:
        tries.failed(rows, error)


def _work(pk: int) -> None:
    with transaction.atomic():
        row = _locked(pk, *Upload.AT_WORK)
        if row.state == State.IMPORTING:
            try:
                row.run, row.state = _recorded(row), State.DONE
            except Differs as differs:
                row.outcomes, row.differs, row.state = differs.args[0], True, State.CHECKED
        else:
            row.outcomes, row.state = _tried(row), State.CHECKED
        row.asked_at = timezone.now()
        row.save(update_fields=["run", "state", "outcomes", "differs", "asked_at"])


def _tried(upload: Upload) -> Outcomes:
    with transaction.atomic():
        _run, outcomes = _brought_in(upload)
        transaction.set_rollback(True)  # and what waits for its commit never comes
    return outcomes


def _recorded(upload: Upload) -> DoorRun:
    with transaction.atomic():
        run, outcomes = _brought_in(upload)
        if outcomes != upload.outcomes:
            raise Differs(outcomes)
    return run


def _brought_in(upload: Upload) -> tuple[DoorRun, Outcomes]:
    outcomes: Outcomes = []
    with runs.running(upload.door, by=upload.uploaded_by, about=upload.name) as run:
        for part in upload.parts(AT_ONCE):
            parsed = files.attempts(part, upload.columns, Order(upload.date_order), upload.course)
            outcomes += _piece(upload, run, list(parsed))
    return run, outcomes


def _piece(upload: Upload, run: DoorRun, piece: list[files.Parsed]) -> Iterator[list[str]]:
    attempts = [row.attempt for row in piece if row.attempt]
    received = iter(receive(attempts, door=upload.door, by=upload.uploaded_by, run=run))
    own = [Kind.LEFT_OUT if row.left_out else Kind.REFUSED for row in piece if not row.attempt]
    runs.count(run, own)
    for row in piece:
        if row.attempt:
            outcome = next(received)
            yield [outcome.kind, outcome.words]
        else:
            yield [Kind.LEFT_OUT if row.left_out else Kind.REFUSED, row.words]


def counts(upload: Upload) -> Counter[str]:
    return Counter(kind for kind, _words in upload.outcomes)


def error_rows(upload: Upload) -> Iterator[list[str]]:
    words = [words if kind in WRONG else "" for kind, words in upload.outcomes]
    return files.error_rows(upload.read, words)
