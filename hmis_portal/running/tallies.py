"""Counts that hold, whatever becomes of Redis: in the database, each for a while, in one statement that cannot race.

`count` is what the doors count by. `Shelf` does for allauth's own limits what the cache does, while Redis is away.
"""

import json
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from django.db import connection
from django.utils import timezone

from hmis_portal.models import Tally

COUNT = """INSERT INTO hmis_portal_tally AS t (key, value, until) VALUES (%s, '1', %s)
ON CONFLICT (key) DO UPDATE SET
 value = CASE WHEN t.until <= %s THEN '1'::jsonb ELSE to_jsonb(t.value::text::int + 1) END,
 until = CASE WHEN t.until <= %s THEN EXCLUDED.until ELSE t.until END
RETURNING t.value::text::int, t.until"""
ADD = """INSERT INTO hmis_portal_tally AS t (key, value, until) VALUES (%s, %s, %s)
ON CONFLICT (key) DO UPDATE SET value = EXCLUDED.value, until = EXCLUDED.until WHERE t.until <= %s"""


def _row(key: str) -> str:
    return sha256(key.encode()).hexdigest()


def count(key: str, seconds: float) -> tuple[int, datetime]:
    """Count one more; how many there are now, and until when they count."""
    now = timezone.now()
    with connection.cursor() as cursor:
        cursor.execute(COUNT, [_row(key), now + timedelta(seconds=seconds), now, now])
        counted, until = cursor.fetchone()
    return counted, until


class Shelf:
    """Keeps small values as the cache does."""

    @staticmethod
    def get(key: str, default: object = None) -> Any:
        values = Tally.objects.filter(key=_row(key), until__gt=timezone.now()).values_list("value", flat=True)
        return next(iter(values), default)

    @staticmethod
    def add(key: str, value: object, timeout: float | None) -> bool:
        """Whether it was not there."""
        now = timezone.now()
        with connection.cursor() as cursor:
            cursor.execute(ADD, [_row(key), json.dumps(value), now + timedelta(seconds=timeout or 0), now])
            return bool(cursor.rowcount)

    @staticmethod
    def set(key: str, value: object, timeout: float | None) -> None:
        until = timezone.now() + timedelta(seconds=timeout or 0)
        Tally.objects.update_or_create(key=_row(key), defaults={"value": value, "until": until})

    @staticmethod
    def delete(key: str) -> bool:
        return bool(Tally.objects.filter(key=_row(key)).delete()[0])
