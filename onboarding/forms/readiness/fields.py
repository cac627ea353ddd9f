"""The fields of one readiness question: the choice, its further answers, and the plan."""

import textwrap
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from hmis_portal.forms import DateField, UploadField
from onboarding.models import ReadinessOutcome, ReadinessQuestion

PLAN_MESSAGES: Mapping[str, StrOrPromise] = {
    "plan": _("Say what will be done about “%s”"),
    "plan_owner": _("Enter who sees to “%s”"),
    "plan_due": _("Enter by when something is done about “%s”"),
}


@lru_cache(maxsize=512)
def short(text: str) -> str:
    """A question as an error names it: its first words, as the question itself stands below."""
    return textwrap.shorten(text, 46, placeholder="…")


def choice_field(question: ReadinessQuestion, last_answer: str) -> forms.Field:
    """The question itself; `said` is what was answered last time."""
    settings = {
        "label": question.text,
        "help_text": _hint(question.hint, last_answer),
        "choices": question.choices,
    }
    if question.answer_type == "multi":
        return forms.MultipleChoiceField(widget=forms.CheckboxSelectMultiple, **settings)
    return forms.ChoiceField(widget=forms.RadioSelect, **settings)


def part_field(
    question: ReadinessQuestion, part: str, part_spec: Mapping[str, Any], *, answer: str, filenames: list[str]
) -> forms.Field:
    """A further answer ("text", "number", "date" or "file"), labelled and limited as `given` says."""
    hint = part_spec.get("hint", "")
    if not question.choices and part == next(iter(question.parts)):
        hint = _hint(hint, question.hint, answer)
    common = {
        "label": part_spec["label"],
        "help_text": hint,
        "required": bool(part_spec.get("required", False)),
    }
    if part == "number":
        return forms.IntegerField(
            min_value=part_spec.get("min", 0),
            max_value=part_spec.get("max", 100_000),
            widget=forms.NumberInput({"class": "input-4"}),
            **common,
        )
    if part == "date":
        return DateField(not_future=bool(part_spec.get("past")), **common)
    if part == "file":
        return UploadField(label=part_spec["label"], help_text=_file_note(filenames), required=False)
    return forms.CharField(max_length=1000, widget=forms.Textarea({"rows": 2}), **common)


def plan_fields(row: ReadinessOutcome) -> dict[str, forms.Field]:
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


def _hint(hint: str, *more: str) -> str:
    return " ".join(filter(None, [hint, *more]))


def _file_note(filenames: list[str]) -> str:
    if filenames:
        return gettext("You have uploaded %s. Select a file to add another.") % ", ".join(filenames)
    return gettext("PDF, PNG, JPEG or Word, smaller than 10 MB.")
