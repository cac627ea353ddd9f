"""What nobody should type in section A1, and odd versions of a page: a sentence, never a 500."""

import pytest

from onboarding.sections.short_pages import AGENCY
from tests.onboarding.helpers import agency_data

pytestmark = pytest.mark.django_db
NASTY = {
    "empty": "",
    "long": "x" * 20_000,
    "script": "<script>alert('x')</script>",
    "sql": "'; DROP TABLE agencies_agency; --",
    "rtl": "\u202eمرحبا 👩‍👩‍👧‍👦 שלום",
    "nul": "a\x00b",
    "number": "-99999999999999999999999",
}
PLAUSIBLE = {"script", "sql", "rtl"}


@pytest.mark.parametrize("kind", NASTY)
def test_each_field_alone(cast, application, kind):
    """Every kind in every field of the section whose answers are of the most kinds; test_every_field walks the others."""
    client = cast.client("director")
    url = f"/agencies/{cast.agency.pk}/application/agency/"
    good = agency_data(cast, legal_form="other", legal_form_other="Trust", federal_money="yes", uei="J3RW5C2KABC1", common_name="HH", website="https://a.example", coc_member="yes", languages="English")  # fmt: skip
    fields = [(page, name) for page in AGENCY for name in page.fields if name in good]
    versions = dict.fromkeys(AGENCY, 0)
    for page, name in fields:
        sent = {**good, name: NASTY[kind], "version": str(versions[page])}
        answer = client.post(f"{url}{page.key}/", sent)
        versions[page] += 1
        assert answer.status_code in (200, 302), name
        if answer.status_code == 200:
            assert "There is a problem" in answer.content.decode(), name
        else:
            assert kind in PLAUSIBLE | {"empty", "number"}, name


@pytest.mark.parametrize("version", ["", "-1", "abc", "9" * 30, "١"])
def test_odd_versions_are_not_an_error(cast, application, version):
    client = cast.client("director")
    url = f"/agencies/{cast.agency.pk}/application/agency/services/"
    # Read as the page of somebody who saw nothing yet; after the first save that is an old page.
    assert client.post(url, agency_data(cast, version=version)).status_code == 302
    assert client.post(f"{url}keep/", {"version": version, "towns": "x"}).status_code == 409
