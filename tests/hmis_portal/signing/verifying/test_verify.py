"""Each file that a person might hold gets its right answer, and a hostile one does not hold the portal."""

import io
import resource

import pgtrigger
import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.urls import reverse
from django.utils import timezone
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

from hmis_portal import documents
from hmis_portal.celery import app
from hmis_portal.queue import queue_client
from hmis_portal.signing.agreeing import requests
from hmis_portal.signing.verifying import findings, uploads
from hmis_portal.signing.verifying.findings import Answer
from tests.hmis_portal.files.case_files import case
from tests.scans import LOCKED, scan


@pytest.fixture
def executed_bytes(executed):
    return documents.read(requests.final_pdf(executed).document)


def answer(data):
    return (findings.look_up(data) or findings.by_seals(data)).answer


def with_white_box(data):
    """A white rectangle over page 1, as an incremental update that leaves every byte before it alone."""
    from pyhanko.pdf_utils import generic

    writer = IncrementalPdfFileWriter(io.BytesIO(data))
    page = writer.root["/Pages"]["/Kids"][0].get_object()
    cover = writer.add_object(generic.StreamObject(stream_data=b"1 1 1 rg 0 0 612 792 re f"))
    page["/Contents"] = generic.ArrayObject([page.raw_get("/Contents"), cover])
    writer.mark_update(writer.root["/Pages"]["/Kids"].raw_get(0))
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def test_the_executed_file_and_the_earlier_ones_are_told_apart(executed):
    revisions = executed.revisions.all()
    assert len(revisions) == 3
    for revision in revisions:
        found = findings.look_up(documents.read(revision.document))
        assert (found.answer, found.revision) == (Answer.OURS, revision)


@pytest.fixture(params=["mou", "user_agreement", "certificate"])
def sealed(request):
    """The last file of each kind that the portal seals, and the sizes of those it begins with."""
    kind = "agreement" if request.param == "user_agreement" else "executed"
    issued = request.getfixturevalue(kind)
    if request.param == "certificate":
        return documents.read(issued.certificate.document), []
    *before, last = issued.revisions.order_by("position")
    return documents.read(last.document), [one.size for one in before]


def test_appended_bytes_are_counted(sealed):
    found = findings.look_up(sealed[0] + b"more")
    assert (found.answer, found.added_bytes) == (Answer.APPENDED, 4)


def test_a_white_overlay_is_told_though_seals_stay_valid(sealed):
    found = findings.look_up(with_white_box(sealed[0]))
    assert found.answer == Answer.APPENDED
    assert found.added_bytes > 100


def test_a_file_cut_back_to_before_a_signature_is_the_earlier_file(executed, agreement):
    for request, step in ((executed, "certified"), (executed, "agency"), (agreement, "certified")):
        before = request.revisions.get(step=step)
        last = documents.read(requests.final_pdf(request).document)
        assert findings.look_up(last[: before.size]).revision == before


@pytest.mark.parametrize("place", [0.001, 0.1, 0.5, 0.9, 0.999])
def test_a_flipped_bit_is_never_taken_for_the_file(sealed, place):
    data, before = sealed
    at = int(len(data) * place)
    changed = bytearray(data)
    changed[at] ^= 1
    # After the certified or the agency-signed part there is a genuine beginning: then it says so.
    assert answer(bytes(changed)) == (Answer.APPENDED if before and at >= before[0] else Answer.ALTERED)


