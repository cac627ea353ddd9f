"""What an agency that works in the HMIS does again each year, or each quarter.

A source names what falls due and when. One list feeds the six-step page, the reminders and the HMIS Admin's desk: a new
yearly task is one more function in SOURCES.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Exists, F, Min, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from agencies.models import Agency
from agencies.models.project import looked_at
from hmis_portal.models import PortalSettings
from hmis_portal.what_if import clock
from onboarding.models import Access, AccessConfirmation, Application, ReadinessYear
from training.validity import add_months


@dataclass(frozen=True, slots=True)
class YearlyTask:
    """One yearly task of one agency."""

    agency: Agency
    kind: str  # one word for each source: with the day it is due it makes the reminder's key
    title: str  # what is to be done, in the imperative
    text: str  # one sentence: why, or how
    due_on: date
    view: str  # the name of the page where it is done, which takes the agency's id

    @property
    def url(self) -> str:
        return reverse(self.view, args=[self.agency.pk])

    @property
    def days_left(self) -> int:
        return (self.due_on - clock.today()).days

    @property
    def late(self) -> bool:
        return self.days_left < 0


def projects_to_confirm(agencies: QuerySet[Agency], until: date) -> Iterator[YearlyTask]:
    """The agencies of which a running project was last confirmed so long ago; one query."""
    months = PortalSettings.load().project_confirmation_months
    today = clock.today()
    running = Q(projects__operating_end_date__isnull=True) | Q(projects__operating_end_date__gte=today)
    running &= looked_at("projects__")
    since = Coalesce(F("projects__confirmed_at"), F("projects__date_created"))
    overdue = agencies.alias(oldest=Min(since, filter=running)).annotate(confirmed=F("oldest"))
    for agency in overdue.filter(oldest__date__lte=add_months(until, -months)):
        yield YearlyTask(
            agency=agency,
            kind="projects",
            title=_("Confirm project data"),
            text=_(
                "Read what the HMIS holds about each project, change what is no longer right, and confirm."
            ),
            due_on=add_months(timezone.localdate(agency.confirmed), months),
            view="onboarding:confirm_projects",
        )


def readiness_to_answer(agencies: QuerySet[Agency], until: date) -> Iterator[YearlyTask]:
    """The agencies that answered the technical readiness questions so long ago; one query."""
    months = PortalSettings.load().readiness_months
    approved = Application.objects.filter(agency=OuterRef("pk"), state=Application.State.APPROVED)
    years = ReadinessYear.objects.filter(application__agency=OuterRef("pk"), answered_at__isnull=False)
    last = Coalesce(
        Subquery(years.order_by("-answered_at").values("answered_at")[:1]),
        Subquery(approved.order_by("-decided_at").values("decided_at")[:1]),
    )
    for agency in agencies.annotate(answered=last).filter(answered__date__lte=add_months(until, -months)):
        yield YearlyTask(
            agency=agency,
            kind="readiness",
            title=_("Answer the technical readiness questions again"),
            text=_("Each answer of last time stands beside its question."),
            due_on=add_months(timezone.localdate(agency.answered), months),
            view="onboarding:readiness_year",
        )


def access_to_confirm(agencies: QuerySet[Agency], until: date) -> Iterator[YearlyTask]:
    """The agencies that said so long ago who still needs access, or went live then; one query."""
    months = PortalSettings.load().access_confirmation_months
    if not months:
        return
    confirmed = AccessConfirmation.objects.filter(agency=OuterRef("pk")).order_by("-signed_at")
    last = Coalesce(Subquery(confirmed.values("signed_at")[:1]), F("live_at"))
    states = (Access.State.GRANTED, Access.State.SUSPENDED)
    accounts = Access.objects.filter(staff__agency=OuterRef("pk"), staff__left_on=None, state__in=states)
    asked = agencies.filter(Exists(accounts)).annotate(looked_through=last)
    for agency in asked.filter(looked_through__date__lte=add_months(until, -months)):
        yield YearlyTask(
            agency=agency,
            kind="access",
            title=_("Confirm who still needs access"),
            text=_("Say of each person with an account whether it is still needed, and sign."),
            due_on=add_months(timezone.localdate(agency.looked_through), months),
            view="onboarding:confirm_access",
        )


Source = Callable[[QuerySet[Agency], date], Iterator[YearlyTask]]
SOURCES: tuple[Source, ...] = (projects_to_confirm, readiness_to_answer, access_to_confirm)


def due(
    *, agency: Agency | None = None, among: QuerySet[Agency] | None = None, within: int | None = None
) -> list[YearlyTask]:
    """The yearly tasks due in so many days or overdue, of one agency, of these or of all; one query a source.

    Only an agency that is live has any. `within` is the earliest reminder's days when left out.
    """
    agencies = (Agency.objects.all() if among is None else among).filter(state=Agency.State.LIVE)
    if agency is not None:
        if agency.state != Agency.State.LIVE:
            return []
        agencies = agencies.filter(pk=agency.pk)
    until = clock.today() + timedelta(days=max(reminder_days()) if within is None else within)
    tasks = [task for source in SOURCES for task in source(agencies, until) if task.due_on <= until]
    return sorted(tasks, key=lambda task: (task.due_on, task.agency.name, task.kind))


def reminder_days() -> list[int]:
    """Days before a yearly task is due on which managers are reminded; the first of them shows the task."""
    return PortalSettings.days(PortalSettings.load().yearly_reminder_days) or [0]
