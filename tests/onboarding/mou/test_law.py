"""What the law asks of signing, rule by rule: each test asserts what a person, or a court, would notice.

The rules are numbered L1 to L16 without L9, L11 and L15. Not testable here: that the wording of the
disclosure and of the clause on electronic means is right in law (L2, counsel's), and which state retention schedule
applies (L10). Of L1 the test can only show that nothing the portal says takes force away from an electronic signature.
"""

import hashlib
import json
import re
import subprocess

import pgtrigger
import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied
from django.core.files.storage import default_storage
from django.urls import reverse
from django.utils import timezone

from hmis_portal import documents
from hmis_portal.models import AuditEvent, Message, StoredDocument
from hmis_portal.signing.agreeing import consents, requests, text_versions
from hmis_portal.signing.agreeing.evidence.chain import canonical_json
from hmis_portal.signing.models import ClauseRead, Consent, SignatureAct
from hmis_portal.signing.verifying import integrity
from hmis_portal.web.errors import GuardFailed
from onboarding.models import Mou
from onboarding.mou import agreement
from onboarding.mou.party import AGENCY
from onboarding.services import perform
from onboarding.workflow import MouVerb
from tests import payloads
from tests.cast import remember_second_factor
from tests.mou import consent, read_all
from tests.onboarding.mou.helpers import (
    confirm_again,
    consent_and_read,
    consent_on_page,
    counter_sign_form,
    counter_sign_url,
    lead_client,
    mou_url,
    paper_form,
    signature,
)
from tests.scans import CUT_OFF, LOCKED, NO_PAGE, NO_PDF_INSIDE, RESTRICTED, scan

WEAKER = (
    "convenience copy",
    "not binding",
    "paper copy prevails",
    "paper version prevails",
    "for information only",
)


@pytest.fixture
def executed_on_the_page(cast, signed, approved, client_of, once):
    def make():
        lead_client(client_of, cast).post(
            counter_sign_url(signed), counter_sign_form(signed), HTTP_USER_AGENT="Firefox"
        )

    mail.outbox.clear()
    once(make)
    signed.refresh_from_db()
    assert signed.state == Mou.State.EXECUTED
    return signed


def words_of(document, folder):
    file = folder / f"{document.pk}.pdf"
    file.write_bytes(documents.read(document))
    done = subprocess.run(
        ["pdftotext", "-layout", str(file), "-"], capture_output=True, text=True, check=True
    )
    return " ".join(done.stdout.split()), file


def test_L1_nothing_makes_the_mou_weaker_for_being_electronic(
    cast, executed_on_the_page, client_of, tmp_path
):
    said, _file = words_of(requests.final_pdf(executed_on_the_page.request).document, tmp_path)
    told, _file = words_of(executed_on_the_page.request.certificate.document, tmp_path)
    page = client_of(cast.director).get(mou_url("mou", cast)).text
    for text in (said, told, page):
        assert not [one for one in WEAKER if one in text.lower()]
    assert "agree to make and to sign this MOU by electronic means" in said


def test_L2_each_signer_agreed_before_the_pages_of_signing_are_shown(cast, issued, client_of):
    client = client_of(cast.signatory)
    for page in ("sign", "read_mou"):
        assert client.get(mou_url(page, cast)).url == mou_url("consent", cast)
    assert client.get(mou_url("mou_pdf", cast)).url == mou_url("consent", cast)
    shown = client.get(mou_url("mou", cast)).text
    assert "certified.pdf" not in shown
    assert "opens once you have agreed" in shown
    consent_on_page(client, cast, issued)
    assert client.get(mou_url("read_mou", cast)).status_code == 200
    assert "certified.pdf" in client.get(mou_url("mou", cast)).text
    given = Consent.objects.get()
    assert given.disclosure_sha256 == text_versions.current("disclosure").sha256
    assert "by electronic means" in issued.request.text


def test_L2_no_act_of_either_side_without_its_consent_before(executed_on_the_page):
    for act in SignatureAct.objects.select_related("consent", "party"):
        assert act.consent.user_id == act.user_id
        assert act.consent.at < act.signed_at
    kinds = [one.kind for one in executed_on_the_page.request.events.all()]
    assert kinds.index("consented") < kinds.index("signed:agency")


