"""The list of an agency's projects: one is added, copied, removed."""

import pytest
from django.urls import reverse
from django.utils import timezone

from agencies.models import Project
from hmis_portal.models import AuditEvent
from hmis_portal.web.errors import GuardFailed
from onboarding.models import Application, SectionWork
from onboarding.projects import changes
from onboarding.projects.places import IN_APPLICATION
from onboarding.sections.answers import Answers
from onboarding.sections.gaps import project_gaps
from tests.agencies.hud import csv_check
from tests.onboarding.projects.helpers import answers, page, save


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
    assert response.url == reverse("onboarding:project", args=[cast.agency.pk, project.pk])
    assert AuditEvent.objects.get(verb="project added").target_name == "Elm Street"
    again = client_of(cast.director).post(add, {"project_name": "elm street"})
    assert "already lists a project of this name" in again.content.decode()
    empty = client_of(cast.director).post(add, {"project_name": ""})
    assert "Enter the project&#x27;s name" in empty.content.decode()


def test_a_copy_takes_everything_but_the_name(cast, application, client_of):
    save(cast, client_of, answers())
    add = reverse("onboarding:project_add", args=[cast.agency.pk])
    client_of(cast.director).post(add, {"project_name": "Second House", "copy": str(cast.project.pk)})
    copy = Project.objects.get(project_name="Second House")
    assert (copy.project_type, copy.project_common_name, copy.copied_from) == (0, "", cast.project)
    assert copy.inventory.get().bed_inventory == 30
    assert copy.coc_rows.get().pk != cast.project.coc_rows.get().pk
    foreign = client_of(cast.director).post(
        add, {"project_name": "Third", "copy": str(cast.other_project.pk)}
    )
    assert foreign.status_code == 200
    assert not Project.objects.filter(project_name="Third").exists()


def test_a_project_that_was_only_copied_is_in_no_list_until_somebody_saves_it(cast, application, client_of):
    assert save(cast, client_of, answers()).status_code == 302
    client = client_of(cast.director)
    add = reverse("onboarding:project_add", args=[cast.agency.pk])
    client.post(add, {"project_name": "Second House", "copy": str(cast.project.pk)})
    copy = Project.objects.get(project_name="Second House")
    where = reverse("onboarding:project", args=[cast.agency.pk, copy.pk])
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
    assert client.post(where, answers(project_name="Second House")).status_code == 302
    assert list(project_gaps(Answers(application, cast.agency))) == []
    assert "Second House" in client.get(pages[1], follow=True).content.decode()


def test_removing_asks_first_and_happens_by_post(cast, application, client_of):
    save(cast, client_of, answers())
    remove = page(cast, "project_remove")
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
