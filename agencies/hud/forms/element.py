"""One row of HUD's descriptor data as a form; its fields come from the element table and HUD's columns."""

from typing import Any, ClassVar

from django import forms
from django.forms.utils import ErrorDict
from django.utils.translation import gettext_lazy as _

from agencies.hud.elements import specification
from agencies.hud.elements.base import Element
from agencies.hud.forms.fields import CountField, TextField, choices_of
from agencies.hud.forms.questions import ASKED, CONDITIONAL, HINTS, INHERITED, NOT_ASKED, RADIOS
from agencies.hud.lists import Codes, Column
from hmis_portal.forms import DateField, PortalFormMixin, ZIPField


class ElementForm(PortalFormMixin, forms.Form):
    kind: ClassVar[str]

    def __init__(self, *args: object, codes: Codes, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.codes = codes
        for element, column in specification(self.kind):
            if (self.kind, element.name) not in NOT_ASKED:
                self.fields[element.name] = self._field(element, column)

    def unjudged(self) -> None:
        """As it was typed, without a word about what is wrong with it."""
        self._errors = ErrorDict()
        self.cleaned_data: dict[str, Any] = {}

    def _field(self, element: Element, column: Column) -> forms.Field:
        key = (self.kind, element.name)
        common: dict[str, Any] = {
            "label": element.label,
            "required": (not column.nullable or key in ASKED) and key not in INHERITED,
            "help_text": HINTS.get(key, ""),
            "error_messages": {"required": element.ask},
        }
        if column.type == "date":
            field: forms.Field = DateField(**common)
        elif element.name == "zip":
            field = ZIPField(**common)
        elif column.list or element.name == "geocode":
            field = self._choice(element, column, common)
        elif column.type == "integer":
            field = CountField(noun=element.noun, **common)
        else:
            field = TextField(max_length=column.max_length, **common)
        if key in CONDITIONAL:
            field.required_when_shown = True  # type: ignore[attr-defined]
        return field

    def _choice(self, element: Element, column: Column, common: dict[str, Any]) -> forms.Field:
        radios = (self.kind, element.name) in RADIOS
        if element.name == "geocode":
            choices: list[tuple[str, Any]] = list(self.codes.choices("geocode.CT"))
        else:
            choices = choices_of(self.codes, column)
        if not radios:
            choices = [("", _("Select one")), *choices]
        widget = forms.RadioSelect() if radios else forms.Select()
        if column.type == "integer":
            return forms.TypedChoiceField(
                choices=choices, widget=widget, coerce=int, empty_value=None, **common
            )
        return forms.ChoiceField(choices=choices, widget=widget, **common)

    def value(self, name: str) -> Any:
        """The cleaned value; None or "" where nothing readable stands. Of an unbound form what is stored."""
        if not self.is_bound:
            return self.initial.get(name)
        value = self.cleaned_data.get(name) if hasattr(self, "cleaned_data") else None
        field = self.fields.get(name)
        if value is None and (isinstance(field, forms.CharField) or type(field) is forms.ChoiceField):
            return ""
        return value
