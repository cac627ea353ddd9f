"""The watchdog: beat and the workers say every few seconds that they are alive; the rest of the portal sees silence."""

import time
from enum import StrEnum

from django.core.cache import cache

from hmis_portal.celery import SWEEP_SECONDS

# Beat has every queue work once in each sweep; the longest task takes 80 seconds, or says meanwhile that it is at work.
SILENT_AFTER = max(150, 3 * SWEEP_SECONDS)
EVERY = 10


class Program(StrEnum):
    BEAT = "beat"
    WORKER = "worker"
    UPLOADS = "uploads"


_said: dict[Program, float] = {}


def say(program: Program) -> None:
    """Called by the program itself; told to the others every ten seconds."""
    now = time.monotonic()
    if program not in _said or now - _said[program] >= EVERY:
        _said[program] = now
        cache.set(_key(program), time.time(), None)


def silent() -> list[Program]:
    """Who said nothing for too long. A clock that was moved is silence too, until the next word."""
    beats = cache.get_many([_key(program) for program in Program])
    now = time.time()
    return [kind for kind in Program if abs(now - beats.get(_key(kind), 0)) > SILENT_AFTER]


def _key(program: Program) -> str:
    return f"alive:{program.value}"
