"""Technical readiness asked again each year: the topics of section D in the version now in force, last time's answers beside.

What is saved of a topic is kept as answers of a year that is not answered yet; it counts once all topics are and somebody
says so. What is not met becomes a dated condition of the approval, as it would have in the application, and is reminded of as
those are.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property

from django.db.models import F
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies.models import Agency, User
from hmis_portal import audit
from hmis_portal.models import PortalSettings
from hmis_portal.web.errors import GuardFailed, WrongState
from onboarding.events import OnboardingEvent
from onboarding.forms.readiness.form import ReadinessForm
from onboarding.journey import yearly
from onboarding.models import (
    Application,
    Condition,
    ReadinessAnswer,
    ReadinessOutcome,
    ReadinessYear,
    SectionWork,
)
from onboarding.readiness import rules, summary, topics
from onboarding.readiness.topics import TopicPage
from onboarding.review import outcomes
from onboarding.sections import completeness, drafts
from onboarding.sections.answers import Answers, words
from onboarding.sections.catalogue import Section
from onboarding.sections.filled import readiness_form
from onboarding.sections.gaps import Gap, form_gaps
from training.validity import add_months

SECTION = "readiness-yearly"
STATES = (Application.State.APPROVED,)
BECOME_CONDITIONS = (
    ReadinessOutcome.Kind.PLAN,
    ReadinessOutcome.Kind.BLOCKS_APPROVAL,
    ReadinessOutcome.Kind.BLOCKS_GO_LIVE,
)


@dataclass(frozen=True)
class YearlyPage(TopicPage):
    """A topic, or a page of plans, at an address of its own: it is no part of the application."""

    def url(self, agency_id: object, act: str = "") -> str:
        return reverse(f"onboarding:readiness_year_{act or 'page'}", args=[agency_id, self.key])


class YearlyAnswers(Answers):
    """The answers of one year, that is answered already or is being answered; without `year` nothing is answered yet."""

    def __init__(self, application: Application, agency: Agency, year: ReadinessYear | None = None) -> None:
        super().__init__(application, agency)
        self.year = year

    def anew(self) -> "YearlyAnswers":
        return YearlyAnswers(self.application, self.agency, begun(self.application))

    @cached_property
    def version_id(self) -> int | None:
        if self.year:
            return self.year.version_id
        return self.application.readiness_version_id if (now := rules.published()) is None else now.pk

    @cached_property
    def readiness(self) -> dict[str, ReadinessAnswer]:
        if self.year is None:
            return {}
        rows = ReadinessAnswer.objects.filter(yearly=self.year).select_related("question")
        return {row.question.number: row for row in rows}

    @cached_property
    def last_time(self) -> dict[str, str]:
        """What was answered before, in the application or in the years since, in words by question number."""
        before = (
            ReadinessAnswer.objects.given_to_the_end()
            .filter(application=self.application)
            .order_by("answered_at")
        )
        return {row.question.number: words(row.question, row.value) for row in before}


def _pages(answers: Answers) -> tuple[TopicPage, ...]:
    return topics.pages(answers, YearlyPage, SECTION)


def _gaps(answers: Answers) -> Iterable[Gap]:
    return form_gaps(readiness_form, _pages(answers))(answers)


YEARLY = Section(
    SECTION, "", gettext_lazy("Technical readiness this year"), "",
    summary.readiness, _gaps, readiness_form, short_pages=_pages,
)  # fmt: skip


def begun(application: Application) -> ReadinessYear | None:
    """The year that is being answered."""
    return application.readiness_years.filter(answered_at=None).first()


def last_year(application: Application) -> ReadinessYear | None:
    years = application.readiness_years.filter(answered_at__isnull=False)
    return years.select_related("answered_by", "version").first()


def due_on(application: Application, last: ReadinessYear | None) -> dt.date:
    answered = (last and last.answered_at) or application.decided_at or application.started_at
    return add_months(timezone.localdate(answered), PortalSettings.load().readiness_months)


def is_due(day: dt.date) -> bool:
    """From the first reminder on."""
    return timezone.localdate() >= day - timedelta(days=max(yearly.reminder_days()))


def write(form: ReadinessForm, answers: YearlyAnswers, *, page: str, version: int, by: User) -> None:
    """Keep the answers of one page, `page` the name of its draft; the first of them begins the year. Raises Stale, WrongState."""
    application = answers.application
    with drafts.writing(application, STATES):
        drafts.settled(application=application, section=page, version=version, by=by)
        form.yearly = begun(application) or ReadinessYear.objects.create(
            application=application, version_id=answers.version_id or 0
        )
        form.store(by)


def finish(application: Application, agency: Agency, *, by: User) -> ReadinessYear:
    """All topics are answered: they are the answers of this year. Raises WrongState, GuardFailed while something is missing."""
    with drafts.writing(application, STATES):
        year = begun(application)
        if year is None:
            raise WrongState(_("The questions were already answered. Nothing was saved twice."))
        answers = YearlyAnswers(application, agency, year)
        if missing := completeness.gaps_of(YEARLY, answers):
            raise GuardFailed([gap.text for gap in missing])
        year.answered_at, year.answered_by = timezone.now(), by
        year.save(update_fields=["answered_at", "answered_by"])
        # Whoever has a page of it open still is told; next year all is new.
        pages = SectionWork.objects.filter(application=application, section__startswith=f"{SECTION}.")
        pages.update(version=F("version") + 1, draft={}, saved_at=None, completed_at=None)
        added = _add_conditions(answers)
        audit.record(
            by=by,
            verb=OnboardingEvent.ANSWERED_READINESS,
            obj=year,
            agency_id=application.agency_id,
            data={"conditions": [condition.text for condition in added]},
        )
    return year


def _add_conditions(answers: YearlyAnswers) -> list[Condition]:
    """One for each question that is not met and has no open condition yet."""
    application = answers.application
    open_now = set(application.conditions.filter(Condition.OPEN).values_list("question__number", flat=True))
    unmet = [
        outcome
        for outcome in outcomes.outcomes_of(answers)
        if outcome.kind in BECOME_CONDITIONS
        and not open_now & {outcome.question.number, outcome.question.part_of}
    ]
    rows = [
        Condition(application=application, **vars(condition)) for condition in outcomes.conditions_of(unmet)
    ]
    return Condition.objects.bulk_create(rows)
