"""Fields that accept what people type (spaces, hyphens, brackets) and give one spelling."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _


class PhoneField(forms.CharField):
    """A US phone number, with an extension or without; cleans to "860-555-0142" or "860-555-0142 ext. 12"."""

    default_error_messages = {"invalid": _("Enter a phone number with 10 digits, like 860-555-0142")}
    _shape = re.compile(r"^(?:\+?1)?([2-9]\d{2})(\d{3})(\d{4})(?:(?:ext|extension|x)(\d{1,6}))?$", re.ASCII)

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault(
            "widget", forms.TextInput({"type": "tel", "autocomplete": "tel", "class": "input-20"})
        )
        kwargs["max_length"] = 60
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> str:
        text = super().to_python(value) or ""
        if not text:
            return text
        match = self._shape.match(re.sub(r"[\s().\-–/,:#]", "", text.lower()))
        if not match:
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        area, exchange, line, extension = match.groups()
        number = f"{area}-{exchange}-{line}"
        return f"{number} ext. {extension}" if extension else number


class _DigitsField(forms.CharField):
    """Digits with any spaces, hyphens or brackets between; `groups` says where hyphens go back."""

    lengths: tuple[int, ...] = ()
    cut = 0

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.TextInput({"inputmode": "numeric", "class": "input-10"}))
        kwargs["max_length"] = 40
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> str:
        text = super().to_python(value) or ""
        if not text:
            return text
        digits = re.sub(r"[\s().\-–]", "", text)
        if not (digits.isascii() and digits.isdigit()) or len(digits) not in self.lengths:
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return f"{digits[: self.cut]}-{digits[self.cut :]}" if len(digits) > self.cut else digits


class EINField(_DigitsField):
    """An Employer Identification Number; cleans to "06-1234567"."""

    lengths, cut = (9,), 2
    default_error_messages = {"invalid": _("Enter an EIN with 9 digits, like 06-1234567")}


class ZIPField(_DigitsField):
    """A ZIP code; cleans to "06103" or "06103-1234"."""

    lengths, cut = (5, 9), 5
    default_error_messages = {"invalid": _("Enter a ZIP code with 5 or 9 digits, like 06103 or 06103-1234")}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.widget.attrs.setdefault("autocomplete", "postal-code")


class YesNoField(forms.TypedChoiceField):
    """Yes or No as two radios; cleans to True, False or None when not answered."""

    def __init__(self, *, yes: Any = _("Yes"), no: Any = _("No"), **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.RadioSelect)
        kwargs.update(
            choices=[("yes", yes), ("no", no)], coerce=lambda value: value == "yes", empty_value=None
        )
        super().__init__(**kwargs)

    def prepare_value(self, value: Any) -> Any:
        return {True: "yes", False: "no"}.get(value, value) if isinstance(value, bool) else value

    def has_changed(self, initial: Any, data: Any) -> bool:
        return super().has_changed(self.prepare_value(initial), data)
