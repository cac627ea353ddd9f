"""How the page asks for each element: hints, which are radios, which are asked of everyone, which only where they apply."""

from django.utils.translation import gettext_lazy as _

from agencies.hud.elements import CE_SERVICES
from agencies.hud.rows import BED_COUNTS, DATED

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
# Days on which a row begins and ends as the project does, unless something else is typed.
INHERITED = {(kind, f"{prefix}_{end}_date") for kind, prefix in DATED.items() for end in ("start", "end")}
NOT_ASKED = {("inventory", "bed_inventory"), ("coc", "state")}
