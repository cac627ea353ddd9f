"""A field of one form: how it reads what was typed, and how the portal's template shows it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.forms import BaseForm
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from hmis_portal.forms.anchors import field_anchor
from hmis_portal.forms.dates import DateField
from hmis_portal.forms.fields import PersonEmailInput
from hmis_portal.forms.wording import set_messages
from hmis_portal.text import typed


class CleanField(forms.BoundField):
    """A field that reads what was typed without what nobody sees. Like every bound field it is made when first used."""

    def __init__(self, form: BaseForm, field: forms.Field, name: str) -> None:
        super().__init__(form, field, name)
        _read_clean(field)


class PortalField(CleanField):
    """A field with its words and its widget's looks, which it gets when it is first used."""

    form: Any  # a PortalFormMixin

    def __init__(self, form: Any, field: forms.Field, name: str) -> None:
        super().__init__(form, field, name)
        set_messages(field, form.called.get(name, self.label), form.required_messages.get(name))
        if isinstance(field, DateField) and form.place_of(name):
            field.called = gettext("“%s”") % str(self.label).rstrip("?:")
        if isinstance(field.widget, PersonEmailInput):
            field.widget.known = typed.email(str(self.initial or ""))
        _set_widget(field)
        if name in form.shown_when and field.required:
            field.required_when_shown = True  # type: ignore[attr-defined]
            field.required = False

    @property
    def kind(self) -> str:
        """Which of the field template's shapes the widget has: hidden, group, checkbox, parts, input."""
        widget = self.field.widget
        if widget.is_hidden:
            return "hidden"
        if isinstance(widget, (forms.RadioSelect, forms.CheckboxSelectMultiple)):
            return "group"
        if isinstance(widget, forms.CheckboxInput):
            return "checkbox"
        return "parts" if isinstance(widget, forms.MultiWidget) else "input"

    @property
    def optional(self) -> bool:
        """Whether the label says "(optional)": not for check boxes, nor for what is asked only after an answer."""
        return not (
            self.field.required
            or getattr(self.field, "required_when_shown", False)
            or self.field.disabled
            or isinstance(self.field.widget, forms.CheckboxInput)
            or self.form.hide_optional
        )

    @property
    def shown(self) -> dict[str, Any]:
        """All that the field template looks up; a dict, because a page has fifty fields and each is looked at ten times."""
        kind = self.kind
        if kind == "hidden":
            return {"kind": kind, "input": str(self)}
        return {
            "kind": kind,
            "id": self.auto_id,
            "anchor": field_anchor(self.html_name),
            "target": self.id_for_label,
            "label": self.label,
            "optional": self.optional,
            "hint": self.help_text,
            "errors": list(self.errors),
            "described_by": self.aria_describedby if kind in ("group", "parts") else "",
            "shown_when": self._shown_when(),
            "remarks": self._remarks() + self.form.asides.get(self.html_name, SafeString()),
            "options": self.options if kind == "group" else (),
            "input": "" if kind == "group" else str(self),
        }

    @property
    def options(self) -> list[dict[str, Any]]:
        """Radio buttons or check boxes of a group: tag, label, id, hint."""
        hints = self.form.option_hints.get(self.name, {})
        options = []
        for option in self.subwidgets:
            hint = hints.get(str(option.data["value"]), "")
            attrs = option.data["attrs"]
            attrs["class"] = "form-check-input"
            if hint:
                attrs["aria-describedby"] = f"{option.id_for_label}_hint"
            options.append(
                {"tag": option.tag(), "label": option.choice_label, "id": option.id_for_label, "hint": hint}
            )
        return options

    def _shown_when(self) -> SafeString:
        """The data attributes by which portal.js hides a field until its question is answered so."""
        rule = self.form.shown_when.get(self.name)
        if not rule:
            return SafeString("")
        trigger, *values = rule
        return format_html(
            ' data-shown-when="{}" data-shown-values="{}"', self.form.add_prefix(trigger), "|".join(values)
        )

    def _remarks(self) -> SafeString:
        """What a reviewer asks to change in this answer."""
        remarks = self.form.remarks.get(self.html_name)
        if not remarks:
            return SafeString()
        return format_html_join(
            "",
            '<p class="remark"><strong>{}</strong> {}</p>',
            ((gettext("The reviewer:"), text) for text in remarks),
        )


def _read_clean(field: forms.Field) -> None:
    if not isinstance(field, forms.CharField) or isinstance(field, (forms.UUIDField, forms.JSONField)):
        return
    if isinstance(field.widget, (forms.HiddenInput, forms.PasswordInput)):
        return
    read, clean = field.to_python, typed.text if isinstance(field.widget, forms.Textarea) else typed.one_line
    field.to_python = lambda value: read(clean(value) if isinstance(value, str) else value)  # type: ignore[method-assign]


def _set_widget(field: forms.Field) -> None:
    """Bootstrap's classes; what a browser would check or cut by itself is left to the server."""
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
    classes = widget.attrs.get("class", "")
    if css not in classes.split():
        widget.attrs["class"] = f"{classes} {css}".strip()
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
