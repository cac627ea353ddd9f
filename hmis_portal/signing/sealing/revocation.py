"""What is revoked: the lists that readers of a seal ask for, and the end of trust in a key."""

import hashlib
from collections.abc import Callable, Iterable
from pathlib import Path

from django.core.cache import cache
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from hmis_portal.signing.models import RevocationList, RevokedCertificate, SealKey
from hmis_portal.signing.sealing import certificates
from hmis_portal.signing.sealing.key_files import authorities, newest_root_list, read_root, root_key
from hmis_portal.web.errors import WrongState


def revocation_list(serial: str = "") -> bytes | None:
    """An authority's own list (DER) of one-time certificates; of the one in use without a serial."""
    issuer = next((known for known in authorities() if serial in ("", known.serial)), None)
    if issuer is None:
        return None
    rows = RevokedCertificate.objects.filter(seal_key__serial=issuer.serial)
    revoked = list(rows.order_by("at").values_list("serial", "at"))
    return _kept(
        f"crl:{issuer.serial}",
        revoked,
        lambda: certificates.make_list(issuer.key, issuer.certificate, revoked, days=certificates.LIST_DAYS),
    )


def root_list() -> bytes | None:
    """The root's list (DER) of revoked authorities: signed now where the root's key is, else as last signed."""
    if root := root_key():
        revoked = _revoked_authorities()
        return _kept(
            f"crl:root:{root[1].serial_number:x}",
            revoked,
            lambda: certificates.make_list(*root, revoked, days=certificates.LIST_DAYS),
        )
    latest = RevocationList.objects.order_by("-made_at").first()
    return bytes(latest.data) if latest else newest_root_list()


def sign_root_list(path: Path) -> RevocationList:
    """Sign the root's list with a key that is only here for this, and keep it to be published."""
    key, root = read_root(path)
    data = certificates.make_list(key, root, _revoked_authorities(), days=certificates.ROOT_LIST_DAYS)
    return RevocationList.objects.create(data=data)


def unpublished(known: Iterable[SealKey]) -> bool:
    """Whether one of these keys is revoked and the root's published list does not say so: its key is elsewhere."""
    revoked = [key.revoked_at for key in known if key.revoked_at]
    if not revoked or root_key() is not None:
        return False
    latest = RevocationList.objects.order_by("-made_at").first()
    return latest is None or latest.made_at < max(revoked)


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


def _revoked_authorities() -> list[certificates.Revoked]:
    rows = SealKey.objects.exclude(revoked_at=None).order_by("revoked_at")
    return [(row.serial, row.revoked_at) for row in rows if row.revoked_at]


def _kept(name: str, revoked: list[certificates.Revoked], make: Callable[[], bytes]) -> bytes:
    """Signed once for the same entries in some minutes, so that asking for a list costs no signature."""
    key = f"{name}:{hashlib.sha256(repr(revoked).encode()).hexdigest()}"
    data: bytes | None = cache.get(key)
    if data is None:
        data = make()
        cache.set(key, data, 600)
    return data
