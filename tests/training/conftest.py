"""Training with its reference content, and an agency whose training is open. Imported before Django is set up."""

from typing import Any

import pytest


@pytest.fixture
def in_june(time_machine: Any) -> None:
    time_machine.move_to("2026-06-15T16:00:00Z")


@pytest.fixture
def in_november(time_machine: Any) -> None:
    time_machine.move_to("2026-11-22T16:00:00Z", tick=True)


@pytest.fixture
def opened(cast: Any, catalogue: None, once: Any) -> Any:
    """The cast, with the training of their agency open; the files of agreements are not made."""
    from training import services

    def make() -> None:
        services.open_training(cast.agency, cast.lead)

    once(make)
    return cast


@pytest.fixture
def course(catalogue: None) -> Any:
    from training.models import Course

    return Course.objects.get(slug="privacy-security")
