"""Fields that accept what people type (spaces, hyphens, brackets) and give one spelling."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django_stubs_ext import StrOrPromise

from hmis_portal.text import typed
from hmis_portal.text.mailboxes import is_shared


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

    def to_python(self, value: object) -> str:
        return typed.email(super().to_python(value) or "")


class PersonEmailInput(forms.EmailInput):
    """Below an address that reads as a shared mailbox stands the question whether it is one person's own."""

    also_named = ("_own",)
    known = ""  # the address that stands already, which was asked about when it came

    def asks(self, address: Any) -> bool:
        return bool(address) and address != self.known and is_shared(address)

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        value = super().value_from_datadict(data, files, name)
        return value if value is None else _Address(value, own=bool(data.get(f"{name}_own")))

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        shown = super().render(name, value, attrs, renderer)
        if not self.asks(typed.email(str(value or ""))):
            return shown
        return format_html(
            '{}<div class="form-check mt-2"><input type="checkbox" class="form-check-input" name="{name}_own" id="{id}_own"{}>'
            '<label class="form-check-label" for="{id}_own">{}</label></div>',
            shown,
            SafeString(" checked") if getattr(value, "own", False) else "",
            _("Yes, this is one person’s own address"),
            name=name,
            id=(attrs or {}).get("id", name),
        )


class _Address(str):
    """An address as it was typed, with the answer whether it is one person's own."""

    own: bool

    def __new__(cls, value: str, *, own: bool) -> _Address:
        address = super().__new__(cls, value)
        address.own = own
        return address


class PersonEmailField(EmailField):
    """The address of one person, who gets sign-in codes there: one that reads as a shared mailbox is asked about."""

    widget: Any = PersonEmailInput
    default_error_messages = {
        "shared": _(
            "Is “%(address)s” one person’s own address? Sign-in codes go there. Check the box if it is, or enter another "
            "address"
        )
    }

    def clean(self, value: object) -> Any:
        address = super().clean(value)
        if self.widget.asks(address) and not getattr(value, "own", False):
            raise ValidationError(self.error_messages["shared"], code="shared", params={"address": address})
        return address


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

    def to_python(self, value: object) -> str:
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

    def to_python(self, value: object) -> str:
        text = super().to_python(value) or ""
        if not text:
            return text
        digits = typed.letters(text)
        if not (digits.isascii() and digits.isdigit()) or len(digits) not in self.lengths:
            raise ValidationError(self.why_not(digits), code="digits")
        return f"{digits[: self.cut]}-{digits[self.cut :]}" if len(digits) > self.cut else digits

    def why_not(self, digits: str) -> StrOrPromise:
        """What is wrong with what was typed, of which `digits` are the letters and digits."""
        return self.error_messages["invalid"]


class EINField(_DigitsField):
    """An Employer Identification Number; cleans to "06-1234567"."""

    lengths, cut = (9,), 2
    default_error_messages = {"invalid": _("Enter an EIN with 9 digits, like 06-1234567")}

    def to_python(self, value: object) -> str:
        number = super().to_python(value)
        if number.startswith("00"):
            raise ValidationError(
                _("No EIN begins with 00. Enter the 9 digits as on a letter from the IRS, like 06-1234567"),
                code="digits",
            )
        return number

    def why_not(self, digits: str) -> StrOrPromise:
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

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**kwargs)
        self.widget.attrs.setdefault("autocomplete", "postal-code")


class YesNoField(forms.TypedChoiceField):
    """Yes or No as two radios; cleans to True, False or None when not answered."""

    def __init__(self, *, yes: StrOrPromise = _("Yes"), no: StrOrPromise = _("No"), **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.RadioSelect)
        kwargs.update(
            choices=[("yes", yes), ("no", no)], coerce=lambda value: value == "yes", empty_value=None
        )
        super().__init__(**kwargs)

    def prepare_value(self, value: object) -> object:
        return {True: "yes", False: "no"}.get(value, value) if isinstance(value, bool) else value

    def has_changed(self, initial: object, data: object) -> bool:
        return super().has_changed(self.prepare_value(initial), data)
