"""The certificate of completion: how a request came to be signed, for people, with the same facts inside as JSON."""

import json
from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.utils import timezone

from hmis_portal.signing.agreeing import text
from hmis_portal.signing.agreeing.evidence import passkeys, reading
from hmis_portal.signing.models import ClauseRead, PaperScan, Revision, SignatureAct, SigningRequest
from hmis_portal.signing.sealing import seal
from hmis_portal.text.words import date_words, instant_words
from hmis_portal.typesetting import pdf, typefaces

EVENT_WORDS = {
    "issued": "Issued",
    "signer_named": "Signer named",
    "consented": "Agreed to electronic records",
    "consent_withdrawn": "Withdrew the agreement to electronic records",
    "sealed:certified": "File sealed for reading",
    "paper": "Signed on paper",
}


def certificate_pdf(
    request: SigningRequest, files: Sequence[Revision], scans: Sequence[PaperScan] = ()
) -> bytes:
    """PDF/A-3a and PDF/UA-1 bytes, with events.json attached. `files` are all revisions in order, `scans` those of
    copies signed by hand."""
    acts = list(
        SignatureAct.objects.filter(party__request=request)
        .select_related("party__request", "user", "consent__disclosure", "scan")
        .order_by("party__position")
    )
    reads = list(ClauseRead.objects.filter(party__request=request).select_related("party"))
    events = list(request.events.order_by("sequence"))
    context = {
        "request": request,
        "title": f"Certificate of completion, {request.reference}",
        "document_title": request.snapshot["title"],
        "facts": request.snapshot.get("facts", []),
        "acts": [_act(act, [read for read in reads if read.party_id == act.party_id]) for act in acts],
        "on_paper": bool(scans),
        "events": [
            {"at": instant_words(event.at), "words": _event_words(event.kind), "sequence": event.sequence}
            for event in events
        ],
        "hashes": _hashes(request, [*files, *scans], events[-1].hash if events else ""),
        "files": [{"name": _file_words(file), "row": file} for file in files],
        "verify_url": f"{settings.BASE_URL}/verify/",
        "root_url": f"{settings.BASE_URL}/seal/root.crt",
        "made_at": instant_words(timezone.now()),
        "development": files[-1].seal_key.development,
    }
    attached = pdf.AttachedFile(
        "events.json",
        "The events, statements and hashes of this signing",
        _as_json(request, files, scans, acts, reads, events),
    )
    return pdf.render_template(
        "pdf/certificate.html",
        context,
        identifier=f"c{request.pk.hex}"[:32].encode(),
        fields=[pdf.SignatureField(seal.PORTAL_FIELD, "Seal of the portal")],
        attachments=[attached],
    )


def _act(act: SignatureAct, reads: Sequence[ClauseRead]) -> dict[str, Any]:
    if act.method == SignatureAct.Method.PAPER:
        return _paper_act(act)
    consent = act.consent
    rows = [
        ("Signed for", act.party.label),
        ("Title", act.title),
        ("Authority", act.authority),
        ("Authority passed on by", act.party.delegated_from),
        ("Signed", instant_words(act.signed_at)),
        ("Identified by", identified_by(act)),
        ("Typed name", act.typed_name),
        ("Internet address", act.ip or "not recorded"),
        ("Browser", act.browser),
        (
            "Electronic records",
            f"Agreed to disclosure version {consent.disclosure.number} on {instant_words(consent.at)}"
            + (", test file opened" if consent.test_file_opened else "")
            if consent
            else "",
        ),
        ("Read", _read_words(act, [read for read in reads if read.user_id == act.user_id])),
        ("Clauses read, SHA-256", reading.proof(act.party, act.user).get("sha256", "")),
        ("File read, SHA-256", act.file_sha256),
        ("Statement, SHA-256", act.statement_sha256),
        ("Act", str(act.pk)),
    ]
    return {"name": act.legal_name, "rows": [row for row in rows if row[1]]}


def identified_by(act: SignatureAct) -> str:
    """How it is known who signed, in words."""
    account = f"Account {act.user.email}"
    if act.method == SignatureAct.Method.PASSKEY and act.assertion:
        name = act.assertion["name"]
        named = "" if typefaces.against(name) else f" “{name}”"  # events.json has it in any letters
        checked = "checked again for this document" if passkeys.holds(act) else "which does not hold"
        return (
            f"{account}; typed name and passkey{named}, with which the signer’s device signed the "
            f"statement below after seeing its owner ({checked}); credential {act.credential}"
        )
    again = f" on {instant_words(act.authenticated_at)}" if act.authenticated_at else ""
    return f"{account}; {act.get_method_display().lower()}{again}"


