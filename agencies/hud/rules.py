"""HUD's rules for a project, R4–R25 (and R2 where it speaks inside one project).

One module over plain rows, used while the director types, at save, at submit, in the review and before an
export. Each rule is a small function over a `ProjectDraft`; a `Finding` names the rule, the field (the name of
the form field) and the fix. "error" stops a save; "warning" is advice.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, fields
from datetime import date
from itertools import combinations, pairwise
from typing import Literal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from agencies.hud.elements import (
    CE_SERVICES,
    EMERGENCY_SHELTER,
    NO_FUNDER,
    OTHER_FUNDER,
    RRH,
    RRH_SERVICES_ONLY,
    SERVICES_ONLY,
    TABLES,
    is_residential,
    specification,
)
from agencies.hud.lists import RETIRED, Codes

HOPWA_FUNDERS = frozenset({13, 14, 15, 16, 17, 18, 19, 48})
TENANT_BASED = 3
FACILITY, VOUCHER, OTHER_BEDS = 1, 2, 3
SEASONAL = 2
ADULT_AND_CHILD, ONLY_CHILDREN = 3, 4
SUPPORTIVE, SAFE_HAVEN = 3, 8
IN_HMIS = 1
MOST_BEDS = 9_999
VETERAN_BEDS = ("ch_vet_bed_inventory", "youth_vet_bed_inventory", "vet_bed_inventory")
CHRONIC_BEDS = ("ch_vet_bed_inventory", "ch_youth_bed_inventory", "ch_bed_inventory")
BED_COUNTS = (
    *VETERAN_BEDS,
    "ch_youth_bed_inventory",
    "youth_bed_inventory",
    "ch_bed_inventory",
    "other_bed_inventory",
)

_SHAPES = {
    "coc_code": re.compile(r"[A-Z]{2}-[0-9]{3}"),
    "geocode": re.compile(r"[0-9]{6}"),
    "zip": re.compile(r"[0-9]{5}"),
    "state": re.compile(r"[A-Z]{2}"),
}
_FORBIDDEN = re.compile(r"[<>\[\]{}]")


@dataclass(slots=True, kw_only=True)
class Row:
    """One row of a project; `key` is the prefix of its form fields, such as "coc-0"."""

    key: str


@dataclass(slots=True, kw_only=True)
class CocRow(Row):
    coc_code: str = ""
    geocode: str = ""
    address1: str = ""
    address2: str = ""
    city: str = ""
    state: str = ""
    zip: str = ""
    geography_type: int | None = None


@dataclass(slots=True, kw_only=True)
class FunderRow(Row):
    funder: int | None = None
    other_funder: str = ""
    grant_id: str = ""
    start_date: date | None = None
    end_date: date | None = None
    is_new: bool = True


@dataclass(slots=True, kw_only=True)
class InventoryRow(Row):
    coc_code: str = ""
    household_type: int | None = None
    es_bed_type: int | None = None
    availability: int | None = None
    ch_vet_bed_inventory: int | None = 0
    youth_vet_bed_inventory: int | None = 0
    vet_bed_inventory: int | None = 0
    ch_youth_bed_inventory: int | None = 0
    youth_bed_inventory: int | None = 0
    ch_bed_inventory: int | None = 0
    other_bed_inventory: int | None = 0
    bed_inventory: int | None = None
    unit_inventory: int | None = None
    inventory_start_date: date | None = None
    inventory_end_date: date | None = None

    @property
    def counted_beds(self) -> int:
        return sum(getattr(self, name) or 0 for name in BED_COUNTS)


@dataclass(slots=True, kw_only=True)
class HmisRow(Row):
    hmis_participation_type: int | None = None
    hmis_participation_status_start_date: date | None = None
    hmis_participation_status_end_date: date | None = None


@dataclass(slots=True, kw_only=True)
class CeRow(Row):
    access_point: int | None = None
    prevention_assessment: int | None = None
    crisis_assessment: int | None = None
    housing_assessment: int | None = None
    direct_services: int | None = None
    receives_referrals: int | None = None
    ce_participation_status_start_date: date | None = None
    ce_participation_status_end_date: date | None = None


@dataclass(slots=True, kw_only=True)
class Affiliated:
    """A project named as one whose residents this project serves."""

    id: str
    name: str
    residential: bool


@dataclass(slots=True, kw_only=True)
class ProjectDraft:
    """A project with its rows, complete or not. Dates are dates, codes are integers, absent is None or ""."""

    project_name: str = ""
    project_common_name: str = ""
    operating_start_date: date | None = None
    operating_end_date: date | None = None
    continuum_project: int | None = None
    project_type: int | None = None
    rrh_sub_type: int | None = None
    residential_affiliation: int | None = None
    housing_type: int | None = None
    target_population: int | None = None
    hopwa_med_assisted_living_fac: int | None = None
    coc: Sequence[CocRow] = ()
    funders: Sequence[FunderRow] = ()
    inventory: Sequence[InventoryRow] = ()
    hmis: Sequence[HmisRow] = ()
    ce: Sequence[CeRow] = ()
    affiliated: Sequence[Affiliated] = ()
    victim_service_provider: bool | None = None
    unreadable: frozenset[str] = frozenset()  # fields whose text could not be read: the form itself says so

    @property
    def residential(self) -> bool:
        return is_residential(self.project_type, self.rrh_sub_type)

    @property
    def in_doubt(self) -> bool:
        """Whether it is residential cannot be said yet."""
        return self.project_type is None or (self.project_type == RRH and self.rrh_sub_type is None)

    @property
    def has_hopwa_money(self) -> bool:
        return any(row.funder in HOPWA_FUNDERS for row in self.funders)

    def runs_on(self, day: date) -> bool:
        return self.operating_end_date is None or self.operating_end_date >= day


@dataclass(frozen=True, slots=True)
class Finding:
    rule: int
    field: str
    message: str
    level: Literal["error", "warning"] = "error"


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a project is checked against: the code lists, the CoCs of this HMIS, the day."""

    codes: Codes
    cocs: frozenset[str]
    today: date


