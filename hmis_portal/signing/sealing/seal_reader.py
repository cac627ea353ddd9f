"""Reads the seals of one PDF and knows nothing of the portal: a reader for `isolated` where the file is from outside."""

import io
from typing import Any

from asn1crypto import pem, x509
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.general import SigningError
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.errors import SignatureValidationError
from pyhanko_certvalidator import ValidationContext

SECONDS = 20
MEMORY = 512 * 1024 * 1024


def seals(
    data: bytes, roots: list[str], time_roots: list[str] | None = None, *, changes: bool = True
) -> list[dict[str, Any]]:
    """Each seal of a file, checked against these roots, its timestamp against those of time, where there are any.

    `changes` also looks for what was changed after each seal, which takes most of the time. Raises what pyHanko
    raises on a broken file.
    """
    context, times = _trust(roots), _trust(time_roots or roots)
    signatures = PdfFileReader(io.BytesIO(data)).embedded_regular_signatures
    return [_seal(signature, context, times, changes) for signature in signatures]


def _trust(roots: list[str]) -> ValidationContext:
    trusted = [x509.Certificate.load(pem.unarmor(root.encode())[2]) for root in roots]
    return ValidationContext(trust_roots=trusted, allow_fetching=False, revocation_mode="soft-fail")


def _seal(
    signature: Any, context: ValidationContext, times: ValidationContext, changes: bool
) -> dict[str, object]:
    seal = {
        "field": signature.field_name,
        "name": "",
        "intact": False,
        "trusted": False,
        "changed_since": True,
        "at": "",
    }
    try:
        # The seal's own words: a certificate has the name only in the form in which readers compare it.
        seal["name"] = str(signature.sig_object.get("/Name", ""))
        status = validate_pdf_signature(signature, context, times, skip_diff=not changes)
    except (SignatureValidationError, SigningError, PdfError, ValueError, AttributeError):
        return seal
    at = status.signer_reported_dt
    return {
        **seal,
        "intact": bool(status.intact and status.valid),
        "trusted": bool(status.trusted),
        "changed_since": changes and not status.docmdp_ok,
        "at": at.isoformat() if at else "",
    }


def read(data: bytes, about: str, roots: list[str]) -> list[dict[str, Any]]:
    """The seals, without what was changed after them: that takes longer than a file from outside may."""
    return seals(data, roots, changes=False)
