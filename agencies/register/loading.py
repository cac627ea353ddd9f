"""A file of the register takes the place of the one before in one transaction: it is there whole, or the old one is.

Whoever asks meanwhile reads the old rows; who kills the loader leaves them. An uploaded file waits in pieces for a worker.
"""

import hashlib
from collections.abc import Iterable, Iterator
from functools import partial
from itertools import chain, islice
from typing import Any

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from agencies.events import AgenciesEvent
from agencies.models import RegisterEntry, RegisterLoad, RegisterPiece
from agencies.register import formats
from agencies.register.formats import NotTheFile, RegisterRow
from hmis_portal import audit, queue
from hmis_portal.running import pulse, tries

State = RegisterLoad.State
PIECE = 1024 * 1024  # bytes
AT_ONCE = 5_000  # rows
FEWEST = 1_000  # rows: the list of the smallest state has several times as many
SHRUNK = 2  # a file with less than one in so many rows of the one before is taken only when somebody said so
LOCK = 0x1A5  # of PostgreSQL's advisory locks: one load at a time
COPY = f"COPY {RegisterEntry._meta.db_table} (load_id, {', '.join(RegisterRow._fields)}) FROM STDIN"
Chunks = Iterable[bytes]


@transaction.atomic
def take(file: Any, row: RegisterLoad) -> RegisterLoad:
    """Keep an uploaded file for the worker. Raises NotTheFile when its first line is of neither list."""
    file.seek(0)
    row.kind = formats.shape_of(file.read(formats.LONGEST_LINE)).kind
    row.save()
    file.seek(0)
    for number, data in enumerate(chunks_of(file)):
        RegisterPiece.objects.create(load=row, number=number, data=data)
    transaction.on_commit(partial(queue.publish, "agencies.tasks.load_register", row.pk))
    return row


def chunks_of(file: Any) -> Iterator[bytes]:
    return iter(partial(file.read, PIECE), b"")


def work(pk: int) -> None:
    """Load one uploaded file. Safe to run twice: its row is locked as long as it takes, and what is done stays done."""
    rows = RegisterLoad.objects.filter(pk=pk)
    if not tries.begin(rows):
        return
    try:
        with transaction.atomic():
            row = rows.select_for_update(of=("self",)).get()
            if row.is_open:
                load(row, [_pieces(row)])
    except Exception as error:
        tries.failed(rows, error)
    if not rows.get().is_open:
        RegisterPiece.objects.filter(load=pk).delete()


def sweep() -> None:
    """What never reached a worker, or was lost with one."""
    now = timezone.now()
    waiting = RegisterLoad.objects.filter(tries.due(now), tries.late("asked_at", now), state=State.WAITING)
    for pk in waiting.values_list("pk", flat=True)[:10]:
        queue.publish("agencies.tasks.load_register", pk)


@transaction.atomic
def load(row: RegisterLoad, files: Iterable[Chunks]) -> None:
    """The rows of all files, which are parts of one list, in the place of what stands. Raises NotTheFile."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
    digest = hashlib.sha256()
    row.save()
    row.rows = _copy(row, (entry for file in files for entry in _entries(row, file, digest)))
    before = RegisterLoad.objects.filter(kind=row.kind, state=State.STANDS).first()
    _check_size(row, before)
    if before is not None:
        RegisterEntry.objects.filter(load=before)._raw_delete(using=connection.alias)
        RegisterLoad.objects.filter(pk=before.pk).update(state=State.REPLACED)
    row.state, row.sha256, row.loaded_at = State.STANDS, digest.hexdigest(), timezone.now()
    row.error, row.waits_for, row.next_try_at = "", "", None
    row.save()
    facts = {"list": row.kind, "day": row.of_day.isoformat(), "rows": row.rows, "sha256": row.sha256}
    audit.record(by=row.loaded_by, verb=AgenciesEvent.LOADED_REGISTER, obj=row, data=facts)


def _pieces(row: RegisterLoad) -> Iterator[bytes]:
    """As the worker reads them, which meanwhile ends no task and yet is at work."""
    pieces = RegisterPiece.objects.filter(load=row)
    for number in range(pieces.count()):
        pulse.say(pulse.Program.UPLOADS)
        yield bytes(pieces.values_list("data", flat=True).get(number=number))


def _entries(row: RegisterLoad, chunks: Chunks, digest: Any) -> Iterator[RegisterRow]:
    def hashed() -> Iterator[bytes]:
        for chunk in chunks:
            digest.update(chunk)
            yield chunk

    whole = hashed()
    first = next(whole, b"")
    shape = formats.shape_of(first)
    if not row.kind:
        row.kind = shape.kind
        row.save(update_fields=["kind"])
    if shape.kind != row.kind:
        raise NotTheFile(_("The files are of two different lists: load one list at a time"))
    yield from formats.rows(chain([first], whole), shape)


def _copy(row: RegisterLoad, entries: Iterator[RegisterRow]) -> int:
    """Write the rows as they are read, so many at a time; how many there were."""
    count = 0
    while batch := list(islice(entries, AT_ONCE)):
        with connection.cursor() as cursor, cursor.copy(COPY) as copy:
            for entry in batch:
                copy.write_row((row.pk, *entry))
        count += len(batch)
    return count


def _check_size(row: RegisterLoad, before: RegisterLoad | None) -> None:
    if row.rows < FEWEST:
        words = ngettext(
            "The file has %(rows)d row. A whole list has many more: download it again",
            "The file has %(rows)d rows. A whole list has many more: download it again",
            row.rows,
        )
        raise NotTheFile(words % {"rows": row.rows})
    if before is not None and row.rows * SHRUNK < before.rows and not row.may_shrink:
        words = _(
            "The file has %(rows)d rows, and the one before has %(before)d. If that is right, say so when you load it again"
        )
        raise NotTheFile(words % {"rows": row.rows, "before": before.rows})
