"""Is this file ours, whole, and the last word? By its hash first, by its beginning next, by its seals last.

The look-up comes first because PDF readers, and pyHanko, still call a seal valid when bytes are appended after it
or when a file is cut back to before the counter-signature.
"""

import hashlib
import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import structlog
from asn1crypto import pem, x509
from django.conf import settings
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.general import SigningError
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.errors import SignatureValidationError
from pyhanko_certvalidator import ValidationContext

from hmis_portal.signing import keys
from hmis_portal.signing.models import Revision, SealKey

log = structlog.get_logger(__name__)
END = b"%%EOF"
MOST_ENDS = 50


class Answer(StrEnum):
    """What a file turned out to be."""

    OURS = "ours"  # byte for byte a file that the portal sealed
    APPENDED = "appended"  # one of ours with something added after sealing
    ALTERED = "altered"  # sealed by the portal once, changed since
    NOT_OURS = "not_ours"
    TOO_LARGE = "too_large"
    UNSURE = "unsure"  # could not be checked within the limits


@dataclass(frozen=True)
class Finding:
    answer: Answer
    sha256: str
    revision: Revision | None = None
    added_bytes: int = 0


@dataclass(frozen=True)
class SealFinding:
    """One seal in a file, as an independent reader of its cryptography sees it."""

    field: str
    name: str
    intact: bool
    trusted: bool
    changed_since: bool
    at: datetime | None

    @property
    def good(self) -> bool:
        return self.intact and self.trusted and not self.changed_since


def look_up(data: bytes) -> Finding | None:
    """The answer from hashes alone, which takes the same short time for any file; None when seals must be read."""
    sha256 = hashlib.sha256(data).hexdigest()
    if len(data) > settings.MAX_UPLOAD_BYTES:
        return Finding(Answer.TOO_LARGE, sha256)
    if revision := _known(sha256):
        return Finding(Answer.OURS, sha256, revision)
    for end in _ends(data):
        if end < len(data) and (revision := _known(hashlib.sha256(data[:end]).hexdigest())):
            return Finding(Answer.APPENDED, sha256, revision, len(data) - end)
    if not data.startswith(b"%PDF-") or b"/ByteRange" not in data:
        return Finding(Answer.NOT_OURS, sha256)
    return None


def by_seals(data: bytes) -> Finding:
    """The answer from the seals of a file whose bytes are not known here. Slow on hostile files: run it in a worker."""
    sha256 = hashlib.sha256(data).hexdigest()
    try:
        found = seals(data)
    except Exception as error:  # a hostile file may break the reader in any way
        log.info("file_unreadable", sha256=sha256, error=type(error).__name__)
        return Finding(Answer.ALTERED if _names_portal(data) else Answer.NOT_OURS, sha256)
    ours = any(seal.trusted for seal in found) or (not found and _names_portal(data))
    return Finding(Answer.ALTERED if ours else Answer.NOT_OURS, sha256)


def seals(data: bytes) -> list[SealFinding]:
    """Each seal of a file, checked against the portal's own roots; raises what pyHanko raises on a broken file."""
    reader = PdfFileReader(io.BytesIO(data))
    context = ValidationContext(trust_roots=_roots(), allow_fetching=False, revocation_mode="soft-fail")
    found = []
    for signature in reader.embedded_signatures:
        name = signature.signer_cert.subject.native.get("common_name", "") if signature.signer_cert else ""
        try:
            status = validate_pdf_signature(signature, context)
        except (SignatureValidationError, SigningError, PdfError, ValueError):
            found.append(SealFinding(signature.field_name, name, False, False, True, None))
            continue
        found.append(
            SealFinding(
                field=signature.field_name,
                name=name,
                intact=bool(status.intact and status.valid),
                trusted=bool(status.trusted),
                changed_since=not status.docmdp_ok,
                at=status.signer_reported_dt,
            )
        )
    return found


def revision_is_good(revision: Revision, data: bytes) -> bool:
    """Whether a stored file still carries every seal it should, each intact and ours."""
    found = seals(data)
    return len(found) == revision.position + 1 and all(seal.good for seal in found)


def _known(sha256: str) -> Revision | None:
    return Revision.objects.select_related("request", "document").filter(sha256=sha256).first()


def _ends(data: bytes) -> Iterator[int]:
    """Where a PDF could have ended before something was added, the last first; at most MOST_ENDS places."""
    at = len(data)
    for _round in range(MOST_ENDS):
        at = data.rfind(END, 0, at)
        if at < 0:
            return
        for tail in (b"", b"\n", b"\r\n", b"\r"):
            if data.startswith(tail, at + len(END)):
                yield at + len(END) + len(tail)


def _roots() -> list[x509.Certificate]:
    chains = list(SealKey.objects.filter(revoked_at=None).values_list("chain", flat=True))
    chains.append(keys.pem(keys.authority().root))
    roots = {}
    for chain in chains:
        *_above, (_kind, _headers, der) = pem.unarmor(chain.encode(), multiple=True)
        roots[der] = x509.Certificate.load(der)
    return list(roots.values())


def _names_portal(data: bytes) -> bool:
    return b"Sealed by the portal on behalf of" in data or b"Issued by the portal; only the signature fields" in data
