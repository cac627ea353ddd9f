"""What the HMIS Admin's review looks at: readiness outcomes, what blocks an approval, the conditions it would carry."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from agencies.models import Agency, Contact, Position
from hmis_portal.models import PortalSettings
from onboarding import readiness
from onboarding.models import Application, ReadinessAnswer, ReadinessOutcome, ReadinessQuestion, Upload

Kind = ReadinessOutcome.Kind


@dataclass(frozen=True)
class Outcome:
    """One unmet readiness question of one application."""

    question: ReadinessQuestion
    answer: ReadinessAnswer | None
    kind: str
    text: str

    @property
    def word(self) -> str:
        return str(Kind(self.kind).label)

    @property
    def tone(self) -> str:
        return {"B": "problem", "G": "problem", "P": "turn"}.get(self.kind, "plain")

    @property
    def plan(self) -> str:
        return self.answer.plan if self.answer else ""


def from_section_a(agency: Agency, positions: set[str]) -> dict[str, str]:
    """The answers to the questions that section A has answered already, by the name they are shown from."""
    yes_no = {True: "yes", False: "no"}
    return {
        "victim_service_provider": yes_no[bool(agency.victim_service_provider)],
        "security": yes_no[Position.SECURITY in positions],
        "privacy": yes_no[Position.PRIVACY in positions],
        "coordinator": yes_no[{Position.COORDINATOR, Position.BACKUP} <= positions],
    }


def readiness_outcomes(application: Application) -> list[Outcome]:
    """Every unmet question in the page's order; seven queries."""
    agency = application.agency
    answers = {row.question_id: row for row in application.readiness.all()}
    positions = set(Contact.objects.filter(agency=agency).values_list("position", flat=True))
    shown = from_section_a(agency, positions)
    questions = list(
        ReadinessQuestion.objects.filter(version=application.readiness_version_id).prefetch_related(
            "outcomes"
        )
    )
    values: dict[int, dict[str, Any]] = {}
    for question in questions:
        if question.shown_from in shown:
            values[question.number] = {"answer": shown[question.shown_from]}
        elif question.pk in answers:
            values[question.number] = answers[question.pk].value
    facts = readiness.Facts(
        answers=values,
        intake_desks=agency.sites.aggregate(desks=Sum("intake_desks"))["desks"] or 0,
        upload_kinds=frozenset(
            Upload.objects.filter(agency=agency, removed_at__isnull=True).values_list("kind", flat=True)
        ),
    )
    found = []
    for question in questions:
        row = readiness.outcome(question, values.get(question.number, {}), facts)
        if row is not None:
            found.append(Outcome(question, answers.get(question.pk), row.kind, row.text))
    return found


def against_approval(outcomes: list[Outcome]) -> list[str]:
    """The sentences that block an approval: one for each open B."""
    return [f"{one.question.number}. {one.text}" for one in outcomes if one.kind == Kind.BLOCKS_APPROVAL]


def proposed_conditions(outcomes: list[Outcome]) -> list[dict[str, Any]]:
    """What an approval would ask for by when: the agency's own plans, and what must be done before go-live."""
    later = timezone.localdate() + timedelta(days=PortalSettings.load().training_due_days)
    return [
        {
            "question": one.question,
            "text": (one.plan or one.text)[:500],
            "owner": (one.answer.plan_owner if one.answer else "") or str(_("HMIS Data Coordinator")),
            "due_on": (one.answer.plan_due if one.answer else None) or later,
            "blocks_go_live": one.kind == Kind.BLOCKS_GO_LIVE,
        }
        for one in outcomes
        if one.kind in (Kind.PLAN, Kind.BLOCKS_GO_LIVE)
    ]