Rule = Callable[[ProjectDraft, Surroundings], Iterable[Finding]]
RULES: list[tuple[int, Rule]] = []


def rule(number: int) -> Callable[[Rule], Rule]:
    def register(function: Rule) -> Rule:
        RULES.append((number, function))
        return function

    return register


def check(draft: ProjectDraft, around: Surroundings) -> list[Finding]:
    """All findings, one for each field and message, in the order of the page."""
    found: dict[tuple[str, str], Finding] = {}
    for _number, function in RULES:
        for finding in function(draft, around):
            if finding.field not in draft.unreadable:
                found.setdefault((finding.field, finding.message), finding)
    return sorted(found.values(), key=lambda finding: page_order(finding.field))


def errors(findings: Iterable[Finding]) -> list[Finding]:
    return [finding for finding in findings if finding.level == "error"]


_PROJECT_ORDER = [f.name for f in fields(ProjectDraft) if f.name not in TABLES]
_ROW_ORDER = {
    "coc": [f.name for f in fields(CocRow)],
    "funders": [f.name for f in fields(FunderRow)],
    "inventory": [f.name for f in fields(InventoryRow)],
    "hmis": [f.name for f in fields(HmisRow)],
    "ce": [f.name for f in fields(CeRow)],
}
_KIND_ORDER = list(_ROW_ORDER)


def page_order(path: str) -> tuple[int, int, int]:
    kind, _dash, rest = path.partition("-")
    if kind not in _ROW_ORDER:
        return (-1, _PROJECT_ORDER.index(path) if path in _PROJECT_ORDER else len(_PROJECT_ORDER), 0)
    index, _dash, name = rest.partition("-")
    names = _ROW_ORDER[kind]
    return (
        _KIND_ORDER.index(kind),
        int(index) if index.isdigit() else -1,
        names.index(name) if name in names else 0,
    )


def _kinds(draft: ProjectDraft) -> Iterator[tuple[str, str, object]]:
    """Every row with its kind and field prefix, the project itself first."""
    yield "project", "", draft
    for kind in _KIND_ORDER:
        for row in getattr(draft, kind):
            yield kind, f"{row.key}-", row


def _empty(value: object) -> bool:
    return value is None or (isinstance(value, str) and not value.strip())


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


