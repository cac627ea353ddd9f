"""A line of the record in words: what happened, and what it changed from what to what."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from types import MappingProxyType
from typing import Any, Protocol

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from hmis_portal.events import WORDS
from hmis_portal.text.words import date_words, datetime_words

# The fields in which a row says where it is; the record holds their values before and after.
STATES = ("state", "outcome", "status", "role", "kind", "ended_as")
CODE = re.compile(r"[a-z0-9]+(_[a-z0-9]+)+")
DAY = re.compile(r"\d{4}-\d\d-\d\d")
MOMENT = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d\S*")


class Event(Protocol):
    """What is read here of a line of the record: `hmis_portal.models.AuditEvent`, which tells itself in these words."""

    at: datetime
    verb: str
    target_type: str
    target_name: str
    before: str
    after: str
    data: dict[str, Any]


@dataclass(frozen=True)
class Change:
    """What was changed, and from what to what; "" is nothing. Without a label it is where the whole went."""

    label: str
    before: str
    after: str

    def __str__(self) -> str:
        nothing = _("nothing")
        if not self.label:
            return " → ".join(part for part in dict.fromkeys((self.before, self.after)) if part)
        told = {"label": self.label, "before": self.before or nothing, "after": self.after or nothing}
        return _("%(label)s: %(before)s → %(after)s") % told


# What an app keeps of a change in a way of its own: by the model and the verb, how it is told.
TOLD: dict[tuple[str, str], Callable[[Event], Iterator[Change]]] = {}


def sentence(event: Event) -> str:
    """What happened. A verb that no app has any longer tells itself."""
    words = WORDS.get((event.target_type, event.verb)) or WORDS.get(("", event.verb))
    name, data = event.target_name, event.data
    if words is None:
        return _("%(verb)s: %(target)s") % {"verb": event.verb.replace("_", " "), "target": name}
    detail = data.get("text") or data.get("of") or data.get("address") or name
    within = name[:1].lower() + name[1:]
    return str(words) % {"target": name, "object": within, "detail": detail, "kind": kind(event.target_type)}


def kind(target_type: str) -> str:
    """What a thing is called: “application”, “continuum of care”."""
    model = _model(target_type)
    return str(model._meta.verbose_name) if model else target_type


def changes(event: Event) -> list[Change]:
    """From where to where it went, and what else was changed, each in words."""
    model = _model(event.target_type)
    whole = []
    if event.before or event.after:
        states = _states(model) if model else {}
        whole = [Change("", *(_state(text, states) for text in (event.before, event.after)))]
    if tell := TOLD.get((event.target_type, event.verb)):
        return [*whole, *tell(event)]
    return [*whole, *_of_fields(model, event.data.get("changed"))]


def _of_fields(model: type[models.Model] | None, changed: object) -> Iterator[Change]:
    for name, values in pairs(changed):
        field = _field(model, name) if model else None
        before, after = pair(values)
        choices = _choices(field) if field is not None else {}
        label = capfirst(str(field.verbose_name)) if field is not None else readable(name)
        yield Change(label, value(before, choices), value(after, choices))


def pairs(changed: Any) -> Iterator[tuple[str, Any]]:
    """By name what was changed. Rows of an earlier release hold names alone."""
    yield from ({name: ["", ""] for name in changed} if isinstance(changed, list) else changed or {}).items()


def pair(values: object) -> Any:
    """Before and after. Rows of an earlier release hold what was put in place alone."""
    return values if isinstance(values, list) and len(values) == 2 else ("", values)


def readable(key: str) -> str:
    """A name that no page has any longer: “serves_families” is told as “Serves families”."""
    return capfirst(str(key).replace("_", " ")) if CODE.fullmatch(str(key)) else capfirst(str(key))


def value(of: object, choices: Mapping[str, object] = MappingProxyType({})) -> str:
    """A stored answer in words: a choice as pages show it, yes or no, a day, each of several."""
    if isinstance(of, list | tuple):
        return ", ".join(value(part, choices) for part in of)
    if isinstance(of, dict):
        return "; ".join(f"{readable(key)}: {value(part, choices)}" for key, part in of.items())
    text = "" if of is None else str(of)
    if text in choices:
        return str(choices[text])
    if text in ("True", "False"):
        return _("Yes") if text == "True" else _("No")
    try:
        if MOMENT.fullmatch(text):
            return datetime_words(datetime.fromisoformat(text))
        return date_words(date.fromisoformat(text)) if DAY.fullmatch(text) else text
    except ValueError:
        return text


def _state(text: str, states: Mapping[str, object]) -> str:
    """Where a thing stands: the word for it, a day or a span of days, or what the record says."""
    if text not in states and CODE.fullmatch(text):
        return text.replace("_", " ")
    return DAY.sub(lambda day: value(day[0]), value(text, states))


def _model(target_type: str) -> type[models.Model] | None:
    try:
        return apps.get_model(target_type)
    except (LookupError, ValueError):
        return None


def _field(model: type[models.Model], name: str) -> models.Field[Any, Any] | None:
    try:
        field = model._meta.get_field(name)
    except FieldDoesNotExist:
        return None
    return field if isinstance(field, models.Field) else None


@cache
def _states(model: type[models.Model]) -> dict[str, object]:
    fields = [_field(model, name) for name in reversed(STATES)]
    return {key: words for field in fields if field is not None for key, words in _choices(field).items()}


def _choices(field: models.Field[Any, Any]) -> dict[str, object]:
    return {str(value): words for value, words in field.flatchoices if value not in (None, "")}
