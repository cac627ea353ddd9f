"""The portal's certificate authority and the one-time keys it certifies; development makes its own at first use.

Each seal has a fresh P-256 key that is forgotten at once, so nobody, the portal included, can seal in a signer's
name again. What must be kept safe is the authority's key alone.
"""

import os
import re
import shutil
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.types import CertificateIssuerPrivateKeyTypes
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from hmis_portal.signing.models import RevokedCertificate, SealKey

DOCUMENT_SIGNING = x509.ObjectIdentifier("1.3.6.1.5.5.7.3.36")  # RFC 9336
DEVELOPMENT_MARK = "DEVELOPMENT ONLY"
CERTIFICATE = re.compile(rb"-----BEGIN CERTIFICATE-----.+?-----END CERTIFICATE-----\n?", re.DOTALL)
FILE_NAMES = ("authority.pem", "root-key.pem")


@dataclass(frozen=True)
class Authority:
    """Key and certificate that certify one-time keys, and the chain above them, the root last."""

    key: CertificateIssuerPrivateKeyTypes
    certificate: x509.Certificate
    chain: tuple[x509.Certificate, ...]

    @property
    def root(self) -> x509.Certificate:
        return self.chain[-1]

    @property
    def development(self) -> bool:
        return DEVELOPMENT_MARK in self.certificate.subject.rfc4514_string()

    @property
    def serial(self) -> str:
        return f"{self.certificate.serial_number:x}"


@lru_cache(maxsize=1)
def authority() -> Authority:
    """The authority of this installation. Raises ImproperlyConfigured where none is set outside development."""
    if settings.SEAL_CA_FILE:
        return read_authority(Path(settings.SEAL_CA_FILE))
    if not (settings.DEBUG or settings.TESTING):
        raise ImproperlyConfigured(
            "PORTAL_SEAL_CA_FILE is not set: without the sealing key nothing can be sealed."
        )
    folder = Path(settings.SEAL_DIR)
    if not (folder / FILE_NAMES[0]).exists():
        _make_development_authority(folder)
    return read_authority(folder / FILE_NAMES[0])


def read_authority(path: Path) -> Authority:
    """Read key, certificate and chain from one PEM file, in any order but the root last."""
    data = path.read_bytes()
    key = load_pem_private_key(data, password=None)
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise ImproperlyConfigured(
            f"The sealing key in {path.name} must be an elliptic curve key, such as P-256."
        )
    certificates = [x509.load_pem_x509_certificate(part) for part in CERTIFICATE.findall(data)]
    own = [found for found in certificates if found.public_key() == key.public_key()]
    if not own:
        raise ImproperlyConfigured(f"{path.name} holds no certificate for its own key.")
    chain = tuple(found for found in certificates if found != own[0]) or (own[0],)
    return Authority(key, own[0], chain)


def seal_key() -> SealKey:
    """The row of the authority in use; made at its first seal."""
    held = authority()
    return SealKey.objects.get_or_create(
        serial=held.serial,
        defaults={
            "subject": held.certificate.subject.rfc4514_string()[:200],
            "certificate": pem(held.certificate),
            "chain": "".join(pem(found) for found in held.chain),
            "development": held.development,
        },
    )[0]


def one_time_certificate(name: str, organization: str) -> tuple[ec.EllipticCurvePrivateKey, x509.Certificate]:
    """A fresh key and its certificate in this name. It lives as long as its issuer, since the key is not kept."""
    held = authority()
    key = ec.generate_private_key(ec.SECP256R1())
    certificate = (
        _builder(
            _name(name, organization, held.development),
            held.certificate.subject,
            key,
            held.certificate.not_valid_after_utc,
        )
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(digital_signature=True, content_commitment=True), critical=True)
        .add_extension(
            x509.ExtendedKeyUsage([DOCUMENT_SIGNING, ExtendedKeyUsageOID.EMAIL_PROTECTION]), critical=False
        )
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(held.key.public_key()), critical=False
        )
        .add_extension(_crl_address(), critical=False)
        .sign(held.key, hashes.SHA256())
    )
    return key, certificate


