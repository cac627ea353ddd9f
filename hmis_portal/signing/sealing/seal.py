"""Seals on PDF bytes: certify a fresh file, then one incremental signature in each existing field. Pure functions.

Every result begins with all the bytes it was made from, so an earlier file is a prefix of each later one.
"""

import io
from dataclasses import dataclass, replace

from asn1crypto import x509
from asn1crypto.keys import PrivateKeyInfo
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509 import Certificate
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from pyhanko.pdf_utils.content import PdfContent
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.layout import AxisAlignment, BoxConstraints, SimpleBoxLayoutRule
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign import PdfSignatureMetadata, PdfSigner, SimpleSigner
from pyhanko.sign.fields import MDPPerm, SigSeedSubFilter
from pyhanko.sign.timestamps import HTTPTimeStamper
from pyhanko.stamp import StaticStampStyle
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.registry import SimpleCertificateStore

from hmis_portal.models import PortalSettings
from hmis_portal.signing.sealing import certificates, key_files, keys, revocation

PORTAL_FIELD, ARCHIVE_FIELD = "Portal", "Archive timestamp"
BESIDES = 2048  # bytes of a signature beside its certificates; some 600 are used
ISSUED = gettext_lazy("Issued by the portal; only the signature fields may still be filled")


@dataclass(frozen=True)
class Sealed:
    data: bytes
    certificate: str  # PEM
    serial: str
    level: str
    issuer: key_files.Authority


class StampPage(PdfContent):
    """The first page of a small PDF, drawn as it is."""

    def __init__(self, data: bytes) -> None:
        super().__init__()
        self._data = data

    def render(self) -> bytes:
        writer = self._ensure_writer
        drawing = writer.import_page_as_xobject(PdfFileReader(io.BytesIO(self._data)))
        self.resources.xobject["/Stamp"] = drawing
        left, bottom, right, top = drawing.get_object()["/BBox"]
        self.box = BoxConstraints(width=abs(right - left), height=abs(top - bottom))
        return b"/Stamp Do"


def certify(data: bytes, *, final: bool = False) -> Sealed:
    """The portal vouches for the file as issued: from now on only the signature fields may be filled, or nothing."""
    portal = PortalSettings.load().name
    reason = _("Made by the portal; nothing may be changed") if final else str(ISSUED)
    metadata = PdfSignatureMetadata(
        field_name=PORTAL_FIELD,
        name=portal,
        reason=_marked(reason),
        subfilter=SigSeedSubFilter.PADES,
        md_algorithm="sha256",
        certify=True,
        docmdp_permissions=MDPPerm.NO_CHANGES if final else MDPPerm.FILL_FORMS,
    )
    return _sign(data, metadata, organization=portal, stamp=None, last=False)


def seal(
    data: bytes, *, field: str, name: str, organization: str, stamp: bytes, last: bool = False
) -> Sealed:
    """Fill an empty signature field on behalf of a person who has signed; `stamp` is the PDF of its appearance.

    The `last` seal is made to be validated for years, where there is a timestamp authority whose root is known.
    """
    metadata = PdfSignatureMetadata(
        field_name=field,
        name=name,
        reason=_marked(_("Sealed by the portal on behalf of %(name)s, who signed in it") % {"name": name}),
        subfilter=SigSeedSubFilter.PADES,
        md_algorithm="sha256",
    )
    whole_box = SimpleBoxLayoutRule(AxisAlignment.ALIGN_MID, AxisAlignment.ALIGN_MID)
    style = StaticStampStyle(
        border_width=0, background=StampPage(stamp), background_opacity=1.0, background_layout=whole_box
    )
    return _sign(data, metadata, organization=organization, stamp=style, last=last)


def archives() -> bool:
    """Whether the last seal of a document will be level B-LTA; its file needs a field for the archive's timestamp."""
    return bool(settings.TIMESTAMP_URL and settings.TIMESTAMP_ROOT_FILE)


def _sign(
    data: bytes,
    metadata: PdfSignatureMetadata,
    *,
    organization: str,
    stamp: StaticStampStyle | None,
    last: bool,
) -> Sealed:
    held = key_files.authority()
    keys.seal_key(held)  # known from now on, so that whoever reads the seal knows its root
    key, certificate = keys.one_time_certificate(held, metadata.name or organization, organization)
    store = SimpleCertificateStore()  # type: ignore[no-untyped-call]  # pyHanko says no type here
    own, *above = (_asn1(one) for one in (certificate, held.certificate, *held.chain))
    store.register_multiple(above)
    signer = SimpleSigner(
        signing_cert=own,
        signing_key=PrivateKeyInfo.load(key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())),
        cert_registry=store,
    )
    # A timestamp authority that is set but away raises here: the task is tried again, never sealed without.
    stamper = HTTPTimeStamper(settings.TIMESTAMP_URL, timeout=15) if settings.TIMESTAMP_URL else None
    level = "B-T" if stamper else "B-B"
    if last and archives() and ARCHIVE_FIELD.encode() in data:
        metadata, level = _for_years(metadata, held), "B-LTA"
    # pyHanko would make a second signature to see how large it is, a third of the work; a timestamp it must ask for.
    room = None if stamper else 2 * (sum(len(one.dump()) for one in (own, *above)) + BESIDES)
    out = io.BytesIO()
    PdfSigner(metadata, signer, timestamper=stamper, stamp_style=stamp).sign_pdf(
        IncrementalPdfFileWriter(io.BytesIO(data)), existing_fields_only=True, output=out, bytes_reserved=room
    )
    sealed = out.getvalue()
    if not sealed.startswith(data):
        raise RuntimeError("The seal changed bytes that were sealed before.")
    return Sealed(sealed, certificates.pem(certificate), f"{certificate.serial_number:x}", level, held)


def _for_years(metadata: PdfSignatureMetadata, held: key_files.Authority) -> PdfSignatureMetadata:
    """PAdES B-LTA: certificates and revocation lists of today go into the file, under a timestamp of their own."""
    roots = [held.root, key_files.timestamp_root()]
    lists = [revocation.revocation_list(held.serial), revocation.root_list()]
    context = ValidationContext(
        trust_roots=[_asn1(root) for root in roots],
        other_certs=[_asn1(held.certificate)],
        crls=[published for published in lists if published],
        allow_fetching=False,
        revocation_mode="soft-fail",
    )
    return replace(
        metadata,
        embed_validation_info=True,
        use_pades_lta=True,
        validation_context=context,
        timestamp_field_name=ARCHIVE_FIELD,
    )


def _asn1(certificate: Certificate) -> x509.Certificate:
    return x509.Certificate.load(certificate.public_bytes(Encoding.DER))


def _marked(reason: str) -> str:
    return f"{reason} ({certificates.DEVELOPMENT_MARK})" if key_files.authority().development else reason
