"""Section D: a form made of the readiness questions of the application's version."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from agencies.models import User
from onboarding.forms.base import Typed
from onboarding.forms.readiness.asking import QuestionsForm
from onboarding.forms.readiness.fields import PLAN_MESSAGES, short
from onboarding.models import (
    ReadinessAnswer,
    ReadinessOutcome,
    ReadinessQuestion,
)
from onboarding.readiness import rules
from onboarding.readiness.carried import PLAN
from onboarding.sections.answers import words


class ReadinessForm(QuestionsForm):
    """What was answered: checked together with the plans that it calls for, and stored."""

    def clean(self) -> dict[str, object]:
        data = self.cleaned_data
        self.values = {
            question.number: self._value(question)
            if self._is_here(question)
            else dict(self._stored(question))
            for question in self.questions
        }
        self.facts.answers = self.values
        for question in self.questions:
            name = f"q{question.number}"
            if "none" in (data.get(name) or []) and len(data[name]) > 1 and question.answer_type == "multi":
                self.add_error(name, _("Select “None of these” alone, or what applies"))
            if f"{name}_plan" in self.fields:
                self._check_plan(question, self._outcome(question, self.values[question.number]))
        return data

    def _is_here(self, question: ReadinessQuestion) -> bool:
        """Whether this page asks it, apart from its plan."""
        name = f"q{question.number}"
        return bool(self._present([name, *(f"{name}_{part}" for part in question.parts)]))

    def _check_plan(self, question: ReadinessQuestion, outcome: ReadinessOutcome | None) -> None:
        name = f"q{question.number}"
        if outcome is None or outcome.kind != ReadinessOutcome.Kind.PLAN:
            for part in PLAN:
                self.cleaned_data[f"{name}_{part}"] = None
                if self._errors:
                    self._errors.pop(f"{name}_{part}", None)
            return
        for part, message in PLAN_MESSAGES.items():
            if not self.cleaned_data.get(f"{name}_{part}") and not self.has_error(f"{name}_{part}"):
                self.add_error(f"{name}_{part}", str(message) % short(question.text))
        due = self.cleaned_data.get(f"{name}_plan_due")
        before = getattr(self.answers.get(question.number), "plan_due", None)
        if due and due < timezone.localdate() and due != before:
            self.add_error(
                f"{name}_plan_due",
                forms.ValidationError(_("By when must be today or in the future"), params={"part": 2}),
            )

    def _value(self, question: ReadinessQuestion) -> dict[str, Any]:
        if question.number in self.known:
            return dict(self.known[question.number][0])
        name, value = f"q{question.number}", {}
        for key, part in (
            ("answer", name),
            *((part, f"{name}_{part}") for part in ("text", "number", "date")),
        ):
            cleaned = self.cleaned_data.get(part)
            if cleaned not in (None, "", []):
                value[key] = cleaned.isoformat() if key == "date" else cleaned
        return value

    def left_out(self, typed: Typed) -> list[str]:
        """Plans: those typed on this page for what is met by now, and those that its own new answers made needless."""
        plans = list(self.needless)
        for question in self.questions:
            name = f"q{question.number}_plan"
            if (
                name not in self.fields
                and self.shows(name)
                and (plan := " ".join(typed.get(name, [])).strip())
            ):
                plans.append((question, self._stored(question), plan))
        words_of = gettext(
            "“%(question)s” is answered “%(answer)s” now and needs no plan. This one is not kept: “%(plan)s”."
        )
        return [
            words_of % {"question": short(question.text), "answer": words(question, value), "plan": plan}
            for question, value, plan in plans
        ]

    def _plan(self, question: ReadinessQuestion, answer: ReadinessAnswer | None) -> dict[str, Any]:
        """As it was typed; from another page as it stands, while the answer calls for one."""
        name, outcome = f"q{question.number}", self._outcome(question, self.values[question.number])
        if f"{name}_plan" in self.fields:
            typed = {part: self.cleaned_data.get(f"{name}_{part}") for part in PLAN}
        else:
            typed = {part: getattr(answer, part, None) if rules.is_plan(outcome) else None for part in PLAN}
        return {part: value or (None if part == "plan_due" else "") for part, value in typed.items()}

    def store(self, by: User) -> Mapping[str, object]:
        changed: dict[str, object] = {}
        rows, gone = [], []
        for question in self.questions:
            name, answer = f"q{question.number}", self.answers.get(question.number)
            value = self.values[question.number] if question.number not in self.known else {}
            plan = self._plan(question, answer)
            if not value and not plan["plan"]:
                gone += [answer.pk] if answer else []
                continue
            if answer and answer.value == value and all(getattr(answer, part) == plan[part] for part in PLAN):
                continue
            if answer and answer.plan and not plan["plan"]:
                self.needless.append((question, value, answer.plan))
            changed[name] = [
                _recorded(answer.value, vars(answer)) if answer else None,
                _recorded(value, plan),
            ]
            rows.append(
                ReadinessAnswer(
                    application=self.application,
                    yearly=self.yearly,
                    question=question,
                    value=value,
                    answered_by=by,
                    answered_at=timezone.now(),
                    **plan,
                )
            )
        if gone:
            ReadinessAnswer.objects.filter(pk__in=gone).delete()
        ReadinessAnswer.objects.bulk_create(
            rows,
            update_conflicts=True,
            unique_fields=["application", "yearly", "question"],
            update_fields=["value", *PLAN, "answered_by", "answered_at"],
        )
        return changed


def _recorded(value: Mapping[str, object], plan: Mapping[str, object]) -> dict[str, object]:
    """An answer and its plan as the record keeps them."""
    return {**value, **{part: str(plan[part]) for part in PLAN if plan[part]}}
