"""What was signed is kept until a retention period is set and has passed; then only the bytes go."""

import datetime as dt
import io

import pytest
import time_machine
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.db import DatabaseError, transaction
from django.urls import reverse

from hmis_portal import documents
from hmis_portal.models import AuditEvent, Disposal, PortalSettings, StoredDocument
from hmis_portal.signing.models import PaperScan, SigningEvent
from hmis_portal.signing.verifying import integrity
from hmis_portal.web.errors import GuardFailed
from onboarding.models import Mou
from onboarding.mou import retention
from onboarding.sections import uploads
from onboarding.services import perform
from onboarding.workflow import MouVerb, Voiding
from tests.mou import issue_mou, sign_on_paper
from tests.scans import scan

SCAN = scan("scan of the agency")


@pytest.fixture
def voided(cast, commits, once):
    """Signed on paper and voided on November 22, 2026."""

    def make():
        with time_machine.travel("2026-11-22T15:00:00Z", tick=True), commits():
            mou = issue_mou(cast)
            sign_on_paper(cast, mou, SCAN)
            return perform(
                mou,
                MouVerb.VOID,
                by=cast.admin,
                payload=Voiding(Mou.VoidKind.ERROR),
                reason="Signed by the wrong person.",
            )

    return once(make)


def set_period(years):
    PortalSettings.objects.update_or_create(pk=1, defaults={"retention_years": years})


def run(*args):
    out = io.StringIO()
    call_command("delete_past_retention", *args, stdout=out)
    return out.getvalue()


def test_nothing_is_deleted_until_a_period_is_set(cast, voided):
    with time_machine.travel("2099-01-01T15:00:00Z"):
        assert retention.due() == []
        with pytest.raises(GuardFailed, match="not set or has not passed"):
            retention.delete(voided, by=cast.admin)
        with pytest.raises(GuardFailed, match="No retention period is set"):
            documents.dispose(StoredDocument.objects.first(), by=cast.admin, reason="x")
        with pytest.raises(CommandError, match="No retention period is set"):
            run("--confirm", "--by", cast.admin.email)
    assert default_storage.exists(PaperScan.objects.get().document.path)


@pytest.mark.parametrize(("day", "passed"), [("2033-11-21", False), ("2033-11-22", True)])
def test_it_is_counted_from_the_end(voided, day, passed):
    set_period(7)
    with time_machine.travel(f"{day}T15:00:00Z"):
        assert [row.mou for row in retention.due()] == ([voided] if passed else [])


def test_an_mou_in_force_is_never_due(cast, voided):
    set_period(0)
    Mou.objects.filter(pk=voided.pk).update(
        state="executed", void_kind="", executed_at=voided.signed_at, term_ends_on=dt.date(2026, 12, 1)
    )
    with time_machine.travel("2099-01-01T15:00:00Z"):
        assert retention.due() == []


def test_the_command_lists_first_and_deletes_when_confirmed(cast, voided, commits, client, client_of):
    set_period(7)
    document = PaperScan.objects.get().document
    with time_machine.travel("2034-01-05T15:00:00Z", tick=True):
        assert f"{voided.reference}: 2 files, may be deleted since 2033-11-22" in run()
        assert default_storage.exists(document.path)
        with pytest.raises(CommandError, match="Name with --by the HMIS Admin"):
            run("--confirm", "--by", cast.director.email)
        with commits():
            assert "2 files deleted" in run("--confirm", "--by", cast.admin.email)
        assert not default_storage.exists(document.path)
        event = AuditEvent.objects.get(verb="deleted after retention")
        assert (event.actor, document.sha256 in event.data["sha256"]) == (cast.admin, True)
        assert "No MOU is past" in run("--confirm", "--by", cast.admin.email)
        # the evidence stays, the verifier still knows the file, the reader is told, the nightly check is content
        assert SigningEvent.objects.filter(request=voided.request).exists()
        url = reverse("onboarding:verify")
        answer = client.post(url, {"file": SimpleUploadedFile("x.pdf", SCAN)}, follow=True).text
        assert "A scan of one side’s paper signature" in answer
        assert voided.reference in answer
        scan = reverse("onboarding:mou_scan", args=[cast.agency.pk, voided.pk, "agency"])
        page = client_of(cast.director).get(scan, HTTP_REFERER="/", follow=True)
        assert page.status_code < 500
        assert "deleted on January 5, 2034, after its retention period" in page.text
        integrity.check_documents(0)
        assert not AuditEvent.objects.filter(verb="document_damaged").exists()


def test_a_file_that_is_something_else_as_well_stays(cast, voided, commits):
    upload = uploads.add(
        agency=cast.agency, kind="policies", file=_pdf(SCAN), by=cast.director
    )  # the same bytes, given once more with the application
    assert upload.document == PaperScan.objects.get().document
    set_period(0)
    with time_machine.travel("2034-01-05T15:00:00Z", tick=True), commits():
        retention.delete(voided, by=cast.admin)
    assert documents.read(upload.document) == SCAN
    assert [one.document for one in Disposal.objects.all()] == [
        voided.request.revisions.get(step="certified").document
    ]


def _pdf(data):
    file = SimpleUploadedFile("policy.pdf", data, "application/pdf")
    file.content_kind, file.found_clean = "pdf", False
    return file


def test_a_deletion_is_itself_evidence(cast, voided, commits):
    set_period(0)
    with time_machine.travel("2034-01-05T15:00:00Z", tick=True), commits():
        retention.delete(voided, by=cast.admin)
    for change in (lambda: Disposal.objects.update(reason="x"), lambda: Disposal.objects.all().delete()):
        with pytest.raises(DatabaseError, match="pgtrigger"), transaction.atomic():
            change()
