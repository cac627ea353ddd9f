"""Section E: what is taken, what is refused, who may read it, and what stays when it is removed."""

import re
import resource
import socket
import sys

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from hmis_portal import documents
from hmis_portal.files.uploading import BoundedMemoryHandler
from hmis_portal.models import AuditEvent, StoredDocument
from hmis_portal.running.away import PartAway
from onboarding.models import Upload
from onboarding.sections import completeness
from onboarding.sections.answers import Answers
from tests.hmis_portal import storing
from tests.onboarding.helpers import PDF, agency_data, readiness_data
from tests.scans import JPEG, PNG, docx, scan

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("application")]


def send(client, base, data=PDF, name="letter.pdf", kind="proof"):
    return client.post(f"{base}documents/", {"kind": kind, "file": SimpleUploadedFile(name, data)})


@pytest.mark.parametrize(
    ("name", "data", "content_type"),
    [
        ("a.pdf", PDF, "application/pdf"),
        ("a.png", PNG, "image/png"),
        ("a.JPG", JPEG, "image/jpeg"),
        ("a.docx", docx(), "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    ],
)
def test_upload_download_remove(cast, base, name, data, content_type):
    client = cast.client("director")
    assert send(client, base, data, name).status_code == 302
    upload = Upload.objects.get(agency=cast.agency)
    assert upload.document.content_type == content_type
    answer = client.get(f"{base}documents/{upload.pk}/")
    assert answer.content == data
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert cast.client("auditor").get(f"{base}documents/{upload.pk}/").status_code == 200
    for kind in ("stranger", "staff", "signatory"):
        assert cast.client(kind).get(f"{base}documents/{upload.pk}/").status_code == 404
    other = base.replace(str(cast.agency.pk), str(cast.other_agency.pk))
    assert cast.client("stranger").get(f"{other}documents/{upload.pk}/").status_code == 404
    assert client.get(f"{base}documents/{upload.pk}/remove/").status_code == 200
    assert client.post(f"{base}documents/{upload.pk}/remove/").status_code == 302
    assert client.get(f"{base}documents/{upload.pk}/").status_code == 404
    assert StoredDocument.objects.filter(pk=upload.document_id).exists()
    assert set(AuditEvent.objects.filter(target_id=str(upload.pk)).values_list("verb", flat=True)) == {
        "uploaded",
        "removed upload",
    }


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("a.pdf", b"", "is empty"),
        ("a.pdf", b"<script>alert(1)</script>", "must be a PDF, PNG, JPEG or Word (DOCX) file"),
        ("a.exe", PDF, "must be a PDF, PNG, JPEG or Word (DOCX) file"),
        ("a.html", b"<html></html>", "must be a PDF"),
        ("a.docx", b"PK\x03\x04broken", "must be a PDF"),
        ("a.docx", docx(word__vbaProject_dot_bin="x"), "has macros"),
        ("a.docm", docx(word__vbaProject_dot_bin="x"), "must be a PDF"),
        ("a.pdf", PDF + b"0" * (10 * 1024 * 1024), "must be smaller than 10 MB"),
        ("x" * 300 + ".pdf", PDF, "characters or fewer"),
    ],
)
def test_what_is_refused(cast, base, name, data, said):
    answer = send(cast.client("director"), base, data, name)
    assert answer.status_code == 200
    assert said in answer.content.decode()
    assert not Upload.objects.exists()


def test_path_names_are_cut(cast, base):
    send(cast.client("director"), base, name="../../etc/pass\u202ewd.pdf")
    assert Upload.objects.get().filename == "passwd.pdf"


def test_nothing_chosen(cast, base):
    page = cast.client("director").post(f"{base}documents/", {}).content.decode()
    assert "Select a document" in page
    assert "Select what the document is" in page


def test_file_is_kept_when_another_answer_is_wrong(cast, base):
    client = cast.client("director")
    data = agency_data(cast, legal_form="501c3", ein="1", proof=SimpleUploadedFile("irs.pdf", PDF))
    assert client.post(f"{base}agency/about/", data).status_code == 200
    assert Upload.objects.get(kind="proof").filename == "irs.pdf"
    again = client.post(f"{base}agency/about/", agency_data(cast, legal_form="501c3", version="1"))
    assert again.status_code == 302


def test_file_of_a_hidden_question_is_not_kept(cast, base):
    data = readiness_data(q29="no", q29_file=SimpleUploadedFile("plan.pdf", PDF))
    cast.client("director").post(f"{base}readiness/papers/", data)
    assert not Upload.objects.exists()


def test_scanned_by_clamd(cast, base, clamd):
    client = cast.client("director")
    assert send(client, base, scan("0" * 200_000)).status_code == 302
    assert Upload.objects.get().scan == Upload.Scan.CLEAN
    answer = send(client, base, PDF + b"VIRUS", "other.pdf")
    assert "found something in this file" in answer.content.decode()
    assert Upload.objects.count() == 1


