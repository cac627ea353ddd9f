"""Who reads the settings more than once: a request, or a transaction that will be taken back; and when they are read anew."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.core.cache import cache
from django.db import connection, transaction

CACHE_KEY = "portal-settings"


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


def is_taken_back() -> bool:
    """Whether what is read now stands in such a transaction: nobody may keep it beyond."""
    shared = reading.get()
    return shared is not None and shared.alone


def forget_settings(**_kwargs: object) -> None:
    """Drop the remembered row after the admin has saved another."""
    shared = reading.get()
    if shared is not None:
        shared.row, shared.written = None, True
    if shared is None or not shared.alone:
        cache.delete(CACHE_KEY)
        if connection.in_atomic_block:  # until it is committed others may fill the cache
            transaction.on_commit(partial(cache.delete, CACHE_KEY))
