"""HUD's lists, an application, and a live agency with one project. Imports wait until Django is set up."""

from typing import Any

import pytest


@pytest.fixture(autouse=True)
def _lists(once: Any) -> Any:
    from agencies.hud import lists
    from tests.factories import CoCFactory

    def make() -> None:
        CoCFactory()
        CoCFactory(code="CT-503", name="Fairfield County")

    once(make)
    lists.forget()
    yield
    lists.forget()


@pytest.fixture
def on_the_day(time_machine: Any) -> None:
    from tests.onboarding.projects.own import NOW

    time_machine.move_to(NOW)


@pytest.fixture
def saved(cast: Any, application: Any, client_of: Any, once: Any) -> None:
    """Every page of the cast's project, as `answers` fills it in."""
    from tests.onboarding.projects.helpers import answers, save_all

    def make() -> None:
        save_all(cast, client_of, answers())

    once(make)


@pytest.fixture
def live_project(cast: Any, application: Any, time_machine: Any, once: Any) -> Any:
    """A live agency whose one project was saved right and approved, and took part in the HMIS from its first day on."""
    from django.utils import timezone

    from agencies.models import Agency, HMISParticipation, Project
    from onboarding.demo.answers import OPENED
    from onboarding.models import Application
    from tests.onboarding.projects.helpers import answers, save_all
    from tests.onboarding.projects.own import NOW

    def make() -> None:
        save_all(cast, lambda person: cast.client("director"), answers())
        now = timezone.now()
        Application.objects.filter(pk=application.pk).update(
            state="approved", submitted_at=now, decided_at=now, decided_by=cast.admin
        )
        Agency.objects.filter(pk=cast.agency.pk).update(state="live", live_at=now)
        HMISParticipation.objects.create(
            project=cast.project, hmis_participation_type=1, hmis_participation_status_start_date=OPENED
        )
        Project.objects.filter(pk=cast.project.pk).update(accepted_at=now, accepted_by=cast.admin)

    time_machine.move_to(NOW, tick=False)
    once(make)
    time_machine.move_to(NOW, tick=True)
    cast.agency.refresh_from_db()
    cast.project.refresh_from_db()
    return application
