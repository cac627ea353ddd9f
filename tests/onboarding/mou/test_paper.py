"""Nobody is forced to sign electronically: both sides sign by hand, and everything says so."""

import datetime as dt
import io
import json
import subprocess
import zipfile

import pytest
import time_machine
from django.core import mail
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from hmis_portal import documents
from hmis_portal.signing.agreeing.evidence import term
from hmis_portal.signing.models import Consent, PaperScan, Revision, SignatureAct
from onboarding.models import Mou
from onboarding.mou import agreement
from tests.cast import remember_second_factor
from tests.mou import approve
from tests.onboarding.mou.helpers import AGENCY_SCAN, paper_form
from tests.scans import CUT_OFF, LOCKED, NO_PAGE, NO_PDF_INSIDE, RESTRICTED, scan

BOTH_SCAN = scan("scanned: signed by both sides")
CANNOT_BE_KEPT = [
    (LOCKED, "is locked with a password or restricted"),
    (RESTRICTED, "is locked with a password or restricted"),
    (CUT_OFF, "cannot be opened"),
    (NO_PDF_INSIDE, "cannot be opened"),
    (NO_PAGE, "has no page"),
]


@pytest.fixture
def issued_to_print(cast, reference, commits, once):
    def make():
        with commits():
            signer = agreement.Signer(
                cast.signatory.email, "Sidney", "Signatory", "Chair of the board", "Bylaws"
            )
            return agreement.issue(agency=cast.agency, by=cast.director, signer=signer)

    return once(make)


@pytest.fixture
def approved_to_print(cast, issued_to_print, once):
    def make():
        return approve(cast)

    return once(make)


def _url(cast):
    return reverse("onboarding:mou_paper", args=[cast.agency.pk])


def _lead_url(mou):
    return reverse("admin:onboarding_mou_counter_sign_paper", args=[mou.pk])


def _lead(client_of, cast):
    client = client_of(cast.lead)
    remember_second_factor(client, cast.lead)
    return client


@pytest.fixture
def executed_on_paper(cast, issued_to_print, approved_to_print, client_of, once):
    def make():
        client_of(cast.director).post(_url(cast), paper_form())
        answer = _lead(client_of, cast).post(
            _lead_url(issued_to_print), paper_form(BOTH_SCAN, legal_name="Lee Lead", title="Director")
        )
        assert answer.url == reverse("admin:onboarding_mou_executed", args=[issued_to_print.pk])

    once(make)
    issued_to_print.refresh_from_db()
    return issued_to_print


def test_the_page_gives_the_exact_file_and_says_how(cast, issued_to_print, client_of):
    page = client_of(cast.signatory).get(_url(cast)).text
    assert "there is no fee" in page
    assert reverse("onboarding:mou_file", args=[cast.agency.pk, issued_to_print.pk, "certified"]) in page
    for kind, status in (
        ("coordinator", 403),
        ("lead", 403),
        ("auditor", 403),
        ("staff", 404),
        ("stranger", 404),
    ):
        assert client_of(cast.person(kind)).get(_url(cast)).status_code == status, kind


def test_the_manager_records_the_agency_s_signature_on_paper(cast, issued_to_print, client_of):
    assert (
        "/mou/paper/" in client_of(cast.director).get(reverse("onboarding:mou", args=[cast.agency.pk])).text
    )
    client_of(cast.director).post(_url(cast), paper_form(legal_name="Sidney B. Signatory"))
    issued_to_print.refresh_from_db()
    act = SignatureAct.objects.get()
    assert issued_to_print.state == Mou.State.SIGNED
    assert (act.method, act.legal_name, act.user, act.consent) == (
        "paper",
        "Sidney B. Signatory",
        cast.director,
        None,
    )
    assert act.scan.signed_on == timezone.localdate()
    assert json.loads(act.statement)["scan_sha256"] == act.scan.sha256
    assert not Consent.objects.exists()
    assert [row.step for row in issued_to_print.request.revisions.all()] == [
        "certified"
    ]  # nothing pretends to be e-signed
    page = client_of(cast.signatory).get(reverse("onboarding:mou", args=[cast.agency.pk])).text
    assert "signed on paper on" in page
    assert "Scan of the MOU, signed on paper by the agency" in page
    told = [message for message in mail.outbox if "is signed" in message.subject]
    assert "Sidney B. Signatory" in told[0].body
    assert "on paper on" in told[0].body


