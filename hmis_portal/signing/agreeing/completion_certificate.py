"""The certificate of completion: how a request came to be signed, for people, with the same facts inside as JSON."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from hmis_portal.signing.agreeing import text
from hmis_portal.signing.agreeing.evidence import passkeys, reading, term
from hmis_portal.signing.agreeing.evidence.chain import in_words
from hmis_portal.signing.models import ClauseRead, Consent, PaperScan, Revision, SignatureAct, SigningRequest
from hmis_portal.signing.sealing import seal
from hmis_portal.text.words import date_words, instant_words
from hmis_portal.typesetting import pdf, typefaces


@dataclass(frozen=True)
class ShownAct:
    name: str
    rows: list[tuple[str, str]]
    hashes: list[tuple[str, str]]


@dataclass(frozen=True)
class ShownEvent:
    at: str
    words: str
    sequence: int


@dataclass(frozen=True)
class ShownFile:
    name: str
    row: Revision


@dataclass(frozen=True)
class CertificatePage:
    """What the page shows; its template reads the fields by their names."""

    request: SigningRequest
    title: str
    document_title: str
    facts: list[tuple[str, str]]
    acts: list[ShownAct]
    on_paper: bool
    events: list[ShownEvent]
    hashes: list[tuple[str, str, str]]
    files: list[ShownFile]
    verify_url: str
    root_url: str
    made_at: str
    development: bool


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
    shown = CertificatePage(
        request=request,
        title=_("Certificate of completion, %(reference)s") % {"reference": request.reference},
        document_title=request.snapshot["title"],
        facts=[*request.snapshot.get("facts", []), *_term(request)],
        acts=[_act(act, [read for read in reads if read.party_id == act.party_id]) for act in acts],
        on_paper=bool(scans),
        events=[
            ShownEvent(instant_words(event.at), in_words(event.kind), event.sequence) for event in events
        ],
        hashes=_hashes(request, [*files, *scans], events[-1].hash if events else ""),
        files=[ShownFile(_file_words(file), file) for file in files],
        verify_url=f"{settings.BASE_URL}/verify/",
        root_url=f"{settings.BASE_URL}/seal/root.crt",
        made_at=instant_words(timezone.now()),
        development=files[-1].seal_key.development,
    )
    attached = pdf.AttachedFile(
        "events.json",
        _("The events, statements and hashes of this signing"),
        _as_json(request, files, scans, acts, reads, events),
    )
    return pdf.render_template(
        "pdf/certificate.html",
        vars(shown),
        identifier=f"c{request.pk.hex}"[:32].encode(),
        fields=[pdf.SignatureField(seal.PORTAL_FIELD, _("Seal of the portal"))],
        attachments=[attached],
    )


def _term(request: SigningRequest) -> list[tuple[str, str]]:
    fixed = term.of(request)
    return [(_("First and last day"), str(fixed))] if fixed else []


def _act(act: SignatureAct, reads: Sequence[ClauseRead]) -> ShownAct:
    if act.method == SignatureAct.Method.PAPER:
        return _paper_act(act)
    rows = [
        (_("Signed for"), act.party.label),
        (_("Title"), act.title),
        (_("Authority"), act.authority),
        (_("Authority passed on by"), act.party.delegated_from),
        (_("Signed"), instant_words(act.signed_at)),
        (_("Identified by"), identified_by(act)),
        (_("Typed name"), act.typed_name),
        (_("Internet address"), act.ip or _("not recorded")),
        (_("Browser"), act.browser),
        (_("Electronic records"), _consent_words(act.consent) if act.consent else ""),
        (_("Read"), _read_words(act, [read for read in reads if read.user_id == act.user_id])),
    ]
    hashes = [
        (_("Clauses read, SHA-256"), reading.proof(act.party, act.user).get("sha256", "")),
        (_("File read, SHA-256"), act.file_sha256),
        (_("Statement, SHA-256"), act.statement_sha256),
        (_("Act"), str(act.pk)),
    ]
    return ShownAct(act.legal_name, _given(rows), _given(hashes))


def _given(rows: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    return [row for row in rows if row[1]]


def _consent_words(consent: Consent) -> str:
    words = _("Agreed to disclosure version %(number)s on %(day)s")
    if consent.test_file_opened:
        words = _("Agreed to disclosure version %(number)s on %(day)s, test file opened")
    return words % {"number": consent.disclosure.number, "day": instant_words(consent.at)}


def identified_by(act: SignatureAct) -> str:
    """How it is known who signed, in words."""
    account = _("Account %(email)s") % {"email": act.user.email}
    if act.method == SignatureAct.Method.PASSKEY and act.assertion:
        name = act.assertion["name"]
        named = "" if typefaces.against(name) else f" “{name}”"  # events.json has it in any letters
        checked = _("checked again for this document") if passkeys.holds(act) else _("which does not hold")
        return _(
            "%(account)s; typed name and passkey%(named)s, with which the signer’s device signed the statement below "
            "after seeing its owner (%(checked)s); credential %(credential)s"
        ) % {"account": account, "named": named, "checked": checked, "credential": act.credential}
    method = act.get_method_display().lower()
    if act.authenticated_at is None:
        return f"{account}; {method}"
    words = _("%(account)s; %(method)s on %(day)s")
    sentence = words % {"account": account, "method": method, "day": instant_words(act.authenticated_at)}
    if act.factor_at is None:
        return sentence
    more = _("%(found)s; %(factor)s, on %(day)s")
    return more % {"found": sentence, "factor": act.get_factor_display(), "day": instant_words(act.factor_at)}


def _paper_act(act: SignatureAct) -> ShownAct:
    """A signature by hand: who signed on the paper, and who says so. Nothing here was signed electronically."""
    rows = [
        (_("Signed for"), act.party.label),
        (_("Title"), act.title),
        (_("Authority"), act.authority),
        (_("Method"), _("Signed on paper, by hand")),
        (_("Date on the paper"), date_words(act.scan.signed_on)),
        (_("Recorded"), instant_words(act.signed_at)),
        (
            _("Recorded by"),
            _("%(person)s, account %(email)s") % {"person": act.user, "email": act.user.email},
        ),
        (_("Internet address"), act.ip or _("not recorded")),
    ]
    hashes = [
        (_("Scan, SHA-256"), act.scan.sha256),
        (_("Statement, SHA-256"), act.statement_sha256),
        (_("Act"), str(act.pk)),
    ]
    return ShownAct(act.legal_name, _given(rows), _given(hashes))


def _read_words(act: SignatureAct, reads: Sequence[ClauseRead]) -> str:
    """How much of the text the signer confirmed clause by clause, and between which times."""
    if not reads:
        return ""
    total = len(text.clauses(act.party.request.text))
    return ngettext(
        "%(count)d of %(total)d clause confirmed as read one by one, between %(first)s and %(last)s",
        "%(count)d of %(total)d clauses confirmed as read one by one, between %(first)s and %(last)s",
        total,
    ) % {
        "count": len(reads),
        "total": total,
        "first": instant_words(reads[0].at),
        "last": instant_words(reads[-1].at),
    }


def _hashes(
    request: SigningRequest, files: Sequence[Revision | PaperScan], head: str
) -> list[tuple[str, str, str]]:
    rows = [("H1", _("Text of the agreement, in canonical form"), request.text_sha256)]
    names = [
        _("File as issued, read by the first signer"),
        _("File signed by the first party, read by the second"),
        _("Executed file"),
    ]
    if any(isinstance(file, PaperScan) for file in files):
        names = [
            _("File as issued, printed to be signed"),
            _("Scan of the copy signed by hand by the first party"),
            _("Executed document: scan of the copy signed by hand by both parties"),
        ]
    rows += [
        (f"H{n}", name, file.sha256) for n, (name, file) in enumerate(zip(names, files, strict=False), 2)
    ]
    return [*rows, ("H5", _("Last entry of the chain of events below"), head)]


def _file_words(revision: Revision) -> str:
    if revision.position == 0:
        return _("As issued")
    return _("With signature %(number)d") % {"number": revision.position}


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
                "passkey": act.assertion, "factor": act.factor,
                "factor_at": act.factor_at.isoformat() if act.factor_at else None,
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
