"""An application in the hands of the cast, as far as the start of the training. Imports wait until Django is set up."""

from typing import Any

import pytest


@pytest.fixture(autouse=True)
def _settings_of_this_test() -> Any:
    """The settings are cached; what one test sets is not the next one's."""
    from django.core.cache import cache

    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def base(cast):
    """The address under which the pages of the application stand."""
    return f"/agencies/{cast.agency.pk}/application/"


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
    from tests.onboarding.helpers import PDF, agency_data, people_data, readiness_data, save_pages
    from tests.onboarding.projects.helpers import answers as project_data
    from tests.onboarding.projects.helpers import pages_with_faults, save_all

    client = cast.client("director")
    base = f"/agencies/{cast.agency.pk}/application/"
    assert save_pages(client, base, "agency", agency_data(cast)).status_code == 302
    assert save_pages(client, base, "people", people_data()).status_code == 302
    Site.objects.create(
        agency=cast.agency,
        address="12 Main Street, Hartford",
        workstations=5,
        connection="broadband",
        intake_desks=2,
    )
    answer = save_pages(client, base, "readiness", readiness_data())
    assert answer.status_code == 302, answer.context["form"].errors
    Upload.objects.create(
        agency=cast.agency, kind=Upload.Kind.POLICIES, document=documents.store(PDF, content_type="application/pdf"),
        filename="policies.pdf", uploaded_by=cast.director,
    )  # fmt: skip
    assert pages_with_faults(save_all(cast, lambda person: client, project_data())) == {}
    cast.coordinator_row.projects.set(Project.objects.filter(agency=cast.agency))
    declared = {
        "version": "0",
        "declared_name": "Dana Director",
        "declared_title": "Executive director",
        "accurate": "on",
    }
    assert client.post(f"{base}declaration/", declared).status_code == 302
    return Application.objects.select_related("agency").get(pk=application.pk)


@pytest.fixture
def sent(cast: Any, reference: None, once: Any) -> Any:
    from tests.applications import sent_application

    def make() -> Any:
        return sent_application(cast)

    return once(make)


@pytest.fixture
def in_review(sent: Any, cast: Any, once: Any) -> Any:
    from onboarding.services import perform

    def make() -> Any:
        return perform(sent, "take", by=cast.admin)

    return once(make)


@pytest.fixture
def in_training(in_review: Any, cast: Any, commits: Any, files_wait: None, once: Any) -> Any:
    """Approved and executed as after the counter-signature, training begun; the files of agreements are not made."""
    import datetime as dt

    from django.utils import timezone

    from onboarding.access import recompute
    from onboarding.models import Mou
    from onboarding.services import perform
    from onboarding.workflow import ApplicationVerb, Approval

    def make() -> None:
        with commits():
            mou = Mou.objects.get(agency=cast.agency)
            perform(in_review, ApplicationVerb.APPROVE, by=cast.admin, payload=Approval())
            now = timezone.now()
            Mou.objects.filter(pk=mou.pk).update(
                state="executed", executed_at=now, term_ends_on=timezone.localdate() + dt.timedelta(days=1000)
            )
            recompute.start_training(cast.agency, by=cast.lead)

    once(make)
    cast.agency.refresh_from_db()
    return cast
