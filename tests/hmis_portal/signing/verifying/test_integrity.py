"""The nightly check finds a document whose bytes changed or vanished, and a chain that somebody rewrote."""

import os
from datetime import timedelta

import pgtrigger
import pytest
import time_machine
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import timezone

from hmis_portal import documents
from hmis_portal.events import PortalEvent
from hmis_portal.models import AuditEvent, StoredDocument
from hmis_portal.running.away import PartAway
from hmis_portal.signing import tasks
from hmis_portal.signing.agreeing import requests
from hmis_portal.signing.models import SignatureAct, SigningEvent
from hmis_portal.signing.verifying import integrity
from onboarding import rights
from tests.cast import remember_second_factor


def test_all_is_well(executed, capsys):
    call_command("check_documents")
    assert "0 damaged, 0 broken chains" in capsys.readouterr().out


def test_damaged_and_missing_documents_are_reported_once(executed):
    final, first = requests.final_pdf(executed), executed.revisions.first()
    path = default_storage.path(final.document.path)
    with open(path, "r+b") as file:
        file.seek(100)
        file.write(b"\0")
    default_storage.delete(first.document.path)
    tasks.check_documents()
    tasks.check_documents()
    found = AuditEvent.objects.filter(verb__startswith="document_").values_list("verb", "target_id")
    assert sorted(found) == [
        ("document_damaged", str(final.document_id)),
        ("document_gone", str(first.document_id)),
    ]
    with pytest.raises(SystemExit):
        call_command("check_documents")


def test_a_rewritten_event_breaks_the_chain(executed):
    with pgtrigger.ignore("signing.SigningEvent:append_only"):
        SigningEvent.objects.filter(request=executed, sequence=3).update(data={"role": "nobody"})
    assert list(integrity.check_chains()) == [executed]
    assert AuditEvent.objects.get(verb="chain_broken").reason == "Event 3 is not the one that was recorded."


def test_a_file_that_cannot_be_read_does_not_end_the_check(executed):
    """A folder where the file was: not missing, not changed, and no hash to take."""
    first, last = executed.revisions.first(), requests.final_pdf(executed)
    path = default_storage.path(first.document.path)
    default_storage.delete(first.document.path)
    os.mkdir(path)
    default_storage.delete(last.document.path)
    tasks.check_documents()
    rows = AuditEvent.objects.filter(verb__startswith="document_")
    found = {event.target_id: f"{event.verb}: {event.reason}" for event in rows}
    unread = found[str(first.document_id)]
    assert unread.startswith("document_unreadable")
    assert "cannot be read now; could not be read: IsADirectoryError" in unread
    assert found[str(last.document_id)].startswith("document_gone")  # the check went on
    assert integrity.last_complete() is not None


def test_a_storage_that_is_away_is_no_finding_and_the_check_goes_on_later(executed, storage_away):
    with storage_away():
        tasks.check_documents()
        with pytest.raises(CommandError, match="did not come to its end"):
            call_command("check_documents")
    assert not AuditEvent.objects.filter(verb__startswith="document_").exists()
    assert integrity.last_complete() is None  # the desk says so after two days
    tasks.check_documents()
    assert integrity.last_complete() is not None
    assert integrity.outstanding() == {}


def test_a_storage_that_is_not_mounted_holds_no_document_at_all(executed, storage_away):
    """An empty folder stands where the storage is mounted: nothing is gone, and nothing is written beside it."""
    document = requests.final_pdf(executed).document
    with storage_away(mount_point=True):
        with pytest.raises(documents.CannotReadNow):
            documents.read(document)
        with pytest.raises(PartAway):
            documents.store(b"to be hidden", content_type="application/pdf")
        tasks.check_documents()
    assert integrity.outstanding() == {}


