"""A what-if is asked for, worked off by a worker in pieces, and read by whoever asked before they save."""

import hashlib
import json
import time
from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from uuid import UUID

from django.db import transaction
from django.http import HttpRequest, QueryDict
from django.utils import timezone

from hmis_portal import queue
from hmis_portal.models import WhatIf
from hmis_portal.models.users import User
from hmis_portal.running import tries
from hmis_portal.what_if import kinds, trying

SECONDS = 20  # that one task works before it makes room for others
KEPT = timedelta(days=7)
SEEN = "_what_if"  # the field in which a form says which what-if was read
NOT_TYPED = ("csrfmiddlewaretoken", SEEN)


def ask(
    kind: str, *, by: User, what: str, data: dict[str, object], page: str, posted: list[list[str]]
) -> WhatIf:
    """Try a change; it is made by sending `posted` to `page`."""
    with transaction.atomic():
        pieces = [[str(key) for key in piece] for piece in kinds.world().pieces()]
        row = WhatIf.objects.create(
            kind=kind, what=what[:300], data=data, page=page, posted=posted, digest=digest(kind, posted), asked_by=by,
            asked_at=timezone.now(), day=timezone.localdate(), todo=pieces, agencies=sum(map(len, pieces)),
        )  # fmt: skip
        transaction.on_commit(partial(queue.publish, "hmis_portal.tasks.work_what_if", row.pk))
    return row


def digest(kind: str, posted: list[list[str]]) -> str:
    return hashlib.sha256(json.dumps([kind, posted]).encode()).hexdigest()


def typed(post: QueryDict) -> list[list[str]]:
    return [[name, value] for name, values in post.lists() if name not in NOT_TYPED for value in values]


def is_confirmed(request: HttpRequest, kind: str) -> bool:
    """Whether a form was sent from the page that said today, to this person, what the same form would do."""
    number = request.POST.get(SEEN, "")
    rows = WhatIf.objects.filter(
        asked_by_id=request.user.pk,
        page=request.get_full_path(),
        day=timezone.localdate(),
        state=WhatIf.State.DONE,
    )
    return number.isdecimal() and rows.filter(pk=number, digest=digest(kind, typed(request.POST))).exists()


def sweep() -> None:
    """What never reached a worker, or was lost with one; what nobody needs any more."""
    now = timezone.now()
    waiting = WhatIf.objects.filter(tries.due(now), tries.late("asked_at", now), state=WhatIf.State.WORKING)
    for pk in waiting.values_list("pk", flat=True)[:10]:
        queue.publish("hmis_portal.tasks.work_what_if", pk)
    WhatIf.objects.filter(asked_at__lt=now - KEPT).delete()


def work(pk: int) -> None:
    """Try it for as many agencies as a task has time for; the next task goes on. Safe to run twice."""
    rows = WhatIf.objects.filter(pk=pk)
    if not tries.begin(rows):
        return
    try:
        for row in _pieces(rows.get()):
            row.save(update_fields=["todo", "done", "result", "state"])
    except Exception as error:
        tries.failed(rows, error)
        return
    tries.afresh(rows)
    if rows.filter(state=WhatIf.State.WORKING).exists():
        queue.publish("hmis_portal.tasks.work_what_if", pk)


def _pieces(row: WhatIf) -> Iterator[WhatIf]:
    until = time.monotonic() + SECONDS
    while row.todo and time.monotonic() < until:
        piece, *row.todo = row.todo
        if outcome := trying.try_out(row, [UUID(key) for key in piece]):
            row.add(outcome)
        row.done += len(piece)
        if not row.todo:
            row.state = WhatIf.State.DONE
        yield row
    if not row.todo and row.is_open:  # no agency at all
        row.state = WhatIf.State.DONE
        yield row
