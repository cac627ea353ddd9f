"""An agency's projects as HUD CSV and as a set-up sheet, once they are approved."""

from django.urls import reverse

from agencies.hud import lists
from hmis_portal.models import AuditEvent
from onboarding.models import Application
from tests.agencies.hud import csv_check
from tests.factories import ProjectFactory
from tests.onboarding.projects.helpers import answers, pages_with_faults, save_all


def _approve(application, admin):
    from django.utils import timezone

    now = timezone.now()
    Application.objects.filter(pk=application.pk).update(
        state="approved", submitted_at=now, decided_at=now, decided_by=admin
    )


def test_an_approved_agency_is_exported_as_hud_csv(
    cast, application, client_of, django_assert_max_num_queries, saved
):
    where = reverse("onboarding:hud_csv", args=[cast.agency.pk])
    refused = client_of(cast.admin).get(where)
    assert refused.status_code == 303
    _approve(application, cast.admin)
    client = client_of(cast.admin)
    with django_assert_max_num_queries(15):
        response = client.get(where)
    assert response["Content-Type"] == "application/zip"
    files = csv_check.unpacked(response.content)
    assert csv_check.check_files(files, codes=lists.codes(), cocs=lists.cocs()) == []
    assert f'"{cast.project.hud_id}"' in files["Inventory.csv"]
    assert "Harbor House, Inc." in files["Organization.csv"]
    assert AuditEvent.objects.get(verb="HUD CSV downloaded").actor == cast.admin
    assert client_of(cast.stranger).get(where).status_code == 404


def test_what_breaks_a_rule_is_not_exported_but_named(cast, application, client_of):
    _approve(application, cast.admin)
    client = client_of(cast.admin)
    response = client.get(reverse("onboarding:hud_csv", args=[cast.agency.pk]), follow=True)
    assert (
        "Harbor House Shelter: Choose the housing type: every residential project has one"
        in response.content.decode()
    )


def test_a_half_finished_project_is_left_out_of_the_export_and_named(cast, application, client_of, saved):
    half = ProjectFactory(agency=cast.agency, project_name="Elm Street’s “Half” <b>", project_type=3)
    helper = ProjectFactory(agency=cast.agency, project_name="Helping Elm")
    services = answers(
        project_name="Helping Elm",
        project_type="6",
        residential_affiliation="1",
        affiliated=[str(half.pk)],
        **{"funders-0-funder": "4"},
    )
    assert pages_with_faults(save_all(cast, client_of, services, project=helper)) == {}
    _approve(application, cast.admin)
    client = client_of(cast.admin)
    response = client.get(reverse("onboarding:hud_csv", args=[cast.agency.pk]))
    files = csv_check.unpacked(response.content)
    assert csv_check.check_files(files, codes=lists.codes(), cocs=lists.cocs()) == []
    assert cast.project.hud_id in files["Project.csv"]
    assert not any(one.hud_id in text for one in (half, helper) for text in files.values())
    event = AuditEvent.objects.get(verb="HUD CSV downloaded")
    assert event.data["left out"] == [half.project_name, "Helping Elm"]
    html = client.get(reverse("onboarding:setup_sheet", args=[cast.agency.pk])).content.decode()
    beside = html.partition("Left out of the file")[2].partition("</section>")[0]
    assert "Elm Street’s “Half” &lt;b&gt;" in beside
    assert "Choose the housing type: every residential project has one" in beside
    assert "It serves the residents of “Elm Street’s “Half” &lt;b&gt;”, which is left out" in beside
    assert "Harbor House Shelter" not in beside


def test_the_set_up_sheet_reads_in_words(cast, saved, client_of):
    where = reverse("onboarding:setup_sheet", args=[cast.agency.pk])
    html = client_of(cast.auditor).get(where).content.decode()
    for words in ("Emergency Shelter – Entry Exit", "January 1, 2020", "CT-505", "06103", "Hartford", "30"):
        assert words in html
    assert "Download as HUD CSV" not in html
    assert client_of(cast.stranger).get(where).status_code == 404
