"""Section C of a draft."""

import pytest


@pytest.fixture
def staff_pages(cast, application):
    """The address under which the pages of the staff stand."""
    return f"/agencies/{cast.agency.pk}/application/staff/"
