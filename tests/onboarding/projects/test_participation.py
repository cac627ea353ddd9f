"""HMIS participation is not asked while an agency joins: it begins at go-live, and the portal writes it."""

from datetime import date, timedelta
from importlib import import_module

import pytest
from django.apps import apps
from django.urls import reverse

from agencies.hud import lists, participation
from agencies.hud.drafts import project_findings
from agencies.models import Agency, HMISParticipation, Project
from hmis_portal.models import AuditEvent
from onboarding import workflow  # noqa: F401 - the moves of an agency are known once it is read
from onboarding.demo.answers import day
from onboarding.models import Application
from onboarding.services import perform
from tests.agencies.hud import csv_check
from tests.factories import ProjectFactory
from tests.onboarding.projects.helpers import answers, overview, page, pages_with_faults, save_all

TODAY = date(2026, 11, 22)
UNASKED = {name: value for name, value in answers().items() if not name.startswith("hmis-")}


def periods(project):
    names = [f"hmis_participation_{one}" for one in ("type", "status_start_date", "status_end_date")]
    return list(project.hmis_rows.values_list(*names))


def test_it_is_not_asked_while_the_agency_joins(cast, application, client_of):
    html = client_of(cast.director).get(page(cast, "participation")).text
    assert "hmis-0-hmis_participation_type" not in html
    assert "it begins the day your agency goes live, and the portal writes it" in html
    assert pages_with_faults(save_all(cast, client_of, UNASKED)) == {}
    assert periods(cast.project) == []
    (found,) = project_findings(cast.agency)
    assert found.findings == []


def test_it_begins_at_go_live_from_the_day_before_on_back_not_participating(
    cast, application, client_of, on_the_day
):
    save_all(cast, client_of, UNASKED)
    given = {"agency": cast.agency, "operating_start_date": date(2026, 12, 1)}
    opens_later = ProjectFactory(**given)
    closed = ProjectFactory(
        **given | {"operating_start_date": date(2020, 1, 1)}, operating_end_date=TODAY.replace(day=1)
    )
    unknown = ProjectFactory(**given | {"operating_start_date": None})
    said_no = ProjectFactory(**given | {"operating_start_date": date(2020, 1, 1)})
    HMISParticipation.objects.create(
        project=said_no, hmis_participation_type=0, hmis_participation_status_start_date=date(2021, 1, 1)
    )
    perform(cast.agency, "go_live", by=None)
    assert periods(cast.project) == [(0, date(2020, 1, 1), date(2026, 11, 21)), (1, TODAY, None)]
    assert periods(opens_later) == [(1, date(2026, 12, 1), None)]
    assert periods(closed) == [(0, date(2020, 1, 1), date(2026, 11, 1))]
    assert periods(unknown) == []
    # “No” was true while the agency joined; it says nothing of the days from go-live on.
    assert periods(said_no) == [(0, date(2020, 1, 1), date(2026, 11, 21)), (1, TODAY, None)]
    event = AuditEvent.objects.get(verb="HMIS participation began")
    assert (event.actor, event.data["on"]) == (None, "2026-11-22")
    found = {one.project.pk: one for one in project_findings(cast.agency)}
    assert found[cast.project.pk].findings == []


def test_a_victim_service_provider_keeps_its_comparable_database(cast, application, client_of):
    Agency.objects.filter(pk=cast.agency.pk).update(victim_service_provider=True)
    save_all(cast, client_of, UNASKED)
    participation.begin(agency=cast.agency, day=TODAY, by=None)
    assert periods(cast.project) == [(2, date(2020, 1, 1), None)]


@pytest.mark.parametrize("typed_before", [False, True])
def test_an_export_before_go_live_says_that_it_takes_no_part(cast, application, client_of, typed_before):
    if typed_before:
        HMISParticipation.objects.create(
            project=cast.project, hmis_participation_type=1, hmis_participation_status_start_date=TODAY
        )
    save_all(cast, client_of, UNASKED)
    assert HMISParticipation.objects.count() == int(typed_before), "what stood stays as it is"
    Application.objects.filter(pk=application.pk).update(
        state="approved",
        submitted_at=application.started_at,
        decided_at=application.started_at,
        decided_by=cast.admin,
    )
    client = client_of(cast.admin)
    where = reverse("onboarding:hud_csv", args=[cast.agency.pk])
    files = csv_check.unpacked(client.get(where).content)
    assert csv_check.check_files(files, codes=lists.codes(), cocs=lists.cocs()) == []
    (row,) = csv_check.base.rows_of(files["HMISParticipation.csv"])
    assert (row["HMISParticipationType"], row["HMISParticipationStatusStartDate"]) == ("0", "2020-01-01")
    # The same row has the same identity once it is stored.
    perform(Agency.objects.get(pk=cast.agency.pk), "go_live", by=None)
    assert row["HMISParticipationID"] in {
        one.hud_id for one in Project.objects.get(pk=cast.project.pk).hmis_rows.all()
    }


