"""After approval: an agency changes, adds and removes its projects on its own pages."""

import datetime as dt
from datetime import date

import pytest
from django.urls import reverse
from django.utils import timezone

from agencies.hud.pages import PAGES
from agencies.models import Agency, Project
from hmis_portal.models import AuditEvent
from onboarding.demo.answers import OPENED, day
from onboarding.models import Application
from tests.factories import ProjectFactory
from tests.onboarding.projects.helpers import answers, page, problems
from tests.onboarding.projects.own import BECOMES, NOW, save, stored, url


@pytest.mark.usefixtures("on_the_day")
def test_before_approval_the_list_is_section_b(cast, client_of):
    client = client_of(cast.director)
    assert client.get(url(cast, "own_projects", False)).url == reverse(
        "onboarding:journey", args=[cast.agency.pk]
    )
    Application.objects.create(agency=cast.agency, reference="A", started_by=cast.director)
    assert client.get(url(cast, "own_projects", False)).url == reverse(
        "onboarding:projects", args=[cast.agency.pk]
    )
    assert client.get(url(cast, "own_project")).url == url(cast, "project")
    own = page(cast, "where", place="own_")
    assert client.get(own).url == page(cast, "where")
    assert client.post(own, answers()).status_code == 303
    assert not AuditEvent.objects.filter(verb="project changed").exists()


def test_the_list_says_how_each_project_stands(cast, live_project, client_of, django_assert_max_num_queries):
    for number in range(10):
        ProjectFactory(agency=cast.agency, project_name=f"P{number}")
    Project.objects.filter(project_name="P1").update(confirmed_at=timezone.now())
    client = client_of(cast.director)
    with django_assert_max_num_queries(12):
        html = client.get(url(cast, "own_projects", False)).content.decode()
    assert "Running" in html
    assert "To mend" in html
    assert html.count("Draft") == 9
    assert "November 22, 2026" in html
    assert (
        "Add a project" not in client_of(cast.auditor).get(url(cast, "own_projects", False)).content.decode()
    )


def test_a_change_is_saved_under_the_same_rules_and_told_in_words(cast, live_project, client_of):
    changed = stored(
        cast,
        project_common_name="",
        **{"inventory-0-other_bed_inventory": "30", "inventory-0-unit_inventory": "11"},
    )
    response = save(cast, client_of, "about", changed)
    assert response.url == page(cast, "where", place="own_")
    event = AuditEvent.objects.filter(verb="project changed").order_by("-pk").first()
    assert event.actor == cast.coordinator
    assert event.data["changed"] == {"Name that staff and clients use": ["The Harbor", ""]}
    assert save(cast, client_of, "beds", changed).status_code == 302
    event = AuditEvent.objects.filter(verb="project changed").order_by("-pk").first()
    assert event.data["changed"] == {
        "Beds and units: Not dedicated to any group": ["28", "30"],
        "Beds and units: Total beds": ["30", "32"],
        "Beds and units: Units": ["10", "11"],
    }
    assert cast.project.inventory.get().bed_inventory == 32
    history = client_of(cast.director).get(reverse("onboarding:history", args=[cast.agency.pk]))
    assert "changed the project Harbor House Shelter" in history.content.decode()


def test_a_change_that_breaks_a_rule_is_refused_and_kept(cast, live_project, client_of):
    client = client_of(cast.director)
    response = save(cast, client_of, "beds", stored(cast, **{"inventory-0-household_type": "4"}))
    assert response.status_code == 200
    assert any("Beds for veterans" in message for message in problems(response))
    assert cast.project.inventory.get().household_type == 3
    assert "There is a problem" in client.get(page(cast, "beds", place="own_")).text


def test_saving_without_a_change_leaves_hud_s_dates_and_the_record_alone(
    cast, live_project, client_of, time_machine
):
    before = Project.objects.get(pk=cast.project.pk)
    events = AuditEvent.objects.filter(verb="project changed").count()
    time_machine.move_to(NOW + dt.timedelta(days=3))
    for one in PAGES:
        assert save(cast, client_of, one.key, stored(cast)).status_code == 302
    after = Project.objects.get(pk=cast.project.pk)
    assert (after.date_updated, after.confirmed_at) == (before.date_updated, before.confirmed_at)
    assert AuditEvent.objects.filter(verb="project changed").count() == events


