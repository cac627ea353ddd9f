"""The CoC is proposed from the towns served and the office's place, and never chosen for the agency."""

import pytest

from agencies.models import Agency, CoordinatedAccessNetwork
from agencies.reference import load

pytestmark = pytest.mark.django_db


def test_the_coc_is_proposed_by_towns_and_address(cast, application, base):
    load()
    cast.agency.cocs.clear()
    Agency.objects.filter(pk=cast.agency.pk).update(
        towns="Bridgeport; Nowhere", city="Hartford", zip_code="06103"
    )
    client = cast.client("director")
    text = client.get(f"{base}agency/regions/").text
    hint = text.partition("we propose ")[2].partition("; you decide")[0]
    assert "CT-503" in hint
    assert "CT-505" in hint
    assert not cast.agency.cocs.exists()
    Agency.objects.filter(pk=cast.agency.pk).update(
        towns="Nowhere", city="Springfield", zip_code="01101", region="MA"
    )
    assert "we propose" not in client.get(f"{base}agency/regions/").text


def test_the_can_is_proposed_where_its_towns_are_listed(cast, application, base):
    load()
    cast.agency.cans.clear()
    eastern = CoordinatedAccessNetwork.objects.get(name="Eastern")
    Agency.objects.filter(pk=cast.agency.pk).update(towns="Norwich; São Paulo")
    client = cast.client("director")
    assert "By the towns served we propose" not in client.get(f"{base}agency/regions/").text
    eastern.towns = "New London, NORWICH ,Windham"
    eastern.save(update_fields=["towns"])
    text = client.get(f"{base}agency/regions/").text
    assert "By the towns served we propose Eastern; you decide." in text
    assert not cast.agency.cans.exists()
    cast.agency.cans.add(eastern)
    assert "By the towns served we propose" not in client.get(f"{base}agency/regions/").text


def test_a_town_of_a_can_that_is_not_named_is_looked_at(cast, application):
    from onboarding.review import checks
    from onboarding.sections.answers import Answers

    load()
    Agency.objects.filter(pk=cast.agency.pk).update(towns="Norwich")
    CoordinatedAccessNetwork.objects.filter(name="Eastern").update(towns="Norwich")
    cast.agency.refresh_from_db()
    area = checks.Area(frozenset({"CT-505"}), frozenset({"Central"}))
    assert "Norwich (Eastern)" in checks.coordination(Answers(application, cast.agency), area).words
    named = checks.Area(frozenset({"CT-505"}), frozenset({"Eastern"}))
    assert "Norwich (Eastern)" not in checks.coordination(Answers(application, cast.agency), named).words
