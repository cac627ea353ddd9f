"""Section D: a form made of the readiness questions of the application's version."""

from collections.abc import Iterable, Mapping
from typing import Any

from crispy_forms.layout import Div
from django import forms
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from agencies.models import User
from hmis_portal.forms import DateField, Fieldset, Markup, UploadField
from onboarding import readiness
from onboarding.forms.base import SectionForm
from onboarding.models import (
    Application,
    ReadinessAnswer,
    ReadinessOutcome,
    ReadinessQuestion,
    ReadinessYear,
    Upload,
)

PLAN_MESSAGES: Mapping[str, Any] = {
    "plan": _("Say what will be done about “%s”"),
    "plan_owner": _("Enter who sees to “%s”"),
    "plan_due": _("Enter by when something is done about “%s”"),
}
PLAN = tuple(PLAN_MESSAGES)
OUTCOME_NOTES: Mapping[str, Any] = {
    ReadinessOutcome.Kind.BLOCKS_APPROVAL: _("Needed before approval"),
    ReadinessOutcome.Kind.BLOCKS_GO_LIVE: _("Needed before go-live"),
    ReadinessOutcome.Kind.PLAN: _("Allowed with a plan"),
    ReadinessOutcome.Kind.ADVICE: _("Advice"),
    ReadinessOutcome.Kind.PATH: _("Good to know"),
}


