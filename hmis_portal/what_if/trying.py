"""A change is made for real for a few agencies, the nights that follow are worked off, and all of it is taken back.

The same nights without the change stand beside it: what would happen anyway is not the change's doing.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.utils import timezone

from hmis_portal import mail
from hmis_portal.models import WhatIf, settings_of_this_transaction
from hmis_portal.models.what_if import Foretold
from hmis_portal.what_if import clock, kinds

HORIZON = 30  # days

Having = list[dict[int, bool]]  # for each day from today


@contextmanager
def undone() -> Iterator[list[str]]:
    """What is done within is taken back, and what waits for its commit never comes; gives the names of the messages written."""
    with mail.heard() as told, transaction.atomic(), settings_of_this_transaction():
        with connection.cursor() as cursor:
            # Less than the server waits before it ends one side of a deadlock: it is never the side of a person.
            cursor.execute("SET LOCAL lock_timeout = '500ms'")
        try:
            yield told
        finally:
            transaction.set_rollback(True)


def try_out(row: WhatIf, agencies: Sequence[UUID]) -> Foretold | None:
    """What the change would do to these agencies and their people; None when nothing."""
    world = kinds.world()
    with undone():
        before, tasks_before = _seen(agencies), world.tasks(agencies)
    with undone() as told:
        kinds.of(row).carry_out(row)
        kinds.of(row).follow(row, agencies)
        world.settle(agencies)
        at_once, tasks = len(told), world.tasks(agencies)
        if not told and tasks == tasks_before and _seen(agencies) == before:
            return None
        changed = _nights(agencies)
        later = len(told) - at_once
    with undone() as told:
        otherwise = _nights(agencies)
    lost, gained = _access(changed, otherwise)
    return Foretold(
        lost=lost,
        gained=gained,
        tasks=_tasks({key: words for key, words in tasks.items() if key not in tasks_before}),
        at_once=at_once,
        later=later,
        otherwise=len(told),
    )


def _seen(agencies: Sequence[UUID]) -> list[object]:
    """Today and on the last day: what begins to count in between shows on the last."""
    seen = []
    for ahead in (0, HORIZON):
        with clock.on(timezone.localdate() + timedelta(days=ahead)):
            seen.append(kinds.world().look(agencies))
    return seen


def _nights(agencies: Sequence[UUID]) -> Having:
    """Who has access today, and after each of the coming nights."""
    world, today = kinds.world(), timezone.localdate()
    having, changes = [world.having(agencies)], world.changes(agencies)
    for ahead in range(1, HORIZON + 1):
        day = today + timedelta(days=ahead)
        # What has changed shows on the first night, whatever day it is.
        due = [key for key in agencies if ahead == 1 or day in changes.get(key, ())]
        with clock.on(day):
            looked_at = world.night(agencies, due)
            changes.update(world.changes(due))
        having.append(world.having(agencies) if looked_at else having[-1])
    return having


def _access(changed: Having, otherwise: Having) -> tuple[list[list[str]], list[list[str]]]:
    """The first day on which each person has no access, and has it, because of the change."""
    lost: dict[int, int] = {}
    gained: dict[int, int] = {}
    for ahead, (after, before) in enumerate(zip(changed, otherwise, strict=True)):
        for key in {*after, *before}:
            has, had = after.get(key, False), before.get(key, False)
            if has != had:
                (gained if has else lost).setdefault(key, ahead)
    names, today = kinds.world().names({*lost, *gained}), timezone.localdate()

    def rows(days: dict[int, int]) -> list[list[str]]:
        return [
            [(today + timedelta(days=ahead)).isoformat(), names[key][0], names[key][1], str(names[key][2])]
            for key, ahead in days.items()
            if key in names
        ]

    return rows(lost), rows(gained)


def _tasks(new: dict[tuple[UUID, str], str]) -> list[list[Any]]:
    by_agency = defaultdict(list)
    for (agency_id, _key), words in new.items():
        by_agency[agency_id].append(words)
    names = kinds.world().agency_names(by_agency)
    return [[str(key), names.get(key, ""), words] for key, words in by_agency.items()]