def _asked(draft: ProjectDraft, kind: str, name: str) -> bool:
    """Answers HUD's file may lack but an agency must supply."""
    match kind, name:
        case "project", "hopwa_med_assisted_living_fac":
            return draft.has_hopwa_money
        case "coc", "zip" | "geography_type" | "state":
            return True
        case "coc", "address1" | "city":
            # Tenant-based housing has no one address, a victim service provider's is kept secret.
            return draft.housing_type != TENANT_BASED and not draft.victim_service_provider
        case "inventory", "coc_code":
            return True
        case "inventory", _name:
            return name in BED_COUNTS
    return False


@rule(4)
def required_lengths_types_and_shapes(draft: ProjectDraft, around: Surroundings) -> Iterator[Finding]:
    for kind, prefix, row in _kinds(draft):
        for element, column in specification(kind):
            value = getattr(row, element.name)
            path = prefix + element.name
            if _empty(value):
                if element.name == "bed_inventory" and kind == "inventory":
                    continue
                if not column.nullable or _asked(draft, kind, element.name):
                    yield Finding(4, path, str(element.ask))
            elif isinstance(value, str):
                if column.max_length and len(value) > column.max_length:
                    yield Finding(
                        4,
                        path,
                        _("%(what)s must be %(most)s characters or fewer: shorten it")
                        % {"what": _sentence(str(element.noun)), "most": column.max_length},
                    )
                shape = _SHAPES.get(element.name)
                if shape and not shape.fullmatch(value):
                    yield Finding(4, path, _shape_message(element.name))
                elif column.list and (column.list, value) not in around.codes:
                    yield Finding(4, path, str(element.ask) + _(" from the list"))
            elif isinstance(value, int):
                if value < 0 or (not column.list and value > MOST_BEDS):
                    yield Finding(
                        4,
                        path,
                        _("%(what)s must be a whole number from 0 to %(most)s")
                        % {"what": _sentence(str(element.noun)), "most": f"{MOST_BEDS:,}"},
                    )
                elif column.list and (column.list, value) not in around.codes:
                    if element.name == "funder" and (column.list + RETIRED, value) in around.codes:
                        continue
                    yield Finding(4, path, str(element.ask) + _(" from the list"))


def _shape_message(name: str) -> str:
    return {
        "coc_code": _("The CoC code must be two letters, a hyphen and three digits, like CT-505"),
        "geocode": _("The geocode must be six digits: choose the town or county from the list"),
        "zip": _("The ZIP code must be five digits, like 06103"),
        "state": _("The state must be two letters, like CT"),
    }[name]


@rule(4)
def periods_end_after_they_start(draft: ProjectDraft, around: Surroundings) -> Iterator[Finding]:
    start, end = draft.operating_start_date, draft.operating_end_date
    if start and end and end < start:
        yield Finding(
            4,
            "operating_end_date",
            _("The last day of operation must be on or after the first day of operation"),
        )
    for row in draft.funders:
        if row.start_date and row.end_date and row.end_date < row.start_date:
            yield Finding(4, f"{row.key}-end_date", _("The grant must end on or after the day it starts"))


@rule(5)
def continuum_project_has_type(draft: ProjectDraft, around: Surroundings) -> Iterator[Finding]:
    if draft.continuum_project == 1 and draft.project_type is None:
        yield Finding(5, "project_type", _("Choose the project type: every continuum project has one"))


@rule(6)
def rrh_has_sub_type(draft: ProjectDraft, around: Surroundings) -> Iterator[Finding]:
    if draft.project_type == RRH and draft.rrh_sub_type is None:
        yield Finding(6, "rrh_sub_type", _("Choose what the rapid re-housing project provides"))
    if draft.project_type != RRH and draft.rrh_sub_type is not None:
        yield Finding(
            6,
            "rrh_sub_type",
            _(
                "Only rapid re-housing has this answer: remove it or choose rapid re-housing as the project type"
            ),
        )


def affiliation_applies(project_type: int | None, rrh_sub_type: int | None) -> bool:
    return project_type == SERVICES_ONLY or (project_type == RRH and rrh_sub_type == RRH_SERVICES_ONLY)


@rule(7)
def services_only_tells_affiliation(draft: ProjectDraft, around: Surroundings) -> Iterator[Finding]:
    applies = affiliation_applies(draft.project_type, draft.rrh_sub_type)
    if applies and draft.residential_affiliation is None:
        yield Finding(
            7,
            "residential_affiliation",
            _("Choose yes if this services-only project serves the residents of another project"),
        )
    if not applies and draft.residential_affiliation is not None:
        yield Finding(
            7,
            "residential_affiliation",
            _("Only services-only projects have this answer: remove it or change the project type"),
        )


