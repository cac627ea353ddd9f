"""What a saved section changed, as the record tells it: each question, and its answers before and after in words."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from functools import partial
from typing import Any

from django import forms
from django.core.cache import cache
from django.db import models
from django.utils.functional import SimpleLazyObject
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies.models import ContinuumOfCare, CoordinatedAccessNetwork, Position, Staff
from hmis_portal.auditing import words
from hmis_portal.auditing.words import Change
from hmis_portal.text.words import ein_words
from onboarding.events import OnboardingEvent
from onboarding.forms.roster.person import PersonForm
from onboarding.forms.sections.agency import AgencyForm
from onboarding.forms.sections.sites import SiteForm
from onboarding.models import (
    Application,
    ReadinessAnswer,
    ReadinessQuestion,
    ReadinessVersion,
    SectionKey,
    Site,
    Upload,
)
from onboarding.readiness.carried import PLAN
from onboarding.sections import answers

# What stands in the record under names of its own, beside the fields of forms.
NAMED = {"declared": gettext_lazy("Statement of accuracy"), "upload": gettext_lazy("Uploaded list")}
KEPT = 60  # seconds
Questions = Mapping[str, ReadinessQuestion]  # by number
LINKS: Mapping[str, type[models.Model]] = {"cocs": ContinuumOfCare, "cans": CoordinatedAccessNetwork}


def changes(event: words.Event) -> Iterator[Change]:
    tell = TELL.get(event.data.get("section", ""), _of_field)
    questions: Any = SimpleLazyObject(partial(_questions, event))  # read once for all answers of the event
    for key, saved in words.pairs(event.data.get("changed")):
        yield from tell(questions, key, saved)


def _of_field(questions: Questions, key: str, saved: object) -> Iterator[Change]:
    """A file, or what has a name of its own. What no section asks any more is told by its key."""
    label = dict(Upload.Kind.choices).get(key) or NAMED.get(key) or words.readable(key)
    yield _change(str(label), words.pair(saved))


def _of_agency(questions: Questions, key: str, saved: object) -> Iterator[Change]:
    field = AgencyForm.base_fields.get(key)
    if field is None:
        yield from _of_field(questions, key, saved)
    elif key in LINKS:
        yield _change(str(field.label), words.pair(saved), _names(LINKS[key], saved))
    else:
        before, after = words.pair(saved)
        pair = (ein_words(before), ein_words(after)) if key == "ein" else (before, after)
        yield _change(str(field.label), pair, _choices(field))


def _of_people(questions: Questions, key: str, saved: object) -> Iterator[Change]:
    if key not in Position.values:
        yield from _of_field(questions, key, saved)
        return
    before, after = (_person(person) for person in words.pair(saved))
    yield Change(str(Position(key).label), before, after)


def _person(person: Any) -> str:
    if not isinstance(person, dict):
        return words.value(person)
    phone = person.get("phone", "")
    if person.get("extension"):
        phone = _("%(phone)s ext. %(extension)s") % {"phone": phone, "extension": person["extension"]}
    parts = (person.get("name"), person.get("title"), person.get("email"), phone)
    return ", ".join(str(part) for part in parts if part)


def _of_staff(questions: Questions, key: str, saved: object) -> Iterator[Change]:
    if key.startswith("staff-"):
        yield from _of_row(saved, PersonForm, Staff)
    else:
        yield from _of_field(questions, key, saved)


def _of_readiness(questions: Questions, key: str, saved: object) -> Iterator[Change]:
    if key.startswith("site-"):
        yield from _of_row(saved, SiteForm, Site)
        return
    number = key.removeprefix("q")
    question = questions.get(number)
    if question is None:
        yield Change(_("Question %(number)s") % {"number": number}, *map(words.value, words.pair(saved)))
        return
    before, after = (_answer(question, value) for value in words.pair(saved))
    yield Change(question.text, before, after)


def _answer(question: ReadinessQuestion, value: object) -> str:
    """With its plan. A part that the question no longer has is told by its key."""
    if not isinstance(value, dict):
        return words.value(value)
    plan = {part: value[part] for part in PLAN if part in value}
    lines = answers.words(question, value).splitlines()
    known = {"answer", "choices", *question.parts, *plan}
    lines += [f"{words.readable(part)}: {words.value(value[part])}" for part in value if part not in known]
    lines += [f"{_label(ReadinessAnswer, part)}: {words.value(text)}" for part, text in plan.items()]
    return "; ".join(lines)


def _of_row(saved: object, form: type[forms.ModelForm[Any]], model: type[models.Model]) -> Iterator[Change]:
    """A person or a site: what of it was changed. A row of an earlier release has the names of the fields alone."""
    fields, kind = form.base_fields, capfirst(str(model._meta.verbose_name))
    if isinstance(saved, dict):
        whose = saved.get("name") or kind
        for name, values in saved.get("changed", {}).items():
            label = fields[name].label if name in fields else words.readable(name)
            choices = _choices(fields[name]) if name in fields else {}
            yield _change(f"{whose}: {label or words.readable(name)}", words.pair(values), choices)
    elif isinstance(saved, list) and len(saved) == 2 and saved[1] is None:
        yield _change(kind, saved)
    elif isinstance(saved, list):
        labels = [str((name in fields and fields[name].label) or words.readable(name)) for name in saved]
        yield Change(kind, "", ", ".join(labels))
    else:
        yield _change(kind, words.pair(saved))


def _change(label: str, values: Any, choices: Mapping[str, object] | None = None) -> Change:
    before, after = (words.value(answer, choices or {}) for answer in values)
    return Change(label, before, after)


def _choices(field: object) -> dict[str, object]:
    """By key, as a page shows them; those that are rows of the database are written as words already."""
    if isinstance(field, forms.ModelChoiceField):
        return {}
    return {str(key): label for key, label in getattr(field, "choices", ()) if key not in (None, "")}


def _label(model: type[models.Model], name: str) -> str:
    return capfirst(str(model._meta.get_field(name).verbose_name))  # type: ignore[union-attr]


def _names(model: type[models.Model], saved: object) -> dict[str, str]:
    """What rows are called, by their keys as text; remembered, and read again for one that is new."""
    remembered: dict[str, str] = cache.get(key := f"recorded-{model._meta.model_name}") or {}
    keys = {str(pk) for part in words.pair(saved) if isinstance(part, list) for pk in part}
    if not keys <= remembered.keys():
        remembered = {str(row.pk): str(row) for row in model._default_manager.all()}
        missing = _("%(kind)s that is gone") % {"kind": model._meta.verbose_name}
        remembered |= dict.fromkeys(keys - remembered.keys(), missing)
        cache.set(key, remembered, KEPT)
    return remembered


def _questions(event: words.Event) -> Questions:
    """By number, in the version that was answered; of a row that does not say which, the newest of its day."""
    version = event.data.get("version") or _version_at(event.at)
    return {question.number: question for question in answers.questions_of(version)} if version else {}


def _version_at(moment: datetime) -> int | None:
    remembered: list[Any] | None = cache.get(key := "recorded-readiness-versions")
    if remembered is None:
        rows = ReadinessVersion.objects.filter(published_at__isnull=False).order_by("-number")
        remembered = [[pk, at.isoformat()] for pk, at in rows.values_list("pk", "published_at") if at]
        cache.set(key, remembered, KEPT)
    began = (pk for pk, at in remembered if datetime.fromisoformat(at) <= moment)
    return next(began, remembered[-1][0] if remembered else None)


TELL: Mapping[str, Callable[[Questions, str, Any], Iterator[Change]]] = {
    SectionKey.AGENCY: _of_agency,
    SectionKey.PEOPLE: _of_people,
    SectionKey.STAFF: _of_staff,
    SectionKey.READINESS: _of_readiness,
}
words.TOLD[Application._meta.label_lower, OnboardingEvent.SAVE] = changes
