"""The portal's authorities: which one seals now, which sealed before, what is revoked.

Each seal has a fresh P-256 key that is forgotten at once, so nobody, the portal included, can seal in a signer's
name again. What must be kept safe is the authority's key alone: in a PEM file or in a PKCS#11 token. A new key is
added before the earlier ones, which stay to sign their revocation lists. Development makes its own at first use.
"""

import os
import re
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from django.conf import settings
from django.core.cache import cache
from django.core.exceptions import ImproperlyConfigured
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from hmis_portal.errors import WrongState
from hmis_portal.signing import certificates
from hmis_portal.signing.certificates import DEVELOPMENT_MARK, Key, from_pem, pem
from hmis_portal.signing.models import RevocationList, RevokedCertificate, SealKey

__all__ = ["DEVELOPMENT_MARK", "from_pem", "pem"]
CERTIFICATE = re.compile(rb"-----BEGIN CERTIFICATE-----.+?-----END CERTIFICATE-----\n?", re.DOTALL)
ROOT_FILE, AUTHORITY_FILES = "root-key.pem", "authority*.pem"
ROOT_LIST_DAYS = 400


class NoKeyError(Exception):
    """Nothing can be sealed: the only key is revoked."""


@dataclass(frozen=True)
class Authority:
    """Key and certificate that certify one-time keys, and the chain above them, the root last."""

    key: Key
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


def authorities() -> list[Authority]:
    """The one that seals, then the earlier ones whose keys are still here.

    Raises ImproperlyConfigured where none is set outside development, or one cannot be read.
    """
    paths = [Path(name) for name in settings.SEAL_CA_FILES]
    if not paths and not (settings.DEBUG or settings.TESTING):
        raise ImproperlyConfigured(
            "PORTAL_SEAL_CA_FILE is not set: without the sealing key nothing can be sealed."
        )
    if not paths:
        folder = Path(settings.SEAL_DIR)
        if not (folder / ROOT_FILE).exists():
            _make_development_authority(folder)
        paths = sorted(
            folder.glob(AUTHORITY_FILES), key=lambda path: (len(path.name), path.name), reverse=True
        )
    return [_read(path, _version(path)) for path in paths]


def authority() -> Authority:
    return authorities()[0]


def check_configured() -> None:
    """Called where the portal starts: a key that cannot be used stops it with a sentence."""
    if settings.SEAL_CA_FILES or not (settings.DEBUG or settings.TESTING):
        authorities()
    if settings.TIMESTAMP_ROOT_FILE:
        timestamp_root()


def read_authority(path: Path) -> Authority:
    """Key, certificate and chain from one PEM file, in any order but the root last; the key may be in the token."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise ImproperlyConfigured(f"The sealing key {path} cannot be read: {error.strerror}.") from error
    key = _key_of(data, path)
    certificates = [x509.load_pem_x509_certificate(part) for part in CERTIFICATE.findall(data)]
    own = [found for found in certificates if found.public_key() == key.public_key()]
    if not own:
        raise ImproperlyConfigured(f"{path.name} holds no certificate for its own key.")
    chain = tuple(found for found in certificates if found != own[0]) or (own[0],)
    return Authority(key, own[0], chain)


def seal_key(held: Authority) -> SealKey:
    """The row of an authority. At its first seal it is made, and the one before is retired."""
    if found := SealKey.objects.filter(serial=held.serial).first():
        return found
    with transaction.atomic():
        row, created = SealKey.objects.get_or_create(
            serial=held.serial,
            defaults={
                "subject": held.certificate.subject.rfc4514_string()[:200],
                "certificate": pem(held.certificate),
                "chain": "".join(pem(found) for found in held.chain),
                "development": held.development,
            },
        )
        if created:
            SealKey.objects.exclude(pk=row.pk).filter(retired_at=None).update(retired_at=timezone.now())
    return row


def one_time_certificate(held: Authority, name: str, organization: str) -> tuple[Key, x509.Certificate]:
    """A fresh key and its certificate in this name. Raises NoKeyError when the authority's own key is revoked."""
    if SealKey.objects.filter(serial=held.serial).exclude(revoked_at=None).exists():
        raise NoKeyError("The sealing key is revoked. Add a new one; the files that wait are sealed then.")
    return certificates.make_one_time(
        held.key,
        held.certificate,
        name=name,
        organization=organization,
        list_address=f"{settings.BASE_URL}/seal/{held.serial}.crl",
    )


# --- revocation ---------------------------------------------------------------------------------------------


def revocation_list(serial: str = "") -> bytes | None:
    """An authority's own list (DER) of one-time certificates; of the one in use without a serial."""
    found = next((one for one in authorities() if serial in ("", one.serial)), None)
    if found is None:
        return None
    rows = RevokedCertificate.objects.filter(seal_key__serial=found.serial)
    revoked = list(rows.order_by("at").values_list("serial", "at"))
    return _kept(
        f"crl:{found.serial}:{len(revoked)}",
        lambda: certificates.make_list(found.key, found.certificate, revoked, days=certificates.LIST_DAYS),
    )


