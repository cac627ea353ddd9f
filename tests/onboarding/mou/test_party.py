"""An MOU binds the party that its text names: what happens when that name, or the named signatory, changes."""

import html

import pytest
from django.urls import reverse
from django.utils import timezone

from agencies.models import Position
from hmis_portal.management.commands.portal import load_reference
from hmis_portal.models import PortalSettings
from hmis_portal.signing import reference
from hmis_portal.signing.agreeing import acts
from hmis_portal.signing.models import SigningEvent
from hmis_portal.web.errors import GuardFailed
from onboarding.forms.mou.acts import SignForm
from onboarding.forms.sections.people import PeopleForm
from onboarding.models import Mou, OneParty
from onboarding.mou import agreement, party, signatory
from onboarding.mou.signatory import Signer
from onboarding.services import perform
from onboarding.workflow import ApplicationVerb, Approval
from tests.applications import answer_all, make_application, name_people
from tests.mou import issue_mou, sign_on_paper
from tests.onboarding.helpers import people_data
from tests.payloads import sample, signature
from tests.people import hold

pytestmark = pytest.mark.django_db
OLD, NEW = "Harbor House, Inc.", "Maison d’Étoiles 希望, Inc."


def rename(cast, name=NEW):
    cast.agency.legal_name = name
    cast.agency.save(update_fields=["legal_name"])


@pytest.fixture
def signed_without_files(cast):
    """Signed, as the database holds it; the files are not made."""
    mou = issue_mou(cast)
    Mou.objects.filter(pk=mou.pk).update(state="signed", signed_at=timezone.now())
    mou.refresh_from_db()
    return mou


@pytest.fixture
def reviewed(cast, signed_without_files):
    name_people(cast.agency)
    application = make_application(cast.agency, by=cast.director, state="in_review", reviewer=cast.admin)
    answer_all(application)
    return application


def refused(obj, verb, by, *, payload=None, reason=""):
    with pytest.raises(GuardFailed) as refusal:
        perform(obj, verb, by=by, payload=payload or sample(type(obj), verb), reason=reason)
    return " ".join(refusal.value.messages)


def test_approving_refuses_an_mou_in_another_name_than_the_agency_s(cast, reviewed):
    rename(cast)
    words = refused(reviewed, "approve", cast.admin)
    assert OLD in words
    assert NEW in words
    assert "one party" in words


def test_sending_again_refuses_it_and_the_page_says_so(cast, reviewed, client_of):
    reviewed.state, reviewed.answer_by = "changes_requested", reviewed.submitted_at.date()
    reviewed.save(update_fields=["state", "answer_by"])
    rename(cast)
    assert NEW in refused(reviewed, "resubmit", cast.director)
    page = client_of(cast.director).get(reverse("onboarding:submit", args=[cast.agency.pk]))
    assert OLD in page.text
    assert NEW in page.text
    assert "What happens then" not in page.text  # nothing to press


def test_counter_signing_shows_the_party_of_the_signed_text_and_refuses(cast):
    load_reference()
    mou = sign_on_paper(cast)
    rename(cast)
    client, address = cast.client("lead"), reverse("admin:onboarding_mou_counter_sign_paper", args=[mou.pk])
    page = client.get(address, follow=True)
    assert f"<dd>{OLD}</dd>" in page.text
    assert f"<dd>{NEW}</dd>" not in page.text
    assert "one party" in page.text
    assert "one party" in refused(mou, "counter_sign_on_paper", cast.lead)
    perform(mou, "one_party", by=cast.admin, reason="Amended on *May 2*.")
    told = html.unescape(client.get(address, follow=True).text)
    assert f"{OLD} and {NEW} are one party" in told
    assert "Amended on *May 2*." in told


def test_the_admin_s_reason_makes_both_one_party_until_the_name_changes_again(cast, reviewed):
    load_reference()
    rename(cast)
    mou = Mou.objects.get()
    client = cast.client("admin")
    file = client.get(reverse("admin:agencies_agency_change", args=[cast.agency.pk]))
    (line,) = next(section for section in file.context["sections"] if section.key == "mous").lines
    assert line.detail == f"{OLD}, Sidney Signatory"
    url = reverse("admin:onboarding_mou_verb", args=[mou.pk, "one_party"])
    page = client.get(url).text
    assert OLD in page
    assert "Enter a reason" not in page  # nothing was typed yet
    assert url in client.get(reverse("admin:onboarding_mou_change", args=[mou.pk])).text
    assert client.post(url, {"reason": "Certificate of amendment of May 2."}).status_code == 302
    row = OneParty.objects.get()
    assert (row.signed, row.now, row.recorded_by) == (OLD, NEW, cast.admin)
    assert SigningEvent.objects.filter(request=mou.request, kind="one_party").exists()
    told = cast.client("director").get(reverse("onboarding:mou", args=[cast.agency.pk])).text
    assert "Certificate of amendment of May 2." in told
    perform(reviewed, ApplicationVerb.APPROVE, by=cast.admin, payload=Approval())
    rename(cast, "Another House, Inc.")
    assert "Another House, Inc." in refused(mou, "counter_sign_on_paper", cast.lead)


