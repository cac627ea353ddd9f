"""Section D of the application, in the browser of the agency's director."""

import pytest


@pytest.fixture
def url(cast, application):
    return f"/agencies/{cast.agency.pk}/application/readiness/"


@pytest.fixture
def director(cast):
    return cast.client("director")
