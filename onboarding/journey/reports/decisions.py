"""What was decided in each month, how often at the first sending, and what changes were asked for."""

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from django.db.models import CharField, Count, Exists, OuterRef, Q, QuerySet, UUIDField
from django.db.models.functions import Cast, TruncMonth
from django.utils import timezone

from hmis_portal.models import AuditEvent
from onboarding.journey.reports.narrowing import Narrowing
from onboarding.models import Application, Remark, Revision
from onboarding.workflow import ApplicationVerb

APPROVE, CHANGES, DECLINE = ApplicationVerb.APPROVE, ApplicationVerb.REQUEST_CHANGES, ApplicationVerb.DECLINE
VERBS = (APPROVE, CHANGES, DECLINE)


@dataclass
class Month:
    """How many applications each verb was done to; `at_once` of the approved were sent only once before."""

    done: dict[str, int]
    at_once: int = 0


def _events(narrowing: Narrowing) -> QuerySet[Any]:
    """The moves as the record holds them; `again` where the application had been sent more than once by then."""
    rows = AuditEvent.objects.order_by().filter(
        narrowing.within("at"), target_type=Application._meta.label_lower, verb__in=VERBS
    )
    if narrowing.is_of_some:
        rows = rows.filter(target_id__in=narrowing.applications().values(key=Cast("pk", CharField())))
    application = Cast(OuterRef("target_id"), UUIDField())
    second = Revision.objects.filter(application=application, number=2, submitted_at__lt=OuterRef("at"))
    return rows.annotate(again=Exists(second))


def by_month(narrowing: Narrowing) -> dict[dt.date | None, Month]:
    """Under None for all months together: an application that went back twice counts there once."""
    months: dict[dt.date | None, Month] = defaultdict(lambda: Month(dict.fromkeys(VERBS, 0)))
    events = _events(narrowing)
    whole = _counted(events.values_list("verb"))
    for verb, count, at_once in whole:
        _add(months[None], verb, count, at_once)
    monthly = _counted(events.annotate(month=TruncMonth("at")).values_list("month", "verb"))
    for month, verb, count, at_once in monthly:
        _add(months[timezone.localdate(month)], verb, count, at_once)
    return months


def _counted(rows: QuerySet[Any, Any]) -> Any:
    return rows.annotate(
        Count("target_id", distinct=True),
        # In this order: the revisions of what was not approved are not looked for.
        at_once=Count("target_id", distinct=True, filter=Q(verb=APPROVE) & Q(again=False)),
    )


def _add(month: Month, verb: str, count: int, at_once: int) -> None:
    month.done[verb] = count
    if verb == APPROVE:
        month.at_once = at_once


def done(verb: str, narrowing: Narrowing) -> QuerySet[Application]:
    """The applications to which a verb was done in these days."""
    return _of(_events(narrowing).filter(verb=verb))


def approved_at_once(narrowing: Narrowing) -> QuerySet[Application]:
    return _of(_events(narrowing).filter(verb=APPROVE, again=False))


def _of(events: QuerySet[Any]) -> QuerySet[Application]:
    return Application.objects.filter(pk__in=events.values(key=Cast("target_id", UUIDField())))


def _remarks(narrowing: Narrowing) -> QuerySet[Remark]:
    rows = Remark.objects.order_by().filter(narrowing.within("sent_at"))
    return rows.filter(application__in=narrowing.applications()) if narrowing.is_of_some else rows


def reasons(narrowing: Narrowing) -> dict[str, int]:
    """Of how many applications a section had to be changed, by the remarks that were sent."""
    rows = _remarks(narrowing).values_list("section").annotate(Count("application", distinct=True))
    return dict(rows)


def asked_about(section: str, narrowing: Narrowing) -> QuerySet[Application]:
    return Application.objects.filter(
        pk__in=_remarks(narrowing).filter(section=section).values("application")
    )
