"""How every form of the portal behaves: see docs/components.md for use.

One mixin sets what people meet: sentence-style messages, no asterisks, "(optional)", the error before the
input, values kept. Fields here accept what people type (spaces, hyphens, brackets) and give one spelling.
"""

from __future__ import annotations

import datetime as dt
import re
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout
from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.forms.utils import pretty_name
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

LONGEST_TEXT = 10_000  # characters in a field that names no limit of its own

SELECTING = (forms.Select, forms.RadioSelect, forms.CheckboxSelectMultiple, forms.FileInput)


def in_sentence(label: Any) -> str:
    """The label as it reads inside a sentence: "Legal name" → "legal name", "EIN" and "HUD unit" unchanged."""
    text = str(label).strip().rstrip(":")
    first = text.split(" ", 1)[0]
    if len(first) > 1 and not first[1:].islower():
        return text
    return text[:1].lower() + text[1:]


DETERMINERS = {
    "the",
    "a",
    "an",
    "your",
    "this",
    "its",
    "their",
    "any",
    "all",
    "each",
    "who",
    "which",
    "what",
    "how",
    "when",
    "where",
    "at",
}


def with_article(label: Any) -> str:
    """The label as an object: "legal name" → "the legal name", "your title" unchanged."""
    text = in_sentence(label)
    return text if text.split(" ", 1)[0].lower() in DETERMINERS else f"the {text}"


def default_required_message(field: forms.Field, label: Any) -> str:
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


class PortalFormMixin(forms.BaseForm):
    """Put before forms.Form or forms.ModelForm; render with `{% crispy form %}`.

    submit_label       the verb on the button; "" leaves the button to the page
    submit_danger      True for what cannot be taken back
    cancel_url/_label  a quiet link beside the button
    extra_buttons      ((name, value, label), …) further submit buttons, quiet
    required_messages  {"field": "Enter …"} where the one derived from the label reads badly
    shown_when         {"field": ("other field", "value", …)}: asked only then; a required field is required
                       only then, and its answer is dropped otherwise
    option_hints       {"field": {"value": "one short sentence"}} under single options
    form_action        address to post to; the page's own when empty
    """

    submit_label: Any = _("Save and continue")
    submit_danger: bool = False
    cancel_url: str = ""
    cancel_label: Any = _("Cancel")
    extra_buttons: Sequence[tuple[str, str, Any]] = ()
    required_messages: Mapping[str, Any] = {}
    shown_when: Mapping[str, Sequence[str]] = {}
    option_hints: Mapping[str, Mapping[str, Any]] = {}
    form_action: str = ""
    use_required_attribute = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        self.dress()

    def dress(self) -> None:
        """Set messages, widgets and classes; safe to repeat, as for fields added after __init__."""
        for name, field in self.fields.items():
            label = field.label if field.label is not None else pretty_name(name)
            _set_messages(field, label, self.required_messages.get(name))
            _set_widget(field)
            if name in self.shown_when and field.required:
                field.required_when_shown = True  # type: ignore[attr-defined]
                field.required = False
            field.option_hints = self.option_hints.get(name, {})  # type: ignore[attr-defined]

    def full_clean(self) -> None:
        self.dress()
        super().full_clean()

    def _clean_fields(self) -> None:
        super()._clean_fields()  # type: ignore[misc]
        for name in self.shown_when:
            if name not in self.fields:
                continue
            field = self.fields[name]
            if not self.is_shown(name):
                self.errors.pop(name, None)
                if not isinstance(field, forms.FileField):
                    self.cleaned_data[name] = field.clean(None)
            elif (
                getattr(field, "required_when_shown", False)
                and not self.has_error(name)
                and self.cleaned_data.get(name) in field.empty_values
            ):
                self.add_error(name, ValidationError(field.error_messages["required"], code="required"))

    def is_shown(self, name: str) -> bool:
        """Whether the answers so far ask for this field."""
        trigger, *values = self.shown_when[name]
        answer = self.cleaned_data.get(trigger)
        if isinstance(answer, bool):
            answer = [str(answer), "yes" if answer else "no"]
        answers = answer if isinstance(answer, (list, tuple, set)) else [answer]
        return any(str(one) in values for one in answers)

    def get_layout(self) -> Sequence[Any] | None:
        """Crispy layout objects or field names in order; None for all fields as declared."""
        return None

    @property
    def helper(self) -> FormHelper:
        self.dress()
        helper = FormHelper(self)
        if (layout := self.get_layout()) is not None:
            helper.layout = Layout(*layout)
            helper.render_hidden_fields = True
        helper.attrs = {"novalidate": True}
        helper.form_action = self.form_action
        helper.submit_label = self.submit_label
        helper.submit_danger = self.submit_danger
        helper.cancel_url = self.cancel_url
        helper.cancel_label = self.cancel_label
        helper.extra_buttons = self.extra_buttons
        return helper

    @property
    def fields_only(self) -> FormHelper:
        """For several forms in one `<form>` written by the page: `{% crispy form form.fields_only %}`."""
        helper = self.helper
        helper.form_tag = False
        helper.disable_csrf = True
        helper.submit_label = ""
        helper.cancel_url = ""
        helper.extra_buttons = ()
        return helper