def root_list() -> bytes | None:
    """The root's list (DER) of revoked authorities: signed now where the root's key is, else as last signed."""
    if root := root_key():
        revoked = _revoked_authorities()
        return _kept(
            f"crl:root:{root[1].serial_number:x}:{len(revoked)}",
            lambda: certificates.make_list(*root, revoked, days=certificates.LIST_DAYS),
        )
    latest = RevocationList.objects.order_by("-made_at").first()
    return bytes(latest.data) if latest else None


def timestamp_root() -> x509.Certificate:
    """The root of the timestamp authority. Raises ImproperlyConfigured when its file cannot be read."""
    path = Path(settings.TIMESTAMP_ROOT_FILE)
    try:
        return x509.load_pem_x509_certificate(path.read_bytes())
    except (OSError, ValueError) as error:
        raise ImproperlyConfigured(f"PORTAL_TIMESTAMP_ROOT_FILE cannot be read: {path}.") from error


def sign_root_list(path: Path) -> RevocationList:
    """Sign the root's list with a key that is only here for this, and keep it to be published."""
    key, root = _read_root(path)
    data = certificates.make_list(key, root, _revoked_authorities(), days=ROOT_LIST_DAYS)
    return RevocationList.objects.create(data=data)


def root_key() -> tuple[Key, x509.Certificate] | None:
    """The root's key, where it is on this machine: in development."""
    path = Path(settings.SEAL_DIR) / ROOT_FILE
    if settings.SEAL_CA_FILES or not path.exists():
        return None
    return _key_of(path.read_bytes(), path), authority().root


def rotate() -> SealKey:
    """Make the key of the next year and seal with it from now on. Raises WrongState where keys come from files."""
    root = root_key()
    if root is None:
        raise WrongState(_("The root’s key is not on this machine. Make the new key with the command."))
    folder = Path(settings.SEAL_DIR)
    key, certificate = _new_authority(*root)
    number = len(list(folder.glob(AUTHORITY_FILES))) + 1
    aside = folder / f".new-{certificate.serial_number:x}"
    aside.write_text(certificates.key_pem(key) + pem(certificate) + pem(root[1]))
    aside.chmod(0o600)
    try:
        os.link(aside, folder / f"authority-{number:04}.pem")
    except FileExistsError as error:
        raise WrongState(_("Somebody else made a new key a moment ago.")) from error
    finally:
        aside.unlink()
    return seal_key(authority())


def new_authority_file(root_path: Path, public_key: ec.EllipticCurvePublicKey | None = None) -> str:
    """The PEM of a new authority under a root kept elsewhere; without its key when that is in a token."""
    root_key, root = _read_root(root_path)
    if public_key is not None:
        return pem(certificates.make_authority(root_key, root, settings.BASE_URL, public_key)) + pem(root)
    key, certificate = _new_authority(root_key, root)
    return certificates.key_pem(key) + pem(certificate) + pem(root)


def new_root_file() -> str:
    key, root = certificates.make_root(development=False)
    return certificates.key_pem(key) + pem(root)


@transaction.atomic
def revoke(row: SealKey, *, reason: str) -> SealKey:
    """Trust in a key ends now. Files sealed with it before stay known by their hashes."""
    row = SealKey.objects.select_for_update().get(pk=row.pk)
    if row.revoked_at:
        raise WrongState(_("This key is revoked already."))
    row.revoked_at, row.revoked_because = timezone.now(), reason
    row.retired_at = row.retired_at or row.revoked_at
    row.save(update_fields=["revoked_at", "revoked_because", "retired_at"])
    return row


# --- files --------------------------------------------------------------------------------------------------


@lru_cache(maxsize=16)
def _read(path: Path, version: tuple[int, int]) -> Authority:
    return read_authority(path)


def _version(path: Path) -> tuple[int, int]:
    try:
        found = path.stat()
    except OSError as error:
        raise ImproperlyConfigured(f"The sealing key {path} cannot be read: {error.strerror}.") from error
    return found.st_mtime_ns, found.st_size


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
    try:
        from hmis_portal.signing import token
    except ImportError as error:
        raise ImproperlyConfigured(
            "A sealing key in a token needs the library python-pkcs11: install the extra `pkcs11`."
        ) from error
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


def _read_root(path: Path) -> tuple[Key, x509.Certificate]:
    found = read_authority(path)
    return found.key, found.certificate


def _new_authority(root_key: Key, root: x509.Certificate) -> tuple[Key, x509.Certificate]:
    key = ec.generate_private_key(ec.SECP256R1())
    return key, certificates.make_authority(root_key, root, settings.BASE_URL, key.public_key())


def _make_development_authority(folder: Path) -> None:
    """Root and authority, marked as development. Of two processes that start together the first one wins."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    aside = Path(tempfile.mkdtemp(dir=folder.parent, prefix=".seal-"))
    root_key, root = certificates.make_root(development=True)
    key, own = _new_authority(root_key, root)
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


def _revoked_authorities() -> list[certificates.Revoked]:
    rows = SealKey.objects.exclude(revoked_at=None).order_by("revoked_at")
    return [(row.serial, row.revoked_at) for row in rows if row.revoked_at]


def _kept(key: str, make: Callable[[], bytes]) -> bytes:
    """Signed once for the same entries in some minutes, so that asking for a list costs no signature."""
    data: bytes | None = cache.get(key)
    if data is None:
        data = make()
        cache.set(key, data, 600)
    return data
