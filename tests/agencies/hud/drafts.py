"""Projects as the rules read them, each right until a part of it is replaced."""

from datetime import date

from agencies.hud import lists
from agencies.hud.rows import Affiliated, CeRow, CocRow, FunderRow, HmisRow, InventoryRow, ProjectDraft
from agencies.hud.rules import Surroundings

TODAY = date(2026, 11, 22)
AROUND = Surroundings(codes=lists.shipped(), cocs=frozenset({"CT-503", "CT-505"}), today=TODAY)
OPENED = date(2020, 1, 1)


def coc(**kw):
    given = {
        "key": "coc-0",
        "coc_code": "CT-505",
        "geocode": "090492",
        "address1": "1 Main Street",
        "city": "Hartford",
        "state": "CT",
        "zip": "06103",
        "geography_type": 1,
    }
    return CocRow(**{**given, **kw})


def funder(**kw):
    return FunderRow(**{"key": "funders-0", "funder": 2, "grant_id": "CT0001", "start_date": OPENED, **kw})


def beds(**kw):
    given = {
        "key": "inventory-0",
        "coc_code": "CT-505",
        "household_type": 1,
        "other_bed_inventory": 10,
        "unit_inventory": 5,
        "inventory_start_date": OPENED,
    }
    return InventoryRow(**{**given, **kw})


def hmis(**kw):
    given = {"key": "hmis-0", "hmis_participation_type": 1, "hmis_participation_status_start_date": OPENED}
    return HmisRow(**{**given, **kw})


def ce(**kw):
    given = {
        "key": "ce-0",
        "access_point": 0,
        "receives_referrals": 1,
        "ce_participation_status_start_date": OPENED,
    }
    return CeRow(**{**given, **kw})


def project(**kw):
    """Permanent supportive housing with nothing to find."""
    given = {
        "project_name": "Elm Street Homes",
        "operating_start_date": OPENED,
        "continuum_project": 1,
        "project_type": 3,
        "housing_type": 1,
        "target_population": 4,
        "coc": [coc()],
        "funders": [funder()],
        "inventory": [beds()],
        "hmis": [hmis()],
        "ce": [ce()],
    }
    return ProjectDraft(**{**given, **kw})


def shelter(**kw):
    given = {
        "project_type": 0,
        "funders": [funder(funder=8)],
        "inventory": [beds(es_bed_type=1, availability=1)],
    }
    return project(**{**given, **kw})


def services_only(**kw):
    given = {
        "project_type": 6,
        "housing_type": None,
        "residential_affiliation": 0,
        "inventory": [],
        "funders": [funder(funder=4)],
    }
    return project(**{**given, **kw})


def rrh(**kw):
    given = {"project_type": 13, "rrh_sub_type": 2, "housing_type": 3, "funders": [funder(funder=3)]}
    return project(**{**given, **kw})


def rrh_services(**kw):
    return rrh(
        **{"rrh_sub_type": 1, "residential_affiliation": 0, "housing_type": None, "inventory": [], **kw}
    )


HOME = Affiliated(id="00000000-0000-0000-0000-000000000002", name="Elm Street Homes", residential=True)
DROP_IN = Affiliated(id="00000000-0000-0000-0000-000000000003", name="Drop-in", residential=False)
