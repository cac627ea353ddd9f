"""One readiness question as the HMIS Admin edits it: conditions and further answers in words, not in JSON."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from django import forms
from django.forms.models import BaseInlineFormSet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_stubs_ext import StrOrPromise

from onboarding.models import ReadinessOutcome, ReadinessQuestion, Upload
from onboarding.models.readiness import NUMBER
from onboarding.readiness import rules, versions

KINDS = [
    ("YN", gettext_lazy("Yes or no")),
    ("YNN", gettext_lazy("Yes, no, or does not apply")),
    ("C", gettext_lazy("One of the choices below")),
    ("multi", gettext_lazy("Several of the choices below")),
    ("T", gettext_lazy("No choice, only further answers")),
]
FIXED = {"YN": rules.YES_NO, "YNN": [*rules.YES_NO, rules.DOES_NOT_APPLY]}
LETTERS = {"text": "T", "number": "N", "date": "D", "file": "F"}
CODES = gettext_lazy("The short codes of the answers, separated by commas. Empty: always.")


def kind_of(question: ReadinessQuestion) -> str:
    """Which of KINDS a stored question is."""
    if question.answer_type == "multi":
        return "multi"
    if not question.choices:
        return "T" if question.answer_type else "YN"
    return next((kind for kind, choices in FIXED.items() if question.choices == choices), "C")


def answered(cleaned: Mapping[str, object]) -> dict[str, object]:
    """Without what was left empty; 0 is an answer."""
    return {
        name: value for name, value in cleaned.items() if value is not False and value not in (None, "", [])
    }


def codes_of(text: str) -> list[str]:
    return [code.strip() for code in text.split(",") if code.strip()]


def choices_of(text: str) -> list[list[str]]:
    """Lines such as "no: No" as pairs. Raises ValidationError naming the line that cannot be read."""
    choices = []
    for line in filter(None, (written.strip() for written in text.splitlines())):
        code, colon, label = (part.strip() for part in line.partition(":"))
        if not (colon and label and re.fullmatch(r"[a-z0-9_]{1,30}", code)):
            raise forms.ValidationError(
                _(
                    "“%(line)s” cannot be read: write a code in small letters, a colon and the words, like “no: No”."
                )
                % {"line": line[:80]}
            )
        choices.append([code, label])
    codes = [code for code, _label in choices]
    if len(set(codes)) != len(codes):
        raise forms.ValidationError(_("Two choices have the same code: give each a code of its own."))
    return choices


def widen(form: forms.BaseForm) -> None:
    """Sentences are typed into these: the admin's usual width cuts them off."""
    for field in form.fields.values():
        if type(field) is forms.CharField and isinstance(field.widget, forms.TextInput):
            field.widget.attrs["size"] = 70 if (field.max_length or 0) > 100 else 30


def _label(label: StrOrPromise) -> forms.CharField:
    return forms.CharField(
        label=label, required=False, max_length=300, help_text=gettext_lazy("Empty: not asked.")
    )


def _hint() -> forms.CharField:
    return forms.CharField(label=gettext_lazy("Hint"), required=False, max_length=300)


def _when() -> forms.CharField:
    return forms.CharField(
        label=gettext_lazy("Only after the answers"), required=False, max_length=300, help_text=CODES
    )


def _required() -> forms.BooleanField:
    return forms.BooleanField(label=gettext_lazy("Must be answered"), required=False)


def _limit(label: StrOrPromise) -> forms.IntegerField:
    return forms.IntegerField(label=label, required=False, min_value=0, max_value=1_000_000)


class FurtherAnswers(forms.Form):
    text_label = _label(gettext_lazy("Label of a text answer"))
    text_hint = _hint()
    text_when = _when()
    text_required = _required()
    number_label = _label(gettext_lazy("Label of a number answer"))
    number_hint = _hint()
    number_when = _when()
    number_required = _required()
    number_min = _limit(gettext_lazy("Smallest"))
    number_max = _limit(gettext_lazy("Largest"))
    date_label = _label(gettext_lazy("Label of a date answer"))
    date_hint = _hint()
    date_when = _when()
    date_required = _required()
    date_past = forms.BooleanField(label=gettext_lazy("Must be in the past"), required=False)
    file_label = _label(gettext_lazy("Label of a file answer"))  # may always follow later, as a document
    file_hint = _hint()
    file_when = _when()