def test_the_application_is_not_locked_while_a_file_is_scanned(cast, base, clamd, settings, monkeypatch):
    """A scan may take its time: a colleague saves meanwhile."""
    outside, during, connect = len(connection.savepoint_ids), [], socket.create_connection

    def connecting(address, **more):
        if f"{address[0]}:{address[1]}" == settings.CLAMD_ADDRESS:
            during.append(len(connection.savepoint_ids))
        return connect(address, **more)

    monkeypatch.setattr(socket, "create_connection", connecting)
    client = cast.client("director")
    assert send(client, base).status_code == 302
    plan = SimpleUploadedFile("plan.pdf", scan("plan"))
    assert (
        client.post(f"{base}readiness/papers/", readiness_data(q29="yes", q29_file=plan)).status_code == 302
    )
    assert during == [outside, outside]
    assert set(Upload.objects.values_list("scan", flat=True)) == {Upload.Scan.CLEAN}


def test_scanner_away(cast, base, settings):
    settings.CLAMD_ADDRESS = "127.0.0.1:1"
    assert "cannot be checked for viruses" in send(cast.client("director"), base).content.decode()
    assert not Upload.objects.exists()


@pytest.mark.parametrize("kind", ["proof", "readiness"])
def test_a_file_given_in_another_section_does_not_complete_section_e(cast, base, application, kind):
    def status():
        return completeness.refresh(Answers(application, cast.agency))["documents"]

    document = documents.store(PDF, content_type="application/pdf")
    Upload.objects.create(
        agency=cast.agency, kind=kind, document=document, filename="a.pdf", uploaded_by=cast.director
    )
    assert status().key == "new"
    assert send(cast.client("director"), base, kind="proof").status_code == 302
    assert status().is_complete


def test_the_privacy_notice_is_given_once(cast, base, application):
    director, page = cast.client("director"), f"{base}readiness/clients/"
    notice = SimpleUploadedFile("notice.pdf", PDF, content_type="application/pdf")
    director.post(page, {"version": "0", "q31": "yes", "q31_text": "English", "q31_file": notice})
    answers = Answers(application, cast.agency)
    assert [one.filename for one in answers.uploads_of("privacy_notice")] == ["notice.pdf"]
    assert "notice.pdf" in director.get(f"{base}documents/").text
    assert completeness.refresh(answers)["documents"].key == "new", "given in section D"
    send(director, base, name="shown in E.pdf", kind="privacy_notice")
    assert "You have uploaded notice.pdf, shown in E.pdf." in director.get(page).text


def test_these_are_all(cast, base, application):
    director, completed = cast.client("director"), "This section is completed."
    assert completed not in director.get(f"{base}documents/").text
    send(director, base)
    assert director.post(f"{base}documents/done/").status_code == 302
    assert completed in director.get(f"{base}documents/").text
    cast.agency.refresh_from_db()
    assert completeness.refresh(Answers(application, cast.agency))["documents"].is_complete


@pytest.fixture
def some_documents(db):
    for words in (b"one", b"two"):
        documents.store(words, content_type="application/pdf")


def test_a_file_that_cannot_be_kept_now_is_said_beside_its_field(cast, base, some_documents, storage_away):
    client = cast.client("director")
    with storage_away():
        page = send(client, base, kind="policies")
        assert page.status_code == 200
        assert "The portal cannot keep files right now. Select the file again in a few minutes" in page.text
        assert "Error: " in page.text
        assert re.search(r'value="policies"[^>]*(checked|selected)', page.text)
        assert not documents.root().exists()  # no folder in the place of the one that is away
    assert not Upload.objects.exists()
    assert send(client, base, kind="policies").status_code == 302


def test_a_full_disk_leaves_no_temporary_file(some_documents):
    before = {path for path in documents.root().rglob("*") if path.is_file()}
    _soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1024, hard))
    try:
        with pytest.raises(PartAway):
            documents.store(b"x" * 5000, content_type="application/pdf")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (_soft, hard))
    assert {path for path in documents.root().rglob("*") if path.is_file()} == before
    assert StoredDocument.objects.count() == 2


def test_nothing_is_written_to_the_storage_under_a_lock(cast, base, settings):
    settings.STORAGES = {**settings.STORAGES, "default": {"BACKEND": storing.BACKEND}}
    storing.locks.clear()
    storing.saved.clear()
    with CaptureQueriesContext(connection):
        assert send(cast.client("director"), base).status_code == 302
    assert (len(storing.saved), storing.locks) == (1, [])


def test_an_upload_is_held_in_memory_and_a_large_one_only_by_its_size(cast, base, settings):
    """No temporary file: neither a full disk nor a killed worker has to do with it."""
    settings.MAX_UPLOAD_BYTES = 5000
    seen = []

    class Watched(BoundedMemoryHandler):
        def file_complete(self, file_size):
            seen.append((file_size, len(self.held.getvalue())))
            return super().file_complete(file_size)

    settings.FILE_UPLOAD_HANDLERS = [f"{__name__}.Watched"]
    sys.modules[__name__].Watched = Watched
    page = send(cast.client("director"), base, PDF + b"x" * 3_000_000)
    assert "The selected file must be smaller than" in page.text
    assert seen == [(3_000_000 + len(PDF), 5001)]
