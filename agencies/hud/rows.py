"""A project and its rows as the rules, the forms and the CSV writer read them: plain values, complete or not."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from agencies.hud.elements import RRH, is_residential

HOPWA_FUNDERS = frozenset({13, 14, 15, 16, 17, 18, 19, 48})
NOT_HOPWA = 2
VETERAN_BEDS = ("ch_vet_bed_inventory", "youth_vet_bed_inventory", "vet_bed_inventory")
CHRONIC_BEDS = ("ch_vet_bed_inventory", "ch_youth_bed_inventory", "ch_bed_inventory")
# Kinds of row that begin and end with the project unless something else is said, and how their dates are named.
DATED = {
    "inventory": "inventory",
    "hmis": "hmis_participation_status",
    "ce": "ce_participation_status",
}
BED_COUNTS = (
    *VETERAN_BEDS,
    "ch_youth_bed_inventory",
    "youth_bed_inventory",
    "ch_bed_inventory",
    "other_bed_inventory",
)


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
    # Of an agency that joins nobody is asked about HMIS participation: it begins at go-live (`lifecycle`).
    joining: bool = False
    unreadable: frozenset[str] = frozenset()  # fields whose text could not be read: the form itself says so

    @property
    def residential(self) -> bool:
        return is_residential(self.project_type, self.rrh_sub_type)

    @property
    def in_doubt(self) -> bool:
        """Whether it is residential cannot be said yet."""
        if self.project_type is None:
            return self.continuum_project != 0
        return self.project_type == RRH and self.rrh_sub_type is None

    @property
    def has_hopwa_money(self) -> bool:
        return any(row.funder in HOPWA_FUNDERS for row in self.funders)

    def runs_on(self, day: date) -> bool:
        return self.operating_end_date is None or self.operating_end_date >= day