def _set_messages(field: forms.Field, label: Any, required: Any) -> None:
    messages = field.error_messages
    stock = {
        cls.default_error_messages.get("required")
        for cls in type(field).__mro__
        if hasattr(cls, "default_error_messages")
    }
    if required:
        messages["required"] = required
    elif messages.get("required") in stock:
        messages["required"] = default_required_message(field, label)
    name = str(label).strip().rstrip(":?")
    if isinstance(field, forms.CharField):
        if field.max_length is None and not isinstance(field, forms.UUIDField):
            field.max_length = LONGEST_TEXT
            field.validators.append(forms.fields.validators.MaxLengthValidator(LONGEST_TEXT))  # type: ignore[attr-defined]
        messages.setdefault(
            "max_length", format_lazy(_("{name} must be %(limit_value)d characters or fewer"), name=name)
        )
        messages.setdefault(
            "min_length", format_lazy(_("{name} must be %(limit_value)d characters or more"), name=name)
        )
        messages.setdefault(
            "null_characters_not_allowed",
            format_lazy(
                _("{name} has a character that cannot be stored. Type it again instead of pasting"), name=name
            ),
        )
    if isinstance(field, forms.IntegerField):
        whole = not isinstance(field, (forms.FloatField, forms.DecimalField))
        text = (
            _("{name} must be a whole number, like 25")
            if whole
            else _("{name} must be a number, like 25 or 12.50")
        )
        messages["invalid"] = format_lazy(text, name=name)
    if isinstance(field, (forms.IntegerField, forms.DateField)):
        messages.setdefault("min_value", format_lazy(_("{name} must be %(limit_value)s or more"), name=name))
        messages.setdefault("max_value", format_lazy(_("{name} must be %(limit_value)s or less"), name=name))
    if isinstance(field, forms.DecimalField):
        for code in ("max_digits", "max_whole_digits"):
            messages.setdefault(code, format_lazy(_("{name} is too large"), name=name))
        messages.setdefault(
            "max_decimal_places", format_lazy(_("{name} must have at most %(max)s decimals"), name=name)
        )
    if isinstance(field, (forms.ChoiceField, forms.ModelChoiceField)):
        messages["invalid_choice"] = format_lazy(_("Select {name} from the list"), name=with_article(name))
    if isinstance(field, forms.EmailField):
        messages["invalid"] = _("Enter an e-mail address in the correct format, like name@example.org")
    elif isinstance(field, forms.URLField):
        messages["invalid"] = _("Enter a web address in the correct format, like https://example.org")
    if isinstance(field, forms.FileField):
        messages["empty"] = _("The selected file is empty")
        messages["missing"] = messages["required"]
        messages["invalid"] = _("The file could not be received. Select it again")
        messages["max_length"] = _("The name of the selected file must be %(max)d characters or fewer")