def test_a_batch_ends_before_a_worker_runs_out_of_time(executed, monkeypatch):
    sizes = list(StoredDocument.objects.order_by("pk").values_list("size", flat=True))
    monkeypatch.setattr(integrity, "BATCH_BYTES", sizes[0] + sizes[1])
    keys = list(StoredDocument.objects.order_by("pk").values_list("pk", flat=True))
    assert integrity.check_documents(0) == keys[1]
    monkeypatch.setattr(integrity, "BATCH_BYTES", 1)
    assert [integrity.check_documents(before) for before in (0, *keys)] == [*keys, None]
    monkeypatch.setattr(integrity, "BATCH", 1)
    assert integrity.check_records("") == str(executed.pk)
    assert integrity.check_records(str(executed.pk)) is None


def test_the_desk_says_when_the_check_has_not_come_to_its_end(executed, cast, client_of):
    words = "The nightly check of stored records has not come to its end since"
    rights.load()

    def told(days):
        with time_machine.travel(timezone.now() + timedelta(days=days)):
            client = client_of(cast.admin)
            remember_second_factor(client, cast.admin)
            return words in client.get(reverse("admin:index")).text

    assert [told(1), told(3)] == [False, True]  # never checked
    with time_machine.travel(timezone.now() + timedelta(days=2)):
        tasks.check_documents()
    assert [told(3), told(5)] == [False, True]


def cut_off(request, *, keep):
    """As somebody with the database in their hands would: the last entries go, what is left follows on."""
    with pgtrigger.ignore("signing.SigningEvent:append_only"):
        SigningEvent.objects.filter(request=request, sequence__gt=keep).delete()


@pytest.mark.parametrize("lost", range(1, 10))
def test_a_chain_that_lost_its_last_entries_is_not_whole(executed, lost):
    total = executed.events.count()
    cut_off(executed, keep=total - lost)
    assert list(integrity.check_chains()) == [executed]
    reason = AuditEvent.objects.get(verb="chain_broken").reason
    assert reason == {
        total: "The chain does not begin with the issue of the document.",
        1: "Events are missing: completed.",
    }.get(lost, "The event that the certificate of completion ends with is missing.")


def test_a_signature_without_its_event_is_found_before_there_is_a_certificate(issue, sign):
    request = issue()
    sign(requests.party(request, "agency"))
    cut_off(request, keep=3)  # issued, sealed, consented
    assert list(integrity.check_chains()) == [request]
    reason = AuditEvent.objects.get(verb="chain_broken").reason
    assert reason == "Events are missing: sealed:agency, signed:agency."


def test_a_signature_on_paper_without_its_event_is_found(db, cast):
    from tests.mou import sign_on_paper

    request = sign_on_paper(cast).request
    assert list(integrity.check_chains()) == []
    cut_off(request, keep=2)
    assert list(integrity.check_chains()) == [request]
    assert AuditEvent.objects.get(verb="chain_broken").reason == "Events are missing: paper:agency."


def test_a_rewritten_statement_is_reported(executed):
    act = SignatureAct.objects.first()
    with pgtrigger.ignore("signing.SignatureAct:append_only"):
        SignatureAct.objects.filter(pk=act.pk).update(
            statement=act.statement.replace("I mean", "I do not mean")
        )
    tasks.check_documents()
    assert AuditEvent.objects.get(verb="signature_damaged").target_id == str(act.pk)


def test_the_desk_tells_until_it_is_whole_again(executed, cast, client_of):
    rights.load()
    desk = {}
    for kind in ("admin", "auditor", "lead"):
        desk[kind] = client_of(cast.person(kind))
        remember_second_factor(desk[kind], cast.person(kind))
    words = "found that 1 document is gone from the storage"
    document = requests.final_pdf(executed).document
    whole = documents.read(document)
    default_storage.delete(document.path)
    tasks.check_documents()
    told = {kind: words in client.get(reverse("admin:index")).text for kind, client in desk.items()}
    assert told == {"admin": True, "auditor": True, "lead": False}
    documents.store(whole, content_type="application/pdf")  # from the backup
    for _night in range(2):
        tasks.check_documents()
    assert words not in desk["admin"].get(reverse("admin:index")).text
    assert AuditEvent.objects.filter(verb=PortalEvent.FOUND_WHOLE_AGAIN).count() == 1
    call_command("check_documents")
