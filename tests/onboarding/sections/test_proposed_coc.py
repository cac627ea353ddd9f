"""The CoC is proposed from the towns served and the office's place, and never chosen for the agency."""

import pytest

from agencies.models import Agency
from agencies.reference import load

pytestmark = pytest.mark.django_db


def test_the_coc_is_proposed_by_towns_and_address(cast, application, base):
    load()
    cast.agency.cocs.clear()
    Agency.objects.filter(pk=cast.agency.pk).update(
        towns="Bridgeport; Nowhere", city="Hartford", zip_code="06103"
    )
    client = cast.client("director")
    text = client.get(f"{base}agency/services/").text
    hint = text.partition("we propose ")[2].partition("; you decide")[0]
    assert "CT-503" in hint
    assert "CT-505" in hint
    assert not cast.agency.cocs.exists()
    Agency.objects.filter(pk=cast.agency.pk).update(
        towns="Nowhere", city="Springfield", zip_code="01101", region="MA"
    )
    assert "we propose" not in client.get(f"{base}agency/services/").text
