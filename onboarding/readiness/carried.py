"""Answers of an earlier application in the version that is answered now: only where they mean the same."""

from django.utils import timezone

from onboarding.models import Application, ReadinessAnswer, ReadinessQuestion
from onboarding.readiness.rules import Value

PLAN = ("plan", "plan_owner", "plan_due")


def carry(last: Application, application: Application) -> None:
    answers = ReadinessAnswer.objects.filter(application=last, yearly=None).select_related("question")
    before = {answer.question.number: answer for answer in answers}
    rows = []
    for question in ReadinessQuestion.objects.filter(version_id=application.readiness_version_id):
        earlier = before.get(question.number) or before.get(question.part_of)
        if earlier and (carried := _carried(question, earlier)):
            rows.append(
                ReadinessAnswer(
                    application=application, question=question, answered_by=earlier.answered_by,
                    answered_at=timezone.now(), **carried,
                )
            )  # fmt: skip
    ReadinessAnswer.objects.bulk_create(rows)


def _carried(question: ReadinessQuestion, earlier: ReadinessAnswer) -> dict[str, object]:
    """A question that reads the same keeps answer and plan; a part of one keeps its “Yes”, which was said of every part."""
    asked = earlier.question
    if question.number == asked.number:
        same = all(getattr(question, name) == getattr(asked, name) for name in ("text", "choices", "parts"))
        return {"value": earlier.value, **{name: getattr(earlier, name) for name in PLAN}} if same else {}
    value = _of_every_part(question, asked, earlier.value)
    return {"value": value} if value else {}


def _of_every_part(question: ReadinessQuestion, asked: ReadinessQuestion, value: Value) -> dict[str, object]:
    if value.get("answer") != "yes" or "yes" not in dict(question.choices):
        return {}
    further = {part for part, settings in question.parts.items() if asked.parts.get(part) == settings}
    return {part: text for part, text in value.items() if part == "answer" or part in further}
