"""Fields that read what is typed: text on one line, counts, and choices from HUD's lists."""

import re
import uuid
from collections.abc import Iterable, Iterator
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from agencies.hud import lists
from agencies.hud.lists import RETIRED, Codes, Column
from agencies.hud.rows import NOT_HOPWA
from agencies.hud.rules import MOST_BEDS
from hmis_portal.text.typed import is_plain

# Control characters, and marks that turn the direction of the text after them.
_CONTROL = re.compile(r"[\x01-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


class TextField(forms.CharField):
    """One line of text; runs of white space become one space, control characters are dropped."""

    def to_python(self, value: object) -> str:
        words = " ".join((super().to_python(value) or "").split())
        return words if is_plain(words) or "\x00" in words else _CONTROL.sub("", words)


class IdentityField(forms.Field):
    """The identity of a stored row, in a hidden input; what is none makes a new row, nobody could mend it."""

    widget = forms.HiddenInput

    def to_python(self, value: Any) -> uuid.UUID | None:
        try:
            return uuid.UUID(value) if value and len(value) <= 36 else None
        except ValueError:
            return None


class CountField(forms.Field):
    """Beds or units; empty is 0, "1,000" is a thousand."""

    widget = forms.TextInput

    def __init__(self, *, noun: StrOrPromise, **kwargs: Any) -> None:
        self.noun = noun
        kwargs.setdefault(
            "widget", forms.TextInput({"inputmode": "numeric", "class": "input-4", "autocomplete": "off"})
        )
        super().__init__(**kwargs)

    def to_python(self, value: object) -> int:
        text = str(value if value is not None else "").strip().replace(",", "")
        if not text:
            return 0
        if not re.fullmatch(r"[0-9]{1,6}", text, re.ASCII) or int(text) > MOST_BEDS:
            noun = str(self.noun)
            raise ValidationError(
                _("%(what)s must be a whole number from 0 to %(most)s"),
                code="invalid",
                params={"what": noun[:1].upper() + noun[1:], "most": f"{MOST_BEDS:,}"},
            )
        return int(text)

    def validate(self, value: object) -> None:
        return


def choices_of(codes: Codes, column: Column) -> list[tuple[str, Any]]:
    if column.list == "1.10":
        return [("1", _("Yes")), ("0", _("No"))]
    if column.list == "2.03.1":
        return [(code, f"{code} {name}") for code, name in lists.coc_names().items()]
    if column.list == "2.02.8":
        return [(code, label) for code, label in codes.choices(column.list) if code != str(NOT_HOPWA)]
    if column.list == "2.06.1":
        return funders(codes)
    if column.list == "2.03.4":
        return [(code, label) for code, label in codes.choices(column.list) if code != "99"]
    return list(codes.choices(column.list))


def funders(codes: Codes, kept: frozenset[str] = frozenset()) -> list[tuple[str, Any]]:
    """Grouped by who pays ("HUD: CoC", "VA: Grant Per Diem"); retired sources only where a row holds one."""
    groups: dict[str, list[tuple[str, str]]] = {}
    retired = [item for item in codes.choices("2.06.1" + RETIRED) if item[0] in kept]
    for code, label in [*codes.choices("2.06.1"), *retired]:
        payer, dash, _rest = label.partition(" – ")
        groups.setdefault(payer if dash else "", []).append((code, label))
    grouped: list[tuple[str, object]] = []
    singles = [item for items in groups.values() if len(items) == 1 for item in items] + groups.pop("", [])
    grouped += [(payer, items) for payer, items in groups.items() if len(items) > 1]
    if singles:
        grouped.append((str(_("Other sources")), sorted(set(singles), key=lambda item: item[1])))
    return grouped


def flat_choices(choices: Iterable[Any]) -> Iterator[tuple[str, Any]]:
    """(code, label) of choices, whether or not they are grouped; without the empty one."""
    for value, label in choices:
        if isinstance(label, (list, tuple)):
            yield from flat_choices(label)
        elif value not in ("", None):
            yield str(value), label
