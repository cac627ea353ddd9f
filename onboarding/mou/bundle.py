"""Everything an agency needs to prove its MOU without the portal, in one ZIP."""

import hashlib
import io
import zipfile

from cryptography.hazmat.primitives.serialization import Encoding
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from hmis_portal import documents
from hmis_portal.signing.agreeing import requests
from hmis_portal.signing.models import CompletionCertificate, PaperScan, Revision
from hmis_portal.signing.sealing import certificates
from hmis_portal.text.prose import in_language
from hmis_portal.web.errors import WrongState
from onboarding.models import Mou
from onboarding.mou import verification

FIXED_TIME = (2000, 1, 1, 0, 0, 0)  # the same MOU always makes the same bytes


def bundle(mou: Mou) -> bytes:
    """ZIP of the executed PDF, its certificate of completion, the text, the root certificate and how to check them.

    Raises WrongState until the executed file and its certificate exist.
    """
    final = requests.executed_file(mou.request)
    certificate = (
        CompletionCertificate.objects.select_related("document", "seal_key")
        .filter(request=mou.request)
        .first()
    )
    if final is None or certificate is None:
        raise WrongState(_("The bundle is made once the MOU is executed and its certificate sealed."))
    root = certificate.seal_key.chain
    root_pem = "-----BEGIN" + root.rsplit("-----BEGIN", 1)[1]
    files = {
        f"{mou.reference} executed.pdf": documents.read(final.document),
        f"{mou.reference} certificate of completion.pdf": documents.read(certificate.document),
        **_before(mou, final),
        f"{mou.reference} text.md": mou.request.text.encode(),
        "portal root certificate.pem": root_pem.encode(),
        "portal root certificate.crt": certificates.from_pem(root_pem).public_bytes(Encoding.DER),
    }
    context = {
        "on_paper": isinstance(final, PaperScan),
        "mou": mou,
        "final": final,
        "fingerprint": hashlib.sha256(files["portal root certificate.crt"]).hexdigest(),
        "facts": verification.facts(mou.request),
    }
    files["HOW TO CHECK.txt"] = render_to_string(in_language("signing/how_to_check.txt"), context).encode()
    sums = "".join(f"{hashlib.sha256(data).hexdigest()}  {name}\n" for name, data in files.items())
    files["SHA256SUMS.txt"] = sums.encode()
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            entry = zipfile.ZipInfo(name, FIXED_TIME)
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, data)
    return out.getvalue()


def _before(mou: Mou, final: Revision | PaperScan) -> dict[str, bytes]:
    """Signed on paper: also the file that was printed, which the scan does not begin with."""
    if isinstance(final, Revision):
        return {}
    printed = mou.request.revisions.select_related("document").get(step=Revision.CERTIFIED)
    return {f"{mou.reference} as printed.pdf": documents.read(printed.document)}
