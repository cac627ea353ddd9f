"""The list of an agency's projects: one is added, copied, removed."""

from datetime import date

import pytest
from django.urls import reverse
from django.utils import timezone

from agencies.models import Project
from hmis_portal.models import AuditEvent
from hmis_portal.web.errors import GuardFailed
from onboarding.demo.answers import OPENED, day
from onboarding.models import Application, SectionWork
from onboarding.projects import changes
from onboarding.projects.places import IN_APPLICATION
from onboarding.sections.answers import Answers
from onboarding.sections.gaps import project_gaps
from tests.agencies.hud import csv_check
from tests.onboarding.projects.helpers import answers, overview, page, save, save_all


def test_a_second_click_adds_one_project(cast, application):
    given = {"name": "Annex", "copy": None, "by": cast.director}
    changes.add(IN_APPLICATION, application, **given)
    with pytest.raises(GuardFailed, match="already lists a project of this name"):
        changes.add(IN_APPLICATION, application, **given)
    assert Project.objects.filter(agency=cast.agency, project_name="Annex").count() == 1


def test_a_project_is_added_by_name(cast, application, client_of):
    add = reverse("onboarding:project_add", args=[cast.agency.pk])
    assert client_of(cast.director).get(add).status_code == 200
    response = client_of(cast.director).post(add, {"project_name": "  Elm   Street "})
    project = Project.objects.get(project_name="Elm Street")
    assert response.url == page(cast, project=project)
    assert AuditEvent.objects.get(verb="project added").target_name == "Elm Street"
    again = client_of(cast.director).post(add, {"project_name": "elm street"})
    assert "already lists a project of this name" in again.content.decode()
    empty = client_of(cast.director).post(add, {"project_name": ""})
    assert "Enter the project&#x27;s name" in empty.content.decode()


def test_a_copy_asks_only_what_differs(cast, saved, client_of):
    add = reverse("onboarding:project_add", args=[cast.agency.pk])
    client = client_of(cast.director)
    given = {"project_name": "Second House", "copy": str(cast.project.pk)}
    asked = client.post(add, given)
    assert "Enter the first day of operation of the new project" in asked.text
    made = client.post(add, {**given, **day("operating_start_date", date(2025, 7, 1))})
    copy = Project.objects.get(project_name="Second House")
    assert made.url == overview(cast, project=copy)
    assert (copy.project_type, copy.project_common_name, copy.copied_from) == (0, "", cast.project)
    assert copy.inventory.get().bed_inventory == 30
    assert copy.coc_rows.get().pk != cast.project.coc_rows.get().pk
    assert (copy.operating_start_date, copy.inventory.get().inventory_start_date) == (date(2025, 7, 1),) * 2
    assert copy.funders.get().start_date == OPENED, "a grant has days of its own"
    shown = client.get(made.url)
    assert {one.status for one in shown.context["pages"]} == {"copied"}
    assert "Copied, not yet saved" in shown.text
    foreign = client.post(add, {"project_name": "Third", "copy": str(cast.other_project.pk)})
    assert foreign.status_code == 200
    assert not Project.objects.filter(project_name="Third").exists()


def test_a_project_that_was_only_copied_is_in_no_list_until_somebody_saves_it(
    cast, application, client_of, saved
):
    client = client_of(cast.director)
    copy = changes.add(
        IN_APPLICATION, application, name="Second House", copy=cast.project.pk, by=cast.director
    )
    where = overview(cast, project=copy)
    found = client.get(reverse("onboarding:projects", args=[cast.agency.pk])).context["rows"]
    assert {row.project.project_name: row.status for row in found} == {
        "Harbor House Shelter": "complete",
        "Second House": "started",
    }
    (gap,) = project_gaps(Answers(application, cast.agency))
    assert gap.text.startswith("Second House: copied, but not looked at yet")
    assert gap.path == where
    pages = [
        reverse("onboarding:setup_sheet", args=[cast.agency.pk]),
        reverse("onboarding:staff_add", args=[cast.agency.pk]),
        reverse("onboarding:staff_change", args=[cast.agency.pk, cast.staff_row.pk]),
    ]
    for one in pages:
        assert "Second House" not in client.get(one, follow=True).content.decode(), one
    # Who was put there before still has it, and it is not taken away unseen.
    cast.staff_row.projects.add(copy)
    assert "Second House" in client.get(pages[2]).content.decode()
    Application.objects.filter(pk=application.pk).update(
        state="approved", submitted_at=timezone.now(), decided_at=timezone.now(), decided_by=cast.admin
    )
    admin = client_of(cast.admin)
    csv = reverse("onboarding:hud_csv", args=[cast.agency.pk])
    assert copy.hud_id not in csv_check.unpacked(admin.get(csv).content)["Project.csv"]
    assert "It is a copy that nobody has saved yet" in admin.get(pages[0]).content.decode()
    Application.objects.filter(pk=application.pk).update(
        state="draft", submitted_at=None, decided_at=None, decided_by=None
    )
    assert client.post(overview(cast, "_confirm", project=copy)).status_code == 302
    assert {one.status for one in client.get(where).context["pages"]} == {"complete"}
    assert list(project_gaps(Answers(application, cast.agency))) == []
    assert "Second House" in client.get(pages[1], follow=True).content.decode()


def test_a_copy_of_which_every_page_was_saved_needs_no_other_word(cast, application, client_of, saved):
    copy = changes.add(
        IN_APPLICATION, application, name="Second House", copy=cast.project.pk, by=cast.director
    )
    given = answers(project_name="Second House")
    save(cast, client_of, "where", given, project=copy)
    shown = client_of(cast.director).get(overview(cast, project=copy)).context["pages"]
    assert [one.page.key for one in shown if one.status == "complete"] == ["where"]
    save_all(cast, client_of, given, project=copy)
    assert Project.objects.get(pk=copy.pk).confirmed_by == cast.director


def test_a_copy_with_a_fault_is_not_confirmed(cast, application, client_of, saved):
    cast.project.funders.update(funder=46, other_funder="City")
    cast.project.inventory.update(unit_inventory=30, household_type=4)
    copy = changes.add(
        IN_APPLICATION, application, name="Second House", copy=cast.project.pk, by=cast.director
    )
    refused = client_of(cast.director).post(overview(cast, "_confirm", project=copy), follow=True)
    assert "Beds for veterans cannot be in a household type of only children" in refused.text
    assert Project.objects.get(pk=copy.pk).confirmed_at is None


def test_removing_asks_first_and_happens_by_post(cast, saved, client_of):
    remove = overview(cast, "_remove")
    asked = client_of(cast.director).get(remove)
    assert "One person on the staff list works in it" in asked.content.decode()
    assert Project.objects.filter(pk=cast.project.pk).exists()
    response = client_of(cast.director).post(remove)
    assert response.status_code == 302
    assert not Project.objects.filter(pk=cast.project.pk).exists()
    assert not SectionWork.objects.exists()
    assert AuditEvent.objects.get(verb="project removed").target_name == "Harbor House Shelter"
    assert client_of(cast.director).post(remove).status_code == 404


def test_the_list_is_read_by_reviewers_without_ways_to_change(cast, application, client_of):
    where = reverse("onboarding:projects", args=[cast.agency.pk])
    html = client_of(cast.auditor).get(where).content.decode()
    assert "Harbor House Shelter" in html
    assert "Add a project" not in html
    assert client_of(cast.stranger).get(where).status_code == 404
    assert client_of(cast.director).post(where).status_code == 405