def test_who_was_named_to_sign_is_told_when_somebody_else_records_it(cast, issued_to_print, client_of):
    mail.outbox.clear()
    client_of(cast.director).post(_url(cast), paper_form())
    (told,) = [message for message in mail.outbox if message.to == [cast.signatory.email]]
    assert "recorded as signed on paper" in told.subject
    assert "Dana Director recorded that Sidney Signatory signed" in told.body
    assert "withdraw the signature" in told.body
    assert told.attachments[0][1] == AGENCY_SCAN
    page = client_of(cast.signatory).get(reverse("onboarding:mou", args=[cast.agency.pk])).text
    assert reverse("onboarding:withdraw_signature", args=[cast.agency.pk]) in page


def test_who_records_their_own_signature_gets_a_copy_and_is_not_told_of_it(cast, issued_to_print, client_of):
    client_of(cast.signatory).post(_url(cast), paper_form())
    assert not [message for message in mail.outbox if "recorded as signed" in message.subject]
    (copy,) = [message for message in mail.outbox if "Your copy" in message.subject]
    assert copy.to == [cast.signatory.email]
    assert copy.attachments[0][1] == AGENCY_SCAN
    assert "by hand on" in copy.body


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"name": "scan.png"}, "must be a PDF file"),
        ({"data": b"not a PDF"}, "must be a PDF file"),
        ({"legal_name": ""}, "Enter the full name of the person who signed"),
        ({"day": dt.date(2026, 1, 2)}, "must not be before"),
        ({"day": dt.date(2099, 1, 2)}, "must be today or in the past"),
    ],
)
def test_what_cannot_be_right_is_said(cast, issued_to_print, client_of, changes, words):
    page = client_of(cast.director).post(_url(cast), paper_form(**changes))
    assert page.status_code == 200
    assert words in page.text
    assert not SignatureAct.objects.exists()


@pytest.mark.parametrize(("data", "words"), CANNOT_BE_KEPT)
def test_a_file_that_nobody_could_open_later_is_refused(
    cast, issued_to_print, approved_to_print, client_of, data, words
):
    page = client_of(cast.director).post(_url(cast), paper_form(data))
    assert words in page.text
    assert 'href="#id_file"' in page.text  # the sentence stands at the field
    assert not SignatureAct.objects.exists()
    client_of(cast.director).post(_url(cast), paper_form())
    page = _lead(client_of, cast).post(_lead_url(issued_to_print), paper_form(data, legal_name="Lee Lead"))
    assert words in page.text
    assert 'href="#id_file"' in page.text
    assert Mou.objects.get().state == Mou.State.SIGNED


def test_the_unsigned_file_is_not_taken_for_a_scan(cast, issued_to_print, client_of):
    unsigned = documents.read(Revision.objects.get().document)
    page = client_of(cast.director).post(_url(cast), paper_form(unsigned))
    assert "This is the file to print" in page.text


def test_a_scan_that_the_virus_scanner_refuses_is_told_at_the_field(
    cast, issued_to_print, approved_to_print, client_of, settings
):
    settings.CLAMD_ADDRESS = "127.0.0.1:1"
    answer = client_of(cast.director).post(_url(cast), paper_form())
    assert "cannot be checked for viruses" in answer.context["form"].errors["file"][0]
    assert PaperScan.objects.count() == 0
    settings.CLAMD_ADDRESS = ""
    client_of(cast.director).post(_url(cast), paper_form())
    settings.CLAMD_ADDRESS = "127.0.0.1:1"
    answer = _lead(client_of, cast).post(
        _lead_url(issued_to_print), paper_form(BOTH_SCAN, legal_name="Lee Lead")
    )
    assert "cannot be checked for viruses" in answer.context["form"].errors["file"][0]
    assert PaperScan.objects.count() == 1


