"""The authorities' keys and certificates as they lie in PEM files or in a token, and the development's own."""

import os
import re
import shutil
import tempfile
from dataclasses import dataclass
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from hmis_portal.signing.sealing import certificates
from hmis_portal.signing.sealing.certificates import DEVELOPMENT_MARK, Key, pem

TOKENS = find_spec("pkcs11") is not None
if TOKENS:
    from hmis_portal.signing.sealing import token

CERTIFICATE = re.compile(rb"-----BEGIN CERTIFICATE-----.+?-----END CERTIFICATE-----\n?", re.DOTALL)
ROOT_LIST = re.compile(rb"-----BEGIN X509 CRL-----.+?-----END X509 CRL-----\n?", re.DOTALL)
ROOT_FILE, AUTHORITY_FILES = "root-key.pem", "authority*.pem"


@dataclass(frozen=True)
class Authority:
    """Key and certificate that certify one-time keys, and the chain above them, the root last."""

    key: Key
    certificate: x509.Certificate
    chain: tuple[x509.Certificate, ...]
    root_list: x509.CertificateRevocationList | None = None  # as the root signed it when it made this key

    @property
    def root(self) -> x509.Certificate:
        return self.chain[-1]

    @property
    def development(self) -> bool:
        return DEVELOPMENT_MARK in self.certificate.subject.rfc4514_string()

    @property
    def serial(self) -> str:
        return f"{self.certificate.serial_number:x}"


def authorities() -> list[Authority]:
    """The one that seals, then the earlier ones whose keys are still here.

    Raises ImproperlyConfigured where none is set outside development, or one cannot be read, and in a web process.
    """
    _not_in_web()
    paths = [Path(name) for name in settings.SEAL_CA_FILES]
    if not paths and not (settings.DEBUG or settings.TESTING):
        raise ImproperlyConfigured(
            "PORTAL_SEAL_CA_FILE is not set: set it to the PEM file of the sealing key; the portal never sends an unsealed document."
        )
    if not paths:
        folder = Path(settings.SEAL_DIR)
        if not (folder / ROOT_FILE).exists():
            _make_development_authority(folder)
        paths = sorted(
            folder.glob(AUTHORITY_FILES), key=lambda path: (len(path.name), path.name), reverse=True
        )
    return [_read(path, _version(path)) for path in paths]


def _not_in_web() -> None:
    if settings.PROCESS == "web":
        raise ImproperlyConfigured("Only workers read the sealing key: a web process asks them.")


def check_not_here() -> None:
    """Called where the web process starts, outside development: who takes it over must not find the sealing key."""
    if settings.DEBUG:
        return
    for name in filter(None, [*settings.SEAL_CA_FILES, settings.SEAL_PKCS11_PIN_FILE]):
        if os.access(name, os.R_OK):
            raise ImproperlyConfigured(
                f"The web process can read {name}: set PORTAL_SEAL_CA_FILE and PORTAL_SEAL_PKCS11_PIN_FILE for workers alone."
            )


def authority() -> Authority:
    return authorities()[0]


def read_authority(path: Path) -> Authority:
    """Key, certificate and chain from one PEM file, in any order but the root last; the key may be in the token."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise ImproperlyConfigured(f"The sealing key {path} cannot be read: {error.strerror}.") from error
    key = _key_of(data, path)
    present = [x509.load_pem_x509_certificate(part) for part in CERTIFICATE.findall(data)]
    own = [certificate for certificate in present if certificate.public_key() == key.public_key()]
    if not own:
        raise ImproperlyConfigured(f"{path.name} holds no certificate for its own key.")
    chain = tuple(certificate for certificate in present if certificate != own[0]) or (own[0],)
    lists = [x509.load_pem_x509_crl(part) for part in ROOT_LIST.findall(data)]
    return Authority(key, own[0], chain, lists[0] if lists else None)


def newest_root_list() -> x509.CertificateRevocationList | None:
    """The root's list that came with the newest key."""
    lists = [known.root_list for known in authorities() if known.root_list is not None]
    return max(lists, key=lambda root_list: root_list.last_update_utc, default=None)


