"""Uploaded proof satisfies nothing until somebody else has accepted it with the real date."""

import datetime as dt

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.urls import reverse

from hmis_portal import documents
from hmis_portal.models import AuditEvent, Message, StoredDocument
from hmis_portal.web.errors import GuardFailed, WrongState
from tests.cast import KINDS
from tests.scans import PDF
from tests.training.helpers import item
from training import services
from training.models import Completion, Evidence
from training.papers import transcript
from training.validity import State

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_june")]


@pytest.fixture
def paper(opened, course):
    return services.upload_evidence(
        person=opened.staff,
        course=course,
        data=PDF,
        kind="pdf",
        filename="proof.pdf",
        claimed_on=dt.date(2026, 6, 1),
        by=opened.staff,
    )


def form(**kwargs):
    data = {"completed_on_month": "6", "completed_on_day": "1", "completed_on_year": "2026"}
    return {**data, "file": SimpleUploadedFile("my proof.pdf", PDF, content_type="application/pdf"), **kwargs}


def test_proof_that_cannot_be_kept_now_is_said_beside_the_file_and_the_date_stays(
    opened, course, client_of, storage_away
):
    for words in (b"one", b"two"):
        documents.store(words, content_type="application/pdf")
    with storage_away():
        page = client_of(opened.staff).post(reverse("training:upload", args=[course.slug]), form())
    assert page.status_code == 200
    assert "The portal cannot keep files right now. Select the file again in a few minutes" in page.text
    assert 'value="2026"' in page.text
    assert not Evidence.objects.exists()


def test_uploading(opened, course, client_of):
    client = client_of(opened.staff)
    url = reverse("training:upload", args=[course.slug])
    assert b"Upload proof of training" in client.get(url).content
    assert client.post(url, form()).url == "/training/"
    paper = Evidence.objects.get()
    assert (paper.state, paper.filename, paper.claimed_on) == ("pending", "my proof.pdf", dt.date(2026, 6, 1))
    assert item(opened, course).status.state == State.EVIDENCE_PENDING
    assert not item(opened, course).status.in_force
    assert AuditEvent.objects.filter(verb="proof uploaded", actor=opened.staff).count() == 1
    page = client.get("/training/").content.decode()
    assert "my proof.pdf" in page
    assert "Proof being checked" in page


def test_the_same_file_again_is_told_and_kept_once(opened, course, client_of):
    client = client_of(opened.staff)
    url = reverse("training:upload", args=[course.slug])
    client.post(url, form())
    assert b"already waiting to be checked" in client.post(url, form(), follow=True).content
    assert Evidence.objects.count() == 1


BAD = [
    ({"file": ""}, "Select a file that shows that you completed the course"),
    ({"file": SimpleUploadedFile("proof.pdf", b"")}, "is empty"),
    ({"file": SimpleUploadedFile("proof.pdf", b"MZ not a pdf")}, "The selected file must be a PDF"),
    ({"file": SimpleUploadedFile("proof.exe", PDF)}, "The selected file must be a PDF"),
    ({"completed_on_year": "2027"}, "in the past"),
    ({"completed_on_day": "31"}, "real date"),
    ({"completed_on_month": ""}, "must include a month"),
]


def test_bad_input_comes_back_with_words(opened, course, client_of):
    client = client_of(opened.staff)
    for change, words in BAD:
        answer = client.post(reverse("training:upload", args=[course.slug]), form(**change))
        assert answer.status_code == 200
        page = answer.content.decode()
        assert "There is a problem" in page
        assert words in page, page[page.index("There is a problem") :][:600]
    assert not Evidence.objects.exists()


def test_only_for_own_courses_that_take_proof(opened, course, client_of):
    assert client_of(opened.stranger).get(reverse("training:upload", args=[course.slug])).status_code == 404
    assert client_of(opened.staff).get(reverse("training:upload", args=["hdc-briefing"])).status_code == 404
    assert client_of(opened.staff).get(reverse("training:upload", args=["user-agreement"])).status_code == 404


def test_32_accepted_with_the_real_date(opened, course, paper):
    done = services.accept_evidence(paper, by=opened.trainer, completed_on=dt.date(2026, 5, 20), score=88)
    assert done.completed_on == dt.date(2026, 5, 20)
    assert item(opened, course).status.valid_through == dt.date(2027, 5, 19)
    paper.refresh_from_db()
    assert (paper.state, paper.decided_by, paper.completion) == ("accepted", opened.trainer, done)
    with pytest.raises(WrongState, match="already decided"):
        services.accept_evidence(paper, by=opened.admin, completed_on=dt.date(2026, 5, 20), score=88)
    assert Completion.objects.count() == 1


