"""The nightly check: every stored document still has its recorded bytes, every chain of events
and every signature is whole. What it finds is recorded once, and stands on the desk until it is whole again.

Of a document there are three findings: gone, changed, cannot be read. While the storage itself is away there is none."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import structlog
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from hmis_portal import audit, documents
from hmis_portal.attesting import chain
from hmis_portal.events import PortalEvent
from hmis_portal.models import AuditEvent, ChainLink, PortalSettings, StoredDocument
from hmis_portal.running import away
from hmis_portal.running.away import PartAway
from hmis_portal.signing.agreeing.evidence import attested, passkeys, reading, statements
from hmis_portal.signing.agreeing.evidence.chain import EventKind, broken
from hmis_portal.signing.models import SignatureAct, SigningEvent, SigningRequest
from hmis_portal.signing.verifying import anchors

log = structlog.get_logger(__name__)
BATCH, BATCH_BYTES = 200, 50 * 1024 * 1024
OVERDUE = timedelta(days=2)
CHECKED = (StoredDocument, SigningRequest, SignatureAct, SigningEvent, AuditEvent, ChainLink, PortalSettings)
RECORD = (
    PortalEvent.RECORD_CHANGED,
    PortalEvent.RECORD_REMOVED,
    PortalEvent.RECORD_REORDERED,
    PortalEvent.RECORD_INSERTED,
    PortalEvent.RECORD_CUT,
)
FINDINGS = (
    PortalEvent.DOCUMENT_GONE,
    PortalEvent.DOCUMENT_DAMAGED,
    PortalEvent.DOCUMENT_UNREADABLE,
    PortalEvent.CHAIN_BROKEN,
    PortalEvent.SIGNATURE_DAMAGED,
    *RECORD,
)


def outstanding() -> dict[tuple[str, str], AuditEvent]:
    """By kind and key of the object: what was found wrong and has not been found whole since."""
    rows = AuditEvent.objects.filter(
        target_type__in=[model._meta.label_lower for model in CHECKED],
        verb__in=(*FINDINGS, PortalEvent.FOUND_WHOLE_AGAIN),
    )
    last = {(event.target_type, event.target_id): event for event in rows.order_by("at", "pk")}
    return {key: event for key, event in last.items() if event.verb != PortalEvent.FOUND_WHOLE_AGAIN}


def check_documents(after: int) -> int | None:
    """Hash a batch of documents again: so many, and so many bytes, that a worker has the time. The last key, None at
    the end. Raises PartAway while the storage is away: nothing is found then."""
    last, read, known = None, 0, outstanding()
    for document in StoredDocument.objects.filter(pk__gt=after).order_by("pk")[:BATCH]:
        if last is not None and read + document.size > BATCH_BYTES:
            break
        last, read = document.pk, read + document.size
        _record(document, *_wrong_with(document), known)
    return last


def _wrong_with(document: StoredDocument) -> tuple[PortalEvent, str]:
    """What is wrong with a document, as the verb of its event and in words; no words when nothing is."""
    try:
        documents.read(document)
    except documents.DocumentDisposed:
        pass
    except documents.DocumentDamaged as error:
        return verb_of(error), str(error)
    except documents.CannotReadNow as error:
        if away.look():
            raise
        return PortalEvent.DOCUMENT_UNREADABLE, str(error)
    return PortalEvent.DOCUMENT_DAMAGED, ""


def verb_of(error: documents.DocumentDamaged) -> PortalEvent:
    return (
        PortalEvent.DOCUMENT_GONE
        if isinstance(error, documents.DocumentGone)
        else PortalEvent.DOCUMENT_DAMAGED
    )


def note_document(error: documents.DocumentDamaged) -> None:
    """Record what somebody came upon by day; the next check tells when it is whole again."""
    if error.document is not None:
        _record(error.document, verb_of(error), str(error), outstanding())


def check_records(after: str) -> str | None:
    """Check the events and signatures of a batch of requests. The last key, None at the end."""
    rows = SigningRequest.objects.order_by("pk")
    batch = list((rows.filter(pk__gt=after) if after else rows).values_list("pk", flat=True)[:BATCH])
    list(check_chains(SigningRequest.objects.filter(pk__in=batch)))
    list(check_acts(SignatureAct.objects.filter(party__request__in=batch)))
    return str(batch[-1]) if batch else None


def check_chain(after: int) -> int | None:
    """Check a batch of the chain of the whole record and of the rows it names. The last number, None at the end."""
    known = outstanding()
    if after == 0:
        _check_unnamed(known)
    last, findings = chain.check(after)
    _record_findings(findings, known)
    if last is None:
        _check_anchors(known)
    else:
        noted = {str(finding.told_of.pk) for finding in findings}
        for link in ChainLink.objects.filter(pk__in=_known_links(known, after, last)).exclude(pk__in=noted):
            _record(link, PortalEvent.RECORD_CHANGED, "", known)
    return last


def _check_unnamed(known: dict[tuple[str, str], AuditEvent]) -> None:
    """Rows that the portal did not write, until they are gone again."""
    findings = chain.extend(everything=True)
    _record_findings(findings, known)
    noted = {(finding.told_of._meta.label_lower, str(finding.told_of.pk)) for finding in findings}
    for (kind, key), event in known.items():
        model = chain.tables().get(kind)
        if model and event.verb == PortalEvent.RECORD_INSERTED and (kind, key) not in noted:
            missing: Any = model
            _record(missing(pk=key), PortalEvent.RECORD_INSERTED, "", known)


def _check_anchors(known: dict[tuple[str, str], AuditEvent]) -> None:
    """What was told outside of the record; while the storage is away nothing is found."""
    try:
        findings = anchors.against()
    except PartAway as error:
        log.warning("anchors_wait", error=str(error))
        return
    _record_findings(findings, known)
    if not findings:
        _record(PortalSettings.load(), PortalEvent.RECORD_CUT, "", known)


def cast_anchor() -> None:
    """Tell outside how far the record went: each day."""
    lengthen_chain()
    anchors.cast()


def lengthen_chain() -> None:
    """Add what was recorded lately to the chain; what the portal did not write is told at once."""
    if findings := chain.extend():
        _record_findings(findings, outstanding())


def _record_findings(findings: list[chain.ChainFinding], known: dict[tuple[str, str], AuditEvent]) -> None:
    for finding in findings:
        _record(finding.told_of, finding.what, finding.words, known)


def _known_links(known: dict[tuple[str, str], AuditEvent], after: int, last: int) -> list[int]:
    """Links of this batch that something was wrong with before."""
    mine = (int(key) for kind, key in known if kind == ChainLink._meta.label_lower)
    return [number for number in mine if after < number <= last]


def note_complete() -> None:
    """Everything was read once more, from the first document to the last signature."""
    audit.record(by=None, verb=PortalEvent.CHECKED_EVERY_RECORD, obj=PortalSettings.load())


def last_complete() -> datetime | None:
    settings = PortalSettings.load()
    rows = AuditEvent.objects.filter(target_type=settings._meta.label_lower, target_id=str(settings.pk))
    return (
        rows.filter(verb=PortalEvent.CHECKED_EVERY_RECORD)
        .order_by("-at")
        .values_list("at", flat=True)
        .first()
    )


def overdue_since() -> datetime | None:
    """When everything was last checked, if that is too long ago; what was never checked counts from its beginning."""
    since = last_complete()
    if since is None:
        since = StoredDocument.objects.order_by("pk").values_list("created_at", flat=True).first()
    return since if since and timezone.now() - since > OVERDUE else None


def check_chains(requests: QuerySet[SigningRequest] | None = None) -> Iterator[SigningRequest]:
    """The requests whose chain of events is broken: an entry changed, missing or added."""
    known = outstanding()
    requests = SigningRequest.objects.all() if requests is None else requests
    rows = requests.select_related("certificate").prefetch_related("events", "revisions", "parties__act")
    for request in rows.iterator(chunk_size=BATCH):
        wrong = _wrong_in_chain(request)
        _record(request, PortalEvent.CHAIN_BROKEN, wrong, known)
        if wrong:
            yield request


def check_acts(acts: QuerySet[SignatureAct] | None = None) -> Iterator[SignatureAct]:
    """The signatures whose statement lost its hash, or whose passkey did not sign it."""
    known = outstanding()
    for act in (
        (SignatureAct.objects.all() if acts is None else acts)
        .select_related("consent")
        .iterator(chunk_size=BATCH)
    ):
        wrong = ""
        if statements.digest(act.statement).hex() != act.statement_sha256:
            wrong = _("The statement is not the one that was recorded.")
        elif act.method == SignatureAct.Method.PASSKEY and not passkeys.holds(act):
            wrong = _("The passkey did not sign the statement.")
        else:
            wrong = attested.wrong_with_act(act)
        _record(act, PortalEvent.SIGNATURE_DAMAGED, wrong, known)
        if wrong:
            yield act


def _wrong_in_chain(request: SigningRequest) -> str:
    """What is wrong with a request's events, in words; "" when nothing is. What exists must have left its event."""
    if wrong := broken(request):
        return wrong
    events = list(request.events.all())
    if not events or events[0].kind != EventKind.ISSUED:
        return _("The chain does not begin with the issue of the document.")
    have = {(event.kind, str(value)) for event in events for value in event.data.values()}
    acts = [party.act for party in request.parties.all() if hasattr(party, "act")]
    for act in acts:
        signed = (event for event in events if event.kind == EventKind.SIGNED.of(act.party.role))
        read = next((event.data.get("read") for event in signed), None)
        if read and read != reading.proof(act.party, act.user_id):
            words = _("The record of the clauses that %(name)s read is not the one that was signed.")
            return words % {"name": act.legal_name}
    due = {(_kind_of(act), str(act.pk)) for act in acts}
    due |= {(EventKind.SEALED.of(revision.step), revision.sha256) for revision in request.revisions.all()}
    if certificate := getattr(request, "certificate", None):
        due.add((EventKind.COMPLETED.value, certificate.sha256))
        if certificate.events_head not in {event.hash for event in events}:
            return _("The event that the certificate of completion ends with is missing.")
    missing = sorted(kind for kind, _what in due - have)
    return _("Events are missing: %(kinds)s.") % {"kinds": ", ".join(missing)} if missing else ""


def _kind_of(act: SignatureAct) -> str:
    how = EventKind.PAPER if act.method == SignatureAct.Method.PAPER else EventKind.SIGNED
    return how.of(act.party.role)


def _record(checked: Any, verb: PortalEvent, wrong: str, known: dict[tuple[str, str], AuditEvent]) -> None:
    before = known.get((checked._meta.label_lower, str(checked.pk)))
    if wrong:
        log.error(verb, target=str(checked.pk), error=wrong)
    if wrong and before is not None and verb == PortalEvent.DOCUMENT_UNREADABLE:
        return  # what was found before stands until the bytes can be read again
    if (verb if wrong else PortalEvent.FOUND_WHOLE_AGAIN) != (
        before.verb if before else PortalEvent.FOUND_WHOLE_AGAIN
    ):
        audit.record(
            by=None, verb=verb if wrong else PortalEvent.FOUND_WHOLE_AGAIN, obj=checked, reason=wrong
        )
