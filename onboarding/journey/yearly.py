"""What an agency that works in the HMIS does again each year, or each quarter.

A source names what falls due and when. One list feeds the six-step page, the reminders and the HMIS Admin's desk: a new
yearly task is one more function in SOURCES.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db.models import Exists, F, Max, Min, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from agencies.models import Agency
from agencies.models.project import looked_at
from hmis_portal.models import PortalSettings
from hmis_portal.what_if import clock
from onboarding.journey.reports.narrowing import midnight
from onboarding.models import Access, Application
from training.validity import add_months

Agencies = QuerySet[Agency, Any]


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


@dataclass(frozen=True, slots=True)
class Source:
    """One kind of yearly task: its words, and since when it waits for each agency.

    months  how long it holds, by the settings; 0 where nobody is asked
    owed    of these agencies those that owe it, with `since` when: when they last did it, or began to owe it. One pass
            over its rows: of a whole community a question about each agency took seconds
    """

    kind: str
    title: str
    text: str
    view: str
    months: int
    owed: Callable[[Agencies], Agencies]

    def task(self, agency: Agency, since: datetime) -> YearlyTask:
        due_on = add_months(timezone.localdate(since), self.months)
        return YearlyTask(agency, self.kind, self.title, self.text, due_on, self.view)


def projects_to_confirm(settings: PortalSettings) -> Source:
    """Of the running projects, the one that was confirmed longest ago."""
    today = clock.today()
    running = Q(projects__operating_end_date__isnull=True) | Q(projects__operating_end_date__gte=today)
    since = Min(Coalesce("projects__confirmed_at", "projects__date_created"))
    return Source(
        "projects",
        _("Confirm project data"),
        _("Read what the HMIS holds about each project, change what is no longer right, and confirm."),
        "onboarding:confirm_projects",
        settings.project_confirmation_months,
        lambda agencies: agencies.filter(running, looked_at("projects__")).annotate(since=since),
    )


def readiness_to_answer(settings: PortalSettings) -> Source:
    """The technical readiness questions, from the approval on."""
    approved = Q(applications__state=Application.State.APPROVED)
    since = Coalesce(
        Max("applications__readiness_years__answered_at"), Max("applications__decided_at", filter=approved)
    )
    return Source(
        "readiness",
        _("Answer the technical readiness questions again"),
        _("Each answer of last time stands beside its question."),
        "onboarding:readiness_year",
        settings.readiness_months,
        lambda agencies: agencies.annotate(since=since),
    )


def access_to_confirm(settings: PortalSettings) -> Source:
    """Who still needs access, from going live on; of agencies that have accounts."""
    states = (Access.State.GRANTED, Access.State.SUSPENDED)
    accounts = Access.objects.filter(staff__agency=OuterRef("pk"), staff__left_on=None, state__in=states)
    since = Coalesce(Max("access_confirmations__signed_at"), F("live_at"))
    return Source(
        "access",
        _("Confirm who still needs access"),
        _("Say of each person with an account whether it is still needed, and sign."),
        "onboarding:confirm_access",
        settings.access_confirmation_months,
        lambda agencies: agencies.filter(Exists(accounts)).annotate(since=since),
    )


SOURCES: tuple[Callable[[PortalSettings], Source], ...] = (
    projects_to_confirm,
    readiness_to_answer,
    access_to_confirm,
)


def due(
    *, agency: Agency | None = None, among: QuerySet[Agency] | None = None, within: int | None = None
) -> list[YearlyTask]:
    """The yearly tasks due in so many days or overdue, of one agency, of these or of all; one query.

    Only an agency that is live has any. `within` is the earliest reminder's days when left out.
    """
    agencies = Agency.objects.all() if among is None else among
    if agency is not None:
        if agency.state != Agency.State.LIVE:
            return []
        agencies = agencies.filter(pk=agency.pk)
    until = clock.today() + timedelta(days=max(reminder_days()) if within is None else within)
    sources = _sources()
    return _tasks(_owing(agencies, sources, until), sources, until)


def overdue(most: int) -> tuple[list[YearlyTask], int]:
    """Those that are overdue longest, at most so many, and how many there are; one query."""
    until, sources = clock.today() - timedelta(days=1), _sources()
    # One agency at least, since each row says how many tasks there are in all.
    rows = _owing(Agency.objects.all(), sources, until, most=max(most, 1))
    tasks = _tasks(rows, sources, until)
    return tasks[:most], int(rows[0].tasks_of_all) if rows and len(rows) >= most else len(tasks)


def _sources() -> list[Source]:
    settings = PortalSettings.load()
    return [source for make in SOURCES if (source := make(settings)).months]


OWING = """
WITH {owed},
since AS (SELECT id, {since} FROM {kinds}),
owing AS (SELECT *, {tasks} AS tasks, least({due}) AS first_due FROM since),
first AS (SELECT *, sum(tasks) OVER () AS tasks_of_all FROM owing WHERE tasks > 0 ORDER BY first_due, id LIMIT %s)
SELECT * FROM first JOIN agencies_agency USING (id)
"""


def _owing(
    agencies: QuerySet[Agency], sources: list[Source], until: date, *, most: int | None = None
) -> list[Any]:
    """The live agencies that owe any of it by that day, the first due of them, each with since when it owes what."""
    if not sources:
        return []
    live = agencies.filter(state=Agency.State.LIVE).order_by().values("id")
    try:
        parts = [source.owed(live).query.sql_with_params() for source in sources]
    except EmptyResultSet:
        return []
    kinds = [source.kind for source in sources]
    owed = ", ".join(f"{kind} AS ({sql})" for kind, (sql, _params) in zip(kinds, parts, strict=True))
    since = ", ".join(f"{kind}.since {kind}_since" for kind in kinds)
    tasks = " + ".join(f"coalesce(({kind}_since < %s)::int, 0)" for kind in kinds)
    due = ", ".join(f"{kind}_since + make_interval(months => %s)" for kind in kinds)
    params = [value for _sql, params in parts for value in params]
    months = [source.months for source in sources]
    owed_before = [midnight(add_months(until, -number) + timedelta(days=1)) for number in months]
    params += [*owed_before, *months, most]
    joined = kinds[0] + "".join(f" FULL JOIN {kind} USING (id)" for kind in kinds[1:])
    sql = OWING.format(owed=owed, since=since, kinds=joined, tasks=tasks, due=due)
    return list(Agency.objects.raw(sql, params))


def _tasks(rows: Iterable[Any], sources: list[Source], until: date) -> list[YearlyTask]:
    tasks = [
        source.task(row, moment)
        for row in rows
        for source in sources
        if (moment := getattr(row, f"{source.kind}_since"))
    ]
    due_then = [task for task in tasks if task.due_on <= until]
    return sorted(due_then, key=lambda task: (task.due_on, task.agency.name, task.kind))


def reminder_days() -> list[int]:
    """Days before a yearly task is due on which managers are reminded; the first of them shows the task."""
    return PortalSettings.days(PortalSettings.load().yearly_reminder_days) or [0]
