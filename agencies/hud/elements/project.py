"""The project itself, where it works and who pays for it: elements 2.02, 2.03, 2.06."""

from django.utils.translation import gettext_lazy as _

from agencies.hud.elements.base import table

PROJECT = table(
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
COC = table(
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
FUNDER = table(
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