def approve(cast, application):
    Application.objects.filter(pk=application.pk).update(
        state="approved",
        submitted_at=application.started_at,
        decided_at=application.started_at,
        decided_by=cast.admin,
    )


def exported(cast, client_of):
    """The periods of HMISParticipation.csv, in a file that breaks no rule of HUD's."""
    response = client_of(cast.admin).get(reverse("onboarding:hud_csv", args=[cast.agency.pk]))
    files = csv_check.unpacked(response.content)
    assert csv_check.check_files(files, codes=lists.codes(), cocs=lists.cocs()) == []
    names = [f"HMISParticipation{one}" for one in ("Type", "StatusStartDate", "StatusEndDate")]
    return [[row[name] for name in names] for row in csv_check.base.rows_of(files["HMISParticipation.csv"])]


NO = {"hmis_participation_type": 0, "hmis_participation_status_start_date": date(2020, 1, 1)}


def test_a_live_agency_that_said_no_while_joining_exports_that_it_takes_part(
    cast, application, client_of, on_the_day
):
    HMISParticipation.objects.create(project=cast.project, **NO)
    save_all(cast, client_of, UNASKED)
    approve(cast, application)
    perform(Agency.objects.get(pk=cast.agency.pk), "go_live", by=None)
    assert exported(cast, client_of) == [["0", "2020-01-01", "2026-11-21"], ["1", "2026-11-22", ""]]


def test_it_begins_on_a_later_day_where_one_was_chosen(cast, application, client_of, on_the_day):
    save_all(cast, client_of, UNASKED)
    approve(cast, application)
    client, where = (
        client_of(cast.coordinator),
        reverse("onboarding:project_begins", args=[cast.agency.pk, cast.project.pk]),
    )
    assert where in client.get(overview(cast, place="own_")).text
    assert "is after today" in client.post(where, day("hmis_from", TODAY)).text
    assert client.post(where, day("hmis_from", date(2027, 1, 4))).status_code == 302
    assert AuditEvent.objects.get(verb="HMIS participation planned").after == "2027-01-04"
    assert client_of(cast.auditor).post(where, {}).status_code == 403
    perform(Agency.objects.get(pk=cast.agency.pk), "go_live", by=None)
    assert exported(cast, client_of) == [["0", "2020-01-01", "2027-01-03"], ["1", "2027-01-04", ""]]
    # From go-live on the periods themselves are changed, on the page of the project.
    assert client.post(where, day("hmis_from", date(2027, 2, 1))).status_code == 303


def test_agencies_that_went_live_with_a_no_take_part_from_that_day(cast, live_project):
    """The migration: what the portal wrote at go-live is mended; what the agency said since stays."""
    kept = ProjectFactory(agency=cast.agency, operating_start_date=date(2020, 1, 1))
    HMISParticipation.objects.create(project=kept, **NO)
    HMISParticipation.objects.filter(project=cast.project).update(**NO)
    written = {"date_updated": cast.agency.live_at - timedelta(days=1)}
    HMISParticipation.objects.filter(project=cast.project).update(**written)
    HMISParticipation.objects.filter(project=kept).update(
        date_updated=cast.agency.live_at + timedelta(days=9)
    )
    migration = import_module("agencies.migrations.0010_begin_participation_and_accept_projects")
    for _turn in range(2):
        migration.mend(apps, None)
    assert periods(cast.project) == [(0, date(2020, 1, 1), date(2026, 11, 21)), (1, TODAY, None)]
    assert periods(kept) == [(0, date(2020, 1, 1), None)]
    assert [one.findings for one in project_findings(cast.agency) if one.project == cast.project] == [[]]


def test_rows_of_agencies_that_are_live_already_stay_right(cast, live_project):
    """The migration: grants end with their project, and the days before the HMIS are said."""
    start = {"hmis_participation_status_start_date": date(2024, 7, 1)}
    cast.project.hmis_rows.update(**start)
    closing = {"operating_end_date": TODAY}
    Project.objects.filter(pk=cast.project.pk).update(**closing)
    cast.project.inventory.update(inventory_end_date=TODAY)
    cast.project.hmis_rows.update(hmis_participation_status_end_date=TODAY)
    cast.project.ce_rows.update(ce_participation_status_end_date=TODAY)
    migration = import_module("agencies.migrations.0004_end_grants_and_tell_days_before_the_hmis")
    for _turn in range(2):
        migration.mend(apps, None)
    assert periods(cast.project) == [(0, date(2020, 1, 1), date(2024, 6, 30)), (1, date(2024, 7, 1), TODAY)]
    assert cast.project.funders.get().end_date == TODAY
    assert [one.findings for one in project_findings(cast.agency)] == [[]]
