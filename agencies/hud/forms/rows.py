"""One row of HUD's descriptor data as a form: the project itself, and the rows that may be added and taken out."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.forms.utils import ErrorDict
from django.utils.translation import gettext_lazy as _

from agencies.hud.elements import CE_SERVICES, OTHER_FUNDER, is_residential, specification
from agencies.hud.elements.base import Element
from agencies.hud.forms.fields import CountField, IdentityField, TextField, choices_of, flat_choices, funders
from agencies.hud.forms.questions import (
    ASKED,
    CONDITIONAL,
    HINTS,
    INHERITED,
    NOT_ASKED,
    PROJECT_TYPE_HINTS,
    RADIOS,
)
from agencies.hud.lists import Codes, Column
from agencies.hud.rows import BED_COUNTS
from agencies.hud.summary import place_of
from agencies.models import Project
from hmis_portal.forms import DateField, PortalFormMixin, ZIPField, field_anchor


class ElementForm(PortalFormMixin, forms.Form):
    """One row of HUD's descriptor data as a form; fields come from the element table and HUD's columns."""

    kind: ClassVar[str]

    def __init__(self, *args: Any, codes: Codes, **kwargs: Any) -> None:
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


class ProjectForm(ElementForm):
    kind = "project"
    shown_when = {"rrh_sub_type": ("project_type", "13"), "affiliated": ("residential_affiliation", "1")}

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

    @property
    def types(self) -> list[tuple[str, Any]]:
        """Each type of project with what it is, in a sentence."""
        known = self.codes.choices("2.02.6")
        return [(label, PROJECT_TYPE_HINTS[code]) for code, label in known if code in PROJECT_TYPE_HINTS]


class RowForm(ElementForm):
    """A row that may be added, left blank, or taken out (`DELETE`)."""

    id = IdentityField(required=False)
    DELETE = forms.CharField(required=False, widget=forms.HiddenInput)

    template: ClassVar[str] = "onboarding/projects/row_plain.html"
    what: ClassVar[Any] = ""

    def __init__(
        self, *args: Any, opened: date | None = None, proposed: bool = False, coc: str = "", **kwargs: Any
    ) -> None:
        """`opened`: the project's first day; `proposed` when what stands in it is an offer of the portal.

        `coc` where the project works in this one alone, so that its beds are there.
        """
        super().__init__(*args, **kwargs)
        self.opened, self.proposed, self.coc = opened, proposed, coc
        if coc:
            del self.fields["coc_code"]

    @property
    def total(self) -> int:
        """The beds of a row that counts beds."""
        return 0

    named_by: ClassVar[tuple[str, ...]] = ()

    @property
    def said(self) -> str:
        """What tells this row from the others of its kind, in a few words."""
        answers = []
        for name in filter(self.fields.__contains__, self.named_by):
            value, field = str(self[name].value() or ""), self.fields[name]
            labels = {str(code): str(label) for code, label in flat_choices(getattr(field, "choices", ()))}
            answers.append(labels.get(value, ""))
        return ", ".join(filter(None, answers))

    def place_of(self, name: str) -> str:
        return place_of(self.key)

    @property
    def questions(self) -> list[forms.BoundField]:
        return [
            self[name]
            for name in self.fields
            if (self.kind, name) not in INHERITED and name not in ("id", "DELETE")
        ]

    @property
    def days(self) -> list[forms.BoundField]:
        """The days on which it begins and ends, where those are the project's unless something is typed."""
        return [self[name] for name in self.fields if (self.kind, name) in INHERITED]

    @property
    def own_days(self) -> bool:
        """Whether its days are seen: some were typed, they are wrong or asked about, or the project has none yet."""
        names = [day.html_name for day in self.days]
        typed = any(day.errors or day.value() not in (None, "", ["", "", ""]) for day in self.days)
        return typed or self.opened is None or any(name in self.remarks for name in names)

    @property
    def folded(self) -> bool:
        """Whether it stays closed among others: it is in order, and nobody asks about it."""
        asked = any(field.html_name in self.remarks for field in self.questions)
        return bool(self["id"].value()) and not self.errors and not asked

    @property
    def removed(self) -> bool:
        return bool(self.is_bound and self.data.get(self.add_prefix("DELETE")))

    @property
    def blank(self) -> bool:
        """Nothing but what the page itself filled in."""
        if not self.is_bound:
            return self.proposed or not any(
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

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.order_fields(("address1", "address2", "city", "zip", "coc_code"))  # the town tells the others

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
    def coc_anchor(self) -> str:
        return field_anchor(self.add_prefix("coc_code"))

    @property
    def kinds_of_beds(self) -> list[forms.BoundField]:
        return [field for field in self.questions if field.name not in (*BED_COUNTS, "unit_inventory")]

    @property
    def dedicated(self) -> list[forms.BoundField]:
        return [self[name] for name in BED_COUNTS if name != "other_bed_inventory"]

    @property
    def has_dedicated(self) -> bool:
        """Whether the counts of dedicated beds are seen: there are some, or somebody asks about them."""
        return any(
            field.errors or field.html_name in self.remarks or str(field.value() or "0") != "0"
            for field in self.dedicated
        )

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
