"""The certificate of completion: how a request came to be signed, for people, with the same facts inside as JSON."""

import json
from collections.abc import Sequence
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone

from hmis_portal import pdf
from hmis_portal.signing import passkeys, seal
from hmis_portal.signing.models import Revision, SignatureAct, SigningRequest

EVENT_WORDS = {
    "issued": "Issued",
    "signer_named": "Signer named",
    "consented": "Agreed to electronic records",
    "sealed:certified": "File sealed for reading",
}


def certificate_pdf(request: SigningRequest, files: Sequence[Revision]) -> bytes:
    """PDF/A-3a and PDF/UA-1 bytes, with events.json attached. `files` are all revisions in order."""
    acts = list(
        SignatureAct.objects.filter(party__request=request)
        .select_related("party", "user", "consent__disclosure")
        .order_by("party__position")
    )
    events = list(request.events.order_by("sequence"))
    context = {
        "request": request,
        "title": f"Certificate of completion, {request.reference}",
        "document_title": request.snapshot["title"],
        "facts": request.snapshot.get("facts", []),
        "acts": [_act(act) for act in acts],
        "events": [
            {"at": _times(event.at), "words": _event_words(event.kind), "sequence": event.sequence}
            for event in events
        ],
        "hashes": _hashes(request, files, events[-1].hash if events else ""),
        "files": [{"name": _file_words(one), "row": one} for one in files],
        "verify_url": f"{settings.BASE_URL}/verify/",
        "root_url": f"{settings.BASE_URL}/seal/root.crt",
        "made_at": _times(timezone.now()),
        "development": files[-1].seal_key.development,
    }
    attached = pdf.AttachedFile(
        "events.json",
        "The events, statements and hashes of this signing",
        _as_json(request, files, acts, events),
    )
    return pdf.render_template(
        "pdf/certificate.html",
        context,
        identifier=f"c{request.pk.hex}"[:32].encode(),
        fields=[pdf.SignatureField(seal.PORTAL_FIELD, "Seal of the portal")],
        attachments=[attached],
    )


def _act(act: SignatureAct) -> dict[str, Any]:
    consent = act.consent
    rows = [
        ("Signed for", act.party.label),
        ("Title", act.title),
        ("Authority", act.authority),
        ("Authority passed on by", act.party.delegated_from),
        ("Signed", _times(act.signed_at)),
        ("Identified by", identified_by(act)),
        ("Typed name", act.typed_name),
        ("Internet address", act.ip or "not recorded"),
        ("Browser", act.browser),
        (
            "Electronic records",
            f"Agreed to disclosure version {consent.disclosure.number} on {_times(consent.at)}"
            + (", test file opened" if consent.test_file_opened else "")
            if consent
            else "Signed on paper",
        ),
        ("File read, SHA-256", act.file_sha256),
        ("Statement, SHA-256", act.statement_sha256),
        ("Act", str(act.pk)),
    ]
    return {"name": act.legal_name, "rows": [row for row in rows if row[1]]}


def identified_by(act: SignatureAct) -> str:
    """How it is known who signed, in words."""
    account = f"Account {act.user.email}"
    if act.method == SignatureAct.Method.PASSKEY and act.assertion:
        checked = "checked again for this document" if passkeys.holds(act) else "which does not hold"
        return (
            f"{account}; typed name and passkey “{act.assertion['name']}”, with which the signer’s device signed the "
            f"statement below after seeing its owner ({checked}); credential {act.credential}"
        )
    again = f" on {_times(act.authenticated_at)}" if act.authenticated_at else ""
    return f"{account}; {act.get_method_display().lower()}{again}"


def _hashes(request: SigningRequest, files: Sequence[Revision], head: str) -> list[tuple[str, str, str]]:
    found = [("H1", "Text of the agreement, in canonical form", request.text_sha256)]
    names = [
        "File as issued, read by the first signer",
        "File signed by the first party, read by the second",
        "Executed file",
    ]
    found += [(f"H{n}", name, one.sha256) for n, (name, one) in enumerate(zip(names, files, strict=False), 2)]
    return [*found, ("H5", "Last entry of the chain of events below", head)]


def _file_words(revision: Revision) -> str:
    return "As issued" if revision.position == 0 else f"With signature {revision.position}"


def _event_words(kind: str) -> str:
    first, _colon, rest = kind.partition(":")
    return (
        EVENT_WORDS.get(kind)
        or EVENT_WORDS.get(first)
        or f"{first.replace('_', ' ').capitalize()}{f' ({rest})' if rest else ''}"
    )


def _times(moment: Any) -> str:
    """Both clocks: the state's, with its zone named, and UTC."""
    local = moment.astimezone(ZoneInfo(settings.TIME_ZONE))
    return f"{local:%B} {local.day}, {local:%Y, %H:%M:%S %Z} ({moment:%Y-%m-%d %H:%M:%S} UTC)"


def _as_json(
    request: SigningRequest, files: Sequence[Revision], acts: Sequence[SignatureAct], events: Sequence[Any]
) -> bytes:
    value = {
        "reference": request.reference,
        "request": str(request.pk),
        "text_sha256": request.text_sha256,
        "files": [
            {"step": one.step, "sha256": one.sha256, "size": one.size, "certificate_serial": one.certificate_serial, "level": one.level}
            for one in files
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
        "how_to_check_passkeys": "base64url: the challenge in client_data is the statement's sha256; signature is by public_key (COSE)"
        " over authenticator_data followed by SHA-256 of client_data",
    }  # fmt: skip
    return json.dumps(value, indent=1, ensure_ascii=False).encode()