class ReadinessForm(SectionForm, forms.Form):
    """`questions` come with their outcomes; `known` has the values that section A answers, by question number.

    Field names: q8 (the choice), q8_text, q8_number, q8_date, q8_file, and q8_plan, q8_plan_owner, q8_plan_due.
    """

    def __init__(
        self,
        *args: Any,
        application: Application,
        questions: Iterable[ReadinessQuestion],
        answers: Mapping[int, ReadinessAnswer],
        known: Mapping[int, tuple[readiness.Value, str]],
        facts: readiness.Facts,
        uploads: Iterable[Upload],
        last_time: Mapping[int, str],
        yearly: ReadinessYear | None = None,
        **kwargs: Any,
    ) -> None:
        self.application, self.questions, self.answers = application, list(questions), answers
        self.yearly = yearly
        self.known, self.facts, self.last_time = known, facts, last_time
        self.uploads: dict[int, list[Upload]] = {}
        for upload in uploads:
            if upload.question:
                self.uploads.setdefault(upload.question, []).append(upload)
        self.shown_when: dict[str, tuple[str, ...]] = {}
        self.required_messages: dict[str, Any] = {}
        self.file_kinds: dict[str, tuple[str, int | None]] = {}
        super().__init__(*args, **kwargs)
        for question in self.questions:
            self._add(question)
        self.dress()

    # --- the fields of a question -----------------------------------------------------------------------------

    def _add(self, question: ReadinessQuestion) -> None:
        name = f"q{question.number}"
        answer = self.answers.get(question.number)
        value = answer.value if answer else {}
        if question.number not in self.known:
            if question.choices:
                self._put(question, name, self._choice(question), value.get("answer"))
            for part, given in question.parts.items():
                self._put(
                    question,
                    f"{name}_{part}",
                    self._part(question, part, given),
                    value.get(part),
                    given.get("when"),
                )
                if part == "file":
                    self.file_kinds[f"{name}_file"] = (Upload.Kind.READINESS, question.number)
        plans = [row for row in question.outcomes.all() if row.kind == ReadinessOutcome.Kind.PLAN]
        if plans and self._may_need_plan(question):
            when = next((row.when["answer"] for row in plans if "answer" in row.when), None)
            for part, field in self._plan_fields(plans[0]).items():
                # Asked with its answer, or always where section A left it open; never "(optional)" there.
                field.required_when_shown = bool(when) or question.number in self.known  # type: ignore[attr-defined]
                self.required_messages[f"{name}_{part}"] = str(PLAN_MESSAGES[part]) % question.text
                self._put(question, f"{name}_{part}", field, getattr(answer, part, None), when)

    def _may_need_plan(self, question: ReadinessQuestion) -> bool:
        known = self.known.get(question.number)
        if known is None:
            return True
        found = readiness.outcome(question, known[0], self.facts)
        return found is not None and found.kind == ReadinessOutcome.Kind.PLAN

    def _put(
        self,
        question: ReadinessQuestion,
        name: str,
        field: forms.Field,
        initial: Any,
        when: Iterable[str] | None = None,
    ) -> None:
        self.fields[name] = field
        self.initial.setdefault(name, initial)
        asked = question.asked_when
        if when and question.number not in self.known:
            self.shown_when[name] = (f"q{question.number}", *when)
        elif asked:
            self.shown_when[name] = (f"q{asked['question']}", *asked["is"])

    def _choice(self, question: ReadinessQuestion) -> forms.Field:
        hint = " ".join(filter(None, [question.hint, self._last_time(question)]))
        if question.answer_type == "multi":
            return forms.MultipleChoiceField(
                label=question.text,
                help_text=hint,
                choices=question.choices,
                widget=forms.CheckboxSelectMultiple,
            )
        return forms.ChoiceField(
            label=question.text, help_text=hint, choices=question.choices, widget=forms.RadioSelect
        )

    def _last_time(self, question: ReadinessQuestion) -> str:
        said = self.last_time.get(question.number)
        return gettext("Last time you answered: %s.") % said if said else ""

    def _part(self, question: ReadinessQuestion, part: str, given: Mapping[str, Any]) -> forms.Field:
        label, hint, required = given["label"], given.get("hint", ""), bool(given.get("required", False))
        if not question.choices and part == next(iter(question.parts)):
            hint = " ".join(filter(None, [hint, question.hint, self._last_time(question)]))
        if part == "number":
            limits = {"min_value": given.get("min", 0), "max_value": given.get("max", 100_000)}
            return forms.IntegerField(
                label=label,
                help_text=hint,
                required=required,
                widget=forms.NumberInput({"class": "input-4"}),
                **limits,
            )
        if part == "date":
            return DateField(
                label=label, help_text=hint, required=required, not_future=bool(given.get("past"))
            )
        if part == "file":
            have = ", ".join(one.filename for one in self.uploads.get(question.number, []))
            note = (
                gettext("You have uploaded %s. Select a file to add another.") % have
                if have
                else gettext("PDF, PNG, JPEG or Word (DOCX), smaller than 10 MB.")
            )
            return UploadField(label=label, help_text=note, required=False)
        return forms.CharField(
            label=label,
            help_text=hint,
            required=required,
            max_length=1000,
            widget=forms.Textarea({"rows": 2}),
        )

    def _plan_fields(self, row: ReadinessOutcome) -> dict[str, forms.Field]:
        return {
            "plan": forms.CharField(
                label=gettext("What will be done about it?"),
                help_text=row.text,
                required=False,
                max_length=500,
                widget=forms.Textarea({"rows": 2}),
            ),
            "plan_owner": forms.CharField(label=gettext("Who sees to it?"), required=False, max_length=200),
            "plan_due": DateField(label=gettext("By when?"), required=False),
        }

    # --- the page -----------------------------------------------------------------------------------------------

    def get_layout(self) -> list[Any]:
        groups: dict[str, list[Any]] = {}
        for question in self.questions:
            groups.setdefault(question.group, []).append(self._block(question))
        return [Fieldset(gettext(group), *blocks) for group, blocks in groups.items()]

    def _block(self, question: ReadinessQuestion) -> Div:
        name = f"q{question.number}"
        parts: list[Any] = []
        if question.number in self.known:
            words = self.known[question.number][1] or gettext("Not provided")
            parts.append(
                Markup(
                    format_html(
                        '<p class="field-label">{}</p><p>{}</p><p class="hint">{}</p>',
                        question.text,
                        words,
                        gettext("As you answered in section A."),
                    )
                )
            )
        elif not question.choices:
            asked = question.asked_when
            when = (
                format_html(
                    ' data-shown-when="q{}" data-shown-values="{}"', asked["question"], "|".join(asked["is"])
                )
                if asked
                else ""
            )
            parts.append(Markup(format_html('<p class="field-label"{}>{}</p>', when, question.text)))
        before_plan = [
            one for one in (name, *(f"{name}_{part}" for part in question.parts)) if one in self.fields
        ]
        plan = [f"{name}_{part}" for part in PLAN if f"{name}_{part}" in self.fields]
        return Div(*parts, *before_plan, *self._notes(question), *plan, css_class="question")

    def _notes(self, question: ReadinessQuestion) -> list[Markup]:
        """What an answer will mean, shown as soon as it is chosen."""
        notes = []
        for row in question.outcomes.all():
            if (
                row.kind == ReadinessOutcome.Kind.PLAN
                or set(row.when) != {"answer"}
                or question.number in self.known
            ):
                continue
            attrs = format_html(
                ' data-shown-when="q{}" data-shown-values="{}"', question.number, "|".join(row.when["answer"])
            )
            notes.append(
                Markup(
                    format_html(
                        '<p class="inset"{}><strong>{}.</strong> {}</p>',
                        attrs,
                        OUTCOME_NOTES[row.kind],
                        row.text,
                    )
                )
            )
        return notes

    # --- checking and keeping -----------------------------------------------------------------------------------

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        self.values = {question.number: self._value(question) for question in self.questions}
        self.facts.answers = self.values
        for question in self.questions:
            name = f"q{question.number}"
            if "none" in (data.get(name) or []) and len(data[name]) > 1 and question.answer_type == "multi":
                self.add_error(name, _("Select “None of these” alone, or what applies"))
            found = readiness.outcome(question, self.values[question.number], self.facts)
            if f"{name}_plan" in self.fields:
                self._check_plan(question, found)
        return data

    def _check_plan(self, question: ReadinessQuestion, found: ReadinessOutcome | None) -> None:
        name = f"q{question.number}"
        if found is None or found.kind != ReadinessOutcome.Kind.PLAN:
            for part in PLAN:
                self.cleaned_data[f"{name}_{part}"] = None
                if self._errors:
                    self._errors.pop(f"{name}_{part}", None)
            return
        for part, message in PLAN_MESSAGES.items():
            if not self.cleaned_data.get(f"{name}_{part}") and not self.has_error(f"{name}_{part}"):
                self.add_error(f"{name}_{part}", str(message) % question.text)
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
            given = self.cleaned_data.get(part)
            if given not in (None, "", []):
                value[key] = given.isoformat() if key == "date" else given
        return value

    def store(self, by: User) -> dict[str, Any]:
        changed: dict[str, Any] = {}
        rows, gone = [], []
        for question in self.questions:
            name, standing = f"q{question.number}", self.answers.get(question.number)
            value = self.values[question.number] if question.number not in self.known else {}
            plan = {
                part: self.cleaned_data.get(f"{name}_{part}") or (None if part == "plan_due" else "")
                for part in PLAN
            }
            if not value and not plan["plan"]:
                gone += [standing.pk] if standing else []
                continue
            if (
                standing
                and standing.value == value
                and all(getattr(standing, part) == plan[part] for part in PLAN)
            ):
                continue
            changed[name] = [standing.value if standing else None, value]
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
