"""A new project after approval: a draft, proposed, running, ended; the HMIS Admin learns of it and takes it in."""

from datetime import date
from importlib import import_module

from django.apps import apps
from django.urls import reverse
from django.utils import timezone

from agencies.hud.drafts import project_findings
from agencies.hud.status import status_of
from agencies.models import Project
from hmis_portal.models import AuditEvent
from onboarding.admin.projects import new_projects
from tests.onboarding.helpers import on_the_desk
from tests.onboarding.projects.own import BECOMES, url

TODAY = date(2026, 11, 22)


def statuses(cast, today=TODAY):
    return {
        found.project.project_name: str(status_of(found, today)) for found in project_findings(cast.agency)
    }


def test_a_project_is_a_draft_then_proposed_then_running_then_ended(cast, live_project, reference, client_of):
    Project.objects.update(accepted_at=None, accepted_by=None)
    live_project.refresh_from_db()
    import_module("onboarding.migrations.0023_accept_projects_of_approved_agencies").accept(apps, None)
    project = Project.objects.get(pk=cast.project.pk)
    assert (project.accepted_at, project.accepted_by) == (live_project.decided_at, cast.admin)
    old, client = project.project_name, client_of(cast.coordinator)
    copy = {"project_name": "Second", "copy": str(project.pk), "operating_start_date_month": "1"}
    copy |= {"operating_start_date_day": "2", "operating_start_date_year": "2026"}
    assert client.post(url(cast, "own_project_add", False), copy).status_code == 302
    new = Project.objects.get(project_name="Second")
    assert statuses(cast) == {old: "running", "Second": "draft"}
    assert not on_the_desk(new_projects())
    listing = cast.client("admin").get(reverse("admin:agencies_project_changelist")).text
    assert old in listing
    assert "Second" not in listing
    client.post(url(cast, "own_project_confirm", new))
    assert statuses(cast) == {old: "running", "Second": "proposed"}
    assert "sets it up in the HMIS" in client.get(url(cast, "own_projects", False)).text
    assert [line.text for line in on_the_desk(new_projects())] == ["Second"]
    accept = reverse("admin:onboarding_project_accept", args=[new.pk])
    assert cast.client("auditor").post(accept).status_code == 403
    assert accept in cast.client("admin").get(reverse("admin:agencies_project_change", args=[new.pk])).text
    for _time in range(2):
        assert cast.client("admin").post(accept).status_code == 302
    assert statuses(cast) == {old: "running", "Second": "running"}
    assert AuditEvent.objects.filter(verb="project accepted").count() == 1
    assert not on_the_desk(new_projects())
    Project.objects.filter(pk=new.pk).update(operating_end_date=TODAY)
    assert statuses(cast)["Second"] == "running"
    assert statuses(cast, date(2026, 11, 23))["Second"] == "ended"


def test_one_that_takes_the_place_of_another_is_proposed_until_its_day(cast, live_project, client_of):
    client = client_of(cast.coordinator)
    assert client.post(url(cast, "replace_project"), BECOMES).status_code == 302
    new = Project.objects.get(project_name="Harbor House Apartments")
    assert statuses(cast)[new.project_name] == "draft"
    Project.objects.filter(pk=new.pk).update(accepted_at=timezone.now())
    assert statuses(cast)[new.project_name] == "proposed"
    assert statuses(cast, date(2027, 1, 1))[new.project_name] == "running"
