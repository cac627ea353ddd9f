"""The project descriptor elements: what each answer is called on the page, and where HUD writes it.

A row of the rules' dataclasses, a model row and a form share these attribute names.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from agencies.hud.lists import Column, columns

RESIDENTIAL_TYPES = frozenset({0, 1, 2, 3, 8, 9, 10})
EMERGENCY_SHELTER = frozenset({0, 1})
RRH = 13
RRH_SERVICES_ONLY = 1
RRH_HOUSING = 2
SERVICES_ONLY = 6
OTHER_FUNDER = 46
NO_FUNDER = 34


def is_residential(project_type: int | None, rrh_sub_type: int | None) -> bool:
    return project_type in RESIDENTIAL_TYPES or (project_type == RRH and rrh_sub_type == RRH_HOUSING)


@dataclass(frozen=True, slots=True)
class Element:
    name: str  # attribute of rows, models and forms
    column: str  # HUD's column
    label: str | Promise  # on the page
    ask: str | Promise  # the error when it is empty
    noun: str | Promise  # inside a sentence: "the street address"


def _table(*rows: tuple[str, str, str | Promise, str | Promise, str | Promise]) -> Mapping[str, Element]:
    return {row[0]: Element(*row) for row in rows}


PROJECT = _table(
    ("project_name", "ProjectName", _("Project name"), _("Enter the project's name"), _("the project name")),
    (
        "project_common_name",
        "ProjectCommonName",
        _("Name that staff and clients use"),
        _("Enter the name that staff and clients use"),
        _("the common name"),
    ),
    (
        "operating_start_date",
        "OperatingStartDate",
        _("First day of operation"),
        _("Enter the first day of operation"),
        _("the first day of operation"),
    ),
    (
        "operating_end_date",
        "OperatingEndDate",
        _("Last day of operation"),
        _("Enter the last day of operation"),
        _("the last day of operation"),
    ),
    (
        "continuum_project",
        "ContinuumProject",
        _("Is this a continuum project?"),
        _("Choose yes if this is a continuum project"),
        _("continuum project"),
    ),
    ("project_type", "ProjectType", _("Project type"), _("Choose the project type"), _("the project type")),
    (
        "rrh_sub_type",
        "RRHSubType",
        _("What does the rapid re-housing project provide?"),
        _("Choose what the rapid re-housing project provides"),
        _("what the rapid re-housing project provides"),
    ),
    (
        "residential_affiliation",
        "ResidentialAffiliation",
        _("Does it serve the residents of another project?"),
        _("Choose yes if the project serves the residents of another project"),
        _("whether the project serves the residents of another project"),
    ),
    ("housing_type", "HousingType", _("Housing type"), _("Choose the housing type"), _("the housing type")),
    (
        "target_population",
        "TargetPopulation",
        _("Target population"),
        _("Choose the target population"),
        _("the target population"),
    ),
    (
        "hopwa_med_assisted_living_fac",
        "HOPWAMedAssistedLivingFac",
        _("HOPWA medically assisted living facility"),
        _("Choose whether this is a HOPWA medically assisted living facility"),
        _("the HOPWA medically assisted living facility answer"),
    ),
)
COC = _table(
    (
        "coc_code",
        "CoCCode",
        _("Continuum of Care (CoC)"),
        _("Choose the Continuum of Care"),
        _("the Continuum of Care"),
    ),
    (
        "geocode",
        "Geocode",
        _("Town or county (HUD geocode)"),
        _("Choose the town or county"),
        _("the town or county"),
    ),
    ("address1", "Address1", _("Street address"), _("Enter the street address"), _("the street address")),
    ("address2", "Address2", _("Address line 2"), _("Enter address line 2"), _("address line 2")),
    ("city", "City", _("City or town"), _("Enter the city or town"), _("the city or town")),
    ("state", "State", _("State"), _("Enter the state"), _("the state")),
    ("zip", "ZIP", _("ZIP code"), _("Enter the ZIP code"), _("the ZIP code")),
    (
        "geography_type",
        "GeographyType",
        _("Geography"),
        _("Choose urban, suburban or rural"),
        _("the geography"),
    ),
)
FUNDER = _table(
    ("funder", "Funder", _("Funding source"), _("Choose the funding source"), _("the funding source")),
    (
        "other_funder",
        "OtherFunder",
        _("Name of the other funding source"),
        _("Enter the name of the other funding source"),
        _("the name of the other funding source"),
    ),
    (
        "grant_id",
        "GrantID",
        _("Grant or contract number"),
        _("Enter the grant or contract number"),
        _("the grant number"),
    ),
    (
        "start_date",
        "StartDate",
        _("Grant starts"),
        _("Enter the day the grant starts"),
        _("the day the grant starts"),
    ),
    ("end_date", "EndDate", _("Grant ends"), _("Enter the day the grant ends"), _("the day the grant ends")),
)
INVENTORY = _table(
    (
        "coc_code",
        "CoCCode",
        _("Continuum of Care (CoC)"),
        _("Choose the CoC these beds are in"),
        _("the CoC of the beds"),
    ),
    (
        "household_type",
        "HouseholdType",
        _("Household type"),
        _("Choose the household type"),
        _("the household type"),
    ),
    ("es_bed_type", "ESBedType", _("Bed type"), _("Choose the bed type"), _("the bed type")),
    (
        "availability",
        "Availability",
        _("Availability"),
        _("Choose when the beds are available"),
        _("when the beds are available"),
    ),
    (
        "ch_vet_bed_inventory",
        "CHVetBedInventory",
        _("Veterans, chronically homeless"),
        _("Enter the beds for chronically homeless veterans, or 0"),
        _("beds for chronically homeless veterans"),
    ),
    (
        "youth_vet_bed_inventory",
        "YouthVetBedInventory",
        _("Youth veterans"),
        _("Enter the beds for youth veterans, or 0"),
        _("beds for youth veterans"),
    ),
    (
        "vet_bed_inventory",
        "VetBedInventory",
        _("Any other veterans"),
        _("Enter the beds for any other veterans, or 0"),
        _("beds for any other veterans"),
    ),
    (
        "ch_youth_bed_inventory",
        "CHYouthBedInventory",
        _("Youth, chronically homeless"),
        _("Enter the beds for chronically homeless youth, or 0"),
        _("beds for chronically homeless youth"),
    ),
    (
        "youth_bed_inventory",
        "YouthBedInventory",
        _("Any other youth"),
        _("Enter the beds for any other youth, or 0"),
        _("beds for any other youth"),
    ),
    (
        "ch_bed_inventory",
        "CHBedInventory",
        _("Any other chronically homeless people"),
        _("Enter the beds for any other chronically homeless people, or 0"),
        _("beds for any other chronically homeless people"),
    ),
    (
        "other_bed_inventory",
        "OtherBedInventory",
        _("Not dedicated to any group"),
        _("Enter the beds that are not dedicated to any group, or 0"),
        _("beds not dedicated to any group"),
    ),
    ("bed_inventory", "BedInventory", _("Total beds"), _("Enter the total of beds"), _("the total of beds")),
    ("unit_inventory", "UnitInventory", _("Units"), _("Enter the number of units"), _("the number of units")),
    (
        "inventory_start_date",
        "InventoryStartDate",
        _("Beds available from"),
        _("Enter the day the beds become available"),
        _("the day the beds become available"),
    ),
    (
        "inventory_end_date",
        "InventoryEndDate",
        _("Beds available until"),
        _("Enter the last day the beds are available"),
        _("the last day the beds are available"),
    ),
)
HMIS = _table(
    (
        "hmis_participation_type",
        "HMISParticipationType",
        _("Participation"),
        _("Choose how the project participates in HMIS"),
        _("the HMIS participation"),
    ),
    (
        "hmis_participation_status_start_date",
        "HMISParticipationStatusStartDate",
        _("From"),
        _("Enter the day the HMIS participation starts"),
        _("the day the HMIS participation starts"),
    ),
    (
        "hmis_participation_status_end_date",
        "HMISParticipationStatusEndDate",
        _("Until"),
        _("Enter the day the HMIS participation ends"),
        _("the day the HMIS participation ends"),
    ),
)
CE = _table(
    (
        "access_point",
        "AccessPoint",
        _("Is the project an access point?"),
        _("Choose yes if the project is a coordinated entry access point"),
        _("access point"),
    ),
    (
        "prevention_assessment",
        "PreventionAssessment",
        _("Homelessness prevention assessment"),
        _("Choose yes if it does prevention assessments"),
        _("homelessness prevention assessment"),
    ),
    (
        "crisis_assessment",
        "CrisisAssessment",
        _("Crisis assessment, triage or referral"),
        _("Choose yes if it does crisis assessments"),
        _("crisis assessment"),
    ),
    (
        "housing_assessment",
        "HousingAssessment",
        _("Housing assessment"),
        _("Choose yes if it does housing assessments"),
        _("housing assessment"),
    ),
    (
        "direct_services",
        "DirectServices",
        _("Direct services, such as help to find housing"),
        _("Choose yes if it gives direct services"),
        _("direct services"),
    ),
    (
        "receives_referrals",
        "ReceivesReferrals",
        _("Does it receive referrals from coordinated entry?"),
        _("Choose yes if the project receives referrals from coordinated entry"),
        _("whether the project receives referrals"),
    ),
    (
        "ce_participation_status_start_date",
        "CEParticipationStatusStartDate",
        _("From"),
        _("Enter the day the coordinated entry participation starts"),
        _("the day the coordinated entry participation starts"),
    ),
    (
        "ce_participation_status_end_date",
        "CEParticipationStatusEndDate",
        _("Until"),
        _("Enter the day the coordinated entry participation ends"),
        _("the day the coordinated entry participation ends"),
    ),
)

TABLES: Mapping[str, tuple[str, Mapping[str, Element]]] = {
    "project": ("Project", PROJECT),
    "coc": ("ProjectCoC", COC),
    "funders": ("Funder", FUNDER),
    "inventory": ("Inventory", INVENTORY),
    "hmis": ("HMISParticipation", HMIS),
    "ce": ("CEParticipation", CE),
}
CE_SERVICES = ("prevention_assessment", "crisis_assessment", "housing_assessment", "direct_services")


@cache
def specification(kind: str) -> tuple[tuple[Element, Column], ...]:
    """Each element of a kind of row with HUD's definition of its column."""
    file, table = TABLES[kind]
    defined = {column.name: column for column in columns()[file]}
    return tuple((element, defined[element.column]) for element in table.values())
