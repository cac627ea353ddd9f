"""What an agency that works in the HMIS does again each year, or each quarter.

A source names what falls due and when. One list feeds the six-step page, the reminders and the HMIS Admin's desk: a new
yearly task is one more function in SOURCES and in OWED.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db.models import (
    CharField,
    DateField,
    DateTimeField,
    DurationField,
    Exists,
    F,
    Func,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Value,
)
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from agencies.models import Agency, Project
from agencies.models.project import looked_at
from hmis_portal.desk.pages import WAITING_COUNTED
from hmis_portal.models import PortalSettings
from hmis_portal.models.written import Given, WrittenQuery
from hmis_portal.what_if import clock
from onboarding.journey.reports.narrowing import midnight
from onboarding.models import Access, AccessConfirmation, Application, ReadinessYear
from training.validity import add_months, same_day


class YearlyKind(StrEnum):
    """What is done anew each year; with the day it is due it makes the reminder's key."""

    PROJECTS = "projects"
    READINESS = "readiness"
    ACCESS = "access"


BEFORE_ALL = datetime(1900, 1, 1, tzinfo=UTC)
TODAY = Given("today", DateField())
Rows = Any  # a QuerySet whose columns `owner` and `since` the types of its model do not know


@dataclass(frozen=True, slots=True)
class YearlyTask:
    """One yearly task of one agency."""

    agency: Agency
    kind: YearlyKind
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
    """

    kind: YearlyKind
    title: str
    text: str
    view: str
    months: int

    def last_begun(self, until: date) -> datetime:
        """What began before that moment is due by this day: the last of which `add_months` makes no later one."""
        if not self.months:
            return BEFORE_ALL
        return midnight(same_day(until, -self.months) + timedelta(days=1))

    def task(self, agency: Agency, since: datetime) -> YearlyTask:
        due_on = add_months(timezone.localdate(since), self.months)
        return YearlyTask(agency, self.kind, self.title, self.text, due_on, self.view)


def _one_each(rows: Rows, before: str) -> Rows:
    """Of each owner the first row ("lt") or the last ("gt")."""
    same = Q(since=OuterRef("since"), **{f"pk__{before}": OuterRef("pk")})
    other = Q(**{f"since__{before}": OuterRef("since")}) | same
    return rows.filter(~Exists(rows.filter(other, owner=OuterRef("owner"))))


def _projects() -> tuple[Rows, ...]:
    """Of the running projects, the one that was confirmed longest ago."""
    running = Q(operating_end_date__isnull=True) | Q(operating_end_date__gte=TODAY)
    since = Coalesce("confirmed_at", "date_created")
    rows = Project.objects.filter(running, looked_at()).annotate(owner=F("agency"), since=since)
    return (_one_each(rows, "lt"),)


def projects_to_confirm(settings: PortalSettings) -> Source:
    return Source(
        YearlyKind.PROJECTS,
        _("Confirm project data"),
        _("Read what the HMIS holds about each project, change what is no longer right, and confirm."),
        "onboarding:confirm_projects",
        settings.project_confirmation_months,
    )


def _readiness() -> tuple[Rows, ...]:
    """From the approval on."""
    years: Rows = ReadinessYear.objects.filter(answered_at__isnull=False)
    years = years.annotate(owner=F("application__agency"), since=F("answered_at"))
    approved: Rows = Application.objects.filter(state=Application.State.APPROVED)
    approved = _one_each(approved.annotate(owner=F("agency"), since=F("decided_at")), "gt")
    return _one_each(years, "gt"), approved.filter(~Exists(years.filter(owner=OuterRef("owner"))))


def readiness_to_answer(settings: PortalSettings) -> Source:
    return Source(
        YearlyKind.READINESS,
        _("Answer the technical readiness questions again"),
        _("Each answer of last time stands beside its question."),
        "onboarding:readiness_year",
        settings.readiness_months,
    )


def _access() -> tuple[Rows, ...]:
    """From going live on; of agencies that have accounts."""
    states = (Access.State.GRANTED, Access.State.SUSPENDED)
    accounts = Access.objects.filter(staff__agency=OuterRef("owner"), staff__left_on=None, state__in=states)
    signed: Rows = AccessConfirmation.objects.annotate(owner=F("agency"), since=F("signed_at"))
    never: Rows = Agency.objects.annotate(owner=F("pk"), since=F("live_at"))
    never = never.filter(~Exists(signed.filter(owner=OuterRef("owner"))))
    return _one_each(signed, "gt").filter(Exists(accounts)), never.filter(Exists(accounts))


def access_to_confirm(settings: PortalSettings) -> Source:
    return Source(
        YearlyKind.ACCESS,
        _("Confirm who still needs access"),
        _("Say of each person with an account whether it is still needed, and sign."),
        "onboarding:confirm_access",
        settings.access_confirmation_months,
    )


SOURCES: tuple[Callable[[PortalSettings], Source], ...] = (
    projects_to_confirm,
    readiness_to_answer,
    access_to_confirm,
)
# Of each kind rows that say whose it is (`owner`) and `since` when: when they last did it, or began to owe it. Of one
# owner at most one, which is found by looking whether another takes its place: what waits longest is then read in the
# order of an index, whatever else there is.
OWED: dict[YearlyKind, Callable[[], tuple[Rows, ...]]] = {
    YearlyKind.PROJECTS: _projects,
    YearlyKind.READINESS: _readiness,
    YearlyKind.ACCESS: _access,
}


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
    return _tasks(_owing(WrittenQuery(lambda: _owed(agencies)), until), until)


def overdue(most: int) -> tuple[list[YearlyTask], int]:
    """Those that are overdue longest, at most so many, and how many there are; beyond WAITING_COUNTED only that; one query."""
    until = clock.today() - timedelta(days=1)
    # One at least, since each row says how many there are in all.
    rows = _owing(_owed_longest, until, most=max(most, 1))
    tasks = _tasks(rows, until)
    return tasks[:most], int(rows[0].of_all) if rows and len(rows) >= most else len(tasks)


OWING = """
WITH owed (kind, id, since, due) AS ({owed}),
first AS (SELECT kind, id, since, count(*) OVER () AS of_all FROM owed ORDER BY due, id LIMIT %s)
SELECT * FROM first JOIN agencies_agency USING (id)
"""


def _owed(agencies: QuerySet[Agency], *, first: int | None = None) -> Rows:
    """What these owe while they are live: its kind, whose it is, since when and when due; of each kind the first alone."""
    live = agencies.filter(state=Agency.State.LIVE).order_by().values("pk")
    parts = []
    for kind, owed in OWED.items():
        months, before = Given(f"{kind}_months", IntegerField()), Given(f"{kind}_before", DateTimeField())
        lasts = Func(0, months, function="make_interval", output_field=DurationField())
        for rows in owed():
            begun = rows.filter(since__lt=before, owner__in=live).order_by("since")
            columns = begun.values_list(Value(kind, CharField()), "owner", "since", F("since") + lasts)
            parts.append(columns[:first] if first else columns.order_by())
    return parts[0].union(*parts[1:], all=True)


@WrittenQuery
def _owed_longest() -> Rows:
    return _owed(Agency.objects.all(), first=WAITING_COUNTED + 1)


def _owing(owed: WrittenQuery[Any], until: date, *, most: int | None = None) -> list[Any]:
    """The live agencies with a task due by that day, once for each: its kind, since when, and how many there are of all."""
    given: dict[str, object] = {"today": clock.today()}
    for source in _sources():
        given[f"{source.kind}_months"] = source.months
        given[f"{source.kind}_before"] = source.last_begun(until)
    try:
        sql, values = owed.filled(**given)
    except EmptyResultSet:
        return []
    return list(Agency.objects.raw(OWING.format(owed=sql), [*values, most]))


def _sources() -> list[Source]:
    settings = PortalSettings.load()
    return [make(settings) for make in SOURCES]


def _tasks(rows: Iterable[Any], until: date) -> list[YearlyTask]:
    sources = {source.kind: source for source in _sources()}
    tasks = [sources[row.kind].task(row, row.since) for row in rows]
    return sorted(
        (task for task in tasks if task.due_on <= until),
        key=lambda task: (task.due_on, task.agency.name, task.kind),
    )


def reminder_days() -> list[int]:
    """Days before a yearly task is due on which managers are reminded; the first of them shows the task."""
    return PortalSettings.days(PortalSettings.load().yearly_reminder_days) or [0]