def test_a_second_upload_says_what_happened(cast, issued_to_print, client_of):
    client = client_of(cast.director)
    client.post(_url(cast), paper_form())
    answer = client.post(_url(cast), paper_form())
    assert answer.status_code == 303
    assert SignatureAct.objects.count() == 1


def test_the_lead_counter_signs_the_same_paper(cast, executed_on_paper, client_of, tmp_path):
    assert executed_on_paper.state == Mou.State.EXECUTED
    certificate = tmp_path / "certificate.pdf"
    certificate.write_bytes(documents.read(executed_on_paper.request.certificate.document))
    words = subprocess.run(
        ["pdftotext", "-layout", str(certificate), "-"], capture_output=True, text=True, check=True
    ).stdout
    plain = " ".join(words.split())
    assert "Signed on paper." in plain
    fixed = term.of(executed_on_paper.request)
    assert fixed.last == executed_on_paper.term_ends_on
    assert f"First and last day {fixed}" in plain
    assert "No scan carries an electronic signature" in plain
    assert PaperScan.objects.get(act__party__role="lead").sha256[:30] in "".join(words.split())
    assert "Typed name" not in plain
    seals = subprocess.run(["pdfsig", str(certificate)], capture_output=True, text=True, check=False).stdout
    assert seals.count("Signature is Valid.") == 1
    kinds = list(executed_on_paper.request.events.values_list("kind", flat=True))
    assert kinds == ["issued", "sealed:certified", "paper:agency", "paper:lead", "term", "completed"]
    sent = [message for message in mail.outbox if "is executed" in message.subject]
    assert {message.to[0] for message in sent} == {cast.signatory.email, cast.director.email, cast.lead.email}
    assert sent[0].attachments[0][1] == BOTH_SCAN
    assert "scan of the paper" in sent[0].body
    page = (
        _lead(client_of, cast).get(reverse("admin:onboarding_mou_executed", args=[executed_on_paper.pk])).text
    )
    assert "Both signed on paper." in page
    change = (
        _lead(client_of, cast).get(reverse("admin:onboarding_mou_change", args=[executed_on_paper.pk])).text
    )
    assert change.count("Signed on paper") == 2


def test_paper_is_answered_with_paper(cast, issued_to_print, approved_to_print, client_of):
    client_of(cast.director).post(_url(cast), paper_form())
    client = _lead(client_of, cast)
    electronic = reverse("admin:onboarding_mou_counter_sign", args=[issued_to_print.pk])
    assert client.get(electronic).url == _lead_url(issued_to_print)
    page = client.post(_lead_url(issued_to_print), paper_form(AGENCY_SCAN, legal_name="Lee Lead"))
    assert "This scan was uploaded for the other side" in page.text
    assert Mou.objects.get().state == Mou.State.SIGNED


def test_a_scan_that_was_changed_is_not_counter_signed(cast, issued_to_print, approved_to_print, client_of):
    client_of(cast.director).post(_url(cast), paper_form())
    path = default_storage.path(PaperScan.objects.get().document.path)
    with open(path, "ab") as file:
        file.write(b"x")
    client = _lead(client_of, cast)
    assert "The stored scan was changed." in client.get(_lead_url(issued_to_print)).text
    page = client.post(_lead_url(issued_to_print), paper_form(BOTH_SCAN, legal_name="Lee Lead"))
    assert "The stored scan was changed. It cannot be signed." in page.text
    assert Mou.objects.get().state == Mou.State.SIGNED
    with open(path, "wb") as file:
        file.write(AGENCY_SCAN)


def test_not_before_the_application_is_approved(cast, issued_to_print, client_of):
    client_of(cast.director).post(_url(cast), paper_form())
    page = _lead(client_of, cast).post(
        _lead_url(issued_to_print), paper_form(BOTH_SCAN, legal_name="Lee Lead")
    )
    assert page.status_code == 422
    assert "must be approved before" in page.text


