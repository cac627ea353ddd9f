"""The append-only record in words, as an agency reads it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from django.db.models import QuerySet, TextField, UUIDField

from agencies.models import Agency
from hmis_portal.auditing.words import sentence
from hmis_portal.models import AuditEvent
from hmis_portal.models.keys import among
from hmis_portal.models.written import Given, WrittenQuery
from onboarding.journey.told import PRIVATE, TOLD

_KINDS = sorted(model._meta.label_lower for model in TOLD)
_VERBS = sorted({str(verb) for verbs in TOLD.values() for verb in verbs})
_PRIVATE = {(model._meta.label_lower, str(verb)) for model, verbs in PRIVATE.items() for verb in verbs}


def of_agency(agency: Agency) -> QuerySet[AuditEvent]:
    """The events that the agency's people may read, newest first."""
    return _readable().filter(agency_id=agency.pk)


@WrittenQuery
def _latest() -> QuerySet[AuditEvent]:
    return _readable().filter(agency_id=Given("agency", UUIDField()))[:5]


def latest(agency: Agency) -> list[AuditEvent]:
    """The last five of them."""
    return _latest(agency=agency.pk)


@cache
def _readable() -> QuerySet[AuditEvent]:
    rows = AuditEvent.objects.filter(
        among("verb", _VERBS, TextField()), among("target_type", _KINDS, TextField())
    )
    return rows.order_by("-at", "-pk")


@dataclass(frozen=True)
class ToldEvent:
    """A row for the timeline component."""

    at: datetime
    who: str
    text: str
    reason: str


def in_words(events: Iterable[AuditEvent], *, for_hmis: bool = False) -> list[ToldEvent]:
    """`for_hmis`: with the reasons kept for the HMIS."""
    rows = []
    for event in events:
        text = sentence(event)
        who = "" if text[:1].isupper() else event.actor_name or ""
        private = (event.target_type, event.verb) in _PRIVATE and not for_hmis
        rows.append(ToldEvent(event.at, who, text, "" if private else event.reason))
    return rows
