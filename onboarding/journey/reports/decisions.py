"""What was decided in each month, how often at the first sending, and what changes were asked for."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import CharField, Exists, OuterRef, QuerySet, UUIDField, Value, Window
from django.db.models.functions import Cast, Concat, Lag, TruncDate

from hmis_portal.models import AuditEvent
from onboarding.journey.reports.counted import Counted
from onboarding.journey.reports.narrowing import Narrowing
from onboarding.models import Application, Remark, Revision
from onboarding.workflow import ApplicationVerb

APPROVE, CHANGES, DECLINE = ApplicationVerb.APPROVE, ApplicationVerb.REQUEST_CHANGES, ApplicationVerb.DECLINE
VERBS = (APPROVE, CHANGES, DECLINE)
AT_ONCE = "at_once.all"


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


def every(narrowing: Narrowing) -> list[Any]:
    """Of each decision and remark: its figure, the application, the day on which it was done to it before, and the day."""
    events = _events(narrowing)
    application, before = Cast("target_id", UUIDField()), _before("at", "target_id", "verb")
    remark, remarked = Concat(Value("asked_about."), "section"), _before("sent_at", "application", "section")
    return [
        events.values_list(Concat(Value("did."), "verb"), application, before, TruncDate("at")),
        events.filter(verb=APPROVE, again=False).values_list(
            Value(AT_ONCE, output_field=CharField()), application, before, TruncDate("at")
        ),
        _remarks(narrowing).values_list(remark, "application", remarked, TruncDate("sent_at")),
    ]


def _before(moment: str, *same: str) -> Window:
    """The day of the one before it of the same kind."""
    return Window(Lag(TruncDate(moment)), partition_by=[*same], order_by=moment)


def by_month(counted: Counted) -> dict[dt.date | None, Month]:
    """Under None for all months together: an application that went back twice counts there once."""
    return {
        month: Month(
            {verb: counted.once(f"did.{verb}", month) for verb in VERBS}, counted.once(AT_ONCE, month)
        )
        for month in (None, *counted.months)
    }


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


def reasons(counted: Counted) -> dict[str, int]:
    """Of how many applications a section had to be changed, by the remarks that were sent."""
    return {section: counted.once(f"asked_about.{section}") for section in counted.names("asked_about")}


def asked_about(section: str, narrowing: Narrowing) -> QuerySet[Application]:
    return Application.objects.filter(
        pk__in=_remarks(narrowing).filter(section=section).values("application")
    )
