"""The nightly check: every stored document still has its recorded bytes, every chain of events
and every signature is whole."""

from collections.abc import Iterator

import structlog

from hmis_portal import audit, documents
from hmis_portal.models import AuditEvent, StoredDocument
from hmis_portal.signing import passkeys, statements
from hmis_portal.signing.models import SignatureAct, SigningRequest
from hmis_portal.signing.revisions import event_hash

log = structlog.get_logger(__name__)
BATCH = 200


def check_documents(after: int) -> int | None:
    """Hash a batch of documents again; what is damaged is logged and recorded once. The last key, None at the end."""
    last = None
    for document in StoredDocument.objects.filter(pk__gt=after).order_by("pk")[:BATCH]:
        last = document.pk
        try:
            documents.read(document)
        except documents.DocumentDisposed:
            continue
        except documents.DocumentDamaged as error:
            _report(document, str(error))
    return last


def check_chains() -> Iterator[SigningRequest]:
    """The requests whose chain of events is broken: an entry changed, missing or added."""
    for request in SigningRequest.objects.prefetch_related("events").iterator(chunk_size=BATCH):
        previous = ""
        for sequence, event in enumerate(request.events.all(), 1):
            expected = event_hash(request, sequence, event.kind, event.at.isoformat(), event.data, previous)
            if (event.sequence, event.previous_hash, event.hash) != (sequence, previous, expected):
                log.error("chain_broken", request=str(request.pk), sequence=sequence)
                yield request
                break
            previous = event.hash


def check_acts() -> Iterator[SignatureAct]:
    """The signatures whose statement lost its hash, or whose passkey did not sign it."""
    for act in SignatureAct.objects.iterator(chunk_size=BATCH):
        by_passkey = act.method == SignatureAct.Method.PASSKEY
        if statements.digest(act.statement).hex() != act.statement_sha256 or (
            by_passkey and not passkeys.holds(act)
        ):
            log.error("signature_damaged", act=str(act.pk))
            yield act


def _report(document: StoredDocument, words: str) -> None:
    log.error("document_damaged", sha256=document.sha256, error=words)
    key = {
        "verb": "document_damaged",
        "target_type": document._meta.label_lower,
        "target_id": str(document.pk),
    }
    if not AuditEvent.objects.filter(**key).exists():
        audit.record(by=None, verb="document_damaged", obj=document, reason=words)
