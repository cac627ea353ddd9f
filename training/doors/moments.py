"""Days and instants as sources write them. What can be read in two ways is not guessed (TRAINING 31)."""

import re
from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum

from hmis_portal.running.zone import portal_zone

MONTHS = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
    "december",
)  # fmt: skip
_NUMBERS = re.compile(r"(\d{1,4})[./-](\d{1,2})[./-](\d{1,4})")
_NAMED = re.compile(r"(?:(\d{1,2})[. -]+)?([a-z]{3,9})\.?[ -]+(?:(\d{1,2}),? +)?(\d{4})")
_CLOCK = re.compile(r"[ t,]+(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d+)?)?(?: ?([ap])\.?m\.?)?")


class Order(StrEnum):
    """Which of three numbers is what; without one, only what cannot be read in two ways is read."""

    UNKNOWN = ""
    MONTH_FIRST = "mdy"
    DAY_FIRST = "dmy"
    YEAR_FIRST = "ymd"


@dataclass(frozen=True)
class When:
    """`at` where the source said the time and the zone, or a time (then of Connecticut); else `on` alone.

    ambiguous: it can be read as two days. Nothing set: it is no date.
    """

    on: date | None = None
    at: datetime | None = None
    ambiguous: bool = False


def read(text: str, order: Order = Order.UNKNOWN) -> When:
    text = " ".join(text.split())
    if instant := _iso(text):
        return When(at=instant)
    lowered = text.casefold()
    clock = _CLOCK.search(lowered)
    if clock and clock.end() != len(lowered):
        return When()
    written = lowered[: clock.start()] if clock else lowered
    days = _named(written) or _numbers(written, order)
    if len(days) > 1:
        return When(ambiguous=True)
    if not days:
        return When()
    day = days.pop()
    at = _time(clock) if clock else None
    if at is None:
        return When() if clock else When(on=day)
    if at == time():  # how workbooks write a day
        return When(on=day)
    return When(at=datetime.combine(day, at, tzinfo=portal_zone()))


def _iso(text: str) -> datetime | None:
    """An instant with its zone, such as 2026-01-01T03:30:00Z."""
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        return None
    return instant if instant.tzinfo is not None else None


def _time(clock: re.Match[str]) -> time | None:
    hour, minute, second = int(clock[1]), int(clock[2]), int(clock[3] or 0)
    if clock[4]:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if clock[4] == "p" else 0)
    try:
        return time(hour, minute, second)
    except ValueError:
        return None


def _named(text: str) -> set[date]:
    """March 4, 2026 and 4 March 2026."""
    match = _NAMED.fullmatch(text)
    month = match and next((place for place, name in enumerate(MONTHS, 1) if name.startswith(match[2])), None)
    if not match or month is None or bool(match[1]) == bool(match[3]):
        return set()
    return _days((int(match[4]), month, int(match[1] or match[3])))


def _numbers(text: str, order: Order) -> set[date]:
    match = _NUMBERS.fullmatch(text)
    if not match:
        return set()
    first, second, third = (int(number) for number in match.groups())
    if len(match[1]) == 4:
        return _days((first, second, third))
    if len(match[1]) > 2 or len(match[3]) not in (2, 4):
        return set()
    year = third if len(match[3]) == 4 else 2000 + third
    readings = {
        Order.MONTH_FIRST: (year, first, second),
        Order.DAY_FIRST: (year, second, first),
    }
    if len(match[3]) == 2:
        readings[Order.YEAR_FIRST] = (2000 + first, second, third)
    if order:
        return _days(readings[order]) if order in readings else set()
    return _days(*readings.values())


def _days(*readings: tuple[int, int, int]) -> set[date]:
    """The different days that these are; a reading that is no day is none."""
    days = set()
    for reading in readings:
        try:
            days.add(date(*reading))
        except ValueError:
            continue
    return days