def test_a_manager_issues_the_mou_anew_in_the_name_of_today(cast, reviewed, client_of, files_wait):
    rename(cast)
    client, url = client_of(cast.director), reverse("onboarding:name_signatory", args=[cast.agency.pk])
    assert url in client.get(reverse("onboarding:mou", args=[cast.agency.pk])).text
    assert "Issue the MOU anew" in client.get(url).text
    given = {"who": "other", "first_name": "Sidney", "last_name": "Signatory", "email": cast.signatory.email}
    answer = client.post(url, {**given, "title": "Chair", "authority": "Bylaws"})
    assert answer.status_code == 302
    new, before = Mou.objects.order_by("-issued_at")
    assert (before.state, before.void_kind, new.state) == ("voided", "replaced", "issued")
    assert party.name_of(new) == NEW
    assert party.name_of(before) == OLD
    reviewed.refresh_from_db()
    assert reviewed.state == "changes_requested"


def test_what_names_the_agency_as_it_was_is_not_signed(cast, client_of):
    mou = issue_mou(cast)
    rename(cast)
    assert NEW in refused(mou, "sign", cast.signatory)
    page = client_of(cast.signatory).get(reverse("onboarding:mou", args=[cast.agency.pk]))
    assert f"{OLD} ·" in page.text
    assert NEW in page.text


def test_case_and_spaces_make_no_other_party(cast, reviewed):
    rename(cast, "HARBOR  HOUSE, INC.")
    assert perform(reviewed, ApplicationVerb.APPROVE, by=cast.admin, payload=Approval()).state == "approved"


def test_another_signatory_named_after_the_signature_is_noticed(cast):
    named = {"agency": cast.agency, "position": Position.SIGNATORY, "email": "signatory@harbor.example"}
    hold(name="Sidney Signatory", **named)
    mou = sign_on_paper(cast)
    assert party.changes(mou) == []
    hold(name="Noor O’Neil", **named)
    assert [one.what for one in party.changes(mou)] == ["signatory"]
    assert "Noor O’Neil" in party.against(mou)[0]


def test_a_new_name_of_the_lead_agency_is_noticed_before_it_signs(cast, reviewed):
    perform(reviewed, ApplicationVerb.APPROVE, by=cast.admin, payload=Approval())
    settings = PortalSettings.load()
    settings.lead_agency = "The New Lead"
    settings.save(update_fields=["lead_agency"])
    assert "The New Lead" in refused(Mou.objects.get(), "counter_sign_on_paper", cast.lead)


@pytest.mark.parametrize(
    "email", ["director@harbor.example", " Director@HARBOR.example", "director\u200b@harbor.example"]
)
def test_naming_somebody_with_the_address_of_another_asks(cast, client_of, email):
    reference.load()
    url = reverse("onboarding:name_signatory", args=[cast.agency.pk])
    given = {"who": "other", "first_name": "Noor", "last_name": "O’Neil", "email": email}
    page = client_of(cast.director).post(url, {**given, "title": "Chair", "authority": "Bylaws"})
    assert page.status_code == 200
    assert "This is the address of Dana Director" in html.unescape(page.text)
    assert not Mou.objects.exists()
    signer = Signer("director@harbor.example", "Noor", "O’Neil", "Chair", "Bylaws")
    with pytest.raises(GuardFailed, match="address of Dana Director"):
        agreement.issue(agency=cast.agency, by=cast.director, signer=signer)


def test_nothing_is_told_of_an_account_elsewhere(cast):
    assert signatory.against_address(cast.agency, cast.stranger.email, "Noor O’Neil") == ""
    assert signatory.against_address(cast.agency, "nobody@harbor.example", "Noor O’Neil") == ""


@pytest.mark.parametrize(
    ("name", "may"),
    [
        ("Sidney Signatory", True),
        ("SIDNEY B. Signatory, Jr.", True),
        ("Signatory Sidney", True),  # the family name first
        ("Noor O’Neil", False),
        ("Sídney B. O’Signatory", True),  # the spelling corrected
        ("Sidney", False),
        ("Dana Signatory", False),
    ],
)
def test_an_account_signs_in_its_own_name_only(cast, name, may):
    assert (acts.against_name(cast.signatory, name) == []) == may
    if not may:
        mou = issue_mou(cast)
        given = signature(agreement.agency_party(mou), legal_name=name)
        assert "You are signed in as Sidney Signatory" in refused(mou, "sign", cast.signatory, payload=given)


