"""What was checked: one list for the reviewer, the Lead Agency and the director, who learns of no other agency."""

import datetime as dt

import pytest
from django.urls import reverse

from agencies.models import Agency
from onboarding.models import Mou
from onboarding.review import checks
from tests.factories import AgencyFactory
from tests.onboarding.review.verbs import page

pytestmark = pytest.mark.django_db


def twin(agency, **more):
    from agencies.models import Person

    domain = agency.contacts.first().email.partition("@")[2]
    other = AgencyFactory(legal_name="Other Organization", phone="(860) 555-0177", **more)
    Person.objects.create(agency=other, first_name="Olga", last_name="Other", email=f"olga@{domain}")
    return other


def test_the_reviewer_sees_it_and_remembers_who_is_no_duplicate(in_review, cast, client_of):
    from agencies.models import NotADuplicate
    from hmis_portal.models import AuditEvent

    other = twin(cast.agency)
    client = client_of(cast.admin)
    text = client.get(page(in_review)).content.decode()
    assert "What we checked" in text
    assert "Other Organization shares an e-mail domain." in text
    url = reverse("admin:onboarding_agency_not_a_duplicate", args=[cast.agency.pk, other.pk])
    assert url in text
    assert client_of(cast.auditor).get(url).status_code == 403
    assert client.post(url, {"reason": ""}).status_code == 422
    for _twice in range(2):
        assert client.post(url, {"reason": "Two boards, one landlord."})["Location"] == page(in_review)
    row = NotADuplicate.objects.get()
    assert (row.recorded_by, row.reason) == (cast.admin, "Two boards, one landlord.")
    event = AuditEvent.objects.get(verb="found no duplicate")
    assert event.agency_id is None, "neither agency may read of the other"
    NotADuplicate.objects.update(recorded_at=dt.datetime(2026, 11, 2, 3, tzinfo=dt.UTC))
    text = client.get(page(in_review)).content.decode()
    words = f"is not a duplicate: Two boards, one landlord. ({cast.admin.email}, November 1, 2026)"
    assert words in text, "the day where the portal is"
    assert url not in text


def test_what_is_grave_stands_first_wherever_it_comes_from(in_review, cast, client_of):
    Agency.objects.filter(pk=cast.agency.pk).update(ein="060000321")
    twin(cast.agency, ein="060000321")
    shown = client_of(cast.admin).get(page(in_review)).text.partition("What we checked")[2]
    assert shown.index("Other Organization shares") < shown.index(">Agrees<")


def test_an_agency_with_the_same_ein_or_phone_is_found_in_any_spelling(sent, cast):
    cast.agency.ein, cast.agency.phone = "060000321", "860.555.0177"
    cast.agency.save(update_fields=["ein", "phone"])
    other = twin(cast.agency, ein="060000321")
    (found,) = checks.elsewhere(cast.agency, [])
    assert found.words == "Other Organization shares the EIN and a phone number."
    assert found.tone == checks.BAD
    other.state, other.left_at = "left", other.created_at
    other.save(update_fields=["state", "left_at"])
    assert [one.tone for one in checks.elsewhere(cast.agency, [])] == [checks.GOOD]


def test_the_director_reads_the_same_list_before_sending_but_of_no_other_agency(
    complete, texts, cast, client_of
):
    from tests.applications import make_mou

    twin(cast.agency)
    make_mou(cast.agency, signatory=cast.signatory, by=cast.director)
    told = checks.elsewhere(cast.agency, cast.agency.contacts.all())
    assert "Other Organization shares an e-mail domain." in [one.words for one in told]
    cast.agency.phone = "860-555-0177"
    told = checks.elsewhere(cast.agency, cast.agency.contacts.all())
    assert "Other Organization shares an e-mail domain and a phone number." in [one.words for one in told]
    answer = client_of(cast.director).get(reverse("onboarding:submit", args=[cast.agency.pk]))
    text = answer.content.decode()
    assert "What we checked" in text
    assert "The projects keep every rule that can be checked." in text
    assert "Other Organization" not in text
    assert "olga@" not in text


def test_each_comparison_says_what_does_not_agree(sent, cast):
    from agencies.models import ContinuumOfCare, Staff
    from onboarding.sections.answers import Answers

    row = Staff(
        first_name="Ray",
        last_name="Reader",
        hmis_role="read_only",
        access_level="agency",
        supervisor_name="Nobody Known",
    )
    assert "More access than the role needs" in checks.access([row]).words
    assert "Nobody Known" in checks.supervisors([row], []).words
    mou = Mou.objects.get(agency=cast.agency)
    assert checks.signed_party(None).tone == checks.BAD
    named, mou.signatory_named = cast.agency.people.filter(contacts__position="signatory"), ""
    assert named.update(first_name="Ana", last_name="Another") == 1
    assert "names Ana Another as authorized signatory" in checks.signatory(mou).words
    first, _, last = mou.signatory_name.partition(" ")
    named.update(first_name=first, last_name=last)
    assert checks.signatory(mou).tone == checks.GOOD
    mou.signatory.is_active = False
    assert "is closed" in checks.signatory(mou).words
    cast.agency.towns = "Hartford, Stamford"
    answers = Answers(sent, cast.agency)
    assert ContinuumOfCare.objects.exists()
    here = checks.coordination(answers, checks.area_sent("CT-505 Balance of State", "Central"))
    assert "Stamford (CT-503)" in here.words
    assert "Hartford" not in here.words
    both = checks.area_sent("CT-505 Balance of State\nCT-503 Fairfield", "Central")
    assert checks.coordination(answers, both).tone == checks.GOOD
    assert checks.coordination(answers, checks.area_sent("", "")).tone == checks.LOOK


def test_of_many_that_share_something_the_gravest_stand_open_and_the_others_fold(cast, sent):
    for number in range(5):
        AgencyFactory(legal_name=f"Elsewhere {number}", phone=cast.agency.phone)
    same = AgencyFactory(legal_name="The same once more", ein=cast.agency.ein)
    found = checks.elsewhere(cast.agency, [])
    assert [one.is_folded for one in found] == [False] * checks.SHOWN + [True] * (len(found) - checks.SHOWN)
    assert found[0].words.startswith(str(same))
    page = cast.client("admin").get(reverse("admin:onboarding_application_review", args=[sent.pk])).text
    folded = page.partition("More agencies that share something")[2].partition("</details>")[0]
    assert folded.count("Elsewhere ") > folded.count("The same once more") == 0
