"""After approval: a project ends, or another takes its place."""

from datetime import date

import pytest
from django.urls import reverse
from django.utils import timezone

from agencies.hud import lists
from agencies.hud.drafts import project_findings
from agencies.hud.lifecycle import Successor
from agencies.models import Project
from hmis_portal.models import AuditEvent
from hmis_portal.web.errors import WrongState
from onboarding.demo.answers import day
from onboarding.projects import changes
from tests.agencies.hud import csv_check
from tests.onboarding.projects.helpers import page
from tests.onboarding.projects.own import BECOMES, stored, url


def test_a_project_ends_with_its_beds_and_participation(cast, live_project, client_of):
    last = date(2026, 11, 30)
    client = client_of(cast.director)
    asked = client.get(url(cast, "end_project")).content.decode()
    assert "Its beds, its participation and its grants end on the same day" in asked
    response = client.post(url(cast, "end_project"), day("last_day", last))
    assert response.status_code == 302
    project = Project.objects.get(pk=cast.project.pk)
    assert project.operating_end_date == last
    assert project.inventory.get().inventory_end_date == last
    assert project.hmis_rows.get().hmis_participation_status_end_date == last
    assert project.ce_rows.get().ce_participation_status_end_date == last
    assert project.funders.get().end_date == last
    event = AuditEvent.objects.get(verb="project ended")
    assert (event.actor, event.after) == (cast.director, "2026-11-30")
    assert event.data["changed"]["Last day of operation"] == ["", "November 30, 2026"]
    again = client.post(url(cast, "end_project"), day("last_day", last))
    assert again.status_code == 303
    assert AuditEvent.objects.filter(verb="project ended").count() == 1


def test_whoever_has_its_page_open_does_not_undo_the_end(cast, live_project, client_of):
    opened, last = stored(cast), date(2026, 11, 30)
    assert client_of(cast.director).post(url(cast, "end_project"), day("last_day", last)).status_code == 302
    answer = client_of(cast.coordinator).post(page(cast, place="own_"), {**opened, "version": "1"})
    assert answer.status_code == 409
    assert "Dana Director saved this page" in answer.text
    assert Project.objects.get(pk=cast.project.pk).operating_end_date == last


def test_a_second_click_closes_and_opens_once(cast, live_project):
    found = Project.objects.get(pk=cast.project.pk)
    into = Successor("Harbor House Apartments", 3)
    given = {"into": into, "last_day": date(2026, 12, 31), "by": cast.director}
    changes.replace(live_project, found, **given)
    with pytest.raises(WrongState, match="already ends on December 31, 2026"):
        changes.replace(live_project, found, **given)
    assert Project.objects.filter(agency=cast.agency).count() == 2


def test_who_worked_in_a_removed_successor_is_told_to_those_above(cast, live_project, client_of, commits):
    client = client_of(cast.director)
    client.post(url(cast, "replace_project"), BECOMES)
    new = Project.objects.get(project_name="Harbor House Apartments")
    with commits():
        assert client.post(url(cast, "own_project_remove", new)).status_code == 302
    assert list(cast.staff_row.projects.all()) == [cast.project]
    event = AuditEvent.objects.filter(verb="changed staff").order_by("-pk").first()
    assert event.data["changed"]["projects"][1] == ["Harbor House Shelter"]


@pytest.mark.parametrize(
    ("when", "message"),
    [
        (None, "Enter the last day of operation"),
        (date(2019, 12, 31), "The last day must be on or after the first day of operation, January 1, 2020"),
        (date(2029, 1, 1), "The last day must be within the next two years"),
    ],
)
def test_a_wrong_last_day_is_refused(cast, live_project, client_of, when, message):
    data = day("last_day", when) if when else {}
    response = client_of(cast.director).post(url(cast, "end_project"), data)
    assert message in str(response.context["form"].errors)
    assert Project.objects.get(pk=cast.project.pk).operating_end_date is None


def test_beds_that_start_after_the_last_day_keep_the_project_from_ending(cast, live_project, client_of):
    cast.project.inventory.update(inventory_start_date=date(2026, 12, 15))
    response = client_of(cast.director).post(url(cast, "end_project"), day("last_day", date(2026, 11, 30)))
    assert "The beds cannot start after the project&#x27;s last day of operation" in response.content.decode()
    assert Project.objects.get(pk=cast.project.pk).operating_end_date is None


