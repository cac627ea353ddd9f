"""Business days: Monday to Friday without the federal and Connecticut holidays."""

from datetime import date, timedelta
from functools import lru_cache

import holidays


@lru_cache(maxsize=8)
def days_off(year: int) -> frozenset[date]:
    """The holidays of the United States and of Connecticut in a year, as observed."""
    return frozenset(holidays.country_holidays("US", subdiv="CT", years=year))


def is_business_day(day: date) -> bool:
    return day.weekday() < 5 and day not in days_off(day.year)


def business_days_between(first: date, last: date) -> int:
    """How many business days have passed after `first` up to and including `last`; 0 when last is not later."""
    return sum(is_business_day(first + timedelta(days=step)) for step in range(1, (last - first).days + 1))


def add_business_days(day: date, count: int) -> date:
    """The business day that is `count` business days after `day`."""
    reached = day
    while count > 0:
        reached += timedelta(days=1)
        count -= is_business_day(reached)
    return reached
