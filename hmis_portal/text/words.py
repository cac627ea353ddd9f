"""Dates, times, sizes and the end of a sentence, as people read them; the templates have the same words as filters."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from functools import lru_cache
from typing import Any

from django.utils import formats, timezone
from django.utils.translation import get_language, gettext, gettext_lazy, ngettext
from django_stubs_ext import StrOrPromise

from hmis_portal.environment import US_ZONES

ZONE_NAMES = {
    "America/New_York": gettext_lazy("Eastern Time"),
    "America/Detroit": gettext_lazy("Eastern Time"),
    "America/Indiana/Indianapolis": gettext_lazy("Eastern Time"),
    "America/Kentucky/Louisville": gettext_lazy("Eastern Time"),
    "America/Chicago": gettext_lazy("Central Time"),
    "America/Denver": gettext_lazy("Mountain Time"),
    "America/Boise": gettext_lazy("Mountain Time"),
    "America/Phoenix": gettext_lazy("Mountain Time"),
    "America/Los_Angeles": gettext_lazy("Pacific Time"),
    "America/Anchorage": gettext_lazy("Alaska Time"),
    "America/Adak": gettext_lazy("Hawaii-Aleutian Time"),
    "Pacific/Honolulu": gettext_lazy("Hawaii Time"),
    "America/Puerto_Rico": gettext_lazy("Atlantic Time"),
    "Pacific/Guam": gettext_lazy("Chamorro Time"),
    "Pacific/Pago_Pago": gettext_lazy("Samoa Time"),
    "UTC": gettext_lazy("Coordinated Universal Time"),
}


def _local(value: object) -> Any:
    if isinstance(value, dt.datetime) and timezone.is_aware(value):
        return timezone.localtime(value)
    return value


def date_words(value: dt.date | dt.datetime | None) -> str:
    """November 22, 2026, in the zone that is set; "" for None."""
    if not value:
        return ""
    day = _local(value)
    return _day_words(day.date() if isinstance(day, dt.datetime) else day, get_language())


@lru_cache(maxsize=4096)
def _day_words(day: dt.date, language: str | None) -> str:
    """Lists say the same few days again and again, and taking the format apart costs more than the rest of a cell."""
    return formats.date_format(day, "DATE_FORMAT")


def ein_words(ein: str) -> str:
    """06-1234567, as every page shows it."""
    return f"{ein[:2]}-{ein[2:]}" if len(ein) == 9 else ein


def full_stop(sentence: StrOrPromise) -> str:
    """The end of a sentence that a name may have ended already: “Harbor House, Inc.” gets no second full stop."""
    text = str(sentence)
    return re.sub(r"\.\.(?=\s|$)", ".", text if text.endswith(".") else f"{text}.")


def matching(text: str) -> str:
    """How names are compared: the whole text in any script, without its case, its invisible marks and extra blanks.

    Letters are compared however they are stored: é as one letter or as e with an accent, a full-width A as an A.
    """
    if text.isascii():
        return " ".join(text.casefold().split())
    seen = "".join(
        letter for letter in unicodedata.normalize("NFKC", text) if unicodedata.category(letter) != "Cf"
    )
    return unicodedata.normalize("NFKC", " ".join(seen.casefold().split()))


def listed(text: str) -> list[str]:
    """What is typed with commas, semicolons or line breaks between."""
    return [part.strip() for part in re.split(r"[,;\n]", text) if part.strip()]


def time_words(value: dt.datetime | None) -> str:
    """3:05 p.m. Eastern Time."""
    if not value:
        return ""
    moment = _local(value)
    return f"{formats.time_format(moment, 'g:i a')} {zone_name()}"


def zone_name() -> str:
    """Eastern Time."""
    name = timezone.get_current_timezone_name()
    return str(ZONE_NAMES.get(name, name))


def zone_choices() -> list[tuple[str, str]]:
    """Every zone with a city of it: Eastern Time (New York)."""
    cities = {key: key.rpartition("/")[2].replace("_", " ") for key in US_ZONES}
    return [(key, f"{ZONE_NAMES[key]} ({city})") for key, city in cities.items()]


def span_words(start: dt.datetime, end: dt.datetime) -> str:
    """November 22, 2026, 9:00 a.m. to 10:30 a.m. Eastern Time; with both days where it goes past midnight."""
    if _local(start).date() != _local(end).date():
        return gettext("%(start)s to %(end)s") % {
            "start": datetime_words(start),
            "end": datetime_words(end),
        }
    begin = formats.time_format(_local(start), "g:i a")
    times = gettext("%(start)s to %(end)s") % {"start": begin, "end": time_words(end)}
    return gettext("%(date)s, %(times)s") % {"date": date_words(start), "times": times}


def datetime_words(value: dt.datetime | None) -> str:
    """November 22, 2026 at 3:05 p.m. Eastern Time."""
    return (
        gettext("%(date)s at %(time)s") % {"date": date_words(value), "time": time_words(value)}
        if value
        else ""
    )


def instant_lines(value: dt.datetime) -> tuple[str, str]:
    """An instant on a paper by both clocks, each with its zone: December 4, 2026, 23:30:07 EST; 2026-12-05 04:30:07 UTC."""
    local = _local(value)
    return f"{date_words(value)}, {local:%H:%M:%S %Z}", f"{value.astimezone(dt.UTC):%Y-%m-%d %H:%M:%S} UTC"


def instant_words(value: dt.datetime) -> str:
    """The same in one line: December 4, 2026, 23:30:07 EST (2026-12-05 04:30:07 UTC)."""
    return "{} ({})".format(*instant_lines(value))


def file_size(value: int | None) -> str:
    """12 KB, 1.4 MB."""
    size = int(value or 0)
    return f"{max(1, round(size / 1024))} KB" if size < 1024 * 1024 else f"{size / 1024 / 1024:.1f} MB"


def wait_words(seconds: int) -> str:
    """40 seconds, 5 minutes, 2 hours: never less than the wait is."""
    if seconds <= 90:
        return ngettext("%(count)d second", "%(count)d seconds", seconds) % {"count": max(1, seconds)}
    if (minutes := -(-seconds // 60)) <= 90:
        return ngettext("%(count)d minute", "%(count)d minutes", minutes) % {"count": minutes}
    hours = -(-minutes // 60)
    return ngettext("%(count)d hour", "%(count)d hours", hours) % {"count": hours}
