"""What a form of the desk changed, as the record keeps it: of each field its words before and after."""

from collections.abc import Iterable, Iterator
from difflib import SequenceMatcher
from typing import Any

from django import forms
from django.db import models
from django.forms import BaseForm
from django.utils.text import capfirst

LONG, LONGEST = 500, 4000  # characters; of a longer text the lines that differ are kept, up to so many
HIDDEN = "•••"

Changed = dict[str, list[str]]


def changed(form: BaseForm, formsets: Iterable[object] = ()) -> Changed:
    """By the name of the field; of the rows below the form by what a row is called."""
    own = {name: _both(form, name) for name in form.changed_data}
    return {**own, **{what: both for formset in formsets for what, both in _of_rows(formset)}}


def of_deleted(row: models.Model) -> Changed:
    """What a row held that is deleted."""
    fields = [field for field in row._meta.fields if field.editable and not field.primary_key]
    values = ((field.name, _plain(_shown(row, field))) for field in fields)
    return {name: [value, ""] for name, value in values if value}


def _of_rows(formset: Any) -> Iterator[tuple[str, list[str]]]:
    kind = capfirst(str(formset.model._meta.verbose_name))
    for form in formset.forms:
        row, is_new = form.instance, form in formset.extra_forms
        if form in formset.deleted_forms:
            if not is_new:
                yield f"{kind} {row}", [str(row), ""]
        elif form.has_changed() and is_new:
            yield f"{kind} {row}", ["", str(row)]
        elif form.has_changed():
            for name in form.changed_data:
                yield f"{kind} {row}: {form.fields[name].label or name}", _both(form, name)


def _both(form: BaseForm, name: str) -> list[str]:
    field = form.fields[name]
    if isinstance(field.widget, forms.PasswordInput):
        return [HIDDEN, HIDDEN]
    before = form.get_initial_for_field(field, name)
    return _lines(*(_plain(_words(field, value)) for value in (before, form.cleaned_data.get(name))))


def _words(field: Any, value: Any) -> Any:
    """A choice as the form shows it."""
    many = isinstance(field, forms.ModelMultipleChoiceField)
    if isinstance(field, forms.ModelChoiceField):
        chosen = value or () if many else [value]
        keys = [
            choice.pk if isinstance(choice, models.Model) else choice
            for choice in chosen
            if choice not in (None, "")
        ]
        rows = field.queryset.model._default_manager.filter(pk__in=keys) if field.queryset is not None else ()
        return [field.label_from_instance(row) for row in rows]
    if isinstance(field, forms.ChoiceField):
        known = {str(key): words for key, words in _flat(field.choices)}
        values = value if isinstance(value, list | tuple) else [value]
        return [known.get(str(choice), choice) for choice in values if choice not in (None, "")]
    return value


def _flat(choices: Any) -> Iterator[tuple[object, object]]:
    for key, words in choices:
        if isinstance(words, list | tuple):
            yield from words
        else:
            yield key, words


def _shown(row: models.Model, field: models.Field[Any, Any]) -> object:
    return getattr(row, f"get_{field.name}_display", lambda: getattr(row, field.name))()


def _plain(value: object) -> str:
    if isinstance(value, list | tuple | set):
        return ", ".join(_plain(part) for part in value)
    return "" if value is None else str(value)


def _lines(before: str, after: str) -> list[str]:
    if max(len(before), len(after)) <= LONG:
        return [before, after]
    old, new = before.splitlines(), after.splitlines()
    parts = [part for part in SequenceMatcher(None, old, new).get_opcodes() if part[0] != "equal"]
    return [
        "\n".join(line for part in parts for line in old[part[1] : part[2]])[:LONGEST],
        "\n".join(line for part in parts for line in new[part[3] : part[4]])[:LONGEST],
    ]