def test_the_type_stays_whatever_is_posted(cast, live_project, client_of):
    html = client_of(cast.director).get(page(cast, place="own_")).text
    assert "Change what the project does" in html
    assert 'name="project_type"' not in html
    assert save(cast, client_of, "about", stored(cast, project_type="1")).status_code == 302
    assert Project.objects.get(pk=cast.project.pk).project_type == 0


def test_while_typing_the_rules_speak_there_too(cast, live_project, client_of):
    data = stored(cast, version="1", **{"inventory-0-unit_inventory": "99"})
    found = client_of(cast.director).post(page(cast, "beds", "autosave", place="own_"), data).json()
    assert [one["rule"] for one in found["findings"]] == [18]
    html = client_of(cast.coordinator).get(page(cast, "beds", place="own_")).text
    assert 'value="99"' in html
    assert "Kept for Dana Director" in html


@pytest.mark.parametrize("state", ["submitted", "in_review", "changes_requested", "withdrawn"])
def test_an_approval_taken_back_closes_the_pages_again(cast, live_project, client_of, state):
    Application.objects.filter(pk=live_project.pk).update(
        state=state,
        decided_at=None,
        decided_by=None,
        reviewer=cast.admin,
        answer_by=date(2026, 12, 22) if state == "changes_requested" else None,
    )
    client = client_of(cast.director)
    pages = [page(cast, "about", act, place="own_") for act in ("page", "autosave", "discard")]
    for where in (*pages, url(cast, "end_project"), url(cast, "replace_project")):
        assert client.post(where, stored(cast, project_name="Other")).status_code == 303
    assert client.post(url(cast, "confirm_projects", False)).status_code == 303
    assert Project.objects.get(pk=cast.project.pk).project_name == "Harbor House Shelter"


def test_an_agency_that_left_only_reads(cast, live_project, client_of):
    Agency.objects.filter(pk=cast.agency.pk).update(state="left", left_at=timezone.now())
    client = client_of(cast.director)
    assert "has left the HMIS" in client.get(url(cast, "own_projects", False)).content.decode()
    about = page(cast, place="own_")
    shown = client.get(about, follow=True)
    assert shown.request["PATH_INFO"] == url(cast, "own_project")
    assert "has left the HMIS" in shown.text
    assert "Save and continue" not in shown.text
    assert client.post(about, stored(cast, project_name="Other")).status_code == 303
    assert Project.objects.get(pk=cast.project.pk).project_name == "Harbor House Shelter"


def test_a_project_is_added_as_a_copy_and_removed_until_it_was_right(cast, live_project, client_of):
    client = client_of(cast.director)
    given = {"project_name": "Annex", "copy": str(cast.project.pk), **day("operating_start_date", OPENED)}
    made = client.post(url(cast, "own_project_add", False), given)
    new = Project.objects.get(project_name="Annex")
    assert made.url == url(cast, "own_project", new)
    assert (new.project_type, new.inventory.get().bed_inventory, new.confirmed_at) == (0, 30, None)
    assert client.post(url(cast, "own_project_remove", new)).status_code == 302
    assert not Project.objects.filter(pk=new.pk).exists()
    refused = client.post(url(cast, "own_project_remove"))
    assert refused.url == url(cast, "own_project")
    assert Project.objects.filter(pk=cast.project.pk).exists()


ACTS = ["own_project_confirm", "own_project_remove", "end_project", "replace_project"]


def test_readers_and_strangers_change_nothing(cast, live_project, client_of):
    data = {**stored(cast, project_name="Other"), **BECOMES}
    for person, status in (
        (cast.auditor, 403),
        (cast.signatory, 403),
        (cast.stranger, 404),
        (cast.staff, 404),
    ):
        for where in (*(url(cast, name) for name in ACTS), page(cast, "about", place="own_")):
            assert client_of(person).post(where, data).status_code == status, where
    for name in ACTS:
        assert client_of(cast.director).post(url(cast, name, cast.other_project), data).status_code == 404
    assert Project.objects.filter(agency=cast.agency).get().project_name == "Harbor House Shelter"
    assert Project.objects.get(pk=cast.project.pk).operating_start_date == OPENED
