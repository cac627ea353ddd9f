"""What was decided in each month, how often at the first sending, and what changes were asked for."""

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import Case, CharField, Count, Exists, F, OuterRef, QuerySet, UUIDField, When
from django.db.models.functions import Cast, TruncMonth

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


COUNTED = """
SELECT month, verb, count(DISTINCT application), count(DISTINCT application) FILTER (WHERE at_once)
FROM ({events}) AS event (month, verb, application, at_once)
GROUP BY GROUPING SETS ((month, verb), (verb))
"""


def by_month(narrowing: Narrowing) -> dict[dt.date | None, Month]:
    """Under None for all months together: an application that went back twice counts there once. One query."""
    months: dict[dt.date | None, Month] = defaultdict(lambda: Month(dict.fromkeys(VERBS, 0)))
    # In this order: the revisions of what was not approved are not looked for.
    at_once = Case(When(verb=APPROVE, then=~F("again")), default=False)
    events = _events(narrowing).values_list(TruncMonth("at"), "verb", "target_id", at_once)
    sql, params = events.query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(COUNTED.replace("{events}", sql), params)
        for month, verb, count, first in cursor.fetchall():
            counts = months[month.date() if month else None]
            counts.done[verb] = count
            counts.at_once += first
    return months


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
