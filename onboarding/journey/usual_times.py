"""How many business days steps usually take: counted each night from those that ended in the last 90 days.

Told once there are ten of a kind; until then a review is told by the portal's settings. Pages read what was counted.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from math import ceil
from statistics import median
from typing import Any

from django.core.cache import cache
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from agencies.models import Agency
from hmis_portal.models import PortalSettings
from onboarding.journey.facts import Facts
from onboarding.journey.reports.narrowing import Narrowing
from onboarding.journey.reports.spans import SPANS
from onboarding.journey.workdays import business_days_between
from onboarding.models import Application, Mou

KEY = "usual-times"
KEPT = timedelta(days=2)
COUNTED = timedelta(days=90)
FEWEST = 10
REVIEW, COUNTER_SIGNING, TRAINING = "review", "counter_signing", "training"


@dataclass(frozen=True)
class Usual:
    """Business days: the middle of the cases, and what nine of ten did not exceed."""

    median: int
    ninetieth: int

    @property
    def words(self) -> str:
        """6 business days, at most 11 in nine of ten cases."""
        days = _("%(days)s, at most %(most)d in nine of ten cases")
        return days % {"days": days_words(self.median), "most": self.ninetieth}


def days_words(count: int) -> str:
    return ngettext("%(count)d business day", "%(count)d business days", count) % {"count": count}


def count() -> None:
    """Count anew, for two days at most: nothing is told of figures that nobody counts any more."""
    counted = {name: _of(moments) for name, moments in _ended(timezone.localdate() - COUNTED).items()}
    told = {name: days for name, days in counted.items() if days is not None}
    cache.set(KEY, told, KEPT.total_seconds())


def known() -> dict[str, Usual]:
    return {name: Usual(*days) for name, days in (cache.get(KEY) or {}).items()}


# As the reports count them.
SPAN_OF = {REVIEW: "decided", COUNTER_SIGNING: "counter_signed", TRAINING: "trained"}


def _ended(since: date) -> dict[str, Any]:
    """When each step that ended since then began and ended."""
    days = Narrowing(since, timezone.localdate())
    return {name: SPANS[span].rows(days).values_list("began", "ended") for name, span in SPAN_OF.items()}


def _of(moments: Iterable[tuple[datetime | None, datetime]]) -> list[int] | None:
    days = sorted(_business_days(began, timezone.localdate(ended)) for began, ended in moments if began)
    if len(days) < FEWEST:
        return None
    return [ceil(median(days)), days[ceil(len(days) * 0.9) - 1]]


def _business_days(began: datetime, until: date) -> int:
    return business_days_between(timezone.localdate(began), until)


def pace(facts: Facts) -> str:
    """How long what an agency waits for usually takes, and how long it has waited; "" where that is not known."""
    name, began = _waits_for(facts)
    usual = known().get(name) if began else None
    if began is None or not (usual or name == REVIEW):
        return ""
    days = PortalSettings.load().review_days
    usually = usual.words if usual else _("up to %(days)s") % {"days": days_words(days)}
    waited = days_words(_business_days(began, timezone.localdate()))
    words = {
        REVIEW: _("A review usually takes %(usually)s. Yours is at %(waited)s."),
        COUNTER_SIGNING: _("The counter-signature usually takes %(usually)s. You are at %(waited)s."),
        TRAINING: _("From the MOU to going live it usually takes %(usually)s. You are at %(waited)s."),
    }[name]
    return words % {"usually": usually, "waited": waited}


def _waits_for(facts: Facts) -> tuple[str, datetime | None]:
    application, mou = facts.application, facts.mou
    if application and application.state in (Application.State.SUBMITTED, Application.State.IN_REVIEW):
        return REVIEW, application.waits_since
    if mou is None or facts.agency.state != Agency.State.JOINING:
        return "", None
    if mou.state == Mou.State.EXECUTED:
        return TRAINING, mou.executed_at
    return COUNTER_SIGNING, facts.lead_since
