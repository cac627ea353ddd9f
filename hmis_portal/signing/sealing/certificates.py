"""X.509 of the seals: a root, authorities under it, one-time certificates, revocation lists. Pure functions.

Authorities name two addresses where a reader finds what is no longer to be trusted: the root's list for
authorities, an authority's own list for the one-time certificates it issued.
"""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from hmis_portal.signing.sealing.subjects import fitting

DOCUMENT_SIGNING = x509.ObjectIdentifier("1.3.6.1.5.5.7.3.36")  # RFC 9336
DEVELOPMENT_MARK = "DEVELOPMENT ONLY"
PORTAL = "CT HMIS Onboarding Portal"
ROOT_YEARS, AUTHORITY_YEARS = 30, 20
LIST_DAYS, ROOT_LIST_DAYS = 7, 400  # the root's key is seldom at hand

Key = ec.EllipticCurvePrivateKey
Revoked = tuple[str, datetime]  # serial in hexadecimal, since when


def make_root(*, development: bool) -> tuple[Key, x509.Certificate]:
    key = ec.generate_private_key(ec.SECP256R1())
    name = _name(f"{PORTAL} Root", PORTAL, development)
    until = datetime.now(UTC) + timedelta(days=365 * ROOT_YEARS)
    return key, _signed(_authority(name, name, key.public_key(), key.public_key(), until, 1), key)


def make_authority(
    root_key: Key, root: x509.Certificate, address: str, public_key: ec.EllipticCurvePublicKey
) -> x509.Certificate:
    """The certificate of an authority; `address` is the portal's, where the root's list is published."""
    development = DEVELOPMENT_MARK in root.subject.rfc4514_string()
    name = _name(f"{PORTAL} Seal {datetime.now(UTC):%Y}", PORTAL, development)
    until = min(datetime.now(UTC) + timedelta(days=365 * AUTHORITY_YEARS), root.not_valid_after_utc)
    builder = _authority(name, root.subject, public_key, root_key.public_key(), until, 0)
    return _signed(builder.add_extension(_list_at(f"{address}/seal/root.crl"), critical=False), root_key)


def make_one_time(
    issuer_key: Key, issuer: x509.Certificate, *, name: str, organization: str, list_address: str
) -> tuple[Key, x509.Certificate]:
    """A fresh key and its certificate in this name. It lives as long as its issuer, since the key is not kept."""
    key = ec.generate_private_key(ec.SECP256R1())
    development = DEVELOPMENT_MARK in issuer.subject.rfc4514_string()
    builder = (
        _builder(
            _name(name, organization, development),
            issuer.subject,
            key.public_key(),
            issuer.not_valid_after_utc,
        )
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(digital_signature=True, content_commitment=True), critical=True)
        .add_extension(
            x509.ExtendedKeyUsage([DOCUMENT_SIGNING, ExtendedKeyUsageOID.EMAIL_PROTECTION]), critical=False
        )
        .add_extension(_issued_by(issuer_key.public_key()), critical=False)
        .add_extension(_list_at(list_address), critical=False)
    )
    return key, _signed(builder, issuer_key)


def make_list(issuer_key: Key, issuer: x509.Certificate, revoked: Iterable[Revoked], *, days: int) -> bytes:
    """A signed list (DER) of what this issuer no longer stands for, good for so many days."""
    now = datetime.now(UTC)
    builder = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(issuer.subject)
        .last_update(now)
        .next_update(now + timedelta(days=days))
        .add_extension(x509.CRLNumber(int(now.timestamp() * 1000)), critical=False)
        .add_extension(_issued_by(issuer_key.public_key()), critical=False)
    )
    for serial, since in revoked:
        builder = builder.add_revoked_certificate(
            x509.RevokedCertificateBuilder().serial_number(int(serial, 16)).revocation_date(since).build()
        )
    return builder.sign(issuer_key, hashes.SHA256()).public_bytes(Encoding.DER)


def pem(certificate: x509.Certificate) -> str:
    return certificate.public_bytes(Encoding.PEM).decode()


def list_pem(data: bytes) -> str:
    return x509.load_der_x509_crl(data).public_bytes(Encoding.PEM).decode()


def from_pem(text: str) -> x509.Certificate:
    return x509.load_pem_x509_certificate(text.encode())


def key_pem(key: Key) -> str:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def _authority(
    subject: x509.Name,
    issuer: x509.Name,
    public_key: ec.EllipticCurvePublicKey,
    issuer_key: ec.EllipticCurvePublicKey,
    until: datetime,
    path_length: int,
) -> x509.CertificateBuilder:
    return (
        _builder(subject, issuer, public_key, until)
        .add_extension(x509.BasicConstraints(ca=True, path_length=path_length), critical=True)
        .add_extension(_usage(key_cert_sign=True, crl_sign=True), critical=True)
        .add_extension(_issued_by(issuer_key), critical=False)
    )


def _builder(
    subject: x509.Name, issuer: x509.Name, public_key: ec.EllipticCurvePublicKey, until: datetime
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(public_key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(datetime.now(UTC) - timedelta(minutes=5))
        .not_valid_after(until)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public_key), critical=False)
    )


def _signed(builder: x509.CertificateBuilder, key: Key) -> x509.Certificate:
    return builder.sign(key, hashes.SHA256())


def _name(common_name: str, organization: str, development: bool) -> x509.Name:
    parts = [x509.NameAttribute(NameOID.ORGANIZATION_NAME, fitting(organization) or PORTAL)]
    if development:
        parts.append(x509.NameAttribute(NameOID.ORGANIZATIONAL_UNIT_NAME, DEVELOPMENT_MARK))
    return x509.Name([*parts, x509.NameAttribute(NameOID.COMMON_NAME, fitting(common_name) or PORTAL)])


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


def _issued_by(key: ec.EllipticCurvePublicKey) -> x509.AuthorityKeyIdentifier:
    return x509.AuthorityKeyIdentifier.from_issuer_public_key(key)


def _list_at(address: str) -> x509.CRLDistributionPoints:
    place = x509.UniformResourceIdentifier(address)
    return x509.CRLDistributionPoints([x509.DistributionPoint([place], None, None, None)])
