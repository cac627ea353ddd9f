"""How many business days each step took, by the month in which it ended: median and longest."""

import datetime as dt
from bisect import bisect_left
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import accumulate
from statistics import mean
from typing import Any

from django.db.models import CharField, F, FilteredRelation, OuterRef, Q, Subquery, Value
from django.db.models.functions import Cast, Greatest, TruncDate
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from hmis_portal.models import AuditEvent
from onboarding.journey.reports.counted import Counted
from onboarding.journey.reports.narrowing import Narrowing
from onboarding.models import Application, Mou
from onboarding.mou import bound

Rows = Any  # a QuerySet whose columns `began` and `ended` the types of its model do not know


def _started(narrowing: Narrowing) -> Rows:
    rows = narrowing.applications().filter(narrowing.within("started_at"), previous=None)
    return rows.annotate(began=F("agency__created_at"), ended=F("started_at"))


def _first_mous(narrowing: Narrowing, moment: str) -> Rows:
    return narrowing.mous().filter(narrowing.within(moment), successor_of=None).annotate(ended=F(moment))


def _signed(narrowing: Narrowing) -> Rows:
    return _first_mous(narrowing, "signed_at").annotate(began=F("issued_at"))


def _sent(narrowing: Narrowing, number: int) -> Rows:
    """The applications of which the revision with this number was sent, and when."""
    revision = FilteredRelation("revisions", condition=Q(revisions__number=number))
    rows = narrowing.applications().annotate(sent=revision)
    return rows.filter(narrowing.within("sent__submitted_at")).annotate(ended=F("sent__submitted_at"))


def _filled_in(narrowing: Narrowing) -> Rows:
    return _sent(narrowing, 1).annotate(began=F("started_at"))


def _decided(narrowing: Narrowing) -> Rows:
    """Without the days on which it was on hold."""
    rows = narrowing.applications().filter(narrowing.within("decided_at"), submitted_at__isnull=False)
    return rows.annotate(began=Greatest("submitted_at", "clock_from"), ended=F("decided_at"))


def _changed(narrowing: Narrowing) -> Rows:
    """From when the application first went back to the agency."""
    asked = AuditEvent.objects.filter(
        target_type=Application._meta.label_lower,
        target_id=Cast(OuterRef("pk"), CharField()),
        after=Application.State.CHANGES,
    )
    rows = _sent(narrowing, 2).annotate(began=Subquery(asked.order_by("at").values("at")[:1]))
    return rows.filter(began__isnull=False)


def _counter_signed(narrowing: Narrowing) -> Rows:
    approved = Application.objects.filter(
        state=Application.State.APPROVED, decided_at__lte=OuterRef("executed_at")
    )
    return _first_mous(narrowing, "executed_at").annotate(began=bound.lead_since(approved))


def _trained(narrowing: Narrowing) -> Rows:
    executed = Mou.objects.filter(agency=OuterRef("pk"), executed_at__isnull=False).order_by("executed_at")
    rows = narrowing.agencies().filter(narrowing.within("live_at"))
    rows = rows.annotate(began=Subquery(executed.values("executed_at")[:1]), ended=F("live_at"))
    return rows.filter(began__isnull=False)


def _whole(narrowing: Narrowing) -> Rows:
    rows = narrowing.agencies().filter(narrowing.within("live_at"))
    return rows.annotate(began=F("created_at"), ended=F("live_at"))


@dataclass(frozen=True)
class Span:
    """A step of the journey; `rows` are those for which it ended in some days, with `began` and `ended`."""

    title: Promise
    rows: Callable[[Narrowing], Rows]
    of_mous: bool = False


SPANS = {
    "started": Span(_("From opening the account to starting the application"), _started),
    "filled_in": Span(_("From starting the application to sending it"), _filled_in),
    "signed": Span(_("From issuing the MOU to its signature by the agency"), _signed, of_mous=True),
    "decided": Span(_("From the last sending to the decision"), _decided),
    "changed": Span(_("From the first request for changes to sending again"), _changed),
    "counter_signed": Span(_("From the approval to the counter-signed MOU"), _counter_signed, of_mous=True),
    "trained": Span(_("From the counter-signed MOU to going live"), _trained),
    "whole": Span(_("From opening the account to going live"), _whole),
}


@dataclass(frozen=True)
class Length:
    """How often a step ended, and after how many business days."""

    count: int = 0
    median: float = 0
    longest: int = 0


def every(narrowing: Narrowing) -> list[Rows]:
    """Of each step the rows for which it ended: its figure, the application or the agency, when it began and ended."""
    return [
        span.rows(narrowing).values_list(
            Value(f"took.{name}", output_field=CharField()),
            "agency" if span.of_mous else "pk",
            TruncDate("began"),
            TruncDate("ended"),
        )
        for name, span in SPANS.items()
    ]


def lengths(counted: Counted) -> dict[str, dict[dt.date | None, Length]]:
    """By span and month; under None for all months together."""
    return {
        name: {month: _length(counted.of(f"took.{name}", month)) for month in (None, *counted.months)}
        for name in SPANS
    }


def _length(times: Mapping[str, int]) -> Length:
    """Of how often it took how many days."""
    if not times:
        return Length()
    days = sorted(map(int, times))
    upto = list(accumulate(times[str(day)] for day in days))
    count = upto[-1]
    middle = [days[bisect_left(upto, place)] for place in ((count + 1) // 2, count // 2 + 1)]
    return Length(count, mean(middle), days[-1])