@rule(8)
def affiliated_projects_listed(draft: ProjectDraft, around: Surroundings) -> Iterator[Finding]:
    if draft.residential_affiliation == 1 and not draft.affiliated:
        yield Finding(8, "affiliated", _("Choose the projects whose residents this project serves"))
    if draft.residential_affiliation != 1 and draft.affiliated:
        yield Finding(
            8,
            "affiliated",
            _("Remove the projects chosen here, or answer yes to serving the residents of another project"),
        )
    for other in draft.affiliated:
        if not other.residential:
            yield Finding(
                8,
                "affiliated",
                _("%(name)s houses nobody: choose residential projects only") % {"name": other.name},
            )


@rule(9)
def residential_has_housing_type(draft: ProjectDraft, around: Surroundings) -> Iterator[Finding]:
    if draft.in_doubt:
        return
    if draft.residential and draft.housing_type is None:
        yield Finding(9, "housing_type", _("Choose the housing type: every residential project has one"))
    if not draft.residential and draft.housing_type is not None:
        yield Finding(
            9,
            "housing_type",
            _("Only residential projects have a housing type: remove it or change the project type"),
        )


@rule(10)
def continuum_project_has_coc(draft: ProjectDraft, around: Surroundings) -> Iterator[Finding]:
    if draft.continuum_project == 1 and not draft.coc:
        yield Finding(10, "coc", _("Add the Continuum of Care (CoC) in which the project works"))
    seen: set[str] = set()
    for row in draft.coc:
        if row.coc_code and row.coc_code in seen:
            yield Finding(
                10,
                f"{row.key}-coc_code",
                _("%(coc)s is listed twice: keep one row for each CoC") % {"coc": row.coc_code},
            )
        if row.coc_code and row.coc_code not in around.cocs:
            yield Finding(
                10,
                f"{row.key}-coc_code",
                _("%(coc)s is not a CoC of this HMIS: choose one of %(cocs)s")
                % {"coc": row.coc_code, "cocs": ", ".join(sorted(around.cocs))},
            )
        seen.add(row.coc_code)


@rule(11)
def geocode_in_state(draft: ProjectDraft, around: Surroundings) -> Iterator[Finding]:
    for row in draft.coc:
        path = f"{row.key}-geocode"
        known = around.codes.lists.get(f"geocode.{row.coc_code[:2]}")
        if not row.geocode:
            yield Finding(11, path, _("Choose the town or county of the project's main site"))
        elif len(set(row.geocode)) == 1:
            yield Finding(
                11, path, _("%(code)s is not a place: choose the town or county") % {"code": row.geocode}
            )
        elif known and row.geocode not in known:
            yield Finding(
                11,
                path,
                _("Geocode %(code)s is not in the state of %(coc)s: choose a town or county of that state")
                % {"code": row.geocode, "coc": row.coc_code},
            )


@rule(12)
def other_funder_named(draft: ProjectDraft, around: Surroundings) -> Iterator[Finding]:
    for row in draft.funders:
        if row.funder == OTHER_FUNDER and not row.other_funder:
            yield Finding(
                12, f"{row.key}-other_funder", _("Enter the name of the local or other funding source")
            )
        if row.funder not in (None, OTHER_FUNDER) and row.other_funder:
            yield Finding(
                12,
                f"{row.key}-other_funder",
                _("Remove this name, or choose “Local or other funding source” as the funding source"),
            )
        if ("2.06.1" + RETIRED, row.funder) in around.codes:
            yield Finding(
                12,
                f"{row.key}-funder",
                _("HUD has retired this funding source: choose the one that replaced it"),
                "error" if row.is_new else "warning",
            )


@rule(13)
def funder_fits_type(draft: ProjectDraft, around: Surroundings) -> Iterator[Finding]:
    if draft.project_type is None:
        return
    binding = draft.residential and draft.continuum_project == 1
    for row in draft.funders:
        allowed = around.codes.funder_types.get(row.funder) if row.funder is not None else None
        if allowed and draft.project_type not in allowed:
            yield Finding(
                13,
                f"{row.key}-funder",
                _("This source pays for %(types)s: choose another source or change the project type")
                % {"types": _types(allowed, around)},
                "error" if binding else "warning",
            )