def test_32_never_by_the_person_or_the_uploader(opened, course, paper):
    with pytest.raises(GuardFailed, match="Somebody else"):
        services.accept_evidence(paper, by=opened.staff, completed_on=dt.date(2026, 5, 20), score=88)
    by_trainer = services.upload_evidence(
        person=opened.coordinator,
        course=course,
        data=PDF,
        kind="pdf",
        filename="p.pdf",
        claimed_on=dt.date(2026, 6, 1),
        by=opened.trainer,
    )
    with pytest.raises(GuardFailed, match="Somebody else"):
        services.accept_evidence(by_trainer, by=opened.trainer, completed_on=dt.date(2026, 5, 20), score=88)
    with pytest.raises(IntegrityError, match="evidence_decided_by_another"), transaction.atomic():
        Evidence.objects.filter(pk=by_trainer.pk).update(
            state="refused", decided_by=opened.trainer, decided_at=dt.datetime.now(dt.UTC), decision_note="x"
        )


def test_a_score_below_the_least_is_not_accepted(opened, course, paper):
    with pytest.raises(GuardFailed, match="below"):
        services.accept_evidence(paper, by=opened.trainer, completed_on=dt.date(2026, 5, 20), score=50)
    assert not Completion.objects.exists()
    paper.refresh_from_db()
    assert paper.state == "pending"


def test_accepted_the_person_is_told_how_long_it_counts(opened, course, paper):
    with pytest.raises(GuardFailed, match="Enter the score"):
        services.accept_evidence(paper, by=opened.trainer, completed_on=dt.date(2026, 6, 1))
    services.accept_evidence(paper, by=opened.trainer, completed_on=dt.date(2026, 6, 1), score=90)
    message = Message.objects.get(name="training/evidence_accepted")
    assert message.to == opened.staff.email
    assert "It is valid through May 31, 2027." in message.body_text


def test_refused_with_a_reason_the_person_is_told(opened, course, paper):
    with pytest.raises(GuardFailed, match="Say why"):
        services.refuse_evidence(paper, by=opened.trainer, reason=" ")
    services.refuse_evidence(paper, by=opened.trainer, reason="The name cannot be read.")
    message = Message.objects.get(name="training/evidence_refused")
    assert message.to == opened.staff.email
    assert "The name cannot be read." in message.body_text
    assert item(opened, course).status.state == State.NOT_STARTED
    assert [one.words for one in transcript.own_evidence(opened.staff)] == [
        "Not accepted: The name cannot be read."
    ]


def test_who_may_open_an_uploaded_paper(opened, paper, client_of):
    url = reverse("training:evidence_file", args=[paper.pk])
    for kind in KINDS:
        answer = client_of(None if kind == "visitor" else opened.person(kind)).get(url)
        readers = {"staff", "admin", "lead", "trainer", "auditor"}
        assert answer.status_code == (200 if kind in readers else 302 if kind == "visitor" else 404), kind
        if kind in readers:
            assert answer["Content-Disposition"].startswith("attachment")
            assert answer["X-Content-Type-Options"] == "nosniff"


def test_a_proof_with_a_virus_is_refused_beside_its_field(opened, course, client_of, clamd):
    client, url = client_of(opened.staff), reverse("training:upload", args=[course.slug])
    answer = client.post(url, form(file=SimpleUploadedFile("proof.pdf", PDF + b"VIRUS")))
    assert answer.status_code == 200
    assert "found something in this file" in answer.context["form"].errors["file"][0]
    assert "found something in this file" in answer.text
    assert not Evidence.objects.exists()
    assert not StoredDocument.objects.filter(content_type="application/pdf").exists()
    assert client.post(url, form()).url == "/training/"


def test_no_proof_is_taken_while_the_scanner_is_away(opened, course, client_of, settings):
    settings.CLAMD_ADDRESS = "127.0.0.1:1"
    answer = client_of(opened.staff).post(reverse("training:upload", args=[course.slug]), form())
    assert "cannot be checked for viruses" in answer.context["form"].errors["file"][0]
    assert 'value="2026"' in answer.text
    assert not Evidence.objects.exists()