def test_L3_a_deliberate_act_on_a_button_that_names_it_after_the_whole_text(
    cast, issued, client_of, files_wait
):
    client = client_of(cast.signatory)
    consent_on_page(client, cast, issued)
    confirm_again(client, cast.signatory)
    assert client.post(mou_url("sign", cast), signature(issued)).url == mou_url("read_mou", cast)
    with pytest.raises(GuardFailed, match="32 clauses are still to be read"):
        perform(
            issued,
            MouVerb.SIGN,
            by=cast.signatory,
            payload=payloads.signature(agreement.agency_party(issued)),
        )
    read_all(agreement.agency_party(issued), cast.signatory)
    page = client.get(mou_url("sign", cast)).text
    assert re.search(
        r'<(?:input|button)[^>]*type="submit"[^>]*(?:value="Sign the MOU"|>\s*Sign the MOU)', page
    )
    assert not SignatureAct.objects.exists()  # opening pages signs nothing
    client.post(mou_url("sign", cast), signature(issued))
    assert SignatureAct.objects.count() == 1


@pytest.mark.parametrize(
    "without",
    [
        {"read": ""},
        {"typed_name": ""},
        {"typed_name": "Sidney Signatory"},
        {"title": ""},
        {"authority": ""},
        {"read_sha256": "0" * 64},  # another file than the one that was put before the Lead
        {},
    ],
    ids=["unread", "no name", "another name", "no title", "no authority", "another file", "nothing lacks"],
)
def test_L3_the_lead_acts_deliberately_after_the_whole_document(
    cast, signed, approved, client_of, without, files_wait
):
    """The Lead Agency wrote the text, so it is not read again clause by clause: the whole sealed file with the agency's
    signature is put before the Lead, who says by a box to have read it, types the name and presses a button that names
    the effect. Whatever lacks of that, nothing is signed."""
    client = lead_client(client_of, cast)
    page = client.get(counter_sign_url(signed)).text
    assert re.search(
        r'<(?:input|button)[^>]*type="submit"[^>]*(?:value="|>\s*)Counter-sign: the MOU is executed', page
    )
    file = reverse("onboarding:mou_file", args=[cast.agency.pk, signed.pk, "agency"])
    assert file in page
    whole = client.get(file).content
    assert hashlib.sha256(whole).hexdigest() == counter_sign_form(signed)["read_sha256"]
    assert SignatureAct.objects.filter(user=cast.lead).count() == 0  # opening the pages signs nothing
    client.post(counter_sign_url(signed), counter_sign_form(signed) | without)
    assert SignatureAct.objects.filter(user=cast.lead).count() == (0 if without else 1)
    signed.refresh_from_db()
    assert signed.state == (Mou.State.SIGNED if without else Mou.State.EXECUTED)


def test_L3_that_the_whole_text_was_read_is_in_the_chain_and_on_the_certificate(
    executed_on_the_page, tmp_path
):
    """Who read which clause when cannot be changed afterwards: the event of the signature holds the hash of it."""
    read = executed_on_the_page.request.events.get(kind="signed:agency").data["read"]
    rows = list(ClauseRead.objects.filter(party__role="agency").values_list("anchor", "at"))
    assert read["count"] == len(rows) == 32
    told, file = words_of(executed_on_the_page.request.certificate.document, tmp_path)
    assert "32 of 32 clauses confirmed as read one by one, between" in told
    assert read["sha256"] in told.replace(" ", "")
    subprocess.run(["pdfdetach", "-saveall", "-o", str(tmp_path), str(file)], check=True)
    kept = json.loads((tmp_path / "events.json").read_text())["clauses_read"]
    pairs = [[one["clause"], one["at"]] for one in kept if one["role"] == "agency"]
    assert (
        hashlib.sha256(canonical_json(pairs).encode()).hexdigest() == read["sha256"]
    )  # by anyone, from the file
    assert list(integrity.check_chains()) == []
    with pgtrigger.ignore("signing.ClauseRead:append_only"):
        ClauseRead.objects.filter(anchor="fees").update(at=timezone.now())
    assert list(integrity.check_chains()) == [executed_on_the_page.request]
    reason = AuditEvent.objects.get(verb="chain_broken").reason
    assert reason == "The record of the clauses that Sidney Signatory read is not the one that was signed."


