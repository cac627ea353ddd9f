"""What a colleague, or another tab, removed meanwhile: who did it and when is said, and what was typed comes back."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from onboarding.models import Site, Upload
from onboarding.roster import staff_drafts
from onboarding.sections import site_drafts
from tests.factories import ProjectFactory, StaffFactory
from tests.onboarding.projects.helpers import answers as project_data
from tests.scans import PDF

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("application")]


def told(answer, what, name):
    assert answer.status_code == 404
    text = answer.content.decode()
    assert f"<h1>This {what} was removed</h1>" in text
    assert f"This {what} was removed by Dana Director on " in text
    assert f"“{name}”." in text
    return text


def test_a_project(cast, base):
    project = ProjectFactory(agency=cast.agency, project_name="Casa María & Zoë")
    address = f"{base}projects/{project.pk}/"
    cast.client("director").post(f"{address}remove/")
    client = cast.client("coordinator")
    told(client.get(address), "project", "Casa María &amp; Zoë")
    typed = project_data(project_name="Casa Nueva 🏠", target_population="4")
    page = told(client.post(f"{address}about/", typed), "project", "Casa María &amp; Zoë")
    assert "What you typed" in page
    assert "Casa Nueva 🏠" in page
    assert "csrfmiddlewaretoken" not in page.split("What you typed")[1]
    kept = client.post(f"{address}about/autosave/", typed, headers={"accept": "application/json"})
    assert kept.status_code == 404
    assert kept.json()["error"].startswith("This project was removed by Dana Director on ")
    told(client.post(f"{address}remove/"), "project", "Casa María &amp; Zoë")
    for person in ("stranger", "staff"):
        answer = cast.client(person).get(address)
        assert answer.status_code == 404
        assert "was removed" not in answer.content.decode()


def test_a_site(cast, application, base):
    site = Site.objects.create(agency=cast.agency, address="1 O’Neil Row", workstations=1, connection="broadband", intake_desks=1)  # fmt: skip
    address = f"{base}sites/{site.pk}/"
    site_drafts.remove(application, site, by=cast.director)
    page = told(
        cast.client("coordinator").post(address, {"address": "2 O’Neil Row", "workstations": "7"}),
        "site",
        "1 O’Neil Row",
    )
    assert "2 O’Neil Row" in page


def test_a_person(cast, application, base):
    staff = StaffFactory(agency=cast.agency, first_name="José", last_name="Núñez")
    pk = staff.pk
    staff_drafts.remove(application, staff, by=cast.director)
    page = told(
        cast.client("coordinator").post(
            f"{base}staff/{pk}/", {"first_name": "José", "title": "Case manager"}
        ),
        "staff member",
        "José Núñez",
    )
    assert "Case manager" in page


def test_a_document(cast, base):
    client = cast.client("director")
    client.post(f"{base}documents/", {"kind": "policies", "file": SimpleUploadedFile("our policy.pdf", PDF)})
    address = f"{base}documents/{Upload.objects.get().pk}/"
    assert client.post(f"{address}remove/").status_code == 302
    told(client.post(f"{address}remove/"), "uploaded document", "our policy.pdf")
    told(cast.client("coordinator").get(address), "uploaded document", "our policy.pdf")


def test_what_never_was_is_not_found(cast, base):
    for path in (
        "sites/999999/",
        "staff/999999/",
        f"projects/{cast.agency.pk}/",
        f"documents/{cast.agency.pk}/",
    ):
        answer = cast.client("director").get(f"{base}{path}")
        assert answer.status_code == 404
        assert "was removed" not in answer.content.decode()
