"""Fields that accept what people type (spaces, hyphens, brackets) and give one spelling."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from hmis_portal.text import typed


def _plain_mailbox(address: str) -> None:
    """Before the @ letters of other scripts pass Django's check by their likeness to a–z, and no mail reaches them."""
    if not address.rpartition("@")[0].isascii():
        raise ValidationError(EmailField.default_error_messages["invalid"], code="invalid")


class EmailField(forms.EmailField):
    """An e-mail address, pasted from anywhere; cleans to the one spelling in which addresses are kept and compared."""

    default_error_messages = {
        "invalid": _("Enter an e-mail address in the correct format, like name@example.org")
    }
    default_validators = [validate_email, _plain_mailbox]

    @classmethod
    def like(cls, field: forms.Field) -> EmailField:
        """In place of a library's field."""
        return cls(required=field.required, label=field.label, help_text=field.help_text, widget=field.widget)

    def to_python(self, value: Any) -> str:
        return typed.email(super().to_python(value) or "")


def _no_link(name: str) -> None:
    if typed.has_link(name):
        raise ValidationError(NameField.default_error_messages["link"], code="link")


class NameField(forms.CharField):
    """A name of a person or an organization. It goes into e-mail, where a link in it would be the portal's word."""

    default_error_messages = {"link": _("Enter a name without a web or e-mail address in it")}
    default_validators = [_no_link]


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
        match = self._shape.match(re.sub(r"[\s().\-‐-―−/,:#]", "", text.lower()))
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
        digits = typed.letters(text)
        if not (digits.isascii() and digits.isdigit()) or len(digits) not in self.lengths:
            raise ValidationError(self.why_not(digits), code="digits")
        return f"{digits[: self.cut]}-{digits[self.cut :]}" if len(digits) > self.cut else digits

    def why_not(self, digits: str) -> Any:
        """What is wrong with what was typed, of which `digits` are the letters and digits."""
        return self.error_messages["invalid"]


class EINField(_DigitsField):
    """An Employer Identification Number; cleans to "06-1234567"."""

    lengths, cut = (9,), 2
    default_error_messages = {"invalid": _("Enter an EIN with 9 digits, like 06-1234567")}

    def to_python(self, value: Any) -> str:
        number = super().to_python(value)
        if number.startswith("00"):
            raise ValidationError(
                _("No EIN begins with 00. Enter the 9 digits as on a letter from the IRS, like 06-1234567"),
                code="digits",
            )
        return number

    def why_not(self, digits: str) -> Any:
        asked = str(self.error_messages["invalid"])
        if not (digits.isascii() and digits.isdigit()):
            return asked
        short = 9 - len(digits)
        words = (
            ngettext(
                "%(asked)s: %(count)d digit is missing", "%(asked)s: %(count)d digits are missing", short
            )
            if short > 0
            else ngettext(
                "%(asked)s: this has %(count)d too many", "%(asked)s: this has %(count)d too many", -short
            )
        )
        return words % {"asked": asked, "count": abs(short)}


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
