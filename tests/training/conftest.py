"""Training with its reference content, and an agency whose training is open. Imported before Django is set up."""

from typing import Any

import pytest


@pytest.fixture
def catalogue(db: Any) -> None:
    from hmis_portal.signing import reference as signing_reference
    from training import reference

    signing_reference.load()
    reference.load()


@pytest.fixture
def opened(cast: Any, catalogue: None) -> Any:
    """The cast, with the training of their agency open; the files of agreements are not made."""
    from training import services

    services.open_training(cast.agency, cast.lead)
    return cast


@pytest.fixture
def course(catalogue: None) -> Any:
    from training.models import Course

    return Course.objects.get(slug="privacy-security")
