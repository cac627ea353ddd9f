"""What is revoked: the lists that readers of a seal ask for, and the end of trust in a key."""

from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from hmis_portal import queue
from hmis_portal.signing.models import RevocationList, RevokedCertificate, SealKey
from hmis_portal.signing.sealing import certificates, keys
from hmis_portal.signing.sealing.key_files import authorities, newest_root_list, read_root, root_key
from hmis_portal.web.errors import WrongState

DAY = timedelta(days=1)


def revocation_list(serial: str = "") -> bytes | None:
    """A seal key's own list (DER) of one-time certificates, as last published; of the one in use without a serial.

    A worker is asked for a new one first where the last no longer says what is true.
    """
    key = SealKey.objects.filter(serial=serial).first() if serial else newest_key()
    if key is None:
        return None
    latest = _newest(key.serial)
    if _is_stale(latest, RevokedCertificate.objects.filter(seal_key=key), "at"):
        _ask_worker()
        latest = _newest(key.serial)
    return bytes(latest.data) if latest else None


def newest_key() -> SealKey | None:
    """The key that seals now, as workers made it known; before the first seal one is asked to."""
    return keys.newest() or (keys.newest() if _ask_worker() else None)


def root_list() -> bytes | None:
    """The root's list (DER) of revoked authorities, as last published."""
    key, latest = keys.newest(), _newest("")
    revoked = SealKey.objects.exclude(revoked_at=None)
    if latest is None or (key and key.development and _is_stale(latest, revoked, "revoked_at")):
        _ask_worker()
        latest = _newest("")
    return bytes(latest.data) if latest else None


def _ask_worker() -> bool:
    return queue.publish("hmis_portal.signing.tasks.publish_lists")


def publish() -> None:
    """Worker's side: sign each list whose key is here, when something was revoked since or a day has passed.

    Makes known the key that seals, too. Safe to run twice.
    """
    held = authorities()
    keys.seal_key(held[0])
    for issuer in held:
        rows = RevokedCertificate.objects.filter(seal_key__serial=issuer.serial)
        if _is_stale(_newest(issuer.serial), rows, "at"):
            revoked = list(rows.order_by("at").values_list("serial", "at"))
            data = certificates.make_list(
                issuer.key, issuer.certificate, revoked, days=certificates.LIST_DAYS
            )
            RevocationList.objects.create(issuer=issuer.serial, data=data)
    if root := root_key():
        if _is_stale(_newest(""), SealKey.objects.exclude(revoked_at=None), "revoked_at"):
            data = certificates.make_list(*root, _revoked_authorities(), days=certificates.LIST_DAYS)
            RevocationList.objects.create(data=data)
        return
    of_file = newest_root_list()
    if of_file is not None and _says_more(of_file):
        RevocationList.objects.create(data=of_file.public_bytes(Encoding.DER))


def _says_more(of_file: x509.CertificateRevocationList) -> bool:
    """The list that came with a key is of nothing revoked: it never takes the place of one that names a key."""
    latest = _newest("")
    if latest is None:
        return True
    known = x509.load_der_x509_crl(bytes(latest.data))
    if known.issuer != of_file.issuer:
        return True
    return not list(known) and known.last_update_utc < of_file.last_update_utc


def _newest(issuer: str) -> RevocationList | None:
    return RevocationList.objects.filter(issuer=issuer).order_by("-made_at").first()


def _is_stale(
    latest: RevocationList | None, revoked: QuerySet[SealKey] | QuerySet[RevokedCertificate], at: str
) -> bool:
    if latest is None or timezone.now() - latest.made_at > DAY:
        return True
    return bool(revoked.filter(**{f"{at}__gt": latest.made_at}).exists())


def sign_root_list(path: Path) -> RevocationList:
    """Sign the root's list with a key that is only here for this, and keep it to be published."""
    key, root = read_root(path)
    data = certificates.make_list(key, root, _revoked_authorities(), days=certificates.ROOT_LIST_DAYS)
    return RevocationList.objects.create(data=data)


def unpublished(known: Iterable[SealKey]) -> bool:
    """Whether one of these keys is revoked and the root's published list does not say so: its key is elsewhere."""
    revoked = [key.revoked_at for key in known if key.revoked_at and not key.development]
    if not revoked:
        return False
    latest = _newest("")
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
    transaction.on_commit(_ask_worker)
    return row


def _revoked_authorities() -> list[certificates.Revoked]:
    rows = SealKey.objects.exclude(revoked_at=None).order_by("revoked_at")
    return [(row.serial, row.revoked_at) for row in rows if row.revoked_at]