def revocation_list() -> bytes:
    """The authority's own list (DER): the one-time certificates of seals that were made in error."""
    held, now = authority(), datetime.now(UTC)
    builder = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(held.certificate.subject)
        .last_update(now)
        .next_update(now + timedelta(days=7))
        .add_extension(x509.CRLNumber(int(now.timestamp())), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(held.key.public_key()), critical=False
        )
    )
    for row in RevokedCertificate.objects.filter(seal_key__serial=held.serial):
        builder = builder.add_revoked_certificate(
            x509.RevokedCertificateBuilder()
            .serial_number(int(row.serial, 16))
            .revocation_date(row.at)
            .build()
        )
    return builder.sign(held.key, hashes.SHA256()).public_bytes(Encoding.DER)


def from_pem(text: str) -> x509.Certificate:
    return x509.load_pem_x509_certificate(text.encode())


def pem(certificate: x509.Certificate) -> str:
    return certificate.public_bytes(Encoding.PEM).decode()


def _make_development_authority(folder: Path) -> None:
    """Root and authority, marked as development. Of two processes that start together the first one wins."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    aside = Path(tempfile.mkdtemp(dir=folder.parent, prefix=".seal-"))
    now = datetime.now(UTC)
    root_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    root_name = _name("CT HMIS Onboarding Portal Root", "CT HMIS Onboarding Portal", True)
    root = _authority_certificate(root_name, root_name, root_key, root_key, now + timedelta(days=365 * 30), 1)
    own_name = _name("CT HMIS Onboarding Portal Seal", "CT HMIS Onboarding Portal", True)
    own = _authority_certificate(own_name, root_name, key, root_key, now + timedelta(days=365 * 20), 0)
    contents = (
        _key_pem(key) + own.public_bytes(Encoding.PEM) + root.public_bytes(Encoding.PEM),
        _key_pem(root_key),
    )
    for name, data in zip(FILE_NAMES, contents, strict=True):
        (aside / name).write_bytes(data)
        (aside / name).chmod(0o600)
    try:
        os.rename(aside, folder)
    except OSError:
        if not (folder / FILE_NAMES[0]).exists():
            raise
        shutil.rmtree(aside)


def _authority_certificate(
    subject: x509.Name,
    issuer: x509.Name,
    key: ec.EllipticCurvePrivateKey,
    issuer_key: ec.EllipticCurvePrivateKey,
    until: datetime,
    path_length: int,
) -> x509.Certificate:
    builder = (
        _builder(subject, issuer, key, until)
        .add_extension(x509.BasicConstraints(ca=True, path_length=path_length), critical=True)
        .add_extension(_usage(key_cert_sign=True, crl_sign=True), critical=True)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()), critical=False
        )
    )
    return builder.sign(issuer_key, hashes.SHA256())


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey, until: datetime
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(datetime.now(UTC) - timedelta(minutes=5))
        .not_valid_after(until)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )


def _name(common_name: str, organization: str, development: bool) -> x509.Name:
    parts = [x509.NameAttribute(NameOID.ORGANIZATION_NAME, organization[:64] or "CT HMIS Onboarding Portal")]
    if development:
        parts.append(x509.NameAttribute(NameOID.ORGANIZATIONAL_UNIT_NAME, DEVELOPMENT_MARK))
    return x509.Name([*parts, x509.NameAttribute(NameOID.COMMON_NAME, common_name[:64])])


def _usage(**true: bool) -> x509.KeyUsage:
    names = (
        "digital_signature",
        "content_commitment",
        "key_encipherment",
        "data_encipherment",
        "key_agreement",
        "key_cert_sign",
        "crl_sign",
        "encipher_only",
        "decipher_only",
    )
    return x509.KeyUsage(**{name: true.get(name, False) for name in names})


def _crl_address() -> x509.CRLDistributionPoints:
    address = x509.UniformResourceIdentifier(f"{settings.BASE_URL}/seal/authority.crl")
    return x509.CRLDistributionPoints([x509.DistributionPoint([address], None, None, None)])


def _key_pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
