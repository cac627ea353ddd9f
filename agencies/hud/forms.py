"""The forms of one project: its own answers and its rows, read as typed and judged by `agencies.hud.rules`.

A form here only reads: what is a date, a number, a code. Everything else is said by the rules, with the same
words while typing and at save. What does not apply to the kind of project is not an answer, even when typed.
"""

import re
import uuid
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.forms.utils import ErrorDict
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext_lazy as _

from agencies.hud import lists
from agencies.hud.drafts import PROJECT_NAMES, ROWS, names, stored_rows, surroundings
from agencies.hud.elements import (
    CE_SERVICES,
    EMERGENCY_SHELTER,
    OTHER_FUNDER,
    Element,
    is_residential,
    specification,
)
from agencies.hud.lists import RETIRED, Codes, Column
from agencies.hud.rules import (
    BED_COUNTS,
    HOPWA_FUNDERS,
    MOST_BEDS,
    Affiliated,
    Finding,
    ProjectDraft,
    affiliation_applies,
    check,
    errors,
)
from agencies.models import Project
from hmis_portal.forms import DateField, PortalFormMixin, ZIPField

MOST_ROWS = 60
_CONTROL = re.compile(r"[\x01-\x1f\x7f-\x9f\ud800-\udfff]")
NOT_HOPWA = 2

PROJECT_TYPE_HINTS = {
    "0": _("Beds for the night that a person or family keeps until they leave, such as a family shelter."),
    "1": _("Beds given out night by night, such as a drop-in or winter shelter with cots."),
    "2": _("Housing with services for up to 24 months, such as a transitional program for young parents."),
    "3": _("Lasting housing with services for people with a disability, such as CoC-funded apartments."),
    "4": _("Workers who meet people where they sleep outside, such as a PATH outreach team."),
    "6": _("Services without housing, such as case management, legal help or employment help."),
    "7": _("Anything that fits no other type, such as a program for people who are not homeless."),
    "8": _("A small residence for people with severe mental illness who come from the street."),
    "9": _("Lasting housing without services for people who were homeless, such as set-aside units."),
    "10": _("Lasting housing with services for anyone who was homeless, with or without a disability."),
    "11": _("A place to be in the daytime, with showers, mail and meals but no beds."),
    "12": _("Help to people who would lose their home, such as back rent."),
    "13": _("Help to find a rental quickly, with rent and case management for a time."),
    "14": _("Access and assessment for the whole region, such as the 2-1-1 line or a CAN intake team."),
}
HINTS = {
    ("project", "project_name"): _("As the HMIS will show it to staff and in reports."),
    ("project", "operating_start_date"): _("The day it first served someone, or will."),
    ("project", "operating_end_date"): _("Only if the project has closed or has a fixed end."),
    ("project", "continuum_project"): _(
        "Yes if it mainly serves people who are homeless or at risk, or HUD or the VA pays for it for that purpose."
    ),
    ("project", "target_population"): _(
        "Only if at least three of four people served belong to one of these groups."
    ),
    ("coc", "geocode"): _("Where the main site is, or where most people are housed."),
    ("coc", "address1"): _("The main site. Tenant-based housing may give the office or leave it empty."),
    ("funders", "grant_id"): _("As on the award letter."),
    ("inventory", "unit_inventory"): _("Rooms or apartments that hold these beds. Dormitory beds: 0."),
    ("hmis", "hmis_participation_type"): _("Comparable database: only for victim service providers."),
    ("ce", "access_point"): _("A place or phone line where people enter the coordinated entry system."),
}
RADIOS = {
    ("project", "continuum_project"),
    ("project", "project_type"),
    ("project", "rrh_sub_type"),
    ("project", "residential_affiliation"),
    ("project", "housing_type"),
    ("project", "target_population"),
    ("project", "hopwa_med_assisted_living_fac"),
    ("coc", "geography_type"),
    ("hmis", "hmis_participation_type"),
    ("ce", "access_point"),
    ("ce", "receives_referrals"),
    *(("ce", name) for name in CE_SERVICES),
}
# Asked of everyone on the page, though HUD's file would take them empty.
ASKED = {
    ("project", "project_type"),
    ("project", "rrh_sub_type"),
    ("coc", "geocode"),
    ("coc", "zip"),
    ("coc", "geography_type"),
    ("inventory", "coc_code"),
    ("funders", "other_funder"),
}
# Asked where they apply: the rules say when, so the form does not call them optional.
CONDITIONAL = {
    ("project", "housing_type"),
    ("project", "residential_affiliation"),
    ("project", "hopwa_med_assisted_living_fac"),
    ("coc", "address1"),
    ("coc", "city"),
    ("inventory", "es_bed_type"),
    ("inventory", "availability"),
    *(("inventory", name) for name in BED_COUNTS),
    *(("ce", name) for name in CE_SERVICES),
}
NOT_ASKED = {("inventory", "bed_inventory"), ("coc", "state")}


