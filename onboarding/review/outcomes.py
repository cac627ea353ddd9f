"""What the HMIS Admin's review looks at: readiness outcomes, what blocks an approval, the conditions it would carry."""

from dataclasses import dataclass, replace
from datetime import date, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from hmis_portal.models import PortalSettings
from onboarding.models import Application, ReadinessAnswer, ReadinessOutcome, ReadinessQuestion
from onboarding.sections.answers import Answers
from onboarding.workflow import NewCondition

Kind = ReadinessOutcome.Kind
TONES = {Kind.BLOCKS_APPROVAL: "problem", Kind.BLOCKS_GO_LIVE: "problem", Kind.PLAN: "turn"}


@dataclass(frozen=True)
class Outcome:
    """One unmet readiness question of one application."""

    question: ReadinessQuestion
    answer: ReadinessAnswer | None
    kind: Kind
    text: str

    @property
    def word(self) -> str:
        return str(self.kind.label)

    @property
    def tone(self) -> str:
        return TONES.get(self.kind, "plain")

    @property
    def plan(self) -> str:
        return self.answer.plan if self.answer else ""


def readiness_outcomes(application: Application) -> list[Outcome]:
    """Every unmet question in the page's order."""
    return outcomes_of(Answers(application, application.agency))


def outcomes_of(answers: Answers) -> list[Outcome]:
    return [Outcome(question, answer, Kind(row.kind), row.text) for question, row, answer in answers.outcomes]


def against_approval(outcomes: list[Outcome]) -> list[str]:
    """The sentences that block an approval: one for each open B."""
    return [
        f"{outcome.question.number}. {outcome.text}"
        for outcome in outcomes
        if outcome.kind == Kind.BLOCKS_APPROVAL
    ]


def conditions_of(outcomes: list[Outcome]) -> list[NewCondition]:
    """What is to be done about each by whom and when: the agency's own plan where it has one."""
    return [
        own_condition(
            outcome.plan or outcome.text,
            owner=outcome.answer.plan_owner if outcome.answer else "",
            due_on=outcome.answer.plan_due if outcome.answer else None,
            question=outcome.question,
        )
        for outcome in outcomes
    ]


def own_condition(
    text: str, *, owner: str = "", due_on: date | None = None, question: ReadinessQuestion | None = None
) -> NewCondition:
    """With whom and until when such things are done where nobody said it."""
    later = timezone.localdate() + timedelta(days=PortalSettings.load().training_due_days)
    return NewCondition(
        text[:500], owner or str(_("HMIS Data Coordinator")), due_on or later, question=question
    )


def proposed_conditions(outcomes: list[Outcome]) -> list[NewCondition]:
    """What an approval would ask for: what the agency plans, and what must be done before go-live."""
    asked = [outcome for outcome in outcomes if outcome.kind in (Kind.PLAN, Kind.BLOCKS_GO_LIVE)]
    return [
        replace(condition, blocks_go_live=outcome.kind == Kind.BLOCKS_GO_LIVE)
        for outcome, condition in zip(asked, conditions_of(asked), strict=True)
    ]
