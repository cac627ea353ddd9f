"""Every field of every section form, with what nobody should type: a sentence, never a 500, nothing half-saved."""

import pytest

from agencies.models import Agency, Contact
from onboarding.models import ReadinessAnswer
from tests.onboarding.application.helpers import agency_data, people_data, readiness_data

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


def sections_data(cast):
    return {
        "agency": agency_data(cast, legal_form="other", legal_form_other="Trust", federal_money="yes", uei="J3RW5C2KABC1", common_name="HH", website="https://a.example", coc_member="yes", languages="English"),
        "people": people_data(),
        "readiness": readiness_data(q26="policy", q17="yes", q21="no", q21_plan="x", q21_plan_owner="y", q21_plan_due_month="1", q21_plan_due_day="1", q21_plan_due_year="2099"),
        "declaration": {"version": "0", "declared_name": "Dana", "declared_title": "Director", "accurate": "on"},
    }  # fmt: skip


@pytest.mark.parametrize("kind", NASTY)
@pytest.mark.parametrize("key", ["agency", "people", "readiness", "declaration"])
def test_all_fields_at_once(cast, application, key, kind):
    good = sections_data(cast)[key]
    refused(cast, key, {name: NASTY[kind] for name in good if name not in ("version", "accurate")})


@pytest.mark.parametrize("kind", NASTY)
def test_each_field_alone(cast, application, kind):
    """Of the section whose answers are of the most kinds; the others are made of the same fields."""
    client = cast.client("director")
    url = f"/agencies/{cast.agency.pk}/application/agency/"
    good, version = sections_data(cast)["agency"], 0
    for name in good:
        if name == "version":
            continue
        answer = client.post(url, {**good, name: NASTY[kind], "version": str(version)})
        version += 1
        assert answer.status_code in (200, 302), name
        if answer.status_code == 200:
            assert "There is a problem" in answer.content.decode(), name
        else:
            assert kind in PLAUSIBLE | {"empty", "number"}, name


def refused(cast, key, bad):
    before = rows(cast)
    answer = cast.client("director").post(
        f"/agencies/{cast.agency.pk}/application/{key}/", {**bad, "version": "0"}
    )
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "There is a problem" in page
    assert "<script>alert('x')" not in page
    assert not any(word in page for word in ("This field is required", "Enter a valid", "oops"))
    assert rows(cast) == before


def rows(cast):
    return (
        list(Agency.objects.filter(pk=cast.agency.pk).values()),
        list(Contact.objects.order_by("pk").values()),
        list(ReadinessAnswer.objects.order_by("pk").values_list("pk", "value")),
    )


def test_ten_megabytes_of_text(cast, application):
    client = cast.client("director")
    url = f"/agencies/{cast.agency.pk}/application/agency/"
    answer = client.post(url, agency_data(cast, mission="x" * (10 * 1024 * 1024)))
    assert answer.status_code == 200
    assert "must be 4000 characters or fewer" in answer.content.decode()
    assert client.post(f"{url}keep/", {"version": "0", "mission": "x" * 400_000}).status_code == 413
    assert client.post(url, agency_data(cast, mission="x" * (13 * 1024 * 1024))).status_code == 413


@pytest.mark.parametrize("version", ["", "-1", "abc", "9" * 30, "١"])
def test_odd_versions_are_not_an_error(cast, application, version):
    client = cast.client("director")
    url = f"/agencies/{cast.agency.pk}/application/agency/"
    assert client.post(url, agency_data(cast, version=version)).status_code in (302, 409)
    assert client.post(f"{url}keep/", {"version": version, "towns": "x"}).status_code in (200, 409)
