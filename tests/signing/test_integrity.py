"""The nightly check finds a document whose bytes changed or vanished, and a chain that somebody rewrote."""

import pgtrigger
import pytest
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.urls import reverse

from hmis_portal import documents
from hmis_portal.models import AuditEvent
from hmis_portal.signing import integrity, services, tasks
from hmis_portal.signing.models import SignatureAct, SigningEvent
from onboarding import rights
from tests.cast import remember_second_factor


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
    assert AuditEvent.objects.get(verb="chain_broken").reason == "Event 3 is not the one that was recorded."


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
    words = "found 1 record that is no longer as it was kept"
    document = services.final_pdf(executed).document
    whole = documents.read(document)
    default_storage.delete(document.path)
    tasks.check_documents()
    told = {kind: words in client.get(reverse("admin:index")).text for kind, client in desk.items()}
    assert told == {"admin": True, "auditor": True, "lead": False}
    documents.store(whole, content_type="application/pdf")  # from the backup
    for _night in range(2):
        tasks.check_documents()
    assert words not in desk["admin"].get(reverse("admin:index")).text
    assert AuditEvent.objects.filter(verb=integrity.WHOLE).count() == 1
    call_command("check_documents")
