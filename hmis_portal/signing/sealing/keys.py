"""The portal's authorities: which one seals now, how the next one is made, and the one-time keys they certify.

Each seal has a fresh P-256 key that is forgotten at once, so nobody, the portal included, can seal in a signer's
name again. What must be kept safe is the authority's key alone: in a PEM file or in a PKCS#11 token. A new key is
added before the earlier ones, which stay to sign their revocation lists. Development makes its own at first use.
"""

import os
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from hmis_portal.environment import private_file
from hmis_portal.signing.models import SealKey
from hmis_portal.signing.sealing import certificates
from hmis_portal.signing.sealing.certificates import Key, pem
from hmis_portal.signing.sealing.key_files import (
    AUTHORITY_FILES,
    Authority,
    authorities,
    authority,
    new_authority,
    read_root,
    root_key,
    timestamp_root,
)
from hmis_portal.web.errors import WrongState


class NoKeyError(Exception):
    """Nothing can be sealed: the only key is revoked."""


def check_configured() -> None:
    """Called where the portal starts: a key that cannot be used stops it with a sentence."""
    if settings.SEAL_CA_FILES or not (settings.DEBUG or settings.TESTING):
        authorities()
    if not (settings.DEBUG or settings.TESTING):
        for name in filter(None, [*settings.SEAL_CA_FILES, settings.SEAL_PKCS11_PIN_FILE]):
            private_file(Path(name))
    if settings.TIMESTAMP_ROOT_FILE:
        timestamp_root()


def seal_key(held: Authority) -> SealKey:
    """The row of an authority. At its first seal it is made, and the one before is retired."""
    if known := SealKey.objects.filter(serial=held.serial).first():
        return known
    with transaction.atomic():
        row, created = SealKey.objects.get_or_create(
            serial=held.serial,
            defaults={
                "subject": held.certificate.subject.rfc4514_string()[:200],
                "certificate": pem(held.certificate),
                "chain": "".join(pem(certificate) for certificate in held.chain),
                "development": held.development,
            },
        )
        if created:
            SealKey.objects.exclude(pk=row.pk).filter(retired_at=None).update(retired_at=timezone.now())
    return row


def newest() -> SealKey | None:
    """The key that seals now, as workers made it known; the one that did last when it is revoked."""
    return SealKey.objects.order_by("retired_at", "-active_from").first()


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


def rotate() -> SealKey:
    """Make the key of the next year and seal with it from now on. Raises WrongState where keys come from files."""
    root = root_key()
    if root is None:
        raise WrongState(_("The root’s key is not on this machine. Make the new key with the command."))
    folder = Path(settings.SEAL_DIR)
    key, certificate = new_authority(*root)
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
    """The PEM of a new authority under a root kept elsewhere; without its key when that is in a token.

    With it goes a list of the root, of nothing revoked, so that its address answers from the first day.
    """
    root_key, root = read_root(root_path)
    listed = certificates.make_list(root_key, root, [], days=certificates.ROOT_LIST_DAYS)
    rest = pem(root) + certificates.list_pem(listed)
    if public_key is not None:
        return pem(certificates.make_authority(root_key, root, settings.BASE_URL, public_key)) + rest
    key, certificate = new_authority(root_key, root)
    return certificates.key_pem(key) + pem(certificate) + rest


def new_root_file() -> str:
    key, root = certificates.make_root(development=False)
    return certificates.key_pem(key) + pem(root)