def _types(allowed: Iterable[int], around: Surroundings) -> str:
    names = [around.codes.label("2.02.6", code) for code in sorted(allowed)]
    return _(" or ").join(names)


@rule(14)
def funders_agree(draft: ProjectDraft, around: Surroundings) -> Iterator[Finding]:
    known = [
        (row, around.codes.funder_types[row.funder])
        for row in draft.funders
        if row.funder is not None and row.funder in around.codes.funder_types
    ]
    for (first, one), (second, two) in combinations(known, 2):
        if not one & two:
            yield Finding(
                14,
                f"{second.key}-funder",
                _(
                    "“%(second)s” and “%(first)s” pay for different types of project: set up one project for each"
                )
                % {
                    "first": around.codes.label("2.06.1", first.funder),
                    "second": around.codes.label("2.06.1", second.funder),
                },
            )


@rule(15)
def running_project_has_funder(draft: ProjectDraft, around: Surroundings) -> Iterator[Finding]:
    if not draft.runs_on(around.today):
        return
    if not draft.funders:
        yield Finding(
            15,
            "funders",
            _("Add the project's funding source; choose “N/A” if it has none or “Local” for other money"),
        )
    elif all(row.end_date and row.end_date < around.today for row in draft.funders):
        yield Finding(15, "funders", _("Every grant listed has ended: add the one that pays now"), "warning")
    if len(draft.funders) > 1 and any(row.funder == NO_FUNDER for row in draft.funders):
        row = next(row for row in draft.funders if row.funder == NO_FUNDER)
        yield Finding(
            15, f"{row.key}-funder", _("“N/A” stands alone: remove it or the other sources"), "warning"
        )


@rule(16)
def residential_has_beds(draft: ProjectDraft, around: Surroundings) -> Iterator[Finding]:
    if draft.in_doubt:
        return
    if not draft.residential:
        if draft.inventory:
            yield Finding(
                16,
                "inventory",
                _("Only projects that house people list beds: remove these rows or change the project type"),
            )
        return
    if not draft.runs_on(around.today):
        return
    with_beds = {
        row.coc_code
        for row in draft.inventory
        if row.inventory_end_date is None or row.inventory_end_date >= around.today
    }
    for row in draft.coc:
        if row.coc_code and row.coc_code not in with_beds:
            yield Finding(
                16,
                "inventory",
                _("Add the beds and units of the project in %(coc)s that are in use now")
                % {"coc": row.coc_code},
            )
    if not draft.coc and not draft.inventory:
        yield Finding(16, "inventory", _("Add the project's beds and units"))


@rule(2)
def beds_are_in_a_coc_of_the_project(draft: ProjectDraft, around: Surroundings) -> Iterator[Finding]:
    listed = {row.coc_code for row in draft.coc}
    for row in draft.inventory:
        if row.coc_code and row.coc_code not in listed:
            yield Finding(
                2,
                f"{row.key}-coc_code",
                _(
                    "The project has no address in %(coc)s: add that CoC above or choose another for these beds"
                )
                % {"coc": row.coc_code},
            )


@rule(17)
def beds_sum_to_total(draft: ProjectDraft, around: Surroundings) -> Iterator[Finding]:
    for row in draft.inventory:
        if row.bed_inventory is not None and row.bed_inventory != row.counted_beds:
            yield Finding(
                17,
                f"{row.key}-bed_inventory",
                _("The seven counts make %(counted)s beds, the total says %(total)s: change one of them")
                % {"counted": row.counted_beds, "total": row.bed_inventory},
            )


@rule(18)
def units_within_beds(draft: ProjectDraft, around: Surroundings) -> Iterator[Finding]:
    for row in draft.inventory:
        if row.unit_inventory is not None and row.unit_inventory > row.counted_beds:
            yield Finding(
                18,
                f"{row.key}-unit_inventory",
                ngettext(
                    "There cannot be more units than the %(beds)s bed: lower the units or add beds",
                    "There cannot be more units than the %(beds)s beds: lower the units or add beds",
                    row.counted_beds,
                )
                % {"beds": row.counted_beds},
            )