def test_L4_the_act_holds_the_file_s_hash_and_lives_in_the_pdf(executed_on_the_page, tmp_path):
    files = {one.step: one for one in executed_on_the_page.request.revisions.all()}
    said, _file = words_of(requests.final_pdf(executed_on_the_page.request).document, tmp_path)
    for act, read in zip(SignatureAct.objects.order_by("signed_at"), ("certified", "agency"), strict=True):
        assert act.file_sha256 == files[read].sha256
        assert act.file_sha256 in act.statement
        assert str(act.pk) in said
        assert act.file_sha256[:32] in said


def test_L5_attribution_can_be_shown(cast, executed_on_the_page, tmp_path):
    told, _file = words_of(executed_on_the_page.request.certificate.document, tmp_path)
    acts = SignatureAct.objects.select_related("user").order_by("signed_at")
    assert [act.user for act in acts] == [cast.signatory, cast.lead]
    for act in acts:
        assert act.ip
        assert act.browser
        assert act.authenticated_at
        assert act.method == "typed"
        for fact in (act.user.email, act.ip, f"{act.signed_at:%Y-%m-%d %H:%M:%S} UTC", act.browser):
            assert fact in told


def test_L6_authority_and_role_are_stated_and_kept(cast, executed_on_the_page, tmp_path):
    said, _file = words_of(requests.final_pdf(executed_on_the_page.request).document, tmp_path)
    told, _file = words_of(executed_on_the_page.request.certificate.document, tmp_path)
    acts = SignatureAct.objects.select_related("party")
    assert len(acts) == 2
    for act in acts:
        assert act.title
        assert act.authority
        for text in (said, told):
            for fact in (act.title, act.authority, act.party.label):
                assert fact in text


def test_L7_each_party_can_print_and_store_the_file_at_receipt(
    cast, executed_on_the_page, client_of, tmp_path
):
    revision = requests.final_pdf(executed_on_the_page.request)
    url = reverse("onboarding:mou_file", args=[cast.agency.pk, executed_on_the_page.pk, revision.step])
    for person in (cast.signatory, cast.director, cast.lead):
        assert client_of(person).get(url).content == documents.read(revision.document)
        sent = [one for one in mail.outbox if one.to == [person.email] and one.attachments]
        assert sent[0].attachments[0][1] == documents.read(revision.document)
    for document in (revision.document, executed_on_the_page.request.certificate.document):
        _said, file = words_of(document, tmp_path)
        info = subprocess.run(["pdfinfo", str(file)], capture_output=True, text=True, check=True).stdout
        assert re.search(
            r"Encrypted:\s+no", info
        )  # an unencrypted PDF carries no restriction on printing or copying


def test_L7_a_scan_is_kept_only_if_each_party_can_open_print_and_store_it(cast, issued, client_of, tmp_path):

    client = client_of(cast.director)
    for data in (LOCKED, RESTRICTED, CUT_OFF, NO_PAGE, NO_PDF_INSIDE):
        client.post(mou_url("mou_paper", cast), paper_form(data))
        assert not StoredDocument.objects.filter(sha256=hashlib.sha256(data).hexdigest()).exists()
    assert not SignatureAct.objects.exists()
    whole = scan("signed by hand")
    client.post(mou_url("mou_paper", cast), paper_form(whole))
    kept = reverse("onboarding:mou_scan", args=[cast.agency.pk, issued.pk, AGENCY])
    for person in (cast.signatory, cast.director, cast.lead):
        assert client_of(person).get(kept).content == whole
    _said, file = words_of(SignatureAct.objects.get().scan.document, tmp_path)
    info = subprocess.run(["pdfinfo", str(file)], capture_output=True, text=True, check=True).stdout
    assert re.search(r"Encrypted:\s+no", info)


