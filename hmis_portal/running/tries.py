"""Work that is tried until it is done: each try is counted before it is made and followed by a pause.

What a part that is away held up waits and is never given up; what fails while all parts are well, or ends its worker
again and again, is given up after some tries, for a person to see.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import ClassVar

import structlog
from django.db import models, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from hmis_portal.celery import SWEEP_SECONDS
from hmis_portal.running import away

log = structlog.get_logger(__name__)
NOT_FINISHED = "The worker ended each time before it was done."
LONGEST_WAIT = (
    20  # seconds between tries while a part is away, so that it heals within a minute with the sweep
)
LATE = timedelta(seconds=min(SWEEP_SECONDS, 20))  # a task of its own that has not come by then is lost
AHEAD = timedelta(minutes=1)  # a time further ahead was written before the clock was put back


class NoTryHelps(Exception):
    """It will fail each time until a person changes something; its message is the sentence for that person."""


class Tried(models.Model):
    """What a row must know to be tried again."""

    MOST_TRIES: ClassVar[int] = 8

    attempts = models.PositiveSmallIntegerField(default=0)
    error = models.CharField(max_length=300, blank=True)
    tried_at = models.DateTimeField(null=True, blank=True)
    next_try_at = models.DateTimeField(null=True, blank=True)
    waits = models.PositiveSmallIntegerField(_("times that a part was away"), default=0)
    waits_for = models.CharField(_("waits for"), max_length=20, blank=True)

    class Meta:
        abstract = True

    @property
    def is_open(self) -> bool:
        """Whether it is still to be done and not given up."""
        raise NotImplementedError

    def give_up(self) -> None:
        raise NotImplementedError

    def pause(self) -> timedelta:
        """After a try that failed while all parts were well."""
        return timedelta(seconds=2**self.attempts)

    def lease(self) -> timedelta:
        """How long a try may go on, or its lost worker is waited for, before another is made."""
        return timedelta(seconds=min(5 * 2 ** (self.attempts - 1), 25))

    def is_due(self, now: datetime) -> bool:
        written_ahead = self.tried_at is not None and self.tried_at > now + AHEAD
        return self.next_try_at is None or self.next_try_at <= now or written_ahead


class Job(Tried):
    """A file that must be made; a sweep finds what is not done."""

    created_at = models.DateTimeField(auto_now_add=True)
    parked_at = models.DateTimeField(_("given up, for a person to see"), null=True, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True

    @property
    def is_open(self) -> bool:
        return self.done_at is None and self.parked_at is None

    def give_up(self) -> None:
        self.parked_at = timezone.now()


def due(now: datetime, prefix: str = "") -> Q:
    """`is_due` for a query; `prefix` leads to the row, such as "job__"."""
    return (
        Q(**{f"{prefix}next_try_at__isnull": True})
        | Q(**{f"{prefix}next_try_at__lte": now})
        | Q(**{f"{prefix}tried_at__gt": now + AHEAD})
    )


def late(field: str, now: datetime) -> Q:
    """Made so long ago that its own task should have come, or before the clock was put back."""
    return Q(**{f"{field}__lt": now - LATE}) | Q(**{f"{field}__gt": now + AHEAD})


def at_once(limit: int) -> int:
    """How many of what waits to try now: one, to see, while a part is away."""
    return limit if away.look() is None else 1


def begin(rows: QuerySet[Tried]) -> bool:
    """Take the one row for a try; False when it is not its time, it is done or given up, or somebody has it."""
    most = 2 * rows.model.MOST_TRIES
    with transaction.atomic():
        row = rows.select_for_update(skip_locked=True, of=("self",)).first()
        now = timezone.now()
        if row is None or not row.is_open or not row.is_due(now):
            return False
        row.attempts = min(row.attempts + 1, 30_000)
        row.tried_at, row.next_try_at = now, now + row.lease()
        if row.attempts > most and away.look() is None:
            row.error = NOT_FINISHED
            row.give_up()
            log.error("given_up", what=row._meta.label_lower, row=str(row.pk), error=row.error)
            row.save()
        else:
            row.save(update_fields=["attempts", "tried_at", "next_try_at"])
    return row.is_open


def failed(rows: QuerySet[Tried], error: Exception) -> None:
    """Keep what went wrong; count it, unless a part was away."""
    part = away.part_of(error)
    with transaction.atomic():
        row = rows.select_for_update(of=("self",)).get()
        hopeless = isinstance(error, NoTryHelps)
        words = str(error) if hopeless else f"{type(error).__name__}: {error}"
        row.error = " ".join(words.replace("\0", "").split())[:300]
        row.tried_at = timezone.now()
        if part is not None:
            row.attempts, row.waits, row.waits_for = max(row.attempts - 1, 0), row.waits + 1, part.value
            row.waits = min(row.waits, 30_000)
            pause = timedelta(seconds=min(2 ** min(row.waits, 10), LONGEST_WAIT))
        else:
            row.waits, row.waits_for, pause = 0, "", row.pause()
            if hopeless or row.attempts >= row.MOST_TRIES:
                row.give_up()
        row.next_try_at = row.tried_at + pause
        row.save()
    log.error(
        "try_failed",
        what=row._meta.label_lower,
        row=str(row.pk),
        attempts=row.attempts,
        error=row.error,
        waits_for=row.waits_for,
        given_up=not row.is_open,
    )


def afresh(rows: QuerySet[Tried]) -> None:
    """A person found the cause: count from the beginning and try at once."""
    rows.update(attempts=0, error="", tried_at=None, next_try_at=None, waits=0, waits_for="")
