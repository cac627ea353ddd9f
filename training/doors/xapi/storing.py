"""Statements are kept once, by their id, and what they say is received; all of a request or nothing."""

from collections.abc import Iterable, Mapping, Sequence
from copy import deepcopy
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hmis_portal import mail
from training.doors import holding
from training.doors.attempts import Attempt
from training.doors.receiving import Kind, Outcome, receive
from training.doors.xapi.checking import VOIDED, Invalid, check, instant_of
from training.doors.xapi.reading import attempt_of
from training.models import Completion, Credential, Door, Statement

WORDS = {
    Kind.RECORDED: gettext_lazy("Recorded"),
    Kind.NOT_PASSED: gettext_lazy("Recorded as not passed"),
    Kind.KNOWN: gettext_lazy("Already known"),
    Kind.HELD: gettext_lazy("Held"),
    Kind.REFUSED: gettext_lazy("Refused"),
    Kind.LEFT_OUT: gettext_lazy("Left out"),
}


class Conflict(Exception):
    """An id came before with another content; the argument is the id."""


def store(statements: Sequence[Any], *, credential: Credential) -> list[str]:
    """Check, keep and receive; the ids in order. Raises Invalid or Conflict, and then nothing was kept."""
    for statement in statements:
        check(statement)
    ids = [statement["id"].lower() for statement in statements if "id" in statement]
    if len(ids) != len(set(ids)):
        raise Invalid(_("Two statements of the request have the same id."))
    now = timezone.now()
    bodies = [_whole(statement, credential, now) for statement in statements]
    try:
        return _stored(bodies, statements, credential, now)
    except IntegrityError:  # the same statement at the same moment by another request
        return _stored(bodies, statements, credential, now)


def _whole(statement: Mapping[str, Any], credential: Credential, now: datetime) -> dict[str, Any]:
    """With what is added by who stores it."""
    stored = now.isoformat()
    return {
        **statement,
        "id": statement.get("id", str(uuid4())).lower(),
        "timestamp": statement.get("timestamp", stored),
        "stored": stored,
        "version": statement.get("version", "1.0.0"),
        "authority": {
            "objectType": "Agent",
            "account": {"homePage": mail.absolute("training:xapi_about"), "name": credential.key},
        },
    }


def _stored(
    bodies: Sequence[dict[str, Any]],
    statements: Sequence[Mapping[str, object]],
    credential: Credential,
    now: datetime,
) -> list[str]:
    door = credential.door
    with transaction.atomic():
        ids = [body["id"] for body in bodies]
        known = {
            str(row.statement_id): row.body
            for row in Statement.objects.filter(door=door, statement_id__in=ids)
        }
        for body, statement in zip(bodies, statements, strict=True):
            if body["id"] in known and not _same(known[body["id"]], body, timed="timestamp" in statement):
                raise Conflict(body["id"])
        new = [body for body in bodies if body["id"] not in known]
        voids = {body["id"]: UUID(body["object"]["id"]) for body in new if body["verb"]["id"] == VOIDED}
        outcomes = _received([body for body in new if body["id"] not in voids], door, set(voids.values()))
        for target in voids.values():
            _take_back(target, door)
        Statement.objects.bulk_create(
            Statement(
                door=door, credential=credential, statement_id=body["id"], body=body, voids=voids.get(body["id"]),
                outcome=outcomes.get(body["id"], _("Takes another back"))[:300], stored_at=now,
            )
            for body in new
        )  # fmt: skip
    return ids


def _received(bodies: Iterable[dict[str, Any]], door: Door, voided: set[UUID]) -> dict[str, str]:
    """What became of each, by its id. What was taken back before it came is kept and not received."""
    parsed = {body["id"]: attempt_of(body) for body in bodies}
    earlier = Statement.objects.filter(door=door, voids__in=parsed).values_list("voids", flat=True)
    gone = {str(target) for target in {*voided, *earlier}}
    attempts: dict[str, Attempt] = {
        key: attempt for key, attempt in parsed.items() if attempt and key not in gone
    }
    outcomes = receive(attempts.values(), door=door, by=None)
    told = {key: _told(outcome) for key, outcome in zip(attempts, outcomes, strict=True)}
    return {key: told.get(key, _("Taken back") if key in gone else _("Ends no course")) for key in parsed}


def _told(outcome: Outcome) -> str:
    told = str(WORDS[outcome.kind])
    return f"{told}: {outcome.words}" if outcome.words else told


def _take_back(target: UUID, door: Door) -> None:
    """A completion counts on until a person voids it (TRAINING 10); what was only held is dropped."""
    row = Statement.objects.filter(door=door, statement_id=target).first()
    attempt = attempt_of(row.body) if row else None
    if row is not None and row.voids is not None:
        raise Invalid(_("A voiding statement cannot be voided."))
    if attempt is None:
        return
    completion = Completion.objects.filter(door=door, external_id=attempt.external_id).first()
    if completion is not None:
        holding.taken_back(completion, attempt, door)
    else:
        holding.withdraw(attempt, door)


def _same(statement: Mapping[str, object], other: Mapping[str, object], *, timed: bool) -> bool:
    """Whether two statements match, by the standard's rules of comparison."""
    return bool(_compared(statement, timed=timed) == _compared(other, timed=timed))


def _compared(statement: Mapping[str, Any], *, timed: bool) -> Any:
    plain = deepcopy(dict(statement))
    for name in ("stored", "authority", "version", "attachments"):
        plain.pop(name, None)
    at = plain.pop("timestamp")
    for place in ("verb", "object"):
        plain[place] = {
            key: value for key, value in plain[place].items() if key not in ("display", "definition")
        }
    mbox = plain["actor"].get("mbox")
    if mbox:
        plain["actor"] = {**plain["actor"], "mbox": mbox.casefold()}
    return plain, instant_of(at) if timed else None
