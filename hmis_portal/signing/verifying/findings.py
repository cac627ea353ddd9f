"""Is this file ours, whole, and the last word? By its hash first, by its beginning next, by its seals last.

The look-up comes first because PDF readers, and pyHanko, still call a seal valid when bytes are appended after it
or when a file is cut back to before the counter-signature.
"""

import hashlib
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.conf import settings

from hmis_portal.files import file_reader, foreign
from hmis_portal.signing.models import CompletionCertificate, PaperScan, Revision
from hmis_portal.signing.sealing import holding, seal_reader

END = b"%%EOF"
MOST_ENDS = 50
DASHES = re.compile(r"[\u00ad\u2010-\u2015\u2212\ufffe\x02]")
ON_A_PAGE = re.compile(r"(?:MOU|UA)-\d{4}-[A-Z0-9]{4}-[A-Z0-9]{4}")  # of what is sealed; blanks are taken out
# How the reasons of seals begin in a file; a PDF string writes a semicolon as \073, so no further than that.
OUR_WORDS = (b"(Sealed by the portal on behalf of", b"(Issued by the portal", b"(Made by the portal")


class Answer(StrEnum):
    """What a file turned out to be."""

    OURS = "ours"  # byte for byte a file that the portal sealed
    APPENDED = "appended"  # one of ours with something added after sealing
    ALTERED = "altered"  # it carries the portal's seal, but is not a file the portal made
    COPY = "copy"  # it reads like one of ours, but was printed, saved again or restricted
    LOCKED = "locked"  # nobody can read it without its password
    NOT_OURS = "not_ours"
    TOO_LARGE = "too_large"
    UNSURE = "unsure"  # could not be checked within the limits


@dataclass(frozen=True)
class Finding:
    answer: Answer
    sha256: str
    revision: Revision | None = None
    added_bytes: int = 0
    certificate: CompletionCertificate | None = None
    scan: PaperScan | None = None
    reads_as: str = ""  # the reference that stands on its pages


def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def look_up(data: bytes) -> Finding | None:
    """The answer from hashes alone, quick for any file; None when the seals must be read."""
    sha256 = digest(data)
    if len(data) > settings.MAX_UPLOAD_BYTES:
        return Finding(Answer.TOO_LARGE, sha256)
    if sealed := _longest_sealed({sha256: len(data)}):
        return Finding(Answer.OURS, sha256, **sealed)
    if scan := PaperScan.objects.select_related("act__party__request").filter(sha256=sha256).last():
        return Finding(Answer.OURS, sha256, scan=scan)
    if sealed := _longest_sealed(prefixes := _prefixes(data)):
        (row,) = sealed.values()
        return Finding(Answer.APPENDED, sha256, added_bytes=len(data) - prefixes[row.sha256], **sealed)
    if b"%PDF-" not in data[:1024] or not (b"/ByteRange" in data or b"startxref" in data):
        return Finding(Answer.ALTERED if _names_portal(data) else Answer.NOT_OURS, sha256)
    return None


def by_seals(data: bytes) -> Finding:
    """The answer from the seals and the words of a file whose bytes are not known here; bounded in time and memory."""
    sha256 = digest(data)
    seals = (
        foreign.ask(seal_reader, data, about="seals", roots=holding.roots()) if b"/ByteRange" in data else []
    )
    if seals is None:
        return Finding(Answer.UNSURE, sha256)
    pages = foreign.ask(file_reader, data, about="text") or {"error": "limits"}
    reads_as = _reads_as(pages.get("text", ""))
    sealed = not isinstance(seals, dict) and any(seal["trusted"] for seal in seals)
    if sealed or _names_portal(data):
        return Finding(Answer.ALTERED, sha256, reads_as=reads_as)
    if pages.get("locked"):
        return Finding(Answer.LOCKED, sha256)
    return Finding(Answer.COPY if reads_as else Answer.NOT_OURS, sha256, reads_as=reads_as)


def _reads_as(text: str) -> str:
    """The reference on the pages of a document that the portal seals, as its foot has it; "" on any other."""
    squeezed = re.sub(r"\s", "", DASHES.sub("-", unicodedata.normalize("NFKC", text)))
    reference = ON_A_PAGE.search(squeezed)
    ours = any(words in squeezed for words in ("TextSHA-256", "Certificateofcompletion"))
    return reference.group() if reference and ours else ""


def _longest_sealed(lengths: Mapping[str, int]) -> dict[str, Any]:
    """Of the files with these hashes the longest that the portal sealed, under its name in a finding; else nothing."""
    of_revisions = Revision.objects.select_related("request__version", "document", "seal_key")
    of_certificates = CompletionCertificate.objects.select_related("request__version", "seal_key")
    known: list[tuple[str, Any]] = [("revision", row) for row in of_revisions.filter(sha256__in=lengths)]
    known += [("certificate", row) for row in of_certificates.filter(sha256__in=lengths)]
    return dict(sorted(known, key=lambda named: lengths[named[1].sha256])[-1:])


def _prefixes(data: bytes) -> dict[str, int]:
    """Where the file could have ended before something was added, by the hash up to there; hashed in one pass."""
    ends: list[int] = []
    at = len(data)
    while len(ends) < 4 * MOST_ENDS and (at := data.rfind(END, 0, at)) >= 0:
        after = at + len(END)
        ends += [after + len(tail) for tail in (b"", b"\n", b"\r\n", b"\r") if data.startswith(tail, after)]
    running, start = hashlib.sha256(), 0
    prefixes = {}
    for end in sorted({end for end in ends if end < len(data)}):
        running.update(memoryview(data)[start:end])
        start = end
        prefixes[running.copy().hexdigest()] = end
    return prefixes


def _names_portal(data: bytes) -> bool:
    return any(words in data for words in OUR_WORDS)