def timestamp_root() -> x509.Certificate:
    """The root of the timestamp authority. Raises ImproperlyConfigured when its file cannot be read."""
    path = Path(settings.TIMESTAMP_ROOT_FILE)
    try:
        return x509.load_pem_x509_certificate(path.read_bytes())
    except (OSError, ValueError) as error:
        raise ImproperlyConfigured(f"PORTAL_TIMESTAMP_ROOT_FILE cannot be read: {path}.") from error


def root_key() -> tuple[Key, x509.Certificate] | None:
    """The root's key, where it is on this machine: in development."""
    _not_in_web()
    path = Path(settings.SEAL_DIR) / ROOT_FILE
    if settings.SEAL_CA_FILES or not path.exists():
        return None
    return _key_of(path.read_bytes(), path), authority().root


@lru_cache(maxsize=16)
def _read(path: Path, version: tuple[int, int]) -> Authority:
    return read_authority(path)


def _version(path: Path) -> tuple[int, int]:
    try:
        status = path.stat()
    except OSError as error:
        raise ImproperlyConfigured(f"The sealing key {path} cannot be read: {error.strerror}.") from error
    return status.st_mtime_ns, status.st_size


def _key_of(data: bytes, path: Path) -> Key:
    if b"PRIVATE KEY-----" not in data and settings.SEAL_PKCS11_MODULE:
        return token_key()
    try:
        key = load_pem_private_key(data, password=None)
    except (ValueError, TypeError) as error:
        raise ImproperlyConfigured(f"{path.name} holds no sealing key that can be read.") from error
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise ImproperlyConfigured(
            f"The sealing key in {path.name} must be an elliptic curve key, such as P-256."
        )
    return key


def token_key() -> Key:
    """The key in the token that the settings name. Raises ImproperlyConfigured when it cannot be used."""
    if not TOKENS:
        raise ImproperlyConfigured(
            "A sealing key in a token needs the library python-pkcs11: install the extra `pkcs11`."
        )
    try:
        pin = Path(settings.SEAL_PKCS11_PIN_FILE).read_text().strip()
        return token.TokenKey(
            settings.SEAL_PKCS11_MODULE, settings.SEAL_PKCS11_TOKEN, settings.SEAL_PKCS11_KEY, pin
        )
    except OSError as error:
        raise ImproperlyConfigured(
            f"PORTAL_SEAL_PKCS11_PIN_FILE cannot be read: {error.strerror}."
        ) from error
    except token.TokenError as error:
        raise ImproperlyConfigured(str(error)) from error


def read_root(path: Path) -> tuple[Key, x509.Certificate]:
    root = read_authority(path)
    return root.key, root.certificate


def new_authority(root_key: Key, root: x509.Certificate) -> tuple[Key, x509.Certificate]:
    key = ec.generate_private_key(ec.SECP256R1())
    return key, certificates.make_authority(root_key, root, settings.BASE_URL, key.public_key())


def _make_development_authority(folder: Path) -> None:
    """Root and authority, marked as development. Of two processes that start together the first one wins."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    aside = Path(tempfile.mkdtemp(dir=folder.parent, prefix=".seal-"))
    root_key, root = certificates.make_root(development=True)
    key, own = new_authority(root_key, root)
    contents = {
        "authority.pem": certificates.key_pem(key) + pem(own) + pem(root),
        ROOT_FILE: certificates.key_pem(root_key) + pem(root),
    }
    for name, data in contents.items():
        (aside / name).write_text(data)
        (aside / name).chmod(0o600)
    try:
        os.rename(aside, folder)
    except OSError:
        if not (folder / ROOT_FILE).exists():
            raise
        shutil.rmtree(aside)