def test_only_the_lead_signatory_records_the_counter_signature(
    cast, issued_to_print, approved_to_print, client_of
):
    client_of(cast.director).post(_url(cast), paper_form())
    for kind in ("admin", "auditor", "trainer"):
        client = client_of(cast.person(kind))
        remember_second_factor(client, cast.person(kind))
        assert client.post(_lead_url(issued_to_print), paper_form(BOTH_SCAN)).status_code == 403, kind
    assert Mou.objects.get().state == Mou.State.SIGNED


def test_the_verifier_knows_the_scan_and_says_that_it_was_paper(cast, executed_on_paper, client):
    answer = client.post(
        reverse("onboarding:verify"), {"file": SimpleUploadedFile("x.pdf", BOTH_SCAN)}, follow=True
    )
    assert "Genuine copy of an MOU signed on paper" in answer.text
    assert "Executed on" in answer.text
    assert "On paper, by hand" in answer.text
    answer = client.post(
        reverse("onboarding:verify"), {"file": SimpleUploadedFile("x.pdf", AGENCY_SCAN)}, follow=True
    )
    assert "not of the executed MOU" in answer.text
    assert "does not vouch for what it shows" in answer.text
    assert "Genuine" not in answer.text
    printed = documents.read(executed_on_paper.request.revisions.get(step="certified").document)
    answer = client.post(
        reverse("onboarding:verify"), {"file": SimpleUploadedFile("x.pdf", printed)}, follow=True
    )
    assert "it is not the one with all signatures" in answer.text
    answer = client.post(
        reverse("onboarding:verify"), {"file": SimpleUploadedFile("x.pdf", BOTH_SCAN + b"x")}, follow=True
    )
    assert "Genuine" not in answer.text
    answer = client.get(reverse("onboarding:verify"), {"reference": executed_on_paper.reference})
    assert "On paper, by hand" in answer.text


def test_the_bundle_holds_the_paper_and_how_to_check_it(cast, executed_on_paper, client_of, tmp_path):
    url = reverse("onboarding:mou_bundle", args=[cast.agency.pk, executed_on_paper.pk])
    archive = zipfile.ZipFile(io.BytesIO(client_of(cast.director).get(url).content))
    archive.extractall(tmp_path)
    assert (tmp_path / f"{executed_on_paper.reference} executed.pdf").read_bytes() == BOTH_SCAN
    assert (tmp_path / f"{executed_on_paper.reference} as printed.pdf").exists()
    assert "This MOU was signed on paper." in (tmp_path / "HOW TO CHECK.txt").read_text()


def test_the_scan_is_for_those_who_may_read_the_mou(cast, executed_on_paper, client_of):
    url = reverse("onboarding:mou_scan", args=[cast.agency.pk, executed_on_paper.pk, "lead"])
    for kind, status in (
        ("director", 200),
        ("signatory", 200),
        ("auditor", 200),
        ("staff", 404),
        ("stranger", 404),
    ):
        assert client_of(cast.person(kind)).get(url).status_code == status, kind
    newest = client_of(cast.director).get(reverse("onboarding:mou_pdf", args=[cast.agency.pk]))
    assert newest.url == url
    other = reverse("onboarding:mou_scan", args=[cast.other_agency.pk, executed_on_paper.pk, "lead"])
    assert client_of(cast.stranger).get(other).status_code == 404


@pytest.mark.parametrize(
    ("day", "last"), [("2027-05-10", dt.date(2030, 5, 9)), ("2028-02-29", dt.date(2031, 2, 28))]
)
def test_the_term_begins_on_the_date_on_the_paper(cast, client_of, request, day, last):
    with time_machine.travel(f"{day}T15:00:00Z", tick=True):
        issued = request.getfixturevalue("issued_to_print")
        request.getfixturevalue("approved_to_print")
        request.getfixturevalue("files_wait")
        client_of(cast.director).post(_url(cast), paper_form())
        _lead(client_of, cast).post(_lead_url(issued), paper_form(BOTH_SCAN, legal_name="Lee Lead"))
    issued.refresh_from_db()
    assert issued.term_ends_on == last
