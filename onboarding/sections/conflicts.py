"""Two colleagues edited one page: where the answers of the second differ from what the first saved."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from django import forms
from django.forms.boundfield import BoundField
from django.utils.translation import gettext as _

from agencies.hud.forms import ProjectForms, RowForm
from agencies.hud.forms.fields import CountField, flat_choices
from agencies.hud.summary import kind_title
from hmis_portal.text.words import datetime_words
from onboarding.forms.base import DraftForm
from onboarding.models import SectionWork

LONGEST_SHOWN = 300


@dataclass(frozen=True, slots=True)
class Conflict:
    """One question that the two answer differently; "" where nothing stands."""

    label: str
    mine: str
    theirs: str


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
    found = []
    for name in fields:
        who, when = signed.get(name, (str(work.saved_by or _("A colleague")), work.saved_at))
        words = [_in_words(form, name) for form in (mine, theirs)]
        found.append(Clash(name, label_of(mine, name), words[0], words[1], who, datetime_words(when)))
    return found


def _in_words(form: DraftForm, field: str) -> str:
    question = form.question(field)
    return in_words(question)[:LONGEST_SHOWN] if question else ""


def label_of(form: DraftForm, field: str) -> str:
    """The question, and whose it is where its label alone does not tell."""
    question, whose = form.question(field), form.whose(field)
    label = str(question.label) if question else ""
    return f"{whose}: {label}" if whose and label else whose or label or field


def between(
    mine: forms.BaseForm | None, theirs: forms.BaseForm | None, prefix: str = ""
) -> Iterator[Conflict]:
    """Two versions of one form, or one form and nothing."""
    form = mine or theirs
    for name, field in form.fields.items() if form else ():
        if isinstance(field, forms.FileField) or isinstance(field.widget, forms.HiddenInput):
            continue
        my_words, their_words = (
            in_words(each[name]) if each and name in each.fields else "" for each in (mine, theirs)
        )
        if my_words != their_words:
            yield Conflict(
                f"{prefix}{field.label or name}", my_words[:LONGEST_SHOWN], their_words[:LONGEST_SHOWN]
            )


def typed_in(form: forms.BaseForm) -> list[tuple[str, str]]:
    """The questions of a form and what was typed to each, where something was."""
    return [(difference.label, difference.mine) for difference in between(form, None) if difference.mine]


def between_projects(mine: ProjectForms, theirs: ProjectForms) -> list[Conflict]:
    """Two versions of one project's page; rows are matched by their identity, new ones by their order."""
    differences = list(between(mine.form, theirs.form))
    for kind in mine.rows:
        pairs = _pairs(mine.rows[kind].filled, theirs.rows[kind].filled)
        for number, (my_row, their_row) in enumerate(pairs, 1):
            differences += between(my_row, their_row, f"{kind_title(kind)} ({number}): ")
    return differences


def _pairs(mine: list[RowForm], theirs: list[RowForm]) -> Iterator[tuple[RowForm | None, RowForm | None]]:
    others = {_identity(row) or str(index): row for index, row in enumerate(theirs)}
    known = {_identity(row) for row in mine}
    new = iter([row for key, row in others.items() if key not in known])
    shown = set()
    for row in mine:
        other = others.get(_identity(row)) if _identity(row) else next(new, None)
        shown.add(id(other))
        yield row, other
    for row in others.values():
        if id(row) not in shown:
            yield None, row


def _identity(row: RowForm) -> str:
    return str(row["id"].value() or "")


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
