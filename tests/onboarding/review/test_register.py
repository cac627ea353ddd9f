"""What the IRS's lists say of an EIN stands under "What we checked": advice to both sides, which blocks nothing."""

import datetime as dt

import pytest
from django.urls import reverse

from agencies.models import RegisterEntry, RegisterLoad
from onboarding.review import register
from onboarding.review.check import GOOD, LOOK, UNKNOWN
from tests.onboarding.review.verbs import page

pytestmark = pytest.mark.django_db
EIN = "060000321"


def listed(kind, by, ein=EIN, **facts):
    """A file of this list is loaded, and has these rows of the EIN."""
    load, _made = RegisterLoad.objects.get_or_create(
        kind=kind, state="stands", rows=1500, sha256="a" * 64, name="eo_ct.csv", of_day=dt.date(2026, 11, 10),
        loaded_by=by, defaults={"loaded_at": dt.datetime(2026, 11, 11, 12, tzinfo=dt.UTC)},
    )  # fmt: skip
    if facts:
        RegisterEntry.objects.create(load=load, ein=ein, **facts)


@pytest.fixture
def agency(cast):
    cast.agency.ein, cast.agency.legal_form, cast.agency.legal_name = EIN, "501c3", "The Harbor House, Inc."
    cast.agency.save(update_fields=["ein", "legal_form", "legal_name"])
    return cast.agency


def told(agency, *, for_hmis=False):
    return [(check.tone, check.words) for check in register.checks(agency, for_hmis=for_hmis)]


KNOWN = {"name": "HARBOR HOUSE INC", "city": "HARTFORD", "region": "CT", "status": "01", "subsection": "3"}


def test_the_name_the_status_and_the_day_of_the_file(agency, cast):
    listed("exempt", cast.admin, ein="069999999", **KNOWN)
    assert told(agency) == [(LOOK, "The EIN 06-0000321 is not on the list.")]
    agency.legal_form = "government"
    assert told(agency)[0][0] == GOOD
    agency.legal_form = "501c3"
    listed("exempt", cast.admin, **KNOWN)
    (check,) = register.checks(agency, for_hmis=False)
    assert (check.tone, check.words) == (
        GOOD,
        "The EIN 06-0000321 is known under the name “HARBOR HOUSE INC”, HARTFORD, CT: 501(c)(3), unconditional exemption.",
    )
    assert check.source == "IRS list of exempt organizations, file of November 10, 2026"
    agency.ein = ""
    assert told(agency) == []


@pytest.mark.parametrize(
    ("facts", "common", "tone", "words"),
    [
        ({"name": "RIVER STREET SHELTER INC"}, "", LOOK, "The agency’s names are others."),
        ({"name": "RIVER STREET SHELTER INC", "other_name": "HARBOR HOUSE"}, "", GOOD, "(also “HARBOR HOUSE”)"),
        ({"name": "RIVER STREET SHELTER INC"}, "River Street Shelter", GOOD, "RIVER STREET"),
        ({"subsection": "4"}, "", LOOK, "501(c)(4), unconditional exemption. The agency says that it is a 501(c)(3)."),
        ({"status": "99"}, "", GOOD, "status 99 at the IRS."),
    ],
)  # fmt: skip
def test_names_and_status_are_compared(agency, cast, facts, common, tone, words):
    agency.common_name = common
    agency.save(update_fields=["common_name"])
    listed("exempt", cast.admin, **{**KNOWN, **facts})
    ((found, said),) = told(agency)
    assert found == tone
    assert words in said


def test_revocations_and_reinstatements_in_words_the_latest_counts(agency, cast):
    listed("revoked", cast.admin)
    assert told(agency) == [(GOOD, "No exemption under the EIN 06-0000321 was revoked automatically.")]
    first = {"name": "HARBOR HOUSE", "revoked_on": dt.date(2010, 5, 15), "posted_on": dt.date(2011, 6, 9)}
    listed("revoked", cast.admin, **first, reinstated_on=dt.date(2012, 1, 3))
    words = "The exemption of “HARBOR HOUSE” was revoked as of May 15, 2010 and is reinstated as of January 3, 2012."
    assert told(agency) == [(GOOD, words)]
    listed("revoked", cast.admin, name="HARBOR HOUSE", revoked_on=dt.date(2020, 7, 1))
    words = "The exemption of “HARBOR HOUSE” was revoked as of July 1, 2020 and is not reinstated."
    assert told(agency) == [(LOOK, words)]


def test_both_sides_read_it_and_only_the_hmis_side_reads_that_nothing_is_loaded(
    complete, texts, cast, client_of
):
    from tests.applications import make_mou

    agency = complete.agency
    make_mou(agency, signatory=cast.signatory, by=cast.director)
    before_sending = reverse("onboarding:submit", args=[agency.pk])
    nothing = "No register file is loaded: IRS list of exempt organizations; IRS list"
    text = client_of(cast.director).get(before_sending).content.decode()
    assert "What we checked" in text
    assert nothing not in text
    ((tone, words),) = told(agency, for_hmis=True)
    assert tone == UNKNOWN
    assert words.startswith(nothing)
    listed("exempt", cast.admin, ein=agency.ein, **KNOWN)
    text = client_of(cast.director).get(before_sending).content.decode()
    assert "is known under the name “HARBOR HOUSE INC”" in text
    ((_tone, _known), (_look, words)) = told(agency, for_hmis=True)
    assert words == "No register file is loaded: IRS list of automatic revocations."


def test_the_reviewer_reads_it(in_review, cast, client_of, django_assert_max_num_queries):
    client = client_of(cast.admin)
    text = client.get(page(in_review)).content.decode()
    assert "Not checked</span> No register file is loaded" in text
    assert reverse("admin:agencies_registerload_upload") in text
    text = client_of(cast.auditor).get(page(in_review)).content.decode()
    assert "No register file is loaded" in text
    assert reverse("admin:agencies_registerload_upload") not in text, (
        "whoever may not load one is not led there"
    )
    for number in range(3):
        listed("exempt", cast.admin, ein=in_review.agency.ein, **{**KNOWN, "name": f"Another House {number}"})
    listed("revoked", cast.admin)
    with django_assert_max_num_queries(20):
        text = client.get(page(in_review)).content.decode()
    assert text.count("is known under the name") == 1
    assert "No register file" not in text
