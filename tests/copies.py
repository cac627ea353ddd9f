"""What a fixture makes in the database is made once in a process; the tests after that get a copy of it.

A copy is exact: the same rows with the same keys, the same bytes in the document store, the same e-mails in the outbox,
and equal objects in the test's hand. It is taken only where the database stands as it stood when the first was made;
under the same settings, at the same moment where the clock stands still, within the same second where it was moved and
goes on; wherever that is not sure (something else wrote before, a setting names a folder of the test's own), everything
is made anew. A clock that was moved goes on from when the first was ready: nothing in a copy is of the future.
"""

import pickle
import shutil
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import time_machine
from django.conf import UserSettingsHolder, settings
from django.core import mail
from django.core.files.storage import default_storage
from django.db import connection
from django.utils import timezone

from hmis_portal.models import StoredDocument
from tests.typeset import chance

# All that a test writes is one transaction.
OURS = "xmin::text::bigint >= pg_current_xact_id()::text::bigint"
# What the view pg_stat_xact_user_tables counts, for a third of its work: no index is looked for.
WRITTEN = """(pg_stat_get_xact_tuples_inserted(oid) + pg_stat_get_xact_tuples_updated(oid)
              + pg_stat_get_xact_tuples_deleted(oid))"""
TABLES = "pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
WRITES = f"SELECT coalesce(sum({WRITTEN}), 0) FROM {TABLES}"
WRITTEN_TO = f"SELECT array_agg(relname::text) FROM {TABLES} AND {WRITTEN} > 0"
UNGUARDED = "SET LOCAL session_replication_role = "

Rows = dict[str, set[str]]


@dataclass
class Kept:
    """One state: what it adds to those before it."""

    statements: str
    documents: dict[str, bytes]
    letters: bytes
    result: bytes
    chance: tuple[Any, ...]  # where the row of references stood afterwards
    ready: datetime


class Copies:
    """The states of one test's database, and how many rows had been written with the last of them."""

    def __init__(self, kept: dict[tuple[Any, ...], Kept]) -> None:
        self.kept = kept
        self.states: tuple[Any, ...] = ()
        self.written = 0
        self.sure = True
        self.making = False

    def once(self, make: Callable[[], Any], *names: str) -> Any:
        """What `make` returns, and what it leaves behind. It depends on the states before, the names, and nothing else."""
        if self.making:  # a part of another state
            return make()
        self.sure = self.sure and self._stands_as_before()
        if not self.sure:
            return make()
        self.states = (*self.states, make.__module__, make.__qualname__, *names)
        key = (_clock(), _changed_settings(), *self.states)
        first = key not in self.kept
        made = self._first(key, make) if first else self._copy(self.kept[key])
        # Where the clock goes on, the same may have been made at another second: what follows belongs to this one alone.
        self.states = (*self.states, self.kept[key].ready)
        return made

    def _copy(self, kept: Kept) -> Any:
        for path, data in kept.documents.items():
            _put(Path(default_storage.path(path)), data)
        with connection.cursor() as cursor:
            cursor.cursor.execute(kept.statements + WRITES)
            while cursor.cursor.nextset():
                pass
            self.written = cursor.cursor.fetchone()[0]
        mail.outbox.extend(pickle.loads(kept.letters))
        chance.setstate(kept.chance)
        _go_on_from(kept.ready)
        return pickle.loads(kept.result)

    def _stands_as_before(self) -> bool:
        own_folder = tempfile.gettempdir() in _changed_settings()
        if own_folder or not connection.in_atomic_block:
            return False
        if not self.states:
            return bool(_value("SELECT pg_current_xact_id_if_assigned() IS NULL"))
        return bool(_value(WRITES) == self.written)

    def _first(self, key: tuple[Any, ...], make: Callable[[], Any]) -> Any:
        before, letters = _rows(), len(mail.outbox)
        self.making = True
        try:
            made = make()
        finally:
            self.making = False
        after = _rows()
        documents = {
            one.path: Path(default_storage.path(one.path)).read_bytes()
            for one in StoredDocument.objects.all()
        }
        self.kept[key] = Kept(
            _statements(before, after),
            documents,
            pickle.dumps(mail.outbox[letters:]),
            pickle.dumps(made),
            chance.getstate(),
            timezone.now(),
        )
        self.written = _value(WRITES)
        return made


def _clock() -> Any:
    """The moment at which a test has stopped it, the second where it was moved and goes on, else the day."""
    if not time_machine.traveller_stack:
        return timezone.localdate()
    now = time.time_ns()
    return now if now == time.time_ns() else timezone.now().replace(microsecond=0)


def _go_on_from(ready: datetime) -> None:
    if time_machine.traveller_stack and (ahead := ready - timezone.now()) > timedelta(0):
        time_machine.traveller_stack[-1].shift(ahead)


def _changed_settings() -> str:
    """Those that are other than at the start, each with its value."""
    changed: dict[str, Any] = {}
    holder = settings._wrapped
    while isinstance(holder, UserSettingsHolder):
        changed = {**vars(holder), **changed}
        holder = changed.pop("default_settings")
    return repr(sorted(changed.items()))


def _rows() -> Rows:
    """What the test wrote, table by table, each row as its text."""
    each = [
        f"SELECT '{table}', (SELECT array_agg(t::text) FROM \"{table}\" AS t WHERE t.{OURS})"
        for table in _value(WRITTEN_TO) or ()
    ]
    if not each:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(each))
        return {table: set(rows) for table, rows in cursor.fetchall() if rows}


def _statements(before: Rows, after: Rows) -> str:
    """SQL that leads from one to the other. Tables that are only added to are only added to."""
    made = []
    for table in sorted(before.keys() | after.keys()):
        old, new = before.get(table, set()), after.get(table, set())
        if gone := old - new:
            made.append(f'DELETE FROM "{table}" AS t WHERE t::text = ANY({_array(gone)}); ')
        if added := new - old:
            columns = _columns(table)
            rows = f'unnest({_array(added)}::"{table}"[])'
            made.append(f'INSERT INTO "{table}" ({columns}) SELECT {columns} FROM {rows}; ')
    # The rows were checked when they were made, and what guards them may have let them be changed on the way: a party,
    # before it had signed. So no trigger is asked.
    return "".join([f"{UNGUARDED}'replica'; ", *made, f"{UNGUARDED}'origin'; "])


@cache
def _columns(table: str) -> str:
    """Those that are not computed from others."""
    return _value(
        "SELECT string_agg(quote_ident(attname), ', ') FROM pg_attribute"
        f" WHERE attrelid = '\"{table}\"'::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = ''"
    )


def _array(texts: set[str]) -> str:
    return "ARRAY[" + ", ".join("'" + text.replace("'", "''") + "'" for text in sorted(texts)) + "]"


def _value(query: str) -> Any:
    with connection.cursor() as cursor:
        cursor.cursor.execute(query)
        return cursor.cursor.fetchone()[0]


def _put(path: Path, data: bytes) -> None:
    """A test may have damaged or deleted the document, or put a folder in its place."""
    if path.is_file() and path.read_bytes() == data:
        return
    if path.is_dir():
        shutil.rmtree(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    path.write_bytes(data)
