"""Who reads the settings more than once: a request, or a transaction that will be taken back."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any


@dataclass
class Reading:
    """`alone`: from the database, past the cache that all processes share; so too once it has `written` what may yet be
    taken back."""

    alone: bool
    row: Any = None
    written: bool = False


reading: ContextVar[Reading | None] = ContextVar("settings_reading", default=None)


@contextmanager
def _as(new: Reading) -> Iterator[None]:
    token = reading.set(new)
    try:
        yield
    finally:
        reading.reset(token)


@contextmanager
def settings_read_once() -> Iterator[None]:
    """Within it the settings are fetched when first asked for, and again only after they were saved."""
    with _as(Reading(alone=False)):
        yield


@contextmanager
def settings_of_this_transaction() -> Iterator[None]:
    """Within it settings are read and changed without anybody else noticing."""
    with _as(Reading(alone=True)):
        yield