@rule(19)
def inventory_within_operation(draft: ProjectDraft, around: Surroundings) -> Iterator[Finding]:
    opened, closed = draft.operating_start_date, draft.operating_end_date
    for row in draft.inventory:
        start, end = row.inventory_start_date, row.inventory_end_date
        if start and end and end < start:
            yield Finding(
                19,
                f"{row.key}-inventory_end_date",
                _("The beds must end on or after the day they become available"),
            )
        if start and opened and start < opened:
            yield Finding(
                19,
                f"{row.key}-inventory_start_date",
                _(
                    "The beds cannot start before the project's first day of operation: change one of the dates"
                ),
            )
        if start and closed and start > closed:
            yield Finding(
                19,
                f"{row.key}-inventory_start_date",
                _("The beds cannot start after the project's last day of operation: change one of the dates"),
            )
        if closed and ((end and end > closed) or (end is None and closed < around.today)):
            yield Finding(
                19,
                f"{row.key}-inventory_end_date",
                _("The beds end with the project: enter a day on or before its last day of operation"),
            )


@rule(20)
def shelter_beds_have_type_and_availability(draft: ProjectDraft, around: Surroundings) -> Iterator[Finding]:
    if draft.project_type is None:
        return
    shelter = draft.project_type in EMERGENCY_SHELTER
    for row in draft.inventory:
        if shelter and row.es_bed_type is None:
            yield Finding(
                20, f"{row.key}-es_bed_type", _("Choose the bed type: every emergency shelter has one")
            )
        if shelter and row.availability is None:
            yield Finding(
                20,
                f"{row.key}-availability",
                _("Choose when the beds are available: year-round, seasonal or overflow"),
            )
        for name in ("es_bed_type", "availability"):
            if not shelter and getattr(row, name) is not None:
                yield Finding(
                    20,
                    f"{row.key}-{name}",
                    _("Only emergency shelters have this answer: remove it or change the project type"),
                )
        if shelter:
            yield from _seasonal(row)
            yield from _bed_type_fits(draft, row)


def _seasonal(row: InventoryRow) -> Iterator[Finding]:
    if row.availability != SEASONAL:
        return
    path, start, end = f"{row.key}-inventory_end_date", row.inventory_start_date, row.inventory_end_date
    if end is None:
        yield Finding(20, path, _("Enter the last day of the season: seasonal beds have an end date"))
    elif start and (end - start).days >= 365:
        yield Finding(
            20, path, _("A season is shorter than a year: enter an earlier end date or choose year-round")
        )


def _bed_type_fits(draft: ProjectDraft, row: InventoryRow) -> Iterator[Finding]:
    if draft.housing_type is None or row.es_bed_type is None:
        return
    if draft.housing_type == TENANT_BASED and row.es_bed_type in (FACILITY, OTHER_BEDS):
        yield Finding(
            20,
            f"{row.key}-es_bed_type",
            _("Tenant-based housing has voucher beds: choose voucher beds or change the housing type"),
        )
    if draft.housing_type != TENANT_BASED and row.es_bed_type == VOUCHER:
        yield Finding(
            20,
            f"{row.key}-es_bed_type",
            _(
                "Site-based housing has no voucher beds: choose facility-based or other beds, or tenant-based housing"
            ),
        )


@rule(21)
def dedicated_beds_fit(draft: ProjectDraft, around: Surroundings) -> Iterator[Finding]:
    for row in draft.inventory:
        if row.household_type == ONLY_CHILDREN:
            for name in VETERAN_BEDS:
                if getattr(row, name):
                    yield Finding(
                        21,
                        f"{row.key}-{name}",
                        _(
                            "Beds for veterans cannot be in a household type of only children: "
                            "move them or change the household type"
                        ),
                    )
        if draft.project_type is not None and draft.project_type != SUPPORTIVE:
            for name in CHRONIC_BEDS:
                if getattr(row, name):
                    yield Finding(
                        21,
                        f"{row.key}-{name}",
                        _(
                            "Only permanent supportive housing dedicates beds to chronically homeless people: "
                            "count these beds in another group"
                        ),
                    )
        if draft.project_type == SAFE_HAVEN and row.household_type == ADULT_AND_CHILD:
            yield Finding(
                21,
                f"{row.key}-household_type",
                _("A safe haven has no beds for adults with children: choose another household type"),
            )


