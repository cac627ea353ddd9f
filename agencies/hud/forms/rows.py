"""The rows of a project's descriptor data that may be added and taken out."""

from collections.abc import Mapping
from datetime import date
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.forms.utils import ErrorDict
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from agencies.hud.elements import CE_SERVICES, OTHER_FUNDER
from agencies.hud.forms.element import ElementForm
from agencies.hud.forms.fields import CountField, IdentityField, flat_choices, funders
from agencies.hud.forms.questions import INHERITED
from agencies.hud.rows import BED_COUNTS
from agencies.hud.summary import place_of
from hmis_portal.forms import field_anchor


class RowForm(ElementForm):
    """A row that may be added, left blank, or taken out (`DELETE`)."""

    id = IdentityField(required=False)
    DELETE = forms.CharField(required=False, widget=forms.HiddenInput)

    template: ClassVar[str] = "onboarding/projects/row_plain.html"
    what: ClassVar[StrOrPromise] = ""

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
    def told_by(self) -> str:
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
