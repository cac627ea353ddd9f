"""The zone in which days are counted and times told: one for the whole portal, set on the desk, looked up here alone.

Django's current zone answers wherever a day or an hour is asked for (`localdate`, `localtime`, `TruncMonth`, `__date`,
templates). Each request and each task takes `SET` for it, and so does beat for the hours of its nightly work; what
runs outside of them, such as a migration, has the zone of the environment, with which an installation begins.
"""

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

from celery import Task
from django.conf import settings
from django.db import Error, close_old_connections
from django.utils import timezone

from hmis_portal.models import PortalSettings, settings_read_once
from hmis_portal.models.settings_read import reading
from hmis_portal.running.stack import in_one_piece

_last = ""  # that was read in this process, for when the database is away


def set_zone() -> ZoneInfo:
    """As it is set now. From the settings as everybody has them: in a request or a task they are read once."""
    global _last
    try:
        _last = PortalSettings.load().time_zone
    except Error:
        return ZoneInfo(_last or settings.TIME_ZONE)
    return ZoneInfo(_last)


def portal_zone() -> ZoneInfo:
    """The zone here and now, for what is computed with: a calendar's entry, an hour that somebody typed."""
    return ZoneInfo(timezone.get_current_timezone_name())


class SetZone(tzinfo):
    """Looked up when a time is told, so that a page that tells none asks for nothing."""

    def utcoffset(self, moment: datetime | None) -> timedelta | None:
        return set_zone().utcoffset(moment)

    def dst(self, moment: datetime | None) -> timedelta | None:
        return set_zone().dst(moment)

    def tzname(self, moment: datetime | None) -> str | None:
        return set_zone().tzname(moment)

    def fromutc(self, moment: datetime) -> datetime:
        return moment.replace(tzinfo=UTC).astimezone(set_zone())

    def __str__(self) -> str:
        return set_zone().key


SET = SetZone()


@contextmanager
def as_set() -> Iterator[None]:
    """Within it days and times are those of the zone that is set."""
    with settings_read_once() if reading.get() is None else nullcontext(), timezone.override(SET):
        yield


class ZonedTask(Task[Any, Any]):
    """What every task of the portal is."""

    abstract = True

    @in_one_piece
    def __call__(self, *args: object, **kwargs: object) -> object:
        try:
            with as_set():
                return self.run(*args, **kwargs)
        finally:
            if not (self.request.is_eager or self.request.called_directly):
                close_old_connections()  # as after a request: back to the pool, or ended when it broke