@dataclass(frozen=True, slots=True)
class _Period:
    key: str
    start: date | None
    end: date | None

    def covers(self, day: date) -> bool:
        return self.start is not None and self.start <= day and (self.end is None or self.end >= day)


@rule(22)
def participation_without_gap_or_overlap(draft: ProjectDraft, around: Surroundings) -> Iterator[Finding]:
    for kind, prefix, what in (
        ("hmis", "hmis_participation_status", _("HMIS participation")),
        ("ce", "ce_participation_status", _("coordinated entry participation")),
    ):
        periods = [
            _Period(row.key, getattr(row, f"{prefix}_start_date"), getattr(row, f"{prefix}_end_date"))
            for row in getattr(draft, kind)
        ]
        yield from _each_period(draft, prefix, periods)
        yield from _together(draft, around, kind, prefix, what, periods)


def _each_period(draft: ProjectDraft, prefix: str, periods: Iterable[_Period]) -> Iterator[Finding]:
    opened = draft.operating_start_date
    for period in periods:
        if period.start and period.end and period.end < period.start:
            yield Finding(
                22, f"{period.key}-{prefix}_end_date", _("The period must end on or after the day it starts")
            )
        if period.start and opened and period.start < opened:
            yield Finding(
                22,
                f"{period.key}-{prefix}_start_date",
                _(
                    "The period cannot start before the project's first day of operation: change one of the dates"
                ),
            )


def _together(
    draft: ProjectDraft, around: Surroundings, kind: str, prefix: str, what: str, periods: Sequence[_Period]
) -> Iterator[Finding]:
    dated = sorted((p for p in periods if p.start), key=lambda p: (p.start or date.max, p.key))
    for earlier, later in pairwise(dated):
        if earlier.end is None or (later.start and later.start <= earlier.end):
            yield Finding(
                22,
                f"{later.key}-{prefix}_start_date",
                _("Two periods of %(what)s overlap: end the earlier one before this day") % {"what": what},
            )
    if not draft.runs_on(around.today):
        return
    day = max(around.today, draft.operating_start_date or around.today)
    unfinished = any(period.start is None for period in periods)
    if not unfinished and not any(period.covers(day) for period in periods):
        yield Finding(
            22,
            kind,
            _("Add the %(what)s in force now: one period stays open while the project runs") % {"what": what},
        )


@rule(23)
def victim_service_provider_stays_out(draft: ProjectDraft, around: Surroundings) -> Iterator[Finding]:
    if not draft.victim_service_provider:
        return
    for row in draft.hmis:
        if row.hmis_participation_type == IN_HMIS:
            yield Finding(
                23,
                f"{row.key}-hmis_participation_type",
                _("A victim service provider may not enter data in HMIS: choose comparable database"),
            )


@rule(24)
def access_point_does_something(draft: ProjectDraft, around: Surroundings) -> Iterator[Finding]:
    for row in draft.ce:
        answers = {name: getattr(row, name) for name in CE_SERVICES}
        if row.access_point == 1:
            for name, value in answers.items():
                if value is None:
                    yield Finding(
                        24, f"{row.key}-{name}", _("Choose yes or no: an access point answers all four")
                    )
            if None not in answers.values() and not any(answers.values()):
                yield Finding(
                    24,
                    f"{row.key}-{CE_SERVICES[0]}",
                    _(
                        "An access point does at least one of the four: choose yes for it, or no for access point"
                    ),
                )
        else:
            for name, value in answers.items():
                if value is not None:
                    yield Finding(
                        24, f"{row.key}-{name}", _("Only an access point has this answer: remove it")
                    )


@rule(25)
def no_brackets(draft: ProjectDraft, around: Surroundings) -> Iterator[Finding]:
    for kind, prefix, row in _kinds(draft):
        for element, column in specification(kind):
            value = getattr(row, element.name)
            if column.type == "string" and isinstance(value, str) and _FORBIDDEN.search(value):
                yield Finding(
                    25,
                    prefix + element.name,
                    _("%(what)s cannot contain < > [ ] { }: remove them")
                    % {"what": _sentence(str(element.noun))},
                )
