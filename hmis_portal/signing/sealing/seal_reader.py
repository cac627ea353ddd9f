"""Reads one PDF in a process of its own, with limits, and knows nothing of the portal.

    python -I seal_reader.py < one line of JSON {"about": "seals", "roots": [PEM, …]}, then the file's bytes

prints JSON: a list of seals, or {"error": name}. A hostile file can at most end this process.
"""

import io
import json
import logging
import resource
import sys
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
    found = PdfFileReader(io.BytesIO(data)).embedded_regular_signatures
    return [_seal(signature, context, times, changes) for signature in found]


def _trust(roots: list[str]) -> ValidationContext:
    trusted = [x509.Certificate.load(pem.unarmor(root.encode())[2]) for root in roots]
    return ValidationContext(trust_roots=trusted, allow_fetching=False, revocation_mode="soft-fail")


def _seal(
    signature: Any, context: ValidationContext, times: ValidationContext, changes: bool
) -> dict[str, Any]:
    found = {
        "field": signature.field_name,
        "name": "",
        "intact": False,
        "trusted": False,
        "changed_since": True,
        "at": "",
    }
    try:
        # The seal's own words: a certificate has the name only in the form in which readers compare it.
        found["name"] = str(signature.sig_object.get("/Name", ""))
        status = validate_pdf_signature(signature, context, times, skip_diff=not changes)
    except (SignatureValidationError, SigningError, PdfError, ValueError, AttributeError):
        return found
    at = status.signer_reported_dt
    return {
        **found,
        "intact": bool(status.intact and status.valid),
        "trusted": bool(status.trusted),
        "changed_since": changes and not status.docmdp_ok,
        "at": at.isoformat() if at else "",
    }


def main() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    logging.disable(logging.CRITICAL)
    asked = json.loads(sys.stdin.buffer.readline())
    data = sys.stdin.buffer.read()
    try:
        answer: Any = seals(data, asked["roots"], changes=False)
    except Exception as error:  # whatever a hostile file provokes is an answer
        answer = {"error": type(error).__name__}
    json.dump(answer, sys.stdout)


if __name__ == "__main__":
    main()