def test_a_shelter_becomes_supportive_housing_in_one_act(cast, live_project, client_of):
    client = client_of(cast.director)
    page = client.get(url(cast, "replace_project")).content.decode()
    assert "a project never changes its type" in page
    assert "One person of the roster works in it" in page
    response = client.post(url(cast, "replace_project"), BECOMES)
    new = Project.objects.get(project_name="Harbor House Apartments")
    assert response.url == url(cast, "own_project", new)
    old = Project.objects.get(pk=cast.project.pk)
    assert (old.project_type, old.operating_end_date) == (0, date(2026, 12, 31))
    assert (new.project_type, new.operating_start_date) == (3, date(2027, 1, 1))
    assert (new.copied_from, new.housing_type, new.confirmed_at) == (old, 1, None)
    beds = new.inventory.get()
    assert (beds.es_bed_type, beds.availability, beds.bed_inventory) == (None, None, 30)
    assert (beds.inventory_start_date, beds.inventory_end_date) == (date(2027, 1, 1), None)
    assert new.hmis_rows.get().hmis_participation_status_start_date == date(2027, 1, 1)
    assert new.coc_rows.get().address1 == "12 Main Street"
    assert set(cast.staff_row.projects.all()) == {old, new}
    ended = AuditEvent.objects.get(verb="project ended")
    assert ended.data["replaced_by"] == {"id": new.hud_id, "name": "Harbor House Apartments"}
    # The shelter's grant does not pay for supportive housing: the new page says so, and takes another.
    found = {one.project.pk: one for one in project_findings(cast.agency)}
    assert found[old.pk].complete
    assert [one.rule for one in found[new.pk].errors] == [13]
    new.funders.update(funder=2)
    assert [one.complete for one in project_findings(cast.agency)] == [True, True]
    zipped = client_of(cast.admin).get(reverse("onboarding:hud_csv", args=[cast.agency.pk]))
    files = csv_check.unpacked(zipped.content)
    assert csv_check.check_files(files, codes=lists.codes(), cocs=lists.cocs()) == []
    assert files["Project.csv"].count("\r\n") == 3


def test_a_shelter_becomes_services_only_without_beds(cast, live_project, client_of):
    response = client_of(cast.director).post(url(cast, "replace_project"), {**BECOMES, "project_type": "6"})
    assert response.status_code == 302
    new = Project.objects.get(project_name="Harbor House Apartments")
    assert (new.housing_type, new.inventory.count(), new.residential_affiliation) == (None, 0, None)


def test_rapid_re_housing_says_its_subtype(cast, live_project, client_of):
    client = client_of(cast.director)
    response = client.post(url(cast, "replace_project"), {**BECOMES, "project_type": "13"})
    assert "Choose what the rapid re-housing project provides" in response.content.decode()
    assert (
        client.post(
            url(cast, "replace_project"), {**BECOMES, "project_type": "13", "rrh_sub_type": "2"}
        ).status_code
        == 302
    )
    new = Project.objects.get(project_name="Harbor House Apartments")
    assert new.rrh_sub_type == 2
    Project.objects.filter(pk=new.pk).update(confirmed_at=timezone.now())
    same = {**BECOMES, "project_type": "13", "rrh_sub_type": "2", "project_name": "Third"}
    response = client.post(url(cast, "replace_project", new), same)
    assert "The project is this already: choose what it will be" in response.content.decode()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"project_type": "0"}, "Select the type of the new project from the list"),
        ({"project_type": ""}, "Choose the type of the new project"),
        ({"project_type": "5"}, "Select the type of the new project from the list"),
        ({"project_name": "harbor house shelter"}, "The agency already lists a project of this name"),
        ({"project_name": ""}, "Enter the name of the new project"),
        ({"project_name": "<b>" * 80}, "must be 200 characters or fewer"),
        ({"last_day_year": ""}, "must include a year"),
    ],
)
def test_a_replacement_that_is_not_whole_changes_nothing(cast, live_project, client_of, change, message):
    response = client_of(cast.director).post(url(cast, "replace_project"), {**BECOMES, **change})
    assert message.lower() in str(response.context["form"].errors).lower()
    assert Project.objects.filter(agency=cast.agency).count() == 1
    assert Project.objects.get(pk=cast.project.pk).operating_end_date is None
