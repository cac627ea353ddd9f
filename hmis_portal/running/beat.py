"""Celery's beat by a clock that nobody sets: sweeps follow the monotonic one, and a day's tasks come once a day, at
their hour in the zone that is set on the desk. After the zone was changed a task may come twice on a day, and never not.

Celery keeps in wall-clock time when each entry ran last and runs next: after the clock was put back it waits until that
time has come again.
"""

import time
from datetime import UTC, datetime, timedelta
from datetime import time as clock
from typing import Any, cast
from zoneinfo import ZoneInfo

from celery.beat import PersistentScheduler, ScheduleEntry
from celery.schedules import crontab
from django.db import close_old_connections
from django.utils import timezone

from hmis_portal.running import pulse
from hmis_portal.running.zone import set_zone

AHEAD = timedelta(minutes=1)
LOOK_SECONDS = 15  # from one look at the zone to the next


def clock_of(planned: crontab) -> clock:
    """At what time of each day."""
    hours: Any = planned
    return clock(min(hours.hour), min(hours.minute))


def last_due(planned: crontab, zone: ZoneInfo, now: datetime) -> datetime:
    """The latest moment until now at which clocks of the zone showed the hour and minute. Where they show it twice, in
    autumn, it is the first; where they skip it, in spring, as much later."""
    at = datetime.combine(now.astimezone(zone), clock_of(planned), tzinfo=zone)
    due = at.astimezone(UTC)
    return due if due <= now else (at - timedelta(days=1)).astimezone(UTC)


class SteadyScheduler(PersistentScheduler):
    """The same entries; few enough to look at all of them at each tick."""

    max_interval = 2

    def __init__(self, *args: object, **kwargs: object) -> None:
        self.next_sweep: dict[str, float] = {}
        self.zone: ZoneInfo
        self.next_look = 0.0
        super().__init__(*args, **kwargs)

    def tick(self, *_args: object, **_kwargs: object) -> float:
        if time.monotonic() >= self.next_look:
            self.next_look = time.monotonic() + LOOK_SECONDS
            close_old_connections()  # as before a request: one that broke is made anew
            self.zone = set_zone()
        for entry in list(self.schedule.values()):
            if self.is_time(entry):
                self.apply_entry(cast(ScheduleEntry, self.reserve(entry)), producer=self.producer)
        pulse.say(pulse.Program.BEAT)
        return self.max_interval

    def is_time(self, entry: ScheduleEntry) -> bool:
        name, planned = str(entry.name), entry.schedule
        if isinstance(planned, crontab):  # a time of day
            now = entry.default_now()
            if entry.last_run_at and entry.last_run_at > now + AHEAD:  # before the clock was put back
                entry.last_run_at = now
            return entry.last_run_at is None or entry.last_run_at < last_due(
                planned, self.zone, timezone.now()
            )
        steady = time.monotonic()
        if steady < self.next_sweep.get(name, 0):
            return False
        self.next_sweep[name] = steady + cast(Any, planned).run_every.total_seconds()
        return True
