"""An application in the hands of the cast. Imports wait until Django is set up."""

import pytest


@pytest.fixture
def application(cast, once):
    """A draft of the cast's agency, started by its director."""
    from onboarding.application import opening
    from onboarding.readiness import rules

    def make():
        rules.load()
        return opening.start(agency=cast.agency, by=cast.director)

    return once(make)


@pytest.fixture
def complete(cast, application, once):
    """The application with every section complete, by way of the pages."""
    from agencies.hud import lists

    def make():
        return fill_in(cast, application)

    lists.forget()
    return once(make)


def fill_in(cast, application):
    from agencies.models import Project
    from hmis_portal import documents
    from onboarding.models import Application, Site, Upload
    from tests.onboarding.application.helpers import PDF, agency_data, people_data, readiness_data
    from tests.onboarding.projects.helpers import answers as project_data

    client = cast.client("director")
    base = f"/agencies/{cast.agency.pk}/application/"
    assert client.post(f"{base}agency/", agency_data(cast)).status_code == 302
    assert client.post(f"{base}people/", people_data()).status_code == 302
    Site.objects.create(
        agency=cast.agency,
        address="12 Main Street, Hartford",
        workstations=5,
        connection="broadband",
        intake_desks=2,
    )
    answer = client.post(f"{base}readiness/", readiness_data())
    assert answer.status_code == 302, answer.context["form"].errors
    Upload.objects.create(
        agency=cast.agency, kind=Upload.Kind.POLICIES, document=documents.store(PDF, content_type="application/pdf"),
        filename="policies.pdf", uploaded_by=cast.director,
    )  # fmt: skip
    answer = client.post(f"{base}projects/{cast.project.pk}/", project_data())
    assert answer.status_code == 302, answer.context["advice"]
    cast.coordinator_row.projects.set(Project.objects.filter(agency=cast.agency))
    declared = {
        "version": "0",
        "declared_name": "Dana Director",
        "declared_title": "Executive director",
        "accurate": "on",
    }
    assert client.post(f"{base}declaration/", declared).status_code == 302
    return Application.objects.select_related("agency").get(pk=application.pk)
