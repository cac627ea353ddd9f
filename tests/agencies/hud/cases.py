"""For each rule of HUD, projects that it finds, and projects at the edge that are right."""

from datetime import date

from tests.agencies.hud.drafts import (
    DROP_IN,
    HOME,
    OPENED,
    TODAY,
    beds,
    ce,
    coc,
    funder,
    hmis,
    project,
    rrh,
    rrh_services,
    services_only,
    shelter,
)

LONG = "x" * 201
STAMFORD = coc(key="coc-1", coc_code="CT-503", geocode="091074", city="Stamford", zip="06901")
outreach = [funder(key=f"funders-{n}", funder=one) for n, one in enumerate((53, 54, 21, 11, 8))]
prevention = [funder(key=f"funders-{n}", funder=one) for n, one in enumerate((33, 22, 9, 10))]


def later(source):
    """A grant of another source that starts when the first has ended."""
    return funder(key="funders-1", funder=source, start_date=date(2026, 11, 23))


def winter(year, **kw):
    """The beds of one winter, December to March, of a shelter looked at in November."""
    given = {
        "key": f"inventory-{2026 - year}",
        "es_bed_type": 1,
        "availability": 2,
        "inventory_start_date": date(year, 12, 1),
        "inventory_end_date": date(year + 1, 3, 31),
    }
    return beds(**{**given, **kw})


