"""Who gets into the HMIS, which asks for signatures and opens no signed file."""

import pytest


@pytest.fixture(autouse=True)
def _no_file_is_opened(files_wait: None) -> None:
    """They are not made either."""


@pytest.fixture
def live(in_training, commits, once):
    from tests.onboarding.access.trained import train

    def make():
        for row in (in_training.coordinator_row, in_training.staff_row):
            train(in_training, row, commits)

    once(make)
    in_training.agency.refresh_from_db()
    return in_training
