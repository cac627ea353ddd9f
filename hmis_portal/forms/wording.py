"""What a field of the portal says of an answer: sentences made of its label, as late as they are shown."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator
from django.utils.functional import lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from hmis_portal.forms.fields import NameField

LONGEST_TEXT = 10_000  # characters in a field that names no limit of its own

SELECTING = (forms.Select, forms.RadioSelect, forms.CheckboxSelectMultiple, forms.FileInput)

# What a field says of an answer, by its kind: {name} is its label, the rest is filled in by Django.
MESSAGES: tuple[tuple[Any, dict[str, Any]], ...] = (
    (NameField, {"link": _("{name} must not have a web or e-mail address in it")}),
    (
        forms.CharField,
        {
            "max_length": _("{name} must be %(limit_value)d characters or fewer"),
            "min_length": _("{name} must be %(limit_value)d characters or more"),
            "null_characters_not_allowed": _(
                "{name} has a character that cannot be stored. Type it again instead of pasting"
            ),
        },
    ),
    (
        forms.IntegerField,
        {
            "invalid": _("{name} must be a whole number, like 25"),
            "min_value": _("{name} must be %(limit_value)s or more"),
            "max_value": _("{name} must be %(limit_value)s or less"),
        },
    ),
    ((forms.FloatField, forms.DecimalField), {"invalid": _("{name} must be a number, like 25 or 12.50")}),
    ((forms.ChoiceField, forms.ModelChoiceField), {"invalid_choice": _("Select {the_name} from the list")}),
    (
        forms.URLField,
        {"invalid": _("Enter a web address in the correct format, like https://example.org")},
    ),
    (
        forms.FileField,
        {
            "empty": _("The selected file is empty"),
            "invalid": _("The file could not be received. Select it again"),
            "max_length": _("The name of the selected file must be %(max)d characters or fewer"),
        },
    ),
)

ASKING = {"who", "why", "which", "what", "how", "when", "where"}  # as a label that is no name begins
DETERMINERS = ASKING | {"the", "a", "an", "your", "this", "its", "their", "any", "all", "each", "at"}


def in_sentence(label: StrOrPromise) -> str:
    """The label as it reads inside a sentence: "Legal name" → "legal name", "EIN" and "HUD unit" unchanged."""
    text = str(label).strip().rstrip(":")
    first = text.split(" ", 1)[0]
    if len(first) > 1 and not first[1:].islower():
        return text
    return text[:1].lower() + text[1:]


def with_article(label: StrOrPromise) -> str:
    """The label as an object: "legal name" → "the legal name", "your title" unchanged."""
    text = in_sentence(label)
    return text if text.split(" ", 1)[0].lower() in DETERMINERS else f"the {text}"


def subject(label: StrOrPromise) -> str:
    """The label where a sentence begins; what asks is quoted, as no sentence goes on after a question."""
    text = str(label).strip().rstrip(":")
    if text.endswith("?") or re.split(r"\W", text, maxsplit=1)[0].lower() in ASKING:
        return gettext("The answer to “%(label)s”") % {"label": text}
    return text


def default_required_message(field: forms.Field, label: StrOrPromise) -> str:
    text = str(label).strip()
    if isinstance(field, forms.FileField):
        return gettext("Select a file: %(label)s") % {"label": in_sentence(text)}
    if text.endswith("?"):
        return gettext("Answer “%(label)s”") % {"label": text}
    if isinstance(field.widget, forms.CheckboxInput):
        return gettext("Check the box “%(label)s”") % {"label": text}
    if isinstance(field.widget, SELECTING):
        return gettext("Select %(label)s") % {"label": with_article(text)}
    return gettext("Enter %(label)s") % {"label": with_article(text)}


def _sentence(code: str, text: StrOrPromise, label: StrOrPromise) -> str:
    name = subject(label)
    # Django formats these again, all but the plain "invalid", and a question may say "90%".
    name = name if code == "invalid" else name.replace("%", "%%")
    return str(text).format(name=name, the_name=with_article(name))


# Most answers are in order: a sentence is made when somebody reads it.
_said_late = lazy(_sentence, str)
_asked_late = lazy(default_required_message, str)


def set_messages(field: forms.Field, label: StrOrPromise, required: StrOrPromise) -> None:
    """Give a field its sentences; `required` is the form's own for an empty answer, or None."""
    messages = field.error_messages
    kind: Any = type(field)
    if required:
        messages["required"] = required
    elif any(messages.get("required") is stock for stock in _stock(kind)):
        messages["required"] = _asked_late(field, label)
    if isinstance(field, forms.CharField) and not isinstance(field, forms.UUIDField):
        _limit_text(field)
    for code, text in _words(kind):
        messages[code] = _said_late(code, text, label)
    if isinstance(field, forms.FileField):
        messages["missing"] = messages["required"]


@cache
def _words(kind: type[forms.Field]) -> list[tuple[str, Any]]:
    """What `MESSAGES` has for a kind of field, by code."""
    return [pair for kinds, words in MESSAGES if issubclass(kind, kinds) for pair in words.items()]


@cache
def _stock(kind: type[forms.Field]) -> list[Any]:
    """What a kind of field says of an empty answer where nobody chose the words."""
    return [
        vars(ancestor)["default_error_messages"].get("required")
        for ancestor in kind.__mro__
        if "default_error_messages" in vars(ancestor)
    ]


def _limit_text(field: forms.CharField) -> None:
    if field.max_length is None:
        field.max_length = LONGEST_TEXT
        field.validators.append(MaxLengthValidator(LONGEST_TEXT))


PLACED = "placed"  # the code of an error whose words say already what it is about


def placed(place: str, error: Any) -> ValidationError:
    """The same error with the place of its field before its words."""
    faults = error if isinstance(error, ValidationError) else ValidationError(error)
    return ValidationError(
        [fault if fault.code == PLACED else _placed(place, fault) for fault in faults.error_list]
    )


def _placed(place: str, fault: ValidationError) -> ValidationError:
    words = in_place(place, fault.messages[0]).replace("%", "%%")  # with params Django formats them again
    return ValidationError(words, code=fault.code, params={**(fault.params or {}), "place": place})


def in_place(place: str, words: str) -> str:
    """ "Beds and units, row 2: Enter …"; what names its place already, or has none, stays as it is."""
    if place.casefold() in words.casefold():
        return words
    return gettext("%(place)s: %(words)s") % {"place": place, "words": words}
