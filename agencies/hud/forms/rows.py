"""One row of HUD's descriptor data as a form: the project itself, and the rows that may be added and taken out."""

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.forms.utils import ErrorDict
from django.utils.translation import gettext_lazy as _

from agencies.hud.elements import CE_SERVICES, OTHER_FUNDER, is_residential, specification
from agencies.hud.elements.base import Element
from agencies.hud.forms.fields import CountField, IdentityField, TextField, choices_of, flat_choices, funders
from agencies.hud.forms.questions import ASKED, CONDITIONAL, HINTS, NOT_ASKED, PROJECT_TYPE_HINTS, RADIOS
from agencies.hud.lists import Codes, Column
from agencies.hud.rows import BED_COUNTS
from agencies.hud.summary import place_of
from agencies.models import Project
from hmis_portal.forms import DateField, PortalFormMixin, ZIPField


class ElementForm(PortalFormMixin, forms.Form):
    """One row of HUD's descriptor data as a form; fields come from the element table and HUD's columns."""

    kind: ClassVar[str]

    def __init__(self, *args: Any, codes: Codes, quiet: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.codes = codes
        for element, column in specification(self.kind):
            if (self.kind, element.name) not in NOT_ASKED:
                self.fields[element.name] = self._field(element, column)
        if quiet:
            # A draft is shown as it was typed; it is judged when the person saves.
            self._errors = ErrorDict()
            self.cleaned_data: dict[str, Any] = {}

    def _field(self, element: Element, column: Column) -> forms.Field:
        key = (self.kind, element.name)
        common: dict[str, Any] = {
            "label": element.label,
            "required": not column.nullable or key in ASKED,
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


class ProjectForm(ElementForm):
    kind = "project"
    shown_when = {"rrh_sub_type": ("project_type", "13")}
    option_hints = {"project_type": PROJECT_TYPE_HINTS}

    def __init__(
        self, *args: Any, siblings: Iterable[Project] = (), fixed: bool = False, **kwargs: Any
    ) -> None:
        self.fixed = fixed
        self.siblings = {
            str(sibling.pk): sibling
            for sibling in siblings
            if is_residential(sibling.project_type, sibling.rrh_sub_type)
        }
        super().__init__(*args, **kwargs)
        self.fields["affiliated"] = forms.MultipleChoiceField(
            label=_("Projects whose residents it serves"),
            help_text=""
            if self.siblings
            else _("Your agency has no residential project here yet: add it first."),
            choices=[(key, sibling.project_name) for key, sibling in self.siblings.items()],
            required=False,
            widget=forms.CheckboxSelectMultiple,
        )
        self.fields["affiliated"].required_when_shown = True  # type: ignore[attr-defined]
        for name in ("project_type", "rrh_sub_type"):
            self.fields[name].disabled = fixed


class RowForm(ElementForm):
    """A row that may be added, left blank, or taken out (`DELETE`)."""

    id = IdentityField(required=False)
    DELETE = forms.CharField(required=False, widget=forms.HiddenInput)

    template: ClassVar[str] = "onboarding/projects/row_plain.html"
    what: ClassVar[Any] = ""

    @property
    def total(self) -> int:
        """The beds of a row that counts beds."""
        return 0

    named_by: ClassVar[tuple[str, ...]] = ()

    @property
    def said(self) -> str:
        """What tells this row from the others of its kind, in a few words."""
        answers = []
        for name in self.named_by:
            value, field = str(self[name].value() or ""), self.fields[name]
            labels = {str(code): str(label) for code, label in flat_choices(getattr(field, "choices", ()))}
            answers.append(labels.get(value, ""))
        return ", ".join(filter(None, answers))

    def place_of(self, name: str) -> str:
        return place_of(self.key)

    @property
    def questions(self) -> list[forms.BoundField]:
        return [self[name] for name in self.fields if name not in ("id", "DELETE")]

    @property
    def removed(self) -> bool:
        return bool(self.is_bound and self.data.get(self.add_prefix("DELETE")))

    @property
    def blank(self) -> bool:
        """Nothing but what the page itself filled in."""
        if not self.is_bound:
            return not any(
                value not in (None, "", 0) for name, value in self.initial.items() if name != "coc_code"
            )
        for name, field in self.fields.items():
            if name in ("id", "DELETE"):
                continue
            raw = field.widget.value_from_datadict(self.data, self.files, self.add_prefix(name))
            typed = [part for part in (raw if isinstance(raw, list) else [raw]) if part not in (None, "")]
            if typed and not (isinstance(field, CountField) and typed in (["0"], [0])) and name != "coc_code":
                return False
        return True

    def full_clean(self) -> None:
        if self.removed:
            self._errors = ErrorDict()
            self.cleaned_data = {}
            return
        super().full_clean()

    @property
    def key(self) -> str:
        return str(self.prefix)

    @property
    def number(self) -> int:
        return int(self.key.rpartition("-")[2]) + 1


class CocForm(RowForm):
    kind = "coc"
    template = "onboarding/projects/row_coc.html"
    what = _("CoC and address")
    named_by = ("coc_code",)

    def clean_zip(self) -> str:
        return str(self.cleaned_data.get("zip") or "")[:5]


class FunderForm(RowForm):
    kind = "funders"
    what = _("funding source")
    named_by = ("funder",)
    shown_when = {"other_funder": ("funder", str(OTHER_FUNDER))}

    def __init__(self, *args: Any, kept: frozenset[str] = frozenset(), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["funder"]
        field.choices = [("", _("Select one")), *funders(self.codes, kept)]  # type: ignore[attr-defined]


class InventoryForm(RowForm):
    kind = "inventory"
    template = "onboarding/projects/row_inventory.html"
    what = _("beds")
    named_by = ("household_type", "availability", "coc_code")

    @property
    def counts(self) -> list[forms.BoundField]:
        return [self[name] for name in BED_COUNTS]

    @property
    def total(self) -> int:
        total = 0
        for name in BED_COUNTS:
            try:
                total += self.fields[name].clean(self[name].value())
            except ValidationError:
                continue
        return total


class HmisForm(RowForm):
    kind = "hmis"
    what = _("period of HMIS participation")
    named_by = ("hmis_participation_type",)


class CeForm(RowForm):
    kind = "ce"
    what = _("period of coordinated entry participation")
    shown_when = dict.fromkeys(CE_SERVICES, ("access_point", "1"))


FORMS: Mapping[str, type[RowForm]] = {
    "coc": CocForm,
    "funders": FunderForm,
    "inventory": InventoryForm,
    "hmis": HmisForm,
    "ce": CeForm,
}
