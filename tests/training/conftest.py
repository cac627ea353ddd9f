"""Training with its reference content, and an agency whose training is open. Imported before Django is set up."""

import datetime as dt
from typing import Any

import pytest


@pytest.fixture
def in_june(time_machine: Any) -> None:
    time_machine.move_to("2026-06-15T16:00:00Z")


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


@pytest.fixture
def to_sign(cast: Any, catalogue: None, commits: Any, once: Any) -> Any:
    """Training open and the file of the staff member's agreement made."""
    from agencies.services import leavers
    from training import services

    def make() -> None:
        leavers.report_leaver(staff=cast.coordinator_row, by=None, last_day=dt.date(2026, 1, 5))
        with commits():
            services.open_training(cast.agency, cast.lead)

    once(make)
    return cast