def test_a_truncated_file_is_not_the_file(sealed):
    data, before = sealed
    first = before[0] if before else len(data)
    assert answer(data[: first // 2]) == Answer.NOT_OURS
    # With its last bytes gone: an earlier file with a stump after it, or one whose only seal is broken.
    assert answer(data[:-100]) == (Answer.APPENDED if before else Answer.ALTERED)


def test_a_certificate_with_something_added_is_told_on_the_page(client, executed):
    page = upload(client, documents.read(executed.certificate.document) + b"more").text
    assert "with 4 bytes added after it was sealed" in page
    assert "Do not rely on it" in page


def test_the_certificate_of_an_mou_that_is_not_in_force_says_so(cast, executed):
    from onboarding.models import Mou
    from onboarding.mou import verification

    now = timezone.now()
    row = Mou.objects.create(
        agency=cast.agency, reference=executed.reference, request=executed, signatory=cast.signatory, signatory_name="Sidney Signatory",
        issued_by=cast.director, state="executed", state_since=now, signed_at=now, executed_at=now,
        term_ends_on=timezone.localdate(),
    )  # fmt: skip
    finding = findings.look_up(documents.read(executed.certificate.document))
    assert verification.of_file(finding).good
    Mou.objects.filter(pk=row.pk).update(state="ended", ended_on=timezone.localdate())
    verdict = verification.of_file(finding)
    assert (verdict.good, verdict.kind) == (False, "warning")
    assert "it ended on" in verdict.text


@pytest.mark.parametrize(
    "change",
    ["UPDATE signing_signatureact SET legal_name = 'Somebody Else'", "DELETE FROM signing_signingevent WHERE sequence = 2"],
)  # fmt: skip
def test_a_document_whose_record_was_changed_is_not_called_genuine(client, executed, change):
    held = [documents.read(row.document) for row in (*executed.revisions.all(), executed.certificate)]
    with pgtrigger.ignore(), connection.cursor() as cursor:
        cursor.execute(change)
    for data in held:
        page = upload(client, data).text
        assert "The record does not bear this document out" in page
        assert "Genuine" not in page
    page = client.get(reverse("onboarding:verify"), {"reference": executed.reference}).text
    assert "do not rely on this document" in page


def test_a_training_certificate_is_ours_and_its_number_tells_the_rest(client, cast, reference, commits):
    from training.models import Certificate, Course
    from training.papers import certificates
    from training.services import Result, record_completion

    with commits():
        record_completion(
            Result(
                person=cast.staff,
                course=Course.objects.get(slug="privacy-security"),
                completed_on=timezone.localdate(),
                score=90,
            ),
            by=cast.admin,
        )
    paper = Certificate.objects.get()
    data = documents.read(certificates.document_of(paper))
    page = upload(client, data).text
    assert "Genuine: a training certificate" in page
    assert reverse("training:certificate_public", args=[paper.number]) in page
    assert "Sasha" not in page
    assert "Not from this portal" in upload(client, data + b"x").text


def test_an_application_is_ours_and_nothing_tells_whose(client, cast, commits):
    from onboarding.models import RevisionPdf
    from onboarding.readiness import rules
    from tests.applications import make_application

    rules.load()
    with commits():
        revision = make_application(cast.agency, by=cast.director).revisions.get()
    stored = documents.store(b"%PDF-1.7 application", content_type="application/pdf")
    RevisionPdf.objects.create(revision=revision, document=stored)
    page = upload(client, documents.read(stored)).text
    assert "Genuine: an application as it was sent" in page
    for told in (cast.agency.legal_name, cast.agency.name, revision.application.reference, "Dana"):
        assert told not in page


def test_foreign_files_are_not_ours(executed):
    from weasyprint import HTML

    assert answer(HTML(string="<p>x</p>").write_pdf()) == Answer.NOT_OURS
    assert answer(b"not a pdf") == Answer.NOT_OURS
    assert answer(b"%PDF-1.7 /ByteRange nonsense") == Answer.NOT_OURS


@pytest.mark.parametrize("final", [False, True])
def test_a_file_that_claims_to_be_ours_but_is_sealed_by_another_authority_is_altered(
    executed, settings, tmp_path, final
):
    from hmis_portal.signing.agreeing import revisions
    from hmis_portal.signing.sealing import seal

    own, settings.SEAL_DIR = settings.SEAL_DIR, tmp_path / "other"
    try:
        foreign = seal.certify(revisions.issued_pdf(executed), final=final).data
    finally:
        settings.SEAL_DIR = own
    assert answer(foreign) == Answer.ALTERED


def test_too_large_is_answered_without_reading(settings, executed):
    settings.MAX_UPLOAD_BYTES = 1000
    assert findings.look_up(b"%PDF-" + b"x" * 2000).answer == Answer.TOO_LARGE


def upload(client, data):
    file = SimpleUploadedFile("x.pdf", data, content_type="application/pdf")
    return client.post(reverse("onboarding:verify"), {"file": file}, follow=True)


def test_anyone_uploads_a_file_and_reads_the_answer(client, executed, executed_bytes):
    page = upload(client, executed_bytes)
    assert page.status_code == 200
    assert requests.final_pdf(executed).sha256 in page.text
    assert "signatory@" not in page.text
    assert "192.0.2.7" not in page.text
    assert "with 3 bytes added" in upload(client, executed_bytes + b"abc").text
    assert "Not from this portal" in upload(client, b"%PDF-1.4 hello %%EOF").text


FOREIGN = b"%PDF-1.7 /ByteRange nobody knows this file %%EOF"


def test_the_same_file_is_read_once(client, db):
    first = upload(client, FOREIGN)
    assert "Not from this portal" in first.text
    spent = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
    again = upload(client, FOREIGN)
    assert "Not from this portal" in again.text
    assert again.redirect_chain != first.redirect_chain  # an address of its own for each who asks
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime == spent


def test_ten_files_in_ten_minutes_and_references_apart(client, executed):
    for number in range(10):
        assert upload(client, b"%%PDF-1.7 %d" % number).status_code == 200
    assert upload(client, b"%PDF-1.7 11").status_code == 429
    page = client.get(reverse("onboarding:verify"), {"reference": executed.reference})
    assert requests.final_pdf(executed).sha256 in page.text


@pytest.fixture
def queue():
    """The real queue, to which no worker listens."""
    app.conf.task_always_eager = False
    client = queue_client()
    client.delete("uploads", "celery")
    yield client
    client.delete("uploads", "celery")
    app.conf.task_always_eager = True


def test_files_wait_in_a_queue_of_their_own_and_a_few_at_most(client, db, queue):
    page = upload(client, FOREIGN + b"1")
    assert "Being checked" in page.text
    assert (queue.llen("uploads"), queue.llen("celery")) == (1, 0)
    assert "Being checked" in upload(client, FOREIGN + b"1").text
    assert queue.llen("uploads") == 1  # the same file waits once
    queue.rpush("uploads", *["x"] * 9)
    full = upload(client, FOREIGN + b"2")
    assert "cannot check this file right now. Try again in a few minutes" in full.text
    assert queue.llen("uploads") == 10
    queue.delete("uploads")
    assert "Being checked" in upload(client, FOREIGN + b"2").text  # trying again works


def test_while_the_queue_is_away_it_says_so_at_once(client, db, settings, queue):
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    page = upload(client, FOREIGN + b"3")
    assert page.redirect_chain == []
    assert "cannot check this file right now. Try again in a few minutes" in page.text
    assert (
        "Not from this portal" in upload(client, b"%PDF-1.4 hello %%EOF").text
    )  # what hashes tell needs no worker


def test_a_file_that_no_worker_came_to_is_not_being_checked_for_ever(client, db, queue):
    page = upload(client, FOREIGN + b"4")
    cache.delete(uploads._answer(findings.digest(FOREIGN + b"4")))  # as after six minutes
    assert "Could not be checked" in client.get(page.redirect_chain[-1][0]).text


def test_by_reference(client, executed):
    url = reverse("onboarding:verify")
    page = client.get(url, {"reference": f" {executed.reference.lower()} "})
    assert requests.final_pdf(executed).sha256 in page.text
    assert (
        "There is no document with this reference"
        in client.get(url, {"reference": "MOU-2026-0000-0000"}).text
    )
    assert "Enter the reference" in client.get(url, {"reference": ""}).text


def test_the_command_says_the_same(executed, executed_bytes, tmp_path, capsys):
    from django.core.management import call_command

    file = tmp_path / "x.pdf"
    file.write_bytes(executed_bytes)
    call_command("verify_document", str(file))
    assert executed.reference in capsys.readouterr().out
    file.write_bytes(executed_bytes + b"x")
    with pytest.raises(SystemExit):
        call_command("verify_document", str(file))


def test_the_certificates_are_at_their_addresses(client, executed):
    from cryptography import x509

    root = x509.load_der_x509_certificate(client.get("/seal/root.crt").content)
    authority = x509.load_der_x509_certificate(client.get("/seal/authority.crt").content)
    authority.verify_directly_issued_by(root)
    crl = x509.load_der_x509_crl(client.get("/seal/authority.crl").content)
    assert crl.is_signature_valid(authority.public_key())
    revision = requests.final_pdf(executed)
    point = x509.load_pem_x509_certificate(revision.certificate.encode()).extensions.get_extension_for_class(
        x509.CRLDistributionPoints
    )
    assert point.value[0].full_name[0].value.endswith(f"/seal/{authority.serial_number:x}.crl")


def test_a_revoked_certificate_is_listed(client, executed):
    from cryptography import x509

    from hmis_portal.signing.models import RevokedCertificate

    revision = requests.final_pdf(executed)
    RevokedCertificate.objects.create(
        seal_key=revision.seal_key, serial=revision.certificate_serial, reason="Made in error"
    )
    crl = x509.load_der_x509_crl(client.get("/seal/authority.crl").content)
    assert crl.get_revoked_certificate_by_serial_number(int(revision.certificate_serial, 16)) is not None


def test_a_copy_printed_to_pdf_is_told_from_the_file_and_the_way_to_it_is_said(client, db):
    page = upload(client, case("p07-print-to-pdf.pdf")).text
    assert "A copy, not the file itself" in page
    assert "On its pages stands MOU-2026-N2FJ-GPNS" in page
    assert "Do not rely on it" in page
    assert "The file itself stands on the pages of the agency" in page
    assert "What the portal knows of" not in page  # another portal’s reference


def _again(data, owner="", opens_with=""):
    """The same pages in a file of its own, as a reader saves it, perhaps with a password."""
    from pyhanko.pdf_utils.reader import PdfFileReader
    from pyhanko.pdf_utils.writer import copy_into_new_writer

    writer = copy_into_new_writer(PdfFileReader(io.BytesIO(data)))
    writer.root.pop("/AcroForm", None)
    if owner:
        writer.encrypt(owner, opens_with)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


@pytest.mark.parametrize("owner", ["", "owner"])
def test_a_copy_saved_again_or_restricted_leads_to_what_is_known_of_the_file(
    client, executed, executed_bytes, owner
):
    page = upload(client, _again(executed_bytes, owner)).text
    assert "Do not rely on it" in page
    assert "The file itself stands on the pages of the agency" in page
    assert f"?reference={executed.reference}" in page


def test_a_copy_that_asks_for_a_password_is_not_relied_on(client, db):
    for locked in (LOCKED, case("p31-locked.pdf")):
        page = upload(client, locked).text
        assert "Locked with a password" in page
        assert "do not rely on it" in page
        assert "The file itself stands on the pages of the agency" in page


def test_altered_says_where_the_true_file_is(client, executed, executed_bytes):
    certified = executed.revisions.first().size
    page = upload(client, executed_bytes[: certified - 200]).text
    assert "Altered" in page
    assert "Do not rely on it" in page
    assert "The file itself stands on the pages of the agency" in page


def test_a_foreign_file_that_only_names_a_reference_is_not_called_a_copy(db):
    assert answer(scan("As agreed in MOU-2026-N2FJ-GPNS we meet on Monday")) == Answer.NOT_OURS