class TextField(forms.CharField):
    """One line of text; runs of white space become one space, control characters are dropped."""

    def to_python(self, value: Any) -> str:
        words = " ".join((super().to_python(value) or "").split())
        return words if "\x00" in words else _CONTROL.sub("", words)


class CountField(forms.Field):
    """Beds or units; empty is 0, "1,000" is a thousand."""

    widget = forms.TextInput

    def __init__(self, *, noun: Any, **kwargs: Any) -> None:
        self.noun = noun
        kwargs.setdefault(
            "widget", forms.TextInput({"inputmode": "numeric", "class": "input-4", "autocomplete": "off"})
        )
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> int:
        text = str(value if value is not None else "").strip().replace(",", "")
        if not text:
            return 0
        if not re.fullmatch(r"[0-9]{1,6}", text, re.ASCII) or int(text) > MOST_BEDS:
            noun = str(self.noun)
            raise ValidationError(
                _("%(what)s must be a whole number from 0 to %(most)s"),
                code="invalid",
                params={"what": noun[:1].upper() + noun[1:], "most": f"{MOST_BEDS:,}"},
            )
        return int(text)

    def validate(self, value: Any) -> None:
        return


def _choices(codes: Codes, column: Column) -> list[tuple[str, Any]]:
    if column.list == "1.10":
        return [("1", _("Yes")), ("0", _("No"))]
    if column.list == "2.03.1":
        return [(code, f"{code} {name}") for code, name in lists.coc_names().items()]
    if column.list == "2.02.8":
        return [(code, label) for code, label in codes.choices(column.list) if code != str(NOT_HOPWA)]
    if column.list == "2.06.1":
        return _funders(codes)
    if column.list == "2.03.4":
        return [(code, label) for code, label in codes.choices(column.list) if code != "99"]
    return list(codes.choices(column.list))


def _funders(codes: Codes, kept: frozenset[str] = frozenset()) -> list[tuple[str, Any]]:
    """Grouped by who pays ("HUD: CoC", "VA: Grant Per Diem"); retired sources only where a row holds one."""
    groups: dict[str, list[tuple[str, str]]] = {}
    retired = [item for item in codes.choices("2.06.1" + RETIRED) if item[0] in kept]
    for code, label in [*codes.choices("2.06.1"), *retired]:
        payer, dash, _rest = label.partition(" – ")
        groups.setdefault(payer if dash else "", []).append((code, label))
    found: list[tuple[str, Any]] = []
    singles = [item for items in groups.values() if len(items) == 1 for item in items] + groups.pop("", [])
    found += [(payer, items) for payer, items in groups.items() if len(items) > 1]
    if singles:
        found.append((str(_("Other sources")), sorted(set(singles), key=lambda item: item[1])))
    return found