def _paper_act(act: SignatureAct) -> dict[str, Any]:
    """A signature by hand: who signed on the paper, and who says so. Nothing here was signed electronically."""
    rows = [
        ("Signed for", act.party.label),
        ("Title", act.title),
        ("Authority", act.authority),
        ("Method", "Signed on paper, by hand"),
        ("Date on the paper", date_words(act.scan.signed_on)),
        ("Recorded", instant_words(act.signed_at)),
        ("Recorded by", f"{act.user}, account {act.user.email}"),
        ("Internet address", act.ip or "not recorded"),
        ("Scan, SHA-256", act.scan.sha256),
        ("Statement, SHA-256", act.statement_sha256),
        ("Act", str(act.pk)),
    ]
    return {"name": act.legal_name, "rows": [row for row in rows if row[1]]}


def _read_words(act: SignatureAct, reads: Sequence[ClauseRead]) -> str:
    """How much of the text the signer confirmed clause by clause, and between which times."""
    if not reads:
        return ""
    total = len(text.clauses(act.party.request.text))
    span = f"between {instant_words(reads[0].at)} and {instant_words(reads[-1].at)}"
    return f"{len(reads)} of {total} clauses confirmed as read one by one, {span}"


def _hashes(
    request: SigningRequest, files: Sequence[Revision | PaperScan], head: str
) -> list[tuple[str, str, str]]:
    rows = [("H1", "Text of the agreement, in canonical form", request.text_sha256)]
    names = [
        "File as issued, read by the first signer",
        "File signed by the first party, read by the second",
        "Executed file",
    ]
    if any(isinstance(file, PaperScan) for file in files):
        names = [
            "File as issued, printed to be signed",
            "Scan of the copy signed by hand by the first party",
            "Executed document: scan of the copy signed by hand by both parties",
        ]
    rows += [
        (f"H{n}", name, file.sha256) for n, (name, file) in enumerate(zip(names, files, strict=False), 2)
    ]
    return [*rows, ("H5", "Last entry of the chain of events below", head)]


def _file_words(revision: Revision) -> str:
    return "As issued" if revision.position == 0 else f"With signature {revision.position}"


def _event_words(kind: str) -> str:
    first, _colon, rest = kind.partition(":")
    return (
        EVENT_WORDS.get(kind)
        or EVENT_WORDS.get(first)
        or f"{first.replace('_', ' ').capitalize()}{f' ({rest})' if rest else ''}"
    )


def _as_json(
    request: SigningRequest,
    files: Sequence[Revision],
    scans: Sequence[PaperScan],
    acts: Sequence[SignatureAct],
    reads: Sequence[ClauseRead],
    events: Sequence[Any],
) -> bytes:
    value = {
        "reference": request.reference,
        "request": str(request.pk),
        "text_sha256": request.text_sha256,
        "files": [
            {"step": file.step, "sha256": file.sha256, "size": file.size, "certificate_serial": file.certificate_serial, "level": file.level}
            for file in files
        ],
        "scans": [
            {"sha256": scan.sha256, "size": scan.size, "signed_on": scan.signed_on.isoformat(), "method": "paper"}
            for scan in scans
        ],
        "clauses_read": [
            {"role": read.party.role, "user": str(read.user_id), "clause": read.anchor, "at": read.at.isoformat()}
            for read in reads
        ],
        "statements": [
            {
                "sha256": act.statement_sha256, "statement": json.loads(act.statement), "method": act.method,
                "passkey": act.assertion,
            }
            for act in acts
        ],
        "events": [
            {
                "sequence": event.sequence, "kind": event.kind, "at": event.at.isoformat(), "data": event.data,
                "previous": event.previous_hash, "hash": event.hash,
            }
            for event in events
        ],
        "how_to_check": "hash = SHA-256 of the JSON of request, sequence, kind, at, data, previous; keys sorted, no spaces, UTF-8",
        "how_to_check_statements": "sha256 = SHA-256 of the JSON of the statement; keys sorted, no spaces, UTF-8",
        "how_to_check_clauses_read": "read.sha256 in a signed event = SHA-256 of the JSON of [clause, at] of each clause that"
        " side read, in this order; no spaces, UTF-8",
        "how_to_check_passkeys": "base64url: the challenge in client_data is the statement's sha256; signature is by public_key (COSE)"
        " over authenticator_data followed by SHA-256 of client_data",
    }  # fmt: skip
    return json.dumps(value, indent=1, ensure_ascii=False).encode()