def _set_widget(field: forms.Field) -> None:
    widget = field.widget
    if isinstance(widget, (forms.RadioSelect, forms.CheckboxSelectMultiple)):
        choices = list(widget.choices)
        if choices and choices[0][0] in ("", None):
            widget.choices = choices[1:]
        return
    if isinstance(widget, (forms.HiddenInput, forms.MultiWidget)):
        return
    css = "form-select" if isinstance(widget, forms.Select) else "form-control"
    if isinstance(widget, forms.CheckboxInput):
        css = "form-check-input"
    given = widget.attrs.get("class", "")
    if css not in given.split():
        widget.attrs["class"] = f"{given} {css}".strip()
    # The server states the limit; a browser that cuts silently does not.
    widget.attrs.pop("maxlength", None)
    widget.attrs.pop("minlength", None)
    if type(widget) is forms.NumberInput:
        widget.input_type = "text"
        for attr in ("min", "max", "step"):
            widget.attrs.pop(attr, None)
        widget.attrs.setdefault(
            "inputmode", "decimal" if isinstance(field, (forms.DecimalField, forms.FloatField)) else "numeric"
        )
    if isinstance(widget, forms.Textarea):
        widget.attrs["rows"] = widget.attrs.get("rows") if str(widget.attrs.get("rows")) != "10" else "5"
        widget.attrs.pop("cols", None)
    if isinstance(field, forms.ModelChoiceField) and field.empty_label == "---------":
        field.empty_label = gettext("Select one")
    elif isinstance(field, forms.ChoiceField) and isinstance(widget, forms.Select):
        choices = list(widget.choices)
        if choices and choices[0][0] in ("", None) and str(choices[0][1]).startswith("---"):
            widget.choices = [(choices[0][0], gettext("Select one")), *choices[1:]]


MONTHS = {
    name: number
    for number, names in enumerate(
        (
            ("jan", "january"), ("feb", "february"), ("mar", "march"), ("apr", "april"), ("may",), ("jun", "june"),
            ("jul", "july"), ("aug", "august"), ("sep", "sept", "september"), ("oct", "october"),
            ("nov", "november"), ("dec", "december"),
        ),
        start=1,
    )
    for name in names
}  # fmt: skip


class DateParts(forms.MultiWidget):
    """Month, day and year as three text inputs of one fieldset, in the order people here write a date."""

    template_name = "components/date_parts.html"
    use_fieldset = True

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        def part(width: str) -> forms.TextInput:
            return forms.TextInput(
                {"inputmode": "numeric", "class": f"form-control input-{width}", "autocomplete": "off"}
            )

        super().__init__({"month": part("2"), "day": part("2"), "year": part("4")}, attrs)

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        for subwidget, label in zip(
            context["widget"]["subwidgets"], (_("Month"), _("Day"), _("Year")), strict=True
        ):
            subwidget["label"] = label
        return context

    def decompress(self, value: Any) -> list[Any]:
        if isinstance(value, str):
            try:
                value = dt.date.fromisoformat(value[:10])
            except ValueError:
                return [None, None, None]
        if isinstance(value, dt.datetime):
            value = timezone.localtime(value).date() if timezone.is_aware(value) else value.date()
        return [value.month, value.day, value.year] if value else [None, None, None]


class DateField(forms.MultiValueField):
    """A known date, asked in three parts; cleans to `datetime.date` or None.

    not_future / not_past refuse dates after or before today in the state's zone; earliest and latest are dates.
    """

    widget = DateParts

    def __init__(
        self,
        *,
        earliest: dt.date | None = None,
        latest: dt.date | None = None,
        not_future: bool = False,
        not_past: bool = False,
        **kwargs: Any,
    ) -> None:
        self.earliest, self.latest, self.not_future, self.not_past = earliest, latest, not_future, not_past
        kwargs.pop("input_formats", None)
        parts = (
            forms.CharField(required=False),
            forms.CharField(required=False),
            forms.CharField(required=False),
        )
        super().__init__(fields=parts, require_all_fields=False, **kwargs)

    def _label(self) -> str:
        return str(self.label or gettext("The date")).strip().rstrip("?:")

    def clean(self, value: Any) -> dt.date | None:
        if self.disabled and isinstance(value, dt.date):
            return value
        parts = [str(part or "").strip() for part in (value or ["", "", ""])]
        if not any(parts):
            if self.required:
                raise ValidationError(self.error_messages["required"], code="required", params={"part": 0})
            return None
        names = (gettext("month"), gettext("day"), gettext("year"))
        missing = [index for index, part in enumerate(parts) if not part]
        if missing:
            raise ValidationError(
                _("%(label)s must include a %(missing)s"),
                code="incomplete",
                params={
                    "label": self._label(),
                    "missing": gettext(" and a ").join(names[index] for index in missing),
                    "part": missing[0],
                },
            )
        month_text = parts[0].lower().rstrip(".")
        month = MONTHS.get(month_text) or _number(month_text)
        day, year = _number(parts[1]), _number(parts[2])
        if month is None or not 1 <= month <= 12:
            self._refuse(_("%(label)s must have a month from 1 to 12"), 0)
        if day is None or not 1 <= day <= 31:
            self._refuse(_("%(label)s must have a day from 1 to 31"), 1)
        if year is None or len(parts[2]) != 4 or year < 1900:
            self._refuse(_("%(label)s must have a year of four digits, like 2026"), 2)
        try:
            date = dt.date(int(year or 0), int(month or 0), int(day or 0))
        except ValueError:
            self._refuse(_("%(label)s must be a real date"), 1)
        self._check_range(date)
        self.run_validators(date)
        return date

    def _check_range(self, date: dt.date) -> None:
        from hmis_portal.templatetags.portal import date_words

        today = timezone.localdate()
        if self.not_future and date > today:
            self._refuse(_("%(label)s must be today or in the past"), 2)
        if self.not_past and date < today:
            self._refuse(_("%(label)s must be today or in the future"), 2)
        if self.earliest and date < self.earliest:
            self._refuse(_("%(label)s must be %(date)s or later"), 2, date=date_words(self.earliest))
        if self.latest and date > self.latest:
            self._refuse(_("%(label)s must be %(date)s or earlier"), 2, date=date_words(self.latest))

    def _refuse(self, message: Any, part: int, **params: Any) -> None:
        raise ValidationError(
            message, code="invalid", params={"label": self._label(), "part": part, **params}
        )

    def compress(self, data_list: Any) -> Any:
        return data_list

    def has_changed(self, initial: Any, data: Any) -> bool:
        if self.disabled:
            return False
        before = [str(part or "") for part in DateParts().decompress(initial)]
        return before != [str(part or "").strip() for part in (data or ["", "", ""])]


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 4 else None


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