class ElementForm(PortalFormMixin, forms.Form):
    """One row of HUD's descriptor data as a form; fields come from the element table and HUD's columns."""

    kind: ClassVar[str]

    def __init__(self, *args: Any, codes: Codes, quiet: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.codes = codes
        for element, column in specification(self.kind):
            if (self.kind, element.name) not in NOT_ASKED:
                self.fields[element.name] = self._field(element, column)
        self.dress()
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
            choices = _choices(self.codes, column)
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
        found = self.cleaned_data.get(name) if hasattr(self, "cleaned_data") else None
        field = self.fields.get(name)
        if found is None and (isinstance(field, forms.CharField) or type(field) is forms.ChoiceField):
            return ""
        return found


class ProjectForm(ElementForm):
    kind = "project"
    shown_when = {"rrh_sub_type": ("project_type", "13")}
    option_hints = {"project_type": PROJECT_TYPE_HINTS}

    def __init__(
        self, *args: Any, siblings: Iterable[Project] = (), fixed: bool = False, **kwargs: Any
    ) -> None:
        self.fixed = fixed
        self.siblings = {str(one.pk): one for one in siblings if one.is_residential}
        super().__init__(*args, **kwargs)
        self.fields["affiliated"] = forms.MultipleChoiceField(
            label=_("Projects whose residents it serves"),
            help_text=""
            if self.siblings
            else _("Your agency has no residential project here yet: add it first."),
            choices=[(key, one.project_name) for key, one in self.siblings.items()],
            required=False,
            widget=forms.CheckboxSelectMultiple,
        )
        self.fields["affiliated"].required_when_shown = True  # type: ignore[attr-defined]
        for name in ("project_type", "rrh_sub_type"):
            self.fields[name].disabled = fixed
        self.dress()


class RowForm(ElementForm):
    """A row that may be added, left blank, or taken out (`DELETE`)."""

    id = forms.UUIDField(required=False, widget=forms.HiddenInput)
    DELETE = forms.CharField(required=False, widget=forms.HiddenInput)

    template: ClassVar[str] = "onboarding/projects/row_plain.html"
    what: ClassVar[Any] = ""

    @property
    def total(self) -> int:
        """The beds of a row that counts beds."""
        return 0

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

    def clean_zip(self) -> str:
        return str(self.cleaned_data.get("zip") or "")[:5]


class FunderForm(RowForm):
    kind = "funders"
    what = _("funding source")
    shown_when = {"other_funder": ("funder", str(OTHER_FUNDER))}

    def __init__(self, *args: Any, kept: frozenset[str] = frozenset(), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["funder"]
        field.choices = [("", _("Select one")), *_funders(self.codes, kept)]  # type: ignore[attr-defined]


class InventoryForm(RowForm):
    kind = "inventory"
    template = "onboarding/projects/row_inventory.html"
    what = _("beds")

    @property
    def counts(self) -> list[forms.BoundField]:
        return [self[name] for name in BED_COUNTS]

    @property
    def total(self) -> int:
        found = 0
        for name in BED_COUNTS:
            try:
                found += self.fields[name].clean(self[name].value())
            except ValidationError:
                continue
        return found


class HmisForm(RowForm):
    kind = "hmis"
    what = _("period of HMIS participation")


class CeForm(RowForm):
    kind = "ce"
    what = _("period of coordinated entry participation")
    shown_when = dict.fromkeys(CE_SERVICES, ("access_point", "1"))

    def dress(self) -> None:
        super().dress()
        for name in CE_SERVICES:
            if name in self.fields:
                # Rule 24 asks for each of the four by its own words.
                self.fields[name].required = False


FORMS: Mapping[str, type[RowForm]] = {
    "coc": CocForm,
    "funders": FunderForm,
    "inventory": InventoryForm,
    "hmis": HmisForm,
    "ce": CeForm,
}


@dataclass(frozen=True)
class Rows:
    """The rows of one kind as the page shows them."""

    kind: str
    forms: list[RowForm]
    empty: RowForm

    @property
    def count(self) -> int:
        return len(self.forms)

    @property
    def visible(self) -> list[RowForm]:
        return [form for form in self.forms if not form.removed]

    @property
    def filled(self) -> list[RowForm]:
        return [form for form in self.visible if not form.blank]


class ProjectForms:
    """All the forms of one project's page, from what is stored or from what was typed."""

    def __init__(
        self,
        project: Project,
        *,
        siblings: Iterable[Project] = (),
        data: MultiValueDict[str, str] | None = None,
        quiet: bool = False,
        fixed: bool = False,
    ) -> None:
        """`project` comes from `with_rows`; `siblings` are the agency's other projects; `data` is what was typed.

        `fixed` when what the project does (its type) stays as it is stored.
        """
        self.project = project
        self.data = data
        self.codes = lists.codes()
        self.stored = {kind: stored_rows(project, kind) for kind in ROWS}
        common: dict[str, Any] = {"codes": self.codes, "quiet": quiet}
        initial = {name: getattr(project, name) for name in PROJECT_NAMES}
        initial["affiliated"] = [row["id"] for row in project.affiliated_found]  # type: ignore[attr-defined]
        self.form = ProjectForm(data, initial=initial, siblings=siblings, fixed=fixed, **common)
        self.rows = {kind: self._rows(kind, common) for kind in FORMS}
        self.findings: list[Finding] = []

    def _rows(self, kind: str, common: dict[str, Any]) -> Rows:
        extra: dict[str, Any] = {}
        if kind == "funders":
            extra["kept"] = frozenset(str(row["funder"]) for row in self.stored[kind])
        made = FORMS[kind]
        empty = made(
            prefix=f"{kind}-__prefix__", initial=self._new(kind), **{**common, "quiet": False}, **extra
        )
        if self.data is None:
            initials = self.stored[kind] or [self._new(kind)]
            return Rows(
                kind,
                [
                    made(prefix=f"{kind}-{index}", initial=initial, **{**common, "quiet": False}, **extra)
                    for index, initial in enumerate(initials)
                ],
                empty,
            )
        found = [
            made(self.data, prefix=f"{kind}-{index}", **common, **extra) for index in range(self._count(kind))
        ]
        if all(form.removed for form in found):
            found.append(made(MultiValueDict(), prefix=f"{kind}-{len(found)}", **common, **extra))
        return Rows(kind, found, empty)

    def _count(self, kind: str) -> int:
        text = (self.data.get(f"{kind}-rows") if self.data is not None else "") or ""
        return min(int(text), MOST_ROWS) if re.fullmatch(r"[0-9]{1,4}", text, re.ASCII) else 0

    def _new(self, kind: str) -> dict[str, Any]:
        """What a new row starts with: the CoC where there is only one to choose."""
        if kind == "coc":
            known = list(lists.coc_names())
        else:
            known = [row["coc_code"] for row in self.stored["coc"]] if kind == "inventory" else []
        return {"coc_code": known[0]} if len(known) == 1 else {}

    @property
    def all_forms(self) -> list[ElementForm]:
        """In the order of the page, blank and removed rows left out: for the error summary."""
        return [self.form, *(form for rows in self.rows.values() for form in rows.visible if form.errors)]

    def hidden(self) -> list[str]:
        """The fields and sections that do not apply to what has been answered."""
        value = self.form.value
        project_type, sub_type = value("project_type"), value("rrh_sub_type")
        doubt = project_type is None
        gone: list[str] = []
        if not doubt:
            residential = is_residential(project_type, sub_type)
            if not residential:
                gone += ["housing_type", "inventory"]
            if not affiliation_applies(project_type, sub_type):
                gone.append("residential_affiliation")
            if project_type not in EMERGENCY_SHELTER:
                gone += [
                    f"{form.key}-{name}"
                    for form in self.rows["inventory"].forms
                    for name in ("es_bed_type", "availability")
                ]
        if "residential_affiliation" in gone or value("residential_affiliation") != 1:
            gone.append("affiliated")
        if not any(form.value("funder") in HOPWA_FUNDERS for form in self.rows["funders"].filled):
            gone.append("hopwa_med_assisted_living_fac")
        return gone

    def read(self) -> ProjectDraft:
        """What was typed, as the rules read it; what does not apply is left out."""
        for form in self._judged():
            form.full_clean()
        gone = set(self.hidden())
        unreadable = {form.add_prefix(name) for form in self._judged() for name in form.errors}
        rows: dict[str, Any] = {}
        for kind, (_model, row_class) in ROWS.items():
            filled = [] if kind in gone else self.rows[kind].filled
            rows[kind] = [self._row(row_class, form, gone) for form in filled]
        affiliated = [] if "affiliated" in gone else self.form.value("affiliated") or []
        own: dict[str, Any] = {
            name: None if name in gone else self.form.value(name) for name in PROJECT_NAMES
        }
        if "hopwa_med_assisted_living_fac" in gone:
            own["hopwa_med_assisted_living_fac"] = NOT_HOPWA
        return ProjectDraft(
            **own,
            **rows,
            affiliated=[
                Affiliated(id=key, name=self.form.siblings[key].project_name, residential=True)
                for key in affiliated
            ],
            victim_service_provider=self.project.vsp_found,  # type: ignore[attr-defined]
            unreadable=frozenset(unreadable),
        )

    def _judged(self) -> Iterator[ElementForm]:
        yield self.form
        for rows in self.rows.values():
            yield from rows.filled

    def _row(self, row_class: type[Any], form: RowForm, gone: set[str]) -> Any:
        values = {
            name: form.value(name)
            for name in names(form.kind)
            if name in form.fields and f"{form.key}-{name}" not in gone
        }
        if form.kind == "coc":
            # The page does not ask for the state: it is the CoC's, or the HMIS's until one is chosen.
            values["state"] = str(values.get("coc_code") or min(lists.coc_names()))[:2]
        if form.kind == "funders":
            values["is_new"] = values.get("funder") not in {row["funder"] for row in self.stored["funders"]}
        return row_class(key=form.key, **values)

    def judge(self) -> ProjectDraft:
        """Read, check, and keep the findings; the forms are not touched."""
        draft = self.read()
        self.findings = check(draft, surroundings())
        return draft

    def is_valid(self) -> bool:
        """Judge and write each error to its field; blank rows and rows that do not apply are not judged."""
        self.draft = self.judge()
        for rows in self.rows.values():
            for form in rows.visible:
                if form.blank or rows.kind in self.hidden():
                    form._errors = ErrorDict()
                    form.cleaned_data = {}
        for name in list(self.form.errors):
            if name in self.hidden():
                del self.form.errors[name]
        for finding in errors(self.findings):
            at, name = self._place(finding.field)
            if finding.message not in at.errors.get(name, []):
                at.add_error(name, finding.message)
        return not any(
            form.errors for form in [self.form, *(f for rows in self.rows.values() for f in rows.visible)]
        )

    def _place(self, path: str) -> tuple[ElementForm, str]:
        """The form and field that a finding is written to; one of a whole section goes to its first row."""
        kind, _dash, rest = path.partition("-")
        if kind not in self.rows:
            return self.form, path
        rows = self.rows[kind]
        index, _dash, name = rest.partition("-")
        if name:
            form: RowForm = rows.forms[int(index)]
        else:
            form = rows.visible[0]
        if name not in form.fields:
            name = next(one for one in form.fields if one not in ("id", "DELETE"))
        return form, name

    def lacks(self, path: str) -> bool:
        """Whether nothing stands yet in the field (or section) that a finding names."""
        kind, _dash, rest = path.partition("-")
        if kind not in self.rows:
            return path in self.form.fields and self.form.value(path) in (None, "", [])
        index, _dash, name = rest.partition("-")
        if not name:
            return not self.rows[kind].filled
        form = self.rows[kind].forms[int(index)]
        return name in form.fields and form.value(name) in (None, "", [])

    def identities(self) -> dict[str, list[uuid.UUID | None]]:
        """For each kind, the stored ids of the rows of `draft` in its order; None for a new row."""
        found: dict[str, list[uuid.UUID | None]] = {}
        for kind in ROWS:
            known = {str(row["id"]) for row in self.stored[kind]}
            ids: list[uuid.UUID | None] = []
            for row in getattr(self.draft, kind):
                index = int(row.key.rpartition("-")[2])
                given = self.rows[kind].forms[index].cleaned_data.get("id")
                ids.append(given if str(given) in known and given not in ids else None)
            found[kind] = ids
        return found
