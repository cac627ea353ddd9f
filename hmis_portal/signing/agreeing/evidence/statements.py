"""What a person declares when they sign, in the one form that is hashed and that a passkey signs."""

import hashlib
import json
import secrets
from datetime import datetime

from hmis_portal.signing.agreeing.evidence.chain import canonical_json
from hmis_portal.signing.models import Party

# What differs between two statements of the same facts.
OWN = ("nonce", "stated_at")


def facts(
    party: Party,
    *,
    legal_name: str,
    title: str,
    authority: str,
    typed_name: str,
    file_sha256: str,
    disclosure_sha256: str,
) -> dict[str, str]:
    """Everything the declaration rests on."""
    request = party.request
    return {
        "statement": f"I, {legal_name}, sign {request.snapshot['title']} ({request.reference}) for {party.label}."
        " I have read it, I mean to sign it, and I am authorized to do so.",
        "request": str(request.pk),
        "reference": request.reference,
        "file_sha256": file_sha256,
        "text_sha256": request.text_sha256,
        "disclosure_sha256": disclosure_sha256,
        "role": party.role,
        "name": legal_name,
        "title": title,
        "authority": authority,
        "typed_name": " ".join(typed_name.split()),
    }


def declare(facts: dict[str, str], at: datetime) -> str:
    """The canonical statement of these facts; `nonce` makes each the only one of its kind."""
    return canonical_json({**facts, "stated_at": at.isoformat(), "nonce": secrets.token_hex(16)})


def agrees(statement: str, facts: dict[str, str]) -> bool:
    """Whether a statement made before still says what is true now."""
    stated: dict[str, object] = json.loads(statement)
    return {name: value for name, value in stated.items() if name not in OWN} == facts


def stated_at(statement: str) -> datetime:
    return datetime.fromisoformat(json.loads(statement)["stated_at"])


def digest(statement: str) -> bytes:
    return hashlib.sha256(statement.encode()).digest()