def test_L8_what_is_kept_is_exact_and_a_changed_byte_is_found(executed_on_the_page):
    document = requests.final_pdf(executed_on_the_page.request).document
    integrity.check_documents(0)
    assert not AuditEvent.objects.filter(verb="document_damaged").exists()
    path, whole = default_storage.path(document.path), documents.read(document)
    try:
        with open(path, "wb") as file:
            file.write(whole[:-1] + b"x")
        integrity.check_documents(0)
        assert AuditEvent.objects.get(verb="document_damaged").target_id == str(document.pk)
    finally:
        with open(path, "wb") as file:
            file.write(whole)


def test_L10_deletion_is_blocked_until_a_retention_period_is_set(cast, executed_on_the_page):
    document = requests.final_pdf(executed_on_the_page.request).document
    with pytest.raises(GuardFailed, match="No retention period is set"):
        documents.dispose(document, by=cast.admin, reason="x")
    assert documents.read(document)


def test_L12_receipt_is_stamped_in_the_inbox_and_by_e_mail(cast, executed_on_the_page, client_of):
    """Of each who receives it: the manager, and the two who signed."""
    for kind in ("director", "signatory", "lead"):
        person = cast.person(kind)
        row = Message.objects.get(user=person, name="onboarding/mou_executed")
        assert row.created_at, kind
        assert row.sent_at, kind
        assert row.created_at <= row.sent_at <= timezone.now(), kind
        client = client_of(person)
        if person.is_staff:
            remember_second_factor(client, person)
        assert row.subject in client.get(reverse("agencies:messages")).text, kind
        assert row.seen_at is None, kind
        client.get(reverse("agencies:message", args=[row.pk]))
        row.refresh_from_db()
        assert row.seen_at, kind


def test_L13_a_signer_can_review_correct_and_cancel_before_the_act(cast, issued, client_of, files_wait):
    client = client_of(cast.signatory)
    consent_and_read(client, cast, issued)
    page = client.get(mou_url("sign", cast)).text
    assert 'value="Chair of the board"' in page  # what will be declared is shown, and can be changed here
    assert re.search(rf'href="{mou_url("mou", cast)}"[^>]*>\s*(?:Cancel|Back)', page)
    assert mou_url("read_mou", cast) in page
    assert not SignatureAct.objects.exists()
    confirm_again(client, cast.signatory)
    client.post(mou_url("sign", cast), signature(issued, title="Treasurer"))
    assert SignatureAct.objects.get().title == "Treasurer"


def test_L13_a_signer_corrects_their_own_name(cast, issued, client_of, tmp_path):
    """The manager typed it; who signs knows how it is spelled. The file stays: its box is still empty."""
    client = client_of(cast.signatory)
    consent_and_read(client, cast, issued)
    assert 'value="Sidney Signatory"' in client.get(mou_url("sign", cast)).text
    confirm_again(client, cast.signatory)
    right = {"legal_name": "Sídney B. O’Signatory", "typed_name": "sídney b. o’signatory"}
    certified = issued.request.revisions.get().sha256
    client.post(mou_url("sign", cast), signature(issued, **right))
    act = SignatureAct.objects.get()
    assert (act.legal_name, act.party.legal_name) == (right["legal_name"], right["legal_name"])
    assert act.file_sha256 == certified
    assert right["legal_name"] in act.statement
    named = issued.request.events.get(kind="signer_named")
    assert (named.data["name"], named.data["by"]) == (right["legal_name"], str(cast.signatory.pk))
    said, _file = words_of(requests.latest_pdf(issued.request).document, tmp_path)
    assert right["legal_name"] in said
    assert "Sidney Signatory" not in said


BEFORE_CONSENT = (
    "You may ask for this document on paper",
    "There is no fee",
    "You may withdraw this consent at any time before you sign",
    "It covers this one document and the notices that belong to it",
    "You can change it on your account page",
    "a program that opens PDF files",
    "Open the test file",
)


def test_L14_what_is_shown_before_consent(cast, issued, client_of):
    page = client_of(cast.signatory).get(mou_url("consent", cast)).text
    assert not [words for words in BEFORE_CONSENT if words not in page]