class QuestionForm(FurtherAnswers, forms.ModelForm[ReadinessQuestion]):
    """`instance.version` is the draft that the question belongs to."""

    kind = forms.ChoiceField(label=gettext_lazy("Answers"), choices=KINDS)
    choices_text = forms.CharField(
        label=gettext_lazy("Choices"),
        required=False,
        max_length=4000,
        widget=forms.Textarea({"rows": 6, "cols": 80}),
        help_text=gettext_lazy(
            "One a line: a short code, a colon, and the words that people read, like “no: No”."
        ),
    )
    asked_question = forms.CharField(
        label=gettext_lazy("Asked only after question"),
        required=False,
        max_length=6,
        validators=[NUMBER],
        help_text=gettext_lazy("The number of another question of this version. Empty: always asked."),
    )
    asked_answers = forms.CharField(
        label=gettext_lazy("and only when that was answered"), required=False, max_length=300, help_text=CODES
    )
    shown_from = forms.ChoiceField(
        label=gettext_lazy("Answered in section A by"),
        required=False,
        choices=[("", gettext_lazy("Not in section A: it is asked here")), *versions.SHOWN_FROM.items()],
    )

    class Meta:
        model = ReadinessQuestion
        fields = ("number", "part_of", "order", "group", "text", "hint", "shown_from", "basis")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        widen(self)
        question = self.instance
        if question.answer_type:
            self.initial["kind"] = kind_of(question)
        self.initial["choices_text"] = "\n".join(f"{code}: {label}" for code, label in question.choices)
        self.initial["asked_question"] = question.asked_after
        self.initial["asked_answers"] = ", ".join(question.asked_when.get("is", ()))
        for part in versions.PARTS:
            for name, value in question.parts.get(part, {}).items():
                self.initial[f"{part}_{name}"] = ", ".join(value) if name == "when" else value

    def clean_choices_text(self) -> list[list[str]]:
        return choices_of(self.cleaned_data["choices_text"])

    def clean(self) -> dict[str, object]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        question, kind = self.instance, data.get("kind", "YN")
        question.parts = {part: settings for part in versions.PARTS if (settings := self._part(part, data))}
        question.choices = FIXED.get(kind, [] if kind == "T" else data.get("choices_text", []))
        letters = [LETTERS[part] for part in question.parts]
        question.answer_type = (
            kind if kind == "multi" else "+".join([kind, *letters] if kind != "T" else letters or ["T"])
        )
        if kind in ("C", "multi") and not question.choices and not self.has_error("choices_text"):
            self.add_error("choices_text", _("Enter the choices, one a line"))
        question.asked_when = {}
        if data.get("asked_question"):
            codes = codes_of(data.get("asked_answers", ""))
            question.asked_when = {"question": data["asked_question"], "is": codes}
        self._check(question, data)
        return data

    def _part(self, part: str, data: Mapping[str, Any]) -> dict[str, Any]:
        settings = {
            name: data.get(f"{part}_{name}")
            for name in ("label", "hint", "when", "required", "min", "max", "past")
        }
        if not settings["label"]:
            return {}
        settings["when"] = codes_of(settings["when"] or "")
        return answered(settings)

    def _check(self, question: ReadinessQuestion, data: Mapping[str, object]) -> None:
        others = {other.number: other for other in question.version.questions.exclude(pk=question.pk)}
        if data.get("number") in others:
            self.add_error("number", _("This number is taken: a new question gets a new number."))
        for sentence in versions.wrong_asked_when(question, others):
            self.add_error("asked_question", sentence)
        for part, settings in question.parts.items():
            for sentence in versions.wrong_codes(settings.get("when", ()), question):
                self.add_error(f"{part}_when", sentence)
        limits = question.parts.get("number", {})
        if limits.get("min", 0) > limits.get("max", limits.get("min", 0)):
            self.add_error("number_max", _("The largest number must not be smaller than the smallest."))
        for sentence in self._leaves_hanging(question, others):
            self.add_error("choices_text", sentence)
        if not (question.choices or question.parts or data.get("shown_from")):
            self.add_error("kind", _("Give the question choices or a further answer."))

    def _leaves_hanging(
        self, question: ReadinessQuestion, others: Mapping[str, ReadinessQuestion]
    ) -> Iterator[str]:
        """Other questions are asked after answers that this one would no longer have."""
        known = dict(question.choices)
        for other in others.values():
            rule = other.asked_when
            if other.asked_after == question.number:
                for code in rule.get("is", ()):
                    if code not in known:
                        yield _(
                            "Question %(number)s is asked after the answer “%(code)s”, which would be gone."
                        ) % {
                            "number": other.number,
                            "code": code,
                        }


class OutcomeForm(forms.ModelForm[ReadinessOutcome]):
    answers = forms.CharField(
        label=gettext_lazy("the answer is"), required=False, max_length=300, help_text=CODES
    )
    number_over = forms.IntegerField(label=gettext_lazy("the number is over"), required=False, min_value=0)
    fewer_than_desks = forms.BooleanField(
        label=gettext_lazy("the number is smaller than that of all intake desks"), required=False
    )
    older_than_days = forms.IntegerField(
        label=gettext_lazy("the date is older than (days)"), required=False, min_value=0, max_value=36_500
    )
    upload_missing = forms.ChoiceField(
        label=gettext_lazy("this document is missing"),
        required=False,
        choices=[
            ("", "–"),
            *((kind.value, kind.label) for kind in Upload.Kind if kind != Upload.Kind.READINESS),
        ],
    )

    class Meta:
        model = ReadinessOutcome
        fields = ("order", "kind", "text")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        widen(self)
        when = self.instance.when
        self.initial.update({name: value for name, value in when.items() if name != "answer"})
        self.initial["answers"] = ", ".join(when.get("answer", ()))

    def clean(self) -> dict[str, object]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        when: dict[str, Any] = {"answer": codes_of(data.get("answers") or "")}
        names = ("number_over", "fewer_than_desks", "older_than_days", "upload_missing")
        when |= {name: data.get(name) for name in names}
        self.instance.when = answered(when)
        return data


class OutcomeFormSet(
    BaseInlineFormSet[ReadinessOutcome, ReadinessQuestion, forms.ModelForm[ReadinessOutcome]]
):
    """Looks at the outcomes beside the question as it was just typed."""

    def clean(self) -> None:
        super().clean()
        for form in self.forms:
            if not form.has_changed() and not form.instance.pk:
                continue
            if form in self.deleted_forms or not hasattr(form, "cleaned_data"):
                continue
            for sentence in versions.wrong_when(form.instance.when, self.instance):
                form.add_error(None, sentence)