# rule, a wrong project, the field that the finding names
WRONG = [
    (4, project(project_name=""), "project_name"),
    (4, project(project_name=LONG), "project_name"),
    (4, project(project_common_name=LONG), "project_common_name"),
    (4, project(operating_start_date=None), "operating_start_date"),
    (4, project(operating_end_date=date(2019, 12, 31)), "operating_end_date"),
    (4, project(continuum_project=None), "continuum_project"),
    (4, project(continuum_project=2), "continuum_project"),
    (4, project(project_type=5), "project_type"),
    (4, project(housing_type=9), "housing_type"),
    (4, project(target_population=2), "target_population"),
    (4, project(funders=[funder(funder=15)]), "hopwa_med_assisted_living_fac"),
    (4, project(coc=[coc(coc_code="")]), "coc-0-coc_code"),
    (4, project(coc=[coc(coc_code="CT505")]), "coc-0-coc_code"),
    (4, project(coc=[coc(coc_code="CT-999")]), "coc-0-coc_code"),
    (4, project(coc=[coc(geocode="9049")]), "coc-0-geocode"),
    (4, project(coc=[coc(zip="6103")]), "coc-0-zip"),
    (4, project(coc=[coc(zip="")]), "coc-0-zip"),
    (4, project(coc=[coc(state="Conn")]), "coc-0-state"),
    (4, project(coc=[coc(address1="")]), "coc-0-address1"),
    (4, project(coc=[coc(address1="x" * 101)]), "coc-0-address1"),
    (4, project(coc=[coc(city="x" * 51)]), "coc-0-city"),
    (4, project(coc=[coc(geography_type=4)]), "coc-0-geography_type"),
    (4, project(funders=[funder(funder=None)]), "funders-0-funder"),
    (4, project(funders=[funder(funder=999)]), "funders-0-funder"),
    (4, project(funders=[funder(start_date=None)]), "funders-0-start_date"),
    (4, project(funders=[funder(end_date=date(2019, 1, 1))]), "funders-0-end_date"),
    (4, project(funders=[funder(grant_id="x" * 101)]), "funders-0-grant_id"),
    (4, project(inventory=[beds(household_type=2)]), "inventory-0-household_type"),
    (4, project(inventory=[beds(vet_bed_inventory=None)]), "inventory-0-vet_bed_inventory"),
    (4, project(inventory=[beds(vet_bed_inventory=-1)]), "inventory-0-vet_bed_inventory"),
    (4, project(inventory=[beds(vet_bed_inventory=10_000)]), "inventory-0-vet_bed_inventory"),
    (4, project(inventory=[beds(unit_inventory=None)]), "inventory-0-unit_inventory"),
    (4, project(inventory=[beds(inventory_start_date=None)]), "inventory-0-inventory_start_date"),
    (4, project(hmis=[hmis(hmis_participation_type=None)]), "hmis-0-hmis_participation_type"),
    (4, project(hmis=[hmis(hmis_participation_type=3)]), "hmis-0-hmis_participation_type"),
    (4, project(ce=[ce(receives_referrals=None)]), "ce-0-receives_referrals"),
    (4, project(ce=[ce(access_point=None)]), "ce-0-access_point"),
    (5, project(project_type=None), "project_type"),
    (6, rrh(rrh_sub_type=None), "rrh_sub_type"),
    (6, project(rrh_sub_type=1), "rrh_sub_type"),
    (7, services_only(residential_affiliation=None), "residential_affiliation"),
    (7, rrh_services(residential_affiliation=None), "residential_affiliation"),
    (7, project(residential_affiliation=0), "residential_affiliation"),
    (7, rrh(residential_affiliation=1), "residential_affiliation"),
    (8, services_only(residential_affiliation=1), "affiliated"),
    (8, services_only(residential_affiliation=0, affiliated=[HOME]), "affiliated"),
    (8, services_only(residential_affiliation=1, affiliated=[HOME, DROP_IN]), "affiliated"),
    (9, project(housing_type=None), "housing_type"),
    (9, services_only(housing_type=1), "housing_type"),
    (9, project(continuum_project=0, project_type=None), "housing_type"),
    (9, rrh_services(housing_type=3), "housing_type"),
    (10, project(coc=[], inventory=[]), "coc"),
    (10, project(coc=[coc(), coc(key="coc-1")]), "coc-1-coc_code"),
    (10, project(coc=[coc(coc_code="MA-500", geocode="251230")]), "coc-0-coc_code"),
    (11, project(coc=[coc(geocode="")]), "coc-0-geocode"),
    (11, project(coc=[coc(geocode="999999")]), "coc-0-geocode"),
    (11, project(coc=[coc(geocode="250101")]), "coc-0-geocode"),
    (11, project(coc=[coc(coc_code="CT-503")]), "coc-0-geocode"),
    (11, project(coc=[coc(coc_code="CT-503", geocode="090726", zip="06511")]), "coc-0-geocode"),
    (11, project(coc=[coc(geocode="091074", zip="06901")]), "coc-0-geocode"),
    (11, project(coc=[coc(geocode="099001", zip="06901")]), "coc-0-geocode"),
    (11, project(coc=[coc(zip="06390")]), "coc-0-zip"),
    (11, project(coc=[coc(zip="02101")]), "coc-0-zip"),
    (11, project(coc=[coc(zip="06511")]), "coc-0-zip"),
    (12, project(funders=[funder(funder=46)]), "funders-0-other_funder"),
    (12, project(funders=[funder(funder=46, other_funder=" ")]), "funders-0-other_funder"),
    (12, project(funders=[funder(other_funder="City of Hartford")]), "funders-0-other_funder"),
    (12, project(funders=[funder(funder=49)]), "funders-0-funder"),
    (13, project(funders=[funder(funder=3)]), "funders-0-funder"),
    (14, project(funders=[funder(), funder(key="funders-1", funder=5)]), "funders-1-funder"),
    (14, project(funders=[funder(end_date=TODAY), funder(key="funders-1", funder=5)]), "funders-1-funder"),
    (15, project(funders=[]), "funders"),
    (15, project(funders=[funder(end_date=date(2026, 11, 21))]), "funders"),
    (15, project(funders=[funder(start_date=date(2025, 10, 2))]), "funders"),
    (15, project(operating_end_date=date(2026, 11, 21), funders=[]), "funders"),
    (
        15,
        project(
            funders=[
                funder(end_date=date(2026, 1, 31)),
                funder(key="funders-1", start_date=date(2026, 2, 2)),
            ]
        ),
        "funders",
    ),
    (15, project(operating_end_date=date(2027, 1, 1)), "funders-0-end_date"),
    (
        15,
        project(operating_end_date=date(2027, 1, 1), funders=[funder(end_date=date(2027, 1, 2))]),
        "funders-0-end_date",
    ),
    (
        15,
        project(operating_end_date=date(2027, 1, 1), funders=[funder(start_date=date(2027, 1, 2))]),
        "funders-0-start_date",
    ),
    (16, project(inventory=[]), "inventory"),
    (16, project(inventory=[beds(inventory_end_date=date(2026, 11, 21))]), "inventory"),
    (16, project(coc=[coc(), STAMFORD]), "inventory"),
    (16, project(inventory=[beds(inventory_start_date=date(2026, 12, 1))]), "inventory"),
    (16, shelter(inventory=[winter(2026, availability=1)]), "inventory"),
    (16, shelter(inventory=[winter(2026), winter(2025, availability=3)]), "inventory"),
    (16, shelter(inventory=[winter(2026)], coc=[coc(), STAMFORD]), "inventory"),
    (16, rrh_services(inventory=[beds()]), "inventory"),
    (16, services_only(inventory=[beds()]), "inventory"),
    (2, project(inventory=[beds(), beds(key="inventory-1", coc_code="CT-503")]), "inventory-1-coc_code"),
    (17, project(inventory=[beds(bed_inventory=11)]), "inventory-0-bed_inventory"),
    (18, project(inventory=[beds(unit_inventory=11)]), "inventory-0-unit_inventory"),
    (
        19,
        project(inventory=[beds(inventory_start_date=date(2019, 12, 31))]),
        "inventory-0-inventory_start_date",
    ),
    (19, project(inventory=[beds(inventory_end_date=date(2019, 12, 31))]), "inventory-0-inventory_end_date"),
    (
        19,
        project(operating_end_date=date(2027, 1, 1), inventory=[beds(inventory_start_date=date(2027, 1, 2))]),
        "inventory-0-inventory_start_date",
    ),
    (
        19,
        project(operating_end_date=date(2027, 1, 1), inventory=[beds(inventory_end_date=date(2027, 1, 2))]),
        "inventory-0-inventory_end_date",
    ),
    (19, project(operating_end_date=date(2026, 1, 1)), "inventory-0-inventory_end_date"),
    (19, project(operating_end_date=date(2027, 6, 30)), "inventory-0-inventory_end_date"),
    (20, shelter(inventory=[beds(availability=1)]), "inventory-0-es_bed_type"),
    (20, shelter(inventory=[beds(es_bed_type=1)]), "inventory-0-availability"),
    (20, project(inventory=[beds(es_bed_type=1)]), "inventory-0-es_bed_type"),
    (20, project(inventory=[beds(availability=1)]), "inventory-0-availability"),
    (20, shelter(inventory=[beds(es_bed_type=1, availability=2)]), "inventory-0-inventory_end_date"),
    (
        20,
        shelter(
            inventory=[
                beds(
                    es_bed_type=1,
                    availability=2,
                    inventory_start_date=date(2026, 1, 1),
                    inventory_end_date=date(2027, 1, 1),
                )
            ]
        ),
        "inventory-0-inventory_end_date",
    ),
    (20, shelter(inventory=[beds(es_bed_type=2, availability=1)]), "inventory-0-es_bed_type"),
    (20, shelter(housing_type=3, inventory=[beds(es_bed_type=1, availability=1)]), "inventory-0-es_bed_type"),
    (20, shelter(housing_type=3, inventory=[beds(es_bed_type=3, availability=1)]), "inventory-0-es_bed_type"),
    (21, project(inventory=[beds(household_type=4, vet_bed_inventory=1)]), "inventory-0-vet_bed_inventory"),
    (
        21,
        project(inventory=[beds(household_type=4, ch_vet_bed_inventory=1)]),
        "inventory-0-ch_vet_bed_inventory",
    ),
    (
        21,
        project(inventory=[beds(household_type=4, youth_vet_bed_inventory=1)]),
        "inventory-0-youth_vet_bed_inventory",
    ),
    (21, rrh(inventory=[beds(ch_bed_inventory=1)]), "inventory-0-ch_bed_inventory"),
    (21, rrh(inventory=[beds(ch_youth_bed_inventory=1)]), "inventory-0-ch_youth_bed_inventory"),
    (
        21,
        project(project_type=8, funders=[funder(funder=6)], inventory=[beds(household_type=3)]),
        "inventory-0-household_type",
    ),
    (22, project(hmis=[]), "hmis"),
    (22, project(ce=[]), "ce"),
    (22, project(hmis=[hmis(hmis_participation_status_end_date=date(2026, 11, 21))]), "hmis"),
    (22, project(hmis=[hmis(hmis_participation_status_end_date=date(2027, 1, 1))]), "hmis"),
    (
        22,
        project(hmis=[hmis(hmis_participation_status_start_date=date(2020, 1, 2))]),
        "hmis-0-hmis_participation_status_start_date",
    ),
    (
        22,
        project(ce=[ce(ce_participation_status_start_date=date(2024, 10, 1))]),
        "ce-0-ce_participation_status_start_date",
    ),
    (
        22,
        project(
            hmis=[
                hmis(hmis_participation_status_end_date=date(2022, 6, 30)),
                hmis(key="hmis-1", hmis_participation_status_start_date=date(2022, 7, 2)),
            ]
        ),
        "hmis-1-hmis_participation_status_start_date",
    ),
    (22, project(operating_end_date=date(2026, 11, 21)), "hmis-0-hmis_participation_status_end_date"),
    (22, project(operating_end_date=date(2027, 6, 30)), "ce-0-ce_participation_status_end_date"),
    (
        22,
        project(
            operating_end_date=date(2026, 11, 21),
            hmis=[hmis(hmis_participation_status_end_date=date(2026, 11, 20))],
        ),
        "hmis-0-hmis_participation_status_end_date",
    ),
    (22, project(hmis=[hmis(), hmis(key="hmis-1")]), "hmis-1-hmis_participation_status_start_date"),
    (
        22,
        project(
            hmis=[
                hmis(hmis_participation_status_end_date=date(2022, 6, 30)),
                hmis(key="hmis-1", hmis_participation_status_start_date=date(2022, 6, 30)),
            ]
        ),
        "hmis-1-hmis_participation_status_start_date",
    ),
    (
        22,
        project(hmis=[hmis(hmis_participation_status_start_date=date(2019, 1, 1))]),
        "hmis-0-hmis_participation_status_start_date",
    ),
    (
        22,
        project(ce=[ce(ce_participation_status_end_date=date(2019, 1, 1))]),
        "ce-0-ce_participation_status_end_date",
    ),
    (23, project(victim_service_provider=True), "hmis-0-hmis_participation_type"),
    (24, project(ce=[ce(access_point=1)]), "ce-0-crisis_assessment"),
    (
        24,
        project(
            ce=[
                ce(
                    access_point=1,
                    prevention_assessment=0,
                    crisis_assessment=0,
                    housing_assessment=0,
                    direct_services=0,
                )
            ]
        ),
        "ce-0-prevention_assessment",
    ),
    (24, project(ce=[ce(direct_services=1)]), "ce-0-direct_services"),
    (24, project(ce=[ce(direct_services=0)]), "ce-0-direct_services"),
    (25, project(project_name="Elm <b>"), "project_name"),
    (25, project(coc=[coc(address1="1 Main [rear]")]), "coc-0-address1"),
    (25, project(funders=[funder(grant_id="{CT}")]), "funders-0-grant_id"),
]

