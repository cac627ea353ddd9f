"""The readiness questions of a version, asked: a field for each part of an answer, and how they stand on the page."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Self

from django import forms
from django.utils.translation import gettext
from django_stubs_ext import StrOrPromise

from hmis_portal.forms import Div, Fieldset
from onboarding.forms.base import SectionForm
from onboarding.forms.readiness import layout
from onboarding.forms.readiness.fields import PLAN_MESSAGES, choice_field, part_field, plan_fields, short
from onboarding.models import (
    Application,
    HelpAnswer,
    ReadinessAnswer,
    ReadinessOutcome,
    ReadinessQuestion,
    ReadinessYear,
    Upload,
)
from onboarding.readiness import rules
from onboarding.readiness.carried import PLAN
from onboarding.sections.answers import words


class QuestionsForm(SectionForm, forms.Form):
    """`questions` come with their outcomes; `known` has the values that section A answers, by question number;
    `known_at` says where.

    `proposals` are what helpers answered, read when the page is shown. Field names: q8 (the choice), q8_text, q8_number, q8_date, q8_file, and q8_plan, q8_plan_owner, q8_plan_due.
    """

    tells_meaning = True  # what an answer leads to

    def __init__(
        self,
        *args: object,
        application: Application,
        questions: Iterable[ReadinessQuestion],
        answers: Mapping[str, ReadinessAnswer],
        known: Mapping[str, tuple[rules.Value, str]],
        known_at: Callable[[ReadinessQuestion], str],
        facts: rules.ReadinessFacts,
        files_of: Callable[[ReadinessQuestion], list[Upload]],
        last_time: Mapping[str, str],
        yearly: ReadinessYear | None = None,
        proposals: Callable[[], Mapping[str, Sequence[HelpAnswer]]] = dict,
        as_stored: bool = False,
        **kwargs: object,
    ) -> None:
        self.application, self.questions, self.answers = application, list(questions), answers
        self.yearly, self.proposals, self.as_stored = yearly, proposals, as_stored
        self.known, self.known_at, self.facts = known, known_at, facts
        self.last_time = {
            number: "; ".join(answer.splitlines()).rstrip(".") for number, answer in last_time.items()
        }
        self.files_of = files_of
        self.shows: Callable[[str], bool] = lambda name: True
        self.shown_when: dict[str, tuple[str, ...]] = {}
        self.required_messages: dict[str, StrOrPromise] = {}
        self.places: dict[str, str] = {}
        self.needless: list[tuple[ReadinessQuestion, rules.Value, str]] = []
        self.file_kinds: dict[str, tuple[str, str]] = {}
        super().__init__(*args, **kwargs)
        for question in self.questions:
            self._add(question)

    def only(self, shows: Callable[[str], bool]) -> Self:
        """A page's own fields. Plans are asked on a page after the answer, and only where it calls for one."""
        self.shows = shows
        super().only(shows)
        planned = {
            f"q{row.number}" for row in self.questions if rules.is_plan(self._outcome(row, self._stored(row)))
        }
        for name, field in list(self.fields.items()):
            question, _underscore, part = name.partition("_")
            if part in PLAN:
                self.shown_when.pop(name, None)
                field.required = True
                asked = question in planned
            else:
                asked = self._is_asked_here(name)
            if not asked:
                del self.fields[name]
        return self

    def _is_asked_here(self, name: str) -> bool:
        """Where the question before it stands on another page, what is stored there decides."""
        trigger, *values = self.shown_when.get(name, ("",))
        if not trigger or self.shows(trigger):
            return True
        del self.shown_when[name]
        answer = self.answers.get(trigger.removeprefix("q"))
        return bool(answer and set(rules.chosen(answer.value)) & set(values))

    def _stored(self, question: ReadinessQuestion) -> rules.Value:
        if question.number in self.known:
            return self.known[question.number][0]
        answer = self.answers.get(question.number)
        return answer.value if answer else {}

    def _outcome(self, question: ReadinessQuestion, value: rules.Value) -> ReadinessOutcome | None:
        return rules.outcome(question, value, self.facts)

    def _add(self, question: ReadinessQuestion) -> None:
        name = f"q{question.number}"
        answer = self.answers.get(question.number)
        value = answer.value if answer else {}
        if question.number not in self.known:
            last_answer = self._last_time(question)
            filenames = [upload.filename for upload in self.files_of(question)]
            self.required_messages[name] = gettext("Answer “%s”") % short(question.text)
            if question.choices:
                self._put(question, name, choice_field(question, last_answer), value.get("answer"))
            for part, settings in question.parts.items():
                self._put(
                    question,
                    f"{name}_{part}",
                    part_field(question, part, settings, answer=last_answer, filenames=filenames),
                    value.get(part),
                    settings.get("when"),
                )
                if part == "file":
                    self.file_kinds[f"{name}_file"] = (
                        Upload.kind_for(question.number), question.number,
                    )  # fmt: skip
        plans = [row for row in question.outcomes.all() if row.kind == ReadinessOutcome.Kind.PLAN]
        if plans and self._may_need_plan(question):
            when = next((row.when["answer"] for row in plans if "answer" in row.when), None)
            for part, field in plan_fields(plans[0]).items():
                # Asked with its answer, or always where section A left it open; never "(optional)" there.
                field.required_when_shown = bool(when) or question.number in self.known  # type: ignore[attr-defined]
                self.required_messages[f"{name}_{part}"] = str(PLAN_MESSAGES[part]) % short(question.text)
                self._put(question, f"{name}_{part}", field, getattr(answer, part, None), when)

    def _may_need_plan(self, question: ReadinessQuestion) -> bool:
        """An answer that nobody gives here calls for one or does not; so does each where only what is stored is judged."""
        if question.number not in self.known and not self.as_stored:
            return True
        return rules.is_plan(self._outcome(question, self._stored(question)))

    def _put(
        self,
        question: ReadinessQuestion,
        name: str,
        field: forms.Field,
        initial: object,
        when: Iterable[str] | None = None,
    ) -> None:
        self.fields[name] = field
        if field.label != question.text:
            self.places[name] = gettext("“%s”") % short(question.text)
        self.initial.setdefault(name, initial)
        asked = question.asked_when
        if when and question.number not in self.known:
            self.shown_when[name] = (f"q{question.number}", *when)
        elif asked:
            self.shown_when[name] = (f"q{question.asked_after}", *asked["is"])

    def _last_time(self, question: ReadinessQuestion) -> str:
        """Also of the question that this one was a part of, which one word answered for all its parts."""
        if answer := self.last_time.get(question.number):
            return gettext("Last time you answered: %s.") % answer
        if answer := self.last_time.get(question.part_of):
            return gettext("Last time this was one question with others, and you answered: %s.") % answer
        return ""

    def get_layout(self) -> list[object]:
        groups: dict[str, list[object]] = {}
        proposals = self.proposals()
        for question in self.questions:
            if block := self._block(question, proposals.get(question.number, ())):
                groups.setdefault(question.group, []).append(block)
        if len(groups) == 1:  # the page is named after it
            return next(iter(groups.values()))
        return [Fieldset(gettext(group), *blocks) for group, blocks in groups.items()]

    def _block(self, question: ReadinessQuestion, proposals: Sequence[HelpAnswer]) -> Div | Fieldset | None:
        name, is_known = f"q{question.number}", question.number in self.known
        answers = self._present([name, *(f"{name}_{part}" for part in question.parts)])
        plan = self._present([f"{name}_{part}" for part in PLAN])
        if plan and not answers and not self.shows(name):
            answer = self.known[question.number][1] if is_known else words(question, self._stored(question))
            return Fieldset(question.text, layout.answered(answer), *plan)
        if is_known and self.shows(name):
            known = layout.known(question, self.known[question.number][1], self.known_at(question))
            return Div(known, *plan, css_class="question")
        if not answers:
            return None
        is_asked_after = bool(question.asked_when) and f"q{question.asked_after}" in self.fields
        heading = [] if question.choices else [layout.heading(question, is_asked_after=is_asked_after)]
        notes = layout.notes(question, asks_plan=bool(plan)) if self.tells_meaning else []
        beside = [layout.proposal(row, self.application) for row in proposals]
        is_yes_no = question.choices in (rules.YES_NO, [*rules.YES_NO, rules.DOES_NOT_APPLY])
        css_class = " ".join(["question", *(["side-by-side"] if is_yes_no else [])])
        return Div(*heading, *answers, *beside, *notes, *plan, css_class=css_class)

    def _present(self, names: list[str]) -> list[str]:
        return [name for name in names if name in self.fields]
