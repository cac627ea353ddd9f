"""Every agency once, by its latest application and its MOU, as its own page says it."""

import datetime as dt
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import (
    Case,
    CharField,
    DateField,
    Exists,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Concat, Greatest, TruncDate
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from agencies.models import Agency
from onboarding.journey.facts import gather_all
from onboarding.journey.reports.counted import Counted
from onboarding.journey.reports.narrowing import Narrowing
from onboarding.journey.workdays import business_days_between
from onboarding.models import Application, Mou
from onboarding.mou import bound, renamed
from onboarding.selectors import open_conditions

State = Application.State
TITLES: dict[str, Promise] = {
    "none": _("No application yet"),
    State.DRAFT: _("Filling in the application"),
    State.SUBMITTED: _("Waiting for review"),
    State.IN_REVIEW: _("In review"),
    State.ON_HOLD: _("On hold"),
    State.CHANGES: _("Changes requested"),
    State.APPROVED: _("Approved, MOU to be counter-signed"),
    "renamed": _("Approved, MOU in another name than today’s"),
    "unsigned": _("Approved, MOU to be signed by the agency"),
    "training": _("In training"),
    "held_up": _("Ready, a condition holds up the go-live"),
    Agency.State.LIVE: _("Live"),
    State.DECLINED: _("Declined"),
    State.WITHDRAWN: _("Withdrawn"),
    Agency.State.LEFT: _("Left the HMIS"),
}
AT_THE_END = (Agency.State.LIVE, Agency.State.LEFT)


@dataclass(frozen=True)
class Stage:
    """A place on the way, how many agencies are there, and the longest wait in business days."""

    key: str
    title: str
    count: int
    longest: int


def every(narrowing: Narrowing) -> list[Any]:
    """Of each agency: the figure of its place, the application or the agency, and the day since when; it has not ended."""
    not_ended = Value(None, output_field=DateField())
    ended = Case(When(state=Agency.State.LIVE, then="live_at"), default="left_at")
    there: list[tuple[Any, Any, Any]] = [
        (_placed(narrowing), Concat(Value("at."), "place"), "since"),
        (narrowing.agencies().filter(state__in=AT_THE_END), Concat(Value("at."), "state"), ended),
        (_without_application(narrowing), Value("at.none", output_field=CharField()), "created_at"),
    ]
    return [rows.values_list(figure, "pk", TruncDate(since), not_ended) for rows, figure, since in there]


def stages(counted: Counted) -> list[Stage]:
    today, stages = timezone.localdate(), []
    for key, title in TITLES.items():
        days = counted.now(f"at.{key}")
        since = min(filter(None, days), default=None)
        longest = business_days_between(dt.date.fromisoformat(since), today) if since else 0
        stages.append(Stage(str(key), str(title), sum(days.values()), longest))
    return stages


def at(key: str, narrowing: Narrowing) -> QuerySet[Agency]:
    """The agencies that are at one place."""
    if key in AT_THE_END:
        return narrowing.agencies().filter(state=key)
    if key == "none":
        return _without_application(narrowing)
    return Agency.objects.filter(pk__in=_placed(narrowing).filter(place=key).values("agency"))


def _without_application(narrowing: Narrowing) -> QuerySet[Agency]:
    any_of_it = Application.objects.filter(agency=OuterRef("pk"))
    return narrowing.agencies().filter(~Exists(any_of_it), state=Agency.State.JOINING)


def _placed(narrowing: Narrowing) -> Any:
    """The latest application of each agency on its way, with its `place` and `since` when it is there."""
    later = Application.objects.filter(agency=OuterRef("agency"), started_at__gt=OuterRef("started_at"))
    executed = Mou.objects.filter(agency=OuterRef("agency"), state=Mou.State.EXECUTED).order_by("-issued_at")
    rows = narrowing.applications().filter(~Exists(later), agency__state=Agency.State.JOINING)
    rows = rows.annotate(executed_at=Subquery(executed.values("executed_at")[:1]))
    # In this order: the MOU of what was not approved is not looked for.
    agreed = Q(state=State.APPROVED) & Q(executed_at__isnull=False)
    to_sign = bound.to_counter_sign().filter(agency=OuterRef("agency"))
    other_name = [mou.agency_id for mou in renamed.now().mous]  # the Lead's list has none of them
    return rows.annotate(
        place=Case(
            When(agreed & Q(agency__in=_held_up()), then=Value("held_up")),
            When(agreed, then=Value("training")),
            When(Q(state=State.APPROVED, agency__in=other_name), then=Value("renamed")),
            When(Q(state=State.APPROVED) & ~Exists(to_sign), then=Value("unsigned")),
            default=F("state"),
        ),
        since=Case(When(agreed, then=Greatest("state_since", "executed_at")), default=F("state_since")),
    )


def _held_up() -> set[UUID]:
    """The agencies in training whose people are ready, and that a condition keeps from going live."""
    blocked = open_conditions().filter(blocks_go_live=True, application__agency__state=Agency.State.JOINING)
    executed = Mou.objects.filter(state=Mou.State.EXECUTED, agency__in=blocked.values("application__agency"))
    agencies = Agency.objects.filter(pk__in=executed.values("agency"))
    return {key for key, facts in gather_all(agencies).items() if facts.agreed and facts.enough_people}