# rule, a project near the edge that is right
RIGHT = [
    (4, project(project_name="x" * 200)),
    (4, project(operating_end_date=OPENED, inventory=[], hmis=[], ce=[], funders=[])),
    (4, project(housing_type=3, coc=[coc(address1="", city="")])),
    (4, project(victim_service_provider=True, coc=[coc(address1="", city="")])),
    (4, project(funders=[funder(funder=15)], hopwa_med_assisted_living_fac=0)),
    (4, project(inventory=[beds(vet_bed_inventory=9_999)])),
    (5, project(continuum_project=0, project_type=None)),
    (6, rrh()),
    (7, rrh_services()),
    (8, services_only(residential_affiliation=1, affiliated=[HOME])),
    (9, rrh_services()),
    (10, project(continuum_project=0, coc=[])),
    (10, project(coc=[coc(), STAMFORD])),
    (11, project(coc=[coc(geocode="099003")])),
    (11, project(coc=[STAMFORD, coc()])),
    (11, project(coc=[coc(geocode="090726", zip="06511")])),
    (11, project(coc=[coc(geocode="099005", zip="06776")])),
    (11, project(coc=[coc(coc_code="MA-500", geocode="250101", zip="02101")])),
    (12, project(funders=[funder(funder=46, other_funder="City of Hartford")])),
    (13, project(funders=[funder(funder=54)])),
    (14, project(funders=[funder(), funder(key="funders-1", funder=54)])),
    (15, project(funders=[funder(funder=34)])),
    (13, shelter(funders=[funder(funder=33), funder(key="funders-1", funder=22)])),
    (13, services_only(funders=[funder(funder=20), funder(key="funders-1", funder=21)])),
    (13, services_only(funders=[funder(funder=44)], residential_affiliation=1, affiliated=[HOME])),
    (13, services_only(project_type=4, residential_affiliation=None, funders=outreach)),
    (13, services_only(project_type=11, residential_affiliation=None, funders=[funder(funder=8)])),
    (13, services_only(project_type=12, residential_affiliation=None, funders=prevention)),
    (13, services_only(project_type=14, residential_affiliation=None, funders=[funder(funder=55)])),
    (13, services_only(project_type=7, residential_affiliation=None, funders=[funder(funder=4)])),
    (13, rrh_services(funders=[funder(funder=33), funder(key="funders-1", funder=10)])),
    (14, project(funders=[funder(end_date=date(2026, 11, 21)), funder(key="funders-1", funder=5)])),
    (14, project(funders=[funder(end_date=TODAY), later(5)])),
    (14, project(continuum_project=0, funders=[funder(), funder(key="funders-1", funder=5)])),
    (14, services_only(project_type=12, residential_affiliation=None, funders=prevention)),
    (15, project(funders=[funder(start_date=date(2025, 10, 1))])),
    (15, project(funders=[funder(end_date=TODAY)])),
    (15, project(operating_end_date=date(2025, 9, 30), funders=[])),
    (
        15,
        project(
            funders=[
                funder(end_date=date(2026, 1, 31)),
                funder(key="funders-1", funder=34, start_date=date(2026, 2, 1), end_date=date(2026, 6, 30)),
                funder(key="funders-2", start_date=date(2026, 7, 1)),
            ]
        ),
    ),
    (15, project(operating_end_date=date(2027, 1, 1), funders=[funder(end_date=date(2027, 1, 1))])),
    (15, project(operating_start_date=date(2026, 12, 1), funders=[funder(start_date=date(2026, 12, 1))])),
    (16, project(inventory=[beds(inventory_end_date=TODAY)])),
    (16, project(operating_end_date=date(2026, 11, 21), inventory=[])),
    (16, rrh_services()),
    (16, shelter(inventory=[winter(2026)])),
    (16, shelter(inventory=[winter(2025), winter(2026)])),
    (
        16,
        project(
            operating_start_date=date(2026, 12, 1), inventory=[beds(inventory_start_date=date(2026, 12, 1))]
        ),
    ),
    (2, project()),
    (17, project(inventory=[beds(bed_inventory=10)])),
    (18, project(inventory=[beds(unit_inventory=10)])),
    (19, project(operating_end_date=date(2027, 1, 1), inventory=[beds(inventory_end_date=date(2027, 1, 1))])),
    (
        20,
        shelter(
            inventory=[
                beds(
                    es_bed_type=3,
                    availability=2,
                    inventory_start_date=date(2026, 1, 1),
                    inventory_end_date=date(2026, 12, 31),
                )
            ]
        ),
    ),
    (20, shelter(housing_type=3, inventory=[beds(es_bed_type=2, availability=3)])),
    (21, project(inventory=[beds(ch_bed_inventory=1, vet_bed_inventory=1)])),
    (21, project(project_type=8, inventory=[beds(household_type=1)])),
    (21, project(inventory=[beds(household_type=4, youth_bed_inventory=3)])),
    (
        22,
        project(
            hmis=[
                hmis(hmis_participation_status_end_date=date(2022, 6, 30)),
                hmis(key="hmis-1", hmis_participation_status_start_date=date(2022, 7, 1)),
            ]
        ),
    ),
    (
        22,
        project(
            operating_end_date=date(2026, 11, 21),
            hmis=[hmis(hmis_participation_status_end_date=date(2026, 11, 21))],
            ce=[ce(ce_participation_status_end_date=date(2026, 11, 21))],
        ),
    ),
    (23, project(victim_service_provider=True, hmis=[hmis(hmis_participation_type=2)])),
    (
        24,
        project(
            ce=[
                ce(
                    access_point=1,
                    prevention_assessment=0,
                    crisis_assessment=1,
                    housing_assessment=0,
                    direct_services=0,
                )
            ]
        ),
    ),
    (25, project(project_name="Élan “Casa” 🏠 (rear) & Co.")),
]