def test_the_signer_confirms_who_they_are_by_the_account_s_name(cast):
    form = SignForm(party=agreement.agency_party(issue_mou(cast)), me=cast.signatory)
    assert form.fields["authorized"].label == (
        "I am Sidney Signatory, and I am authorized to sign for Harbor House, Inc."
    )


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"backup_email": "COORDINATOR@harbor.example"}, "another person than the coordinator"),
        ({"backup_name": "Chris  COORDINATOR"}, "another person than the coordinator"),
        ({"backup_email": "director@harbor.example"}, "the address of Dana Director (Executive director)"),
        ({}, ""),
    ],
)
def test_two_people_of_the_agency_do_not_share_an_address(cast, changes, words):
    application = make_application(cast.agency, by=cast.director, state="draft")
    form = PeopleForm(people_data(**changes), application=application, contacts=[])
    assert form.is_valid() == (words == "")
    assert words in " ".join(error for errors in form.errors.values() for error in errors)


def test_nobody_records_anything_while_every_name_is_right(cast, signed_without_files):
    assert "are those of today" in refused(
        signed_without_files, "one_party", cast.admin, reason="Same people."
    )
    assert "are those of today" in refused(signed_without_files, "issue_anew", cast.director, reason="Anew.")


def test_the_signatory_is_chosen_from_the_list_and_spelled_as_it_is_there(cast, client_of, files_wait):
    reference.load()
    named = {"agency": cast.agency, "position": Position.SIGNATORY, "title": "Chair", "phone": "860-555-0101"}
    hold(name="Olive M. Other", email="Olive@harbor.example", **named)
    url, client = reverse("onboarding:name_signatory", args=[cast.agency.pk]), client_of(cast.director)
    page = client.get(url).text
    assert (
        '<option value="olive@harbor.example" selected>Olive M. Other, olive@harbor.example</option>' in page
    )
    typed = {"title": "Chair", "authority": "Bylaws", "email": "olive@harbor.example"}
    spelled = {**typed, "who": "other", "first_name": "Olive", "last_name": "Other"}
    assert "This is the address of Olive M. Other on the agency’s list" in client.post(url, spelled).text
    with pytest.raises(GuardFailed, match=r"address of Olive M\. Other"):
        agreement.issue(
            agency=cast.agency, by=cast.director, signer=Signer("olive@harbor.example", "Olive", "Other", "Chair", "Bylaws")
        )  # fmt: skip
    stranger = {**typed, "who": "listed", "person": cast.stranger.email}
    assert client.post(url, stranger).status_code == 200
    assert "Select the person who signs" in client.post(url, {**typed, "who": "listed", "person": ""}).text
    assert not Mou.objects.exists()
    assert client.post(url, {**typed, "who": "listed", "person": "olive@harbor.example"}).status_code == 302
    mou = Mou.objects.get()
    assert (mou.signatory_name, mou.signatory.email) == ("Olive M. Other", "olive@harbor.example")


def test_whoever_is_to_sign_is_spelled_in_the_application_as_in_the_mou(cast, client_of):
    make_application(cast.agency, by=cast.director, state="draft")
    issue_mou(cast)
    url = reverse("onboarding:section_page", args=[cast.agency.pk, "people", "signatory"])
    given = {
        "version": "0",
        "signatory_is": "other",
        "signatory_title": "Chair",
        "signatory_phone": "860-555-0101",
    }
    typed = given | {"signatory_name": "Sidny O'Signatory", "signatory_email": "Signatory@harbor.example"}
    answer = client_of(cast.director).post(url, typed)
    assert "The MOU names Sidney Signatory with this address" in html.unescape(answer.text)
    assert not cast.agency.contacts.exists()
    other = typed | {"version": "1", "signatory_email": "other@harbor.example"}
    assert client_of(cast.director).post(url, other).status_code == 302, "another person"
    same = typed | {"version": "2", "signatory_name": "sidney  signatory"}
    assert client_of(cast.director).post(url, same).status_code == 302


def test_a_manager_whose_name_is_spelled_otherwise_on_the_list_is_asked(cast, client_of, files_wait):
    reference.load()
    hold(cast.agency, Position.DIRECTOR, "Dana D. Director", cast.director.email)
    url, client = reverse("onboarding:name_signatory", args=[cast.agency.pk]), client_of(cast.director)
    given = {"who": "me", "title": "Director", "authority": "Bylaws"}
    assert "This is the address of Dana D. Director" in client.post(url, given).text
    listed = {**given, "who": "listed", "person": cast.director.email}
    assert client.post(url, listed).status_code == 302
    mou = Mou.objects.get()
    assert (mou.signatory, mou.signatory_name) == (cast.director, "Dana D. Director")
