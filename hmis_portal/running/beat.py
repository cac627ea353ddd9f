"""Celery's beat by a clock that nobody sets: sweeps follow the monotonic one, and a day's tasks come once a day.

Celery keeps in wall-clock time when each entry ran last and runs next: after the clock was put back it waits until that
time has come again.
"""

import time
from datetime import timedelta
from typing import Any, cast

from celery.beat import PersistentScheduler, ScheduleEntry
from celery.schedules import schedule

from hmis_portal.running import pulse

AHEAD = timedelta(minutes=1)


class SteadyScheduler(PersistentScheduler):
    """The same entries; few enough to look at all of them at each tick."""

    max_interval = 2

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.next_sweep: dict[str, float] = {}
        super().__init__(*args, **kwargs)

    def tick(self, *_args: Any, **_kwargs: Any) -> float:
        for entry in list(self.schedule.values()):
            if self.is_time(entry):
                self.apply_entry(cast(ScheduleEntry, self.reserve(entry)), producer=self.producer)
        pulse.say(pulse.Program.BEAT)
        return self.max_interval

    def is_time(self, entry: ScheduleEntry) -> bool:
        name, planned = str(entry.name), entry.schedule
        if not isinstance(planned, schedule):  # a time of day
            now = entry.default_now()
            if entry.last_run_at and entry.last_run_at > now + AHEAD:  # before the clock was put back
                entry.last_run_at = now
            return bool(entry.is_due()[0])
        steady = time.monotonic()
        if steady < self.next_sweep.get(name, 0):
            return False
        self.next_sweep[name] = steady + cast(Any, planned).run_every.total_seconds()
        return True
