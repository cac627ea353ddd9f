"""Business days: Monday to Friday without the federal and Connecticut holidays."""

from datetime import date, timedelta
from functools import lru_cache
from itertools import accumulate

import holidays


@lru_cache(maxsize=8)
def days_off(year: int) -> frozenset[date]:
    """The holidays of the United States and of Connecticut in a year, as observed."""
    return frozenset(holidays.country_holidays("US", subdiv="CT", years=year))


def is_business_day(day: date) -> bool:
    return day.weekday() < 5 and day not in days_off(day.year)


@lru_cache(maxsize=32)
def _passed(year: int) -> tuple[int, ...]:
    """For each day of a year, counted from 1, how many business days have passed up to and including it."""
    new_year = date(year, 1, 1)
    days = (new_year + timedelta(days=step) for step in range((date(year, 12, 31) - new_year).days + 1))
    return tuple(accumulate((is_business_day(day) for day in days), initial=0))


def business_days_between(first: date, last: date) -> int:
    """How many business days have passed after `first` up to and including `last`; 0 when last is not later."""
    if last <= first:
        return 0
    years_before = sum(_passed(year)[-1] for year in range(first.year, last.year))
    return years_before + _passed(last.year)[_day_of_year(last)] - _passed(first.year)[_day_of_year(first)]


def _day_of_year(day: date) -> int:
    return day.timetuple().tm_yday


def add_business_days(day: date, count: int) -> date:
    """The business day that is `count` business days after `day`."""
    reached = day
    while count > 0:
        reached += timedelta(days=1)
        count -= is_business_day(reached)
    return reached
