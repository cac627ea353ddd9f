"""After approval: an agency changes, adds, ends, replaces and confirms its projects on its own pages."""

import datetime as dt
import json
from datetime import date

import pytest
from django.urls import reverse
from django.utils import timezone

from agencies.hud import csv_check, lists
from agencies.hud.drafts import project_findings
from agencies.hud.lifecycle import Successor
from agencies.models import Agency, Project
from hmis_portal.errors import WrongState
from hmis_portal.models import AuditEvent, Message, PortalSettings
from onboarding import projects, tasks, yearly
from onboarding.models import Application, SectionWork
from tests.factories import CoCFactory, ProjectFactory
from tests.onboarding.test_projects import OPENED, answers, day, problems

NOW = dt.datetime(2026, 11, 22, 15, 0, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def _lists(db, time_machine):
    time_machine.move_to(NOW)
    CoCFactory()
    CoCFactory(code="CT-503", name="Fairfield County")
    lists.forget()
    yield
    lists.forget()


@pytest.fixture
def approved(cast, client_of):
    """A live agency whose one project was saved right and approved."""
    application = Application.objects.create(
        agency=cast.agency, reference="CT-2026-0001", started_by=cast.director
    )
    where = reverse("onboarding:project", args=[cast.agency.pk, cast.project.pk])
    assert client_of(cast.director).post(where, answers()).status_code == 302
    now = timezone.now()
    Application.objects.filter(pk=application.pk).update(
        state="approved", submitted_at=now, decided_at=now, decided_by=cast.admin
    )
    Agency.objects.filter(pk=cast.agency.pk).update(state="live", live_at=now)
    cast.agency.refresh_from_db()
    cast.project.refresh_from_db()
    return application


def url(cast, name, project=None):
    return reverse(
        f"onboarding:{name}",
        args=[cast.agency.pk, *([(project or cast.project).pk] if project is not False else [])],
    )


def stored(cast, **changes):
    """What the page of the stored project posts, with the identities of its rows."""
    project = Project.objects.get(pk=cast.project.pk)
    ids = {
        "coc-0-id": project.coc_rows.get().pk,
        "funders-0-id": project.funders.get().pk,
        "inventory-0-id": project.inventory.get().pk,
        "hmis-0-id": project.hmis_rows.get().pk,
        "ce-0-id": project.ce_rows.get().pk,
    }
    version = SectionWork.objects.get(section=f"project-{project.hud_id}").version
    return answers(**{"version": str(version), **{name: str(pk) for name, pk in ids.items()}, **changes})


# --- the list, and changing one ------------------------------------------------------------------------------------


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
    assert client.post(url(cast, "own_project"), answers()).status_code == 303
    assert not AuditEvent.objects.filter(verb="project changed").exists()


def test_the_list_says_how_each_project_stands(cast, approved, client_of, django_assert_max_num_queries):
    for number in range(10):
        ProjectFactory(agency=cast.agency, project_name=f"P{number}")
    client = client_of(cast.director)
    with django_assert_max_num_queries(12):
        html = client.get(url(cast, "own_projects", False)).content.decode()
    assert "Running" in html
    assert "To mend" in html
    assert "November 22, 2026" in html
    assert (
        "Add a project" not in client_of(cast.auditor).get(url(cast, "own_projects", False)).content.decode()
    )


def test_a_change_is_saved_under_the_same_rules_and_told_in_words(cast, approved, client_of):
    changed = stored(
        cast,
        project_common_name="",
        **{"inventory-0-other_bed_inventory": "30", "inventory-0-unit_inventory": "11"},
    )
    response = client_of(cast.coordinator).post(url(cast, "own_project"), changed)
    assert response.status_code == 302, problems(response)
    assert response.url == url(cast, "own_projects", False)
    event = AuditEvent.objects.filter(verb="project changed").order_by("-pk").first()
    assert event.actor == cast.coordinator
    assert event.data["changed"] == {
        "Name that staff and clients use": ["The Harbor", ""],
        "Beds and units: Not dedicated to any group": ["28", "30"],
        "Beds and units: Total beds": ["30", "32"],
        "Beds and units: Units": ["10", "11"],
    }
    assert cast.project.inventory.get().bed_inventory == 32
    history = client_of(cast.director).get(reverse("onboarding:history", args=[cast.agency.pk]))
    assert "changed the project Harbor House Shelter" in history.content.decode()


def test_a_change_that_breaks_a_rule_is_refused_and_kept(cast, approved, client_of):
    client = client_of(cast.director)
    response = client.post(url(cast, "own_project"), stored(cast, **{"inventory-0-household_type": "4"}))
    assert response.status_code == 200
    assert any("Beds for veterans" in message for message in problems(response))
    assert cast.project.inventory.get().household_type == 3
    assert "There is a problem" in client.get(url(cast, "own_project")).content.decode()


def test_saving_without_a_change_leaves_hud_s_dates_and_the_record_alone(
    cast, approved, client_of, time_machine
):
    before = Project.objects.get(pk=cast.project.pk)
    events = AuditEvent.objects.filter(verb="project changed").count()
    time_machine.move_to(NOW + dt.timedelta(days=3))
    assert client_of(cast.director).post(url(cast, "own_project"), stored(cast)).status_code == 302
    after = Project.objects.get(pk=cast.project.pk)
    assert (after.date_updated, after.confirmed_at) == (before.date_updated, before.confirmed_at)
    assert AuditEvent.objects.filter(verb="project changed").count() == events


def test_the_type_stays_whatever_is_posted(cast, approved, client_of):
    html = client_of(cast.director).get(url(cast, "own_project")).content.decode()
    assert "Change what the project does" in html
    assert 'name="project_type"' not in html
    response = client_of(cast.director).post(url(cast, "own_project"), stored(cast, project_type="1"))
    assert response.status_code == 302, problems(response)
    assert Project.objects.get(pk=cast.project.pk).project_type == 0


def test_while_typing_the_rules_speak_there_too(cast, approved, client_of):
    data = stored(cast, **{"inventory-0-unit_inventory": "99"})
    found = json.loads(client_of(cast.director).post(url(cast, "own_project_check"), data).content)
    assert [one["rule"] for one in found["findings"]] == [18]
    html = client_of(cast.coordinator).get(url(cast, "own_project")).content.decode()
    assert 'value="99"' in html
    assert "Kept for Dana Director" in html


@pytest.mark.parametrize("state", ["submitted", "in_review", "changes_requested", "withdrawn"])
def test_an_approval_taken_back_closes_the_pages_again(cast, approved, client_of, state):
    Application.objects.filter(pk=approved.pk).update(
        state=state,
        decided_at=None,
        decided_by=None,
        reviewer=cast.admin,
        answer_by=date(2026, 12, 22) if state == "changes_requested" else None,
    )
    client = client_of(cast.director)
    for name in ("own_project", "own_project_check", "end_project", "replace_project"):
        assert client.post(url(cast, name), stored(cast, project_name="Other")).status_code == 303
    assert client.post(url(cast, "confirm_projects", False)).status_code == 303
    assert Project.objects.get(pk=cast.project.pk).project_name == "Harbor House Shelter"


def test_an_agency_that_left_only_reads(cast, approved, client_of):
    Agency.objects.filter(pk=cast.agency.pk).update(state="left", left_at=timezone.now())
    client = client_of(cast.director)
    assert "has left the HMIS" in client.get(url(cast, "own_projects", False)).content.decode()
    page = client.get(url(cast, "own_project")).content.decode()
    assert "has left the HMIS" in page
    assert "Save and continue" not in page
    assert client.post(url(cast, "own_project"), stored(cast, project_name="Other")).status_code == 303
    assert Project.objects.get(pk=cast.project.pk).project_name == "Harbor House Shelter"


def test_a_project_is_added_as_a_copy_and_removed_until_it_was_right(cast, approved, client_of):
    client = client_of(cast.director)
    made = client.post(
        url(cast, "own_project_add", False), {"project_name": "Annex", "copy": str(cast.project.pk)}
    )
    new = Project.objects.get(project_name="Annex")
    assert made.url == url(cast, "own_project", new)
    assert (new.project_type, new.inventory.get().bed_inventory, new.confirmed_at) == (0, 30, None)
    assert client.post(url(cast, "own_project_remove", new)).status_code == 302
    assert not Project.objects.filter(pk=new.pk).exists()
    refused = client.post(url(cast, "own_project_remove"))
    assert refused.url == url(cast, "own_project")
    assert Project.objects.filter(pk=cast.project.pk).exists()


# --- ending, and becoming another ----------------------------------------------------------------------------------


def test_a_project_ends_with_its_beds_and_participation(cast, approved, client_of):
    last = date(2026, 11, 30)
    client = client_of(cast.director)
    assert client.get(url(cast, "end_project")).status_code == 200
    response = client.post(url(cast, "end_project"), day("last_day", last))
    assert response.status_code == 302
    project = Project.objects.get(pk=cast.project.pk)
    assert project.operating_end_date == last
    assert project.inventory.get().inventory_end_date == last
    assert project.hmis_rows.get().hmis_participation_status_end_date == last
    assert project.ce_rows.get().ce_participation_status_end_date == last
    assert project.funders.get().end_date is None
    event = AuditEvent.objects.get(verb="project ended")
    assert (event.actor, event.after) == (cast.director, "2026-11-30")
    assert event.data["changed"]["Last day of operation"] == ["", "November 30, 2026"]
    again = client.post(url(cast, "end_project"), day("last_day", last))
    assert again.status_code == 303
    assert AuditEvent.objects.filter(verb="project ended").count() == 1


def test_whoever_has_its_page_open_does_not_undo_the_end(cast, approved, client_of):
    opened, last = stored(cast), date(2026, 11, 30)
    assert client_of(cast.director).post(url(cast, "end_project"), day("last_day", last)).status_code == 302
    answer = client_of(cast.coordinator).post(url(cast, "own_project"), opened)
    assert answer.status_code == 409
    assert "Dana Director saved this project" in answer.content.decode()
    assert Project.objects.get(pk=cast.project.pk).operating_end_date == last


def test_a_second_click_closes_and_opens_once(cast, approved):
    found = Project.objects.get(pk=cast.project.pk)
    into = Successor("Harbor House Apartments", 3)
    given = {"into": into, "last_day": date(2026, 12, 31), "by": cast.director}
    projects.replace(approved, found, **given)
    with pytest.raises(WrongState, match="already ends on December 31, 2026"):
        projects.replace(approved, found, **given)
    assert Project.objects.filter(agency=cast.agency).count() == 2


def test_who_worked_in_a_removed_successor_is_told_to_those_above(cast, approved, client_of, commits):
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
def test_a_wrong_last_day_is_refused(cast, approved, client_of, when, message):
    data = day("last_day", when) if when else {}
    response = client_of(cast.director).post(url(cast, "end_project"), data)
    assert message in str(response.context["form"].errors)
    assert Project.objects.get(pk=cast.project.pk).operating_end_date is None


def test_beds_that_start_after_the_last_day_keep_the_project_from_ending(cast, approved, client_of):
    cast.project.inventory.update(inventory_start_date=date(2026, 12, 15))
    response = client_of(cast.director).post(url(cast, "end_project"), day("last_day", date(2026, 11, 30)))
    assert "The beds cannot start after the project&#x27;s last day of operation" in response.content.decode()
    assert Project.objects.get(pk=cast.project.pk).operating_end_date is None


BECOMES = {
    "project_type": "3",
    "project_name": "Harbor House Apartments",
    **day("last_day", date(2026, 12, 31)),
}


def test_a_shelter_becomes_supportive_housing_in_one_act(cast, approved, client_of):
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
    assert all(one.complete for one in project_findings(cast.agency))
    zipped = client_of(cast.admin).get(reverse("onboarding:hud_csv", args=[cast.agency.pk]))
    files = csv_check.unpacked(zipped.content)
    assert csv_check.check_files(files, codes=lists.codes(), cocs=lists.cocs()) == []
    assert files["Project.csv"].count("\r\n") == 3


def test_a_shelter_becomes_services_only_without_beds(cast, approved, client_of):
    response = client_of(cast.director).post(url(cast, "replace_project"), {**BECOMES, "project_type": "6"})
    assert response.status_code == 302
    new = Project.objects.get(project_name="Harbor House Apartments")
    assert (new.housing_type, new.inventory.count(), new.residential_affiliation) == (None, 0, None)


def test_rapid_re_housing_says_its_subtype(cast, approved, client_of):
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
def test_a_replacement_that_is_not_whole_changes_nothing(cast, approved, client_of, change, message):
    response = client_of(cast.director).post(url(cast, "replace_project"), {**BECOMES, **change})
    assert message.lower() in str(response.context["form"].errors).lower()
    assert Project.objects.filter(agency=cast.agency).count() == 1
    assert Project.objects.get(pk=cast.project.pk).operating_end_date is None


# --- the yearly confirmation ---------------------------------------------------------------------------------------


def due():
    return [task for task in yearly.due() if task.kind == "projects"]


def reminded():
    return Message.objects.filter(name="onboarding/yearly_task_due", key__startswith="yearly:projects:")


def journey(cast, client_of):
    return client_of(cast.director).get(reverse("onboarding:journey", args=[cast.agency.pk])).content.decode()


def test_project_data_is_confirmed_once_a_year(cast, approved, client_of, time_machine):
    assert "Confirm project data" not in journey(cast, client_of)
    for days, sent in ((334, 0), (335, 1), (357, 1), (358, 2), (365, 3), (366, 4), (400, 4)):
        time_machine.move_to(NOW + dt.timedelta(days=days))
        tasks.send_reminders()
        tasks.send_reminders()
        assert reminded().count() == sent, days
    assert reminded().filter(subject__startswith="Overdue").count() == 1
    page = journey(cast, client_of)
    assert "To do again this year" in page
    assert "Overdue since November 22, 2027" in page
    desk = client_of(cast.admin).get(reverse("admin:index")).content.decode()
    assert "Yearly tasks overdue" in desk
    report = client_of(cast.admin).get(reverse("admin:onboarding_reports")).content.decode()
    assert "Confirm project data" in report
    where = url(cast, "confirm_projects", False)
    summary = client_of(cast.coordinator).get(where).content.decode()
    assert "12 Main Street" in summary
    assert "?from=confirm" in summary
    assert client_of(cast.coordinator).post(where).status_code == 302
    project = Project.objects.get(pk=cast.project.pk)
    assert (project.confirmed_by, timezone.localdate(project.confirmed_at)) == (
        cast.coordinator,
        date(2027, 12, 27),
    )
    event = AuditEvent.objects.get(verb="project data confirmed")
    assert event.data["projects"] == [{"id": project.hud_id, "name": "Harbor House Shelter"}]
    assert "Confirm project data" not in journey(cast, client_of)
    assert due() == []


def test_a_project_with_a_fault_is_mended_before_it_is_confirmed(cast, approved, client_of, time_machine):
    cast.project.inventory.update(inventory_end_date=date(2027, 1, 1))
    time_machine.move_to(NOW + dt.timedelta(days=370))
    where = url(cast, "confirm_projects", False)
    assert "Mend “Harbor House Shelter” first" in client_of(cast.director).get(where).content.decode()
    assert client_of(cast.director).post(where).status_code == 303
    assert not AuditEvent.objects.filter(verb="project data confirmed").exists()


def test_what_has_ended_is_not_asked_for_and_the_period_is_a_setting(cast, approved, client_of, time_machine):
    PortalSettings.objects.update_or_create(pk=1, defaults={"project_confirmation_months": 6})
    PortalSettings.objects.get(pk=1).save()
    time_machine.move_to(NOW + dt.timedelta(days=200))
    assert len(due()) == 1
    Project.objects.filter(pk=cast.project.pk).update(operating_end_date=date(2027, 1, 1))
    assert due() == []


def test_nobody_is_asked_before_going_live_or_after_leaving(cast, approved, time_machine):
    time_machine.move_to(NOW + dt.timedelta(days=400))
    for state, fields in (
        ("left", {"left_at": timezone.now()}),
        ("joining", {"live_at": None, "left_at": None}),
    ):
        Agency.objects.filter(pk=cast.agency.pk).update(state=state, **fields)
        assert yearly.due() == []


def test_the_tasks_of_many_agencies_cost_one_query_a_source(
    cast, approved, time_machine, django_assert_max_num_queries
):
    time_machine.move_to(NOW + dt.timedelta(days=400))
    for number in range(20):
        ProjectFactory(agency=cast.agency, project_name=f"P{number}")
    PortalSettings.load()
    with django_assert_max_num_queries(len(yearly.SOURCES)):
        assert len(due()) == 1


# --- by whom -------------------------------------------------------------------------------------------------------

ACTS = [
    "own_project",
    "own_project_check",
    "own_project_discard",
    "own_project_remove",
    "end_project",
    "replace_project",
]


@pytest.mark.parametrize("name", ACTS)
def test_readers_and_strangers_change_nothing(cast, approved, client_of, name):
    data = {**stored(cast, project_name="Other"), **BECOMES}
    for person, status in (
        (cast.auditor, 403),
        (cast.signatory, 403),
        (cast.stranger, 404),
        (cast.staff, 404),
    ):
        assert client_of(person).post(url(cast, name), data).status_code == status
    foreign = reverse(f"onboarding:{name}", args=[cast.agency.pk, cast.other_project.pk])
    assert client_of(cast.director).post(foreign, data).status_code == 404
    assert Project.objects.filter(agency=cast.agency).get().project_name == "Harbor House Shelter"
    assert Project.objects.get(pk=cast.project.pk).operating_start_date == OPENED
