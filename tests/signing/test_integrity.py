"""The nightly check finds a document whose bytes changed or vanished, and a chain that somebody rewrote."""

import pgtrigger
import pytest
from django.core.files.storage import default_storage
from django.core.management import call_command

from hmis_portal.models import AuditEvent
from hmis_portal.signing import integrity, services, tasks
from hmis_portal.signing.models import SigningEvent


def test_all_is_well(executed, capsys):
    call_command("check_documents")
    assert "0 damaged, 0 broken chains" in capsys.readouterr().out


def test_damaged_and_missing_documents_are_reported_once(executed):
    final, first = services.final_pdf(executed), executed.revisions.first()
    path = default_storage.path(final.document.path)
    with open(path, "r+b") as file:
        file.seek(100)
        file.write(b"\0")
    default_storage.delete(first.document.path)
    tasks.check_documents()
    tasks.check_documents()
    found = AuditEvent.objects.filter(verb="document_damaged")
    assert {event.target_id for event in found} == {str(final.document_id), str(first.document_id)}
    assert found.count() == 2
    with pytest.raises(SystemExit):
        call_command("check_documents")


def test_a_rewritten_event_breaks_the_chain(executed):
    with pgtrigger.ignore("signing.SigningEvent:append_only"):
        SigningEvent.objects.filter(request=executed, sequence=3).update(data={"role": "nobody"})
    assert list(integrity.check_chains()) == [executed]
