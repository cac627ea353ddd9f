"""The day that the night's work asks for: today, or the day that a what-if has reached."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date

from django.utils import timezone

_day: ContextVar[date | None] = ContextVar("day", default=None)


def today() -> date:
    return _day.get() or timezone.localdate()


@contextmanager
def on(day: date) -> Iterator[None]:
    """Within it, and in this thread alone, it is that day."""
    token = _day.set(day)
    try:
        yield
    finally:
        _day.reset(token)