FILE_KINDS = {
    # kind: (name in a sentence, extensions)
    "pdf": ("PDF", (".pdf",)),
    "png": ("PNG", (".png",)),
    "jpeg": ("JPEG", (".jpg", ".jpeg")),
    "docx": ("Word (DOCX)", (".docx",)),
    "xlsx": ("Excel (XLSX)", (".xlsx",)),
    "csv": ("CSV", (".csv",)),
}


def detect_kind(upload: UploadedFile) -> str:
    """What the bytes are, whatever the name says: a key of FILE_KINDS, or "" when it is none of them."""
    upload.seek(0)
    head = upload.read(1024)
    upload.seek(0)
    if b"%PDF-" in head:
        return "pdf"
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png"
    if head.startswith(b"\xff\xd8\xff"):
        return "jpeg"
    if head.startswith(b"PK\x03\x04"):
        try:
            with zipfile.ZipFile(upload) as archive:
                names = set(archive.namelist())
        except (zipfile.BadZipFile, ValueError, OSError):
            names = set()
        upload.seek(0)
        return "docx" if "word/document.xml" in names else "xlsx" if "xl/workbook.xml" in names else ""
    return "csv" if head and b"\x00" not in head else ""


class UploadField(forms.FileField):
    """One file of the kinds named, judged by its bytes and its name; cleans to the uploaded file.

    Its `content_kind` (a key of FILE_KINDS) says what it is.
    """

    def __init__(
        self,
        *,
        kinds: Iterable[str] = ("pdf", "png", "jpeg", "docx"),
        max_bytes: int | None = None,
        **kwargs: Any,
    ) -> None:
        self.kinds = tuple(kinds)
        self.max_bytes = max_bytes or settings.MAX_UPLOAD_BYTES
        extensions = ",".join(ext for kind in self.kinds for ext in FILE_KINDS[kind][1])
        kwargs.setdefault("widget", forms.FileInput({"accept": extensions}))
        kwargs.setdefault("max_length", 200)
        super().__init__(**kwargs)

    def to_python(self, data: Any) -> Any:
        upload: Any = super().to_python(data)
        if upload is None:
            return None
        if upload.size > self.max_bytes:
            limit = f"{self.max_bytes // (1024 * 1024)} MB"
            raise ValidationError(
                _("The selected file must be smaller than %(limit)s"), code="size", params={"limit": limit}
            )
        kind = detect_kind(upload)
        extension = "." + upload.name.rsplit(".", 1)[-1].lower()
        if kind not in self.kinds or extension not in FILE_KINDS[kind][1]:
            raise ValidationError(
                _("The selected file must be a %(kinds)s file"),
                code="kind",
                params={"kinds": self.kinds_in_words()},
            )
        upload.content_kind = kind
        return upload

    def kinds_in_words(self) -> str:
        names = [FILE_KINDS[kind][0] for kind in self.kinds]
        return names[0] if len(names) == 1 else gettext(" or ").join((", ".join(names[:-1]), names[-1]))
