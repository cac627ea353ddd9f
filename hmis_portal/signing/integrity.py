"""The nightly check: every stored document still has its recorded bytes, every chain of events
and every signature is whole. What it finds is recorded once, and stands on the desk until it is whole again."""

from collections.abc import Iterator
from typing import Any

import structlog

from hmis_portal import audit, documents
from hmis_portal.models import AuditEvent, StoredDocument
from hmis_portal.signing import passkeys, statements
from hmis_portal.signing.chain import event_hash
from hmis_portal.signing.models import SignatureAct, SigningRequest

log = structlog.get_logger(__name__)
BATCH = 200
DOCUMENT, CHAIN, SIGNATURE = "document_damaged", "chain_broken", "signature_damaged"
WHOLE = "found whole again"
CHECKED = (StoredDocument, SigningRequest, SignatureAct)


def outstanding() -> dict[tuple[str, str], AuditEvent]:
    """By kind and key of the object: what was found damaged and has not been found whole since."""
    rows = AuditEvent.objects.filter(
        target_type__in=[model._meta.label_lower for model in CHECKED],
        verb__in=(DOCUMENT, CHAIN, SIGNATURE, WHOLE),
    )
    last = {(event.target_type, event.target_id): event for event in rows.order_by("at", "pk")}
    return {key: event for key, event in last.items() if event.verb != WHOLE}


def check_documents(after: int) -> int | None:
    """Hash a batch of documents again. The last key, None at the end."""
    last, known = None, outstanding()
    for document in StoredDocument.objects.filter(pk__gt=after).order_by("pk")[:BATCH]:
        last = document.pk
        wrong = ""
        try:
            documents.read(document)
        except documents.DocumentDamaged as error:
            wrong = "" if isinstance(error, documents.DocumentDisposed) else str(error)
        _note(document, DOCUMENT, wrong, known)
    return last


def check_chains() -> Iterator[SigningRequest]:
    """The requests whose chain of events is broken: an entry changed, missing or added."""
    known = outstanding()
    for request in SigningRequest.objects.prefetch_related("events").iterator(chunk_size=BATCH):
        sequence = _first_broken(request)
        wrong = f"Event {sequence} is not the one that was recorded." if sequence else ""
        _note(request, CHAIN, wrong, known)
        if wrong:
            yield request


def check_acts() -> Iterator[SignatureAct]:
    """The signatures whose statement lost its hash, or whose passkey did not sign it."""
    known = outstanding()
    for act in SignatureAct.objects.iterator(chunk_size=BATCH):
        wrong = ""
        if statements.digest(act.statement).hex() != act.statement_sha256:
            wrong = "The statement is not the one that was recorded."
        elif act.method == SignatureAct.Method.PASSKEY and not passkeys.holds(act):
            wrong = "The passkey did not sign the statement."
        _note(act, SIGNATURE, wrong, known)
        if wrong:
            yield act


def _first_broken(request: SigningRequest) -> int:
    """The number of the first entry that does not follow from those before it; 0 when the chain is whole."""
    previous = ""
    for sequence, event in enumerate(request.events.all(), 1):
        expected = event_hash(request, sequence, event.kind, event.at.isoformat(), event.data, previous)
        if (event.sequence, event.previous_hash, event.hash) != (sequence, previous, expected):
            return sequence
        previous = event.hash
    return 0


def _note(checked: Any, verb: str, wrong: str, known: dict[tuple[str, str], AuditEvent]) -> None:
    was_damaged = (checked._meta.label_lower, str(checked.pk)) in known
    if wrong:
        log.error(verb, target=str(checked.pk), error=wrong)
    if bool(wrong) != was_damaged:
        audit.record(by=None, verb=verb if wrong else WHOLE, obj=checked, reason=wrong)
