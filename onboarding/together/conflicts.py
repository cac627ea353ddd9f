"""Two colleagues edited one page: where the answers of the second differ from what the first saved."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django import forms
from django.forms.boundfield import BoundField
from django.utils.translation import gettext as _

from agencies.hud.forms.fields import CountField, flat_choices
from hmis_portal.text.words import datetime_words
from onboarding.forms.base import DraftForm
from onboarding.models import SectionWork

LONGEST_SHOWN = 300


@dataclass(frozen=True, slots=True)
class Clash:
    """One question to which both gave an answer: its name, whose it is, and who answered otherwise, and when."""

    field: str
    label: str
    mine: str
    theirs: str
    who: str
    when: str


def clashes(
    mine: DraftForm,
    theirs: DraftForm,
    fields: Iterable[str],
    signed: Mapping[str, tuple[str, datetime]],
    work: SectionWork,
) -> list[Clash]:
    """`signed`: who gave the other's answers, where that is known; else whoever saved the page last."""
    conflicts = []
    for name in fields:
        who, when = signed.get(name, (str(work.saved_by or _("A colleague")), work.saved_at))
        words = [_in_words(form, name) for form in (mine, theirs)]
        conflicts.append(Clash(name, label_of(mine, name), words[0], words[1], who, datetime_words(when)))
    return conflicts


def _in_words(form: DraftForm, field: str) -> str:
    question = form.question(field)
    return in_words(question)[:LONGEST_SHOWN] if question else form.in_words(field)


def label_of(form: DraftForm, field: str) -> str:
    """The question, and whose it is where its label alone does not tell."""
    question, whose = form.question(field), form.whose(field)
    label = str(question.label) if question else ""
    return f"{whose}: {label}" if whose and label else whose or label or field


def typed_in(form: forms.BaseForm, place: str = "") -> list[tuple[str, str]]:
    """The questions of a form, at this place of its page, and what was typed to each, where something was."""
    asked = [
        (f"{place}{field.label or name}", in_words(form[name])[:LONGEST_SHOWN])
        for name, field in form.fields.items()
        if not isinstance(field, forms.FileField) and not isinstance(field.widget, forms.HiddenInput)
    ]
    return [(question, words) for question, words in asked if words]


def in_words(bound: BoundField) -> str:
    """What stands in a field, as a person reads it: labels for codes, "1/31/2026" for a date in three parts."""
    value, widget = bound.value(), bound.field.widget
    if isinstance(widget, forms.CheckboxInput):
        return _("Yes") if value not in (None, "", False, "False") else _("No")
    if isinstance(widget, forms.MultiWidget):
        parts = value if isinstance(value, list) else widget.decompress(value)
        return "/".join(str(part).strip() for part in parts or [] if part not in (None, ""))
    if isinstance(bound.field, CountField):
        return str(value or 0).strip() or "0"
    values = list(value) if isinstance(value, (list, tuple, set)) else [value]
    labels = {code: str(label) for code, label in flat_choices(getattr(bound.field, "choices", ()))}
    words = [str(getattr(item, "pk", item)) for item in values if item not in (None, "")]
    if labels and not bound.form.is_bound:
        # What the portal filled in by itself ("not HOPWA funded") is no choice of the page.
        words = [word for word in words if word in labels]
    return ", ".join(labels.get(word, word).strip() for word in words)