def test_L14_what_is_shown_before_the_lead_s_consent(cast, signed, approved, client_of):
    client = lead_client(client_of, cast, agreed=False)
    page = client.get(reverse("admin:onboarding_mou_consent", args=[signed.pk])).text
    assert not [words for words in BEFORE_CONSENT if words not in page]


def test_L14_consent_counts_once_the_test_file_was_really_opened(cast, issued, client_of, tmp_path):
    client = client_of(cast.signatory)
    client.post(mou_url("consent", cast), {"number": "0000", "agree": "on"})
    assert not Consent.objects.exists()
    file = tmp_path / "test.pdf"
    file.write_bytes(client.get(mou_url("test_file", cast)).content)
    shown = subprocess.run(["pdftotext", str(file), "-"], capture_output=True, text=True, check=True).stdout
    (number,) = re.findall(r"\b\d{4}\b", shown)
    assert number == consents.test_number(agreement.agency_party(issued))
    client.post(mou_url("consent", cast), {"number": number, "agree": "on"})
    given = Consent.objects.get()
    assert given.test_file_opened
    assert given.ip


def test_L14_consent_is_withdrawn_before_signing_and_given_again(cast, issued, client_of, files_wait):
    client = client_of(cast.signatory)
    consent_and_read(client, cast, issued)
    assert f'href="{mou_url("consent", cast)}">Withdraw my consent' in client.get(mou_url("sign", cast)).text
    page = client.get(mou_url("consent", cast)).text
    assert "Until you sign you may take it back here" in page
    answer = client.post(mou_url("consent", cast), {"withdraw": "yes"}, follow=True)
    assert "You withdrew your consent" in answer.text
    assert "certified.pdf" not in answer.text  # the file is no longer put before the signer
    confirm_again(client, cast.signatory)
    assert client.post(mou_url("sign", cast), signature(issued)).url == mou_url("consent", cast)
    with pytest.raises(GuardFailed, match="Agree to electronic records first"):
        perform(
            issued,
            MouVerb.SIGN,
            by=cast.signatory,
            payload=payloads.signature(agreement.agency_party(issued)),
        )
    assert (
        client.post(mou_url("consent", cast), {"withdraw": "yes"}).status_code == 303
    )  # said once, done once
    consent_on_page(client, cast, issued)
    first, second = Consent.objects.order_by("pk")
    assert first.withdrawal.ip
    client.post(mou_url("sign", cast), signature(issued))
    assert SignatureAct.objects.get().consent == second
    kinds = [one.kind for one in issued.request.events.all() if one.kind.startswith("consent")]
    assert kinds == ["consented", "consent_withdrawn", "consented"]
    assert list(integrity.check_chains()) == []
    issued.refresh_from_db()
    told = client.get(mou_url("mou", cast)).text
    assert "Withdraw my signature" in told  # and after signing this is the way, as the disclosure says
    answer = client.post(mou_url("withdraw_signature", cast), {"reason": "I was mistaken."})
    issued.refresh_from_db()
    assert issued.state == Mou.State.VOIDED


def test_L14_the_lead_may_take_the_consent_back_too(cast, signed, approved, client_of):
    client = lead_client(client_of, cast)
    url = reverse("admin:onboarding_mou_consent", args=[signed.pk])
    assert f'href="{url}">Withdraw my consent' in client.get(counter_sign_url(signed)).text
    client.post(url, {"withdraw": "yes"})
    assert client.get(counter_sign_url(signed)).url == url
    assert Mou.objects.get().state == Mou.State.SIGNED


def test_L14_nobody_consents_for_somebody_else(cast, issued):
    with pytest.raises(PermissionDenied):
        consent(agreement.agency_party(issued), cast.director)


def test_L16_nobody_is_forced_paper_is_offered_and_marked(cast, issued, client_of):

    client = client_of(cast.signatory)
    for page in ("mou", "consent"):
        assert mou_url("mou_paper", cast) in client.get(mou_url(page, cast)).text
    client.post(mou_url("mou_paper", cast), paper_form())
    assert SignatureAct.objects.get().get_method_display() == "Signed on paper"
    assert "signed on paper on" in client_of(cast.director).get(mou_url("mou", cast)).text
    assert not Consent.objects.exists()
