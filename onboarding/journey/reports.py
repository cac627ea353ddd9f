"""Numbers for the HMIS Admin: how many agencies are where, and how many days each step takes."""

from dataclasses import dataclass
from datetime import timedelta
from statistics import median
from typing import Any
from uuid import UUID

from django.db.models import Count, F, Min, OuterRef, QuerySet, Subquery
from django.utils import timezone
from django.utils.translation import gettext as _

from agencies.models import Agency
from onboarding.journey.facts import gather_all
from onboarding.models import Access, Application, Mou
from onboarding.mou import bound
from onboarding.selectors import open_conditions


@dataclass(frozen=True)
class Stage:
    """A place on the way, how many agencies are there, and the longest wait in days."""

    title: str
    count: int
    longest: int


def stages() -> list[Stage]:
    """Every agency once, by its latest application and its MOU, as its own page says it; a fixed number of queries."""
    latest = Application.objects.filter(agency=OuterRef("pk")).order_by("-started_at")
    mou = Mou.objects.filter(agency=OuterRef("pk"), state=Mou.State.EXECUTED).order_by("-issued_at")
    rows = Agency.objects.annotate(
        application_state=Subquery(latest.values("state")[:1]),
        application_since=Subquery(latest.values("state_since")[:1]),
        executed_at=Subquery(mou.values("executed_at")[:1]),
    ).values_list(
        "pk",
        "state",
        "application_state",
        "application_since",
        "executed_at",
        "created_at",
        "live_at",
        "left_at",
    )
    waits: dict[str, list[int]] = {}
    now, titles = timezone.now(), _titles()
    held_up, to_sign = _held_up(), _to_counter_sign()
    for key, state, application, since, executed, created, live, left in rows.iterator(chunk_size=2000):
        title, moment = _stage(state, application, since, executed, created, live, left)
        if title == titles["training"] and key in held_up:
            title = titles["held_up"]
        if title == titles["approved"] and key not in to_sign:
            title = titles["unsigned"]
        waits.setdefault(title, []).append((now - moment).days if moment else 0)
    return [Stage(title, len(waits.get(title, [])), max(waits.get(title, [0]))) for title in titles.values()]


def _to_counter_sign() -> set[UUID]:
    """The agencies whose signed MOU the Lead Agency may counter-sign."""
    return set(bound.to_counter_sign().values_list("agency", flat=True))


def _held_up() -> set[UUID]:
    """The agencies in training whose people are ready, and that a condition keeps from going live."""
    blocked = open_conditions().filter(blocks_go_live=True, application__agency__state=Agency.State.JOINING)
    agencies = Agency.objects.filter(pk__in=blocked.values("application__agency"))
    return {key for key, facts in gather_all(agencies).items() if facts.agreed and facts.enough_people}


def _titles() -> dict[str, str]:
    return {
        "none": _("No application yet"),
        "draft": _("Filling in the application"),
        "submitted": _("Waiting for review"),
        "in_review": _("In review"),
        "on_hold": _("On hold"),
        "changes_requested": _("Changes requested"),
        "approved": _("Approved, MOU to be counter-signed"),
        "unsigned": _("Approved, MOU to be signed by the agency"),
        "training": _("In training"),
        "held_up": _("Ready, a condition holds up the go-live"),
        "live": _("Live"),
        "declined": _("Declined"),
        "withdrawn": _("Withdrawn"),
        "left": _("Left the HMIS"),
    }


def _stage(
    state: str, application: str | None, since: Any, executed: Any, created: Any, live: Any, left: Any
) -> tuple[str, Any]:
    titles = _titles()
    if state == Agency.State.LEFT:
        return titles["left"], left
    if state == Agency.State.LIVE:
        return titles["live"], live
    if application is None:
        return titles["none"], created
    if application == Application.State.APPROVED and executed:
        return titles["training"], max(since, executed)
    return titles[application], since


@dataclass(frozen=True)
class Duration:
    """Days between two moments, over the agencies that passed the second in the last year."""

    title: str
    agencies: int
    median_days: float
    longest_days: int


def durations() -> list[Duration]:
    """Six spans of the journey; one query each."""
    year = timezone.now() - timedelta(days=365)
    approved = Application.objects.filter(state=Application.State.APPROVED)
    granted = (
        Access.objects.filter(granted_at__isnull=False)
        .values("staff__agency")
        .annotate(first=Min("granted_at"))
    )
    executed = Mou.objects.filter(executed_at__isnull=False, successor_of__isnull=True)
    live = Agency.objects.filter(live_at__gte=year)
    return [
        _duration(_("From opening the account to starting the application"), Application.objects.filter(started_at__gte=year, previous=None), "agency__created_at", "started_at"),
        _duration(_("From starting to the last sending of the application"), approved.filter(submitted_at__gte=year), "started_at", "submitted_at"),
        _duration(_("From the last sending to the approval"), approved.filter(decided_at__gte=year), "submitted_at", "decided_at"),
        _duration(_("From issuing the MOU to its execution"), executed.filter(executed_at__gte=year), "issued_at", "executed_at"),
        _duration(_("From opening the account to going live"), live, "created_at", "live_at"),
        _duration(_("From opening the account to the first access"), granted.filter(first__gte=year), "staff__agency__created_at", "first"),
    ]  # fmt: skip


def _duration(title: str, rows: QuerySet[Any], start: str, end: str) -> Duration:
    spans = [(after - before).total_seconds() / 86400 for before, after in rows.values_list(F(start), F(end))]
    days = [max(span, 0) for span in spans]
    return Duration(title, len(days), round(median(days), 1) if days else 0, round(max(days, default=0)))


def access() -> list[tuple[str, int]]:
    """How many people are in each state of access."""
    counts = dict(Access.objects.order_by().values_list("state").annotate(people=Count("pk")))
    return [(str(state.label), counts.get(state.value, 0)) for state in Access.State]
