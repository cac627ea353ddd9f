"""What a town tells of the site of a project, and the address that the agency has given already."""

import pytest

from agencies.hud.lists import shipped
from agencies.hud.places import proposed
from agencies.models import Agency
from tests.onboarding.projects.helpers import answers, page, save

NAMES = shipped().lists["geocode.CT"]


@pytest.mark.parametrize(
    ("city", "zip_code", "place"),
    [
        ("Hartford", "06103", ("CT-505", "090492", 1)),
        ("  hamden ", "", ("CT-505", "090480", 1)),
        ("Stamford", "06901-1234", ("CT-503", "091074", 1)),
        ("Glastonbury", "06033", ("CT-505", "099003", 2)),
        ("Torrington", "06790", ("CT-505", "099005", 3)),
        ("Hartford", "06901", None),
        ("Albany", "12207", None),
        ("", "", None),
    ],
)
def test_a_town_tells_coc_geocode_and_geography(city, zip_code, place):
    found = proposed(city, zip_code, NAMES)
    assert found == (
        {} if place is None else dict(zip(("coc_code", "geocode", "geography_type"), place, strict=True))
    )


def test_the_address_of_the_agency_is_offered_for_the_first_site(cast, application, client_of):
    Agency.objects.filter(pk=cast.agency.pk).update(
        street="12 Main Street", city="Stamford", zip_code="06901"
    )
    client = client_of(cast.director)
    shown = client.get(page(cast, "where"))
    assert "Filled in from the agency’s address" in shown.text
    (row,) = shown.context["form"].row_forms
    assert (row["address1"].value(), row["coc_code"].value(), row["geocode"].value()) == (
        "12 Main Street", "CT-503", "091074",
    )  # fmt: skip
    assert not cast.project.coc_rows.exists(), "an offer is no answer until it is saved"
    # What a person typed stays as it is; what they left empty is offered, and so is what the agency's own town told.
    typed = answers(**{"coc-0-coc_code": "CT-503", "coc-0-geocode": "", "coc-0-geography_type": "3"})
    found = client.post(page(cast, "where", "autosave"), {**typed, "version": "0"}).json()
    assert found["proposals"] == {"coc-0-coc_code": "CT-505", "coc-0-geocode": "090492"}
    assert save(cast, client_of, "where", answers()).status_code == 302
    assert "Filled in from" not in client.get(page(cast, "where")).text
    Agency.objects.filter(pk=cast.agency.pk).update(victim_service_provider=True)
    cast.project.coc_rows.all().delete()
    assert "Filled in from" not in client.get(page(cast, "where")).text, "its addresses are kept secret"
