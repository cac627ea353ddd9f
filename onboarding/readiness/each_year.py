"""Technical readiness asked again each year: the same form in the version now in force, last time's answers beside it.

What is not met becomes a dated condition of the approval, as it would have in the application, and is reminded of as
those are.
"""

import datetime as dt
from datetime import timedelta
from functools import cached_property

from django.utils import timezone

from agencies.models import Agency, User
from hmis_portal import audit
from hmis_portal.models import PortalSettings
from onboarding.events import OnboardingEvent
from onboarding.forms.readiness.form import ReadinessForm
from onboarding.journey import yearly
from onboarding.models import (
    Application,
    Condition,
    ReadinessAnswer,
    ReadinessOutcome,
    ReadinessVersion,
    ReadinessYear,
)
from onboarding.readiness import rules
from onboarding.review import outcomes
from onboarding.sections import drafts
from onboarding.sections.answers import Answers, words
from training.validity import add_months

SECTION = "readiness-yearly"
STATES = (Application.State.APPROVED,)
BECOME_CONDITIONS = (
    ReadinessOutcome.Kind.PLAN,
    ReadinessOutcome.Kind.BLOCKS_APPROVAL,
    ReadinessOutcome.Kind.BLOCKS_GO_LIVE,
)


class YearlyAnswers(Answers):
    """The answers of one year: `year` is what was answered, None while it is being answered anew."""

    def __init__(self, application: Application, agency: Agency, year: ReadinessYear | None = None) -> None:
        super().__init__(application, agency)
        self.year = year

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
        rows = ReadinessAnswer.objects.filter(application=self.application).select_related(
            "question", "yearly"
        )
        before = sorted(rows, key=lambda row: row.answered_at)
        return {row.question.number: words(row.question, row.value) for row in before}


def last_year(application: Application) -> ReadinessYear | None:
    return application.readiness_years.select_related("answered_by", "version").first()


def due_on(application: Application, last: ReadinessYear | None) -> dt.date:
    answered = last.answered_at if last else application.decided_at or application.started_at
    return add_months(timezone.localdate(answered), PortalSettings.load().readiness_months)


def is_due(day: dt.date) -> bool:
    """From the first reminder on."""
    return timezone.localdate() >= day - timedelta(days=max(yearly.reminder_days()))


def write(form: ReadinessForm, answers: YearlyAnswers, *, version: int, by: User) -> ReadinessYear:
    """Keep a valid form's answers as those of this year. Raises Stale, WrongState."""
    application = answers.application
    asked = ReadinessVersion.objects.get(pk=answers.version_id or 0)
    with drafts.writing(application, STATES):
        drafts.settled(application=application, section=SECTION, version=version, by=by)
        year = ReadinessYear.objects.create(application=application, version=asked, answered_by=by)
        form.yearly = year
        form.store(by)
        added = _add_conditions(YearlyAnswers(application, answers.agency, year))
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
