"""What every form of the portal does: sentence-style messages, "(optional)", plain widgets, conditions, values kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout
from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator
from django.forms.utils import pretty_name
from django.utils.text import format_lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from hmis_portal.forms.fields import NameField
from hmis_portal.text import typed

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


class CleanTyping(forms.BaseForm):
    """What people paste into text fields loses what nobody sees; put before forms.Form or forms.ModelForm."""

    def full_clean(self) -> None:
        for field in self.fields.values():
            _read_clean(field)
        super().full_clean()


class PortalFormMixin(CleanTyping):
    """Put before forms.Form or forms.ModelForm; render with `{% crispy form %}`.

    submit_label       the verb on the button; "" leaves the button to the page
    submit_danger      True for what cannot be taken back
    cancel_url/_label  a quiet link beside the button
    extra_buttons      ((name, value, label), …) further submit buttons, quiet
    required_messages  {"field": "Enter …"} where the one derived from the label reads badly
    shown_when         {"field": ("other field", "value", …)}: asked only then; a required field is required
                       only then, and its answer is dropped otherwise
    option_hints       {"field": {"value": "one short sentence"}} under single options
    hide_optional      True where most fields may stay empty, and the page says so: no "(optional)"
    remarks            {"input name": ("what a reviewer asks to change", …)}, shown beside the field
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
    remarks: Mapping[str, Sequence[str]] = {}
    form_action: str = ""
    hide_optional: bool = False
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
    _set_required(field, label, required)
    if isinstance(field, forms.CharField) and not isinstance(field, forms.UUIDField):
        _limit_text(field)
    name = str(label).strip().rstrip(":?")
    for kinds, words in MESSAGES:
        if isinstance(field, kinds):
            for code, text in words.items():
                # Django formats these again, all but the plain "invalid", and a question may say "90%".
                said = name if code == "invalid" else name.replace("%", "%%")
                field.error_messages[code] = format_lazy(text, name=said, the_name=with_article(said))
    if isinstance(field, forms.FileField):
        field.error_messages["missing"] = field.error_messages["required"]


def _set_required(field: forms.Field, label: Any, required: Any) -> None:
    """The form's own words, else the field's, else derived from the label."""
    stock = {
        cls.default_error_messages.get("required")
        for cls in type(field).__mro__
        if hasattr(cls, "default_error_messages")
    }
    if required:
        field.error_messages["required"] = required
    elif field.error_messages.get("required") in stock:
        field.error_messages["required"] = default_required_message(field, label)


def _read_clean(field: forms.Field) -> None:
    if not isinstance(field, forms.CharField) or isinstance(field, (forms.UUIDField, forms.JSONField)):
        return
    if isinstance(field.widget, (forms.HiddenInput, forms.PasswordInput)) or hasattr(field, "reads_clean"):
        return
    read, clean = field.to_python, typed.text if isinstance(field.widget, forms.Textarea) else typed.one_line
    field.to_python = lambda value: read(clean(value) if isinstance(value, str) else value)  # type: ignore[method-assign]
    field.reads_clean = True  # type: ignore[attr-defined]


def _limit_text(field: forms.CharField) -> None:
    if field.max_length is None:
        field.max_length = LONGEST_TEXT
        field.validators.append(MaxLengthValidator(LONGEST_TEXT))


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
