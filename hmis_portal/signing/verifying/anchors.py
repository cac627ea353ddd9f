"""Anchors: each day a signed line says outside the database how far the record went, so that a missing end is seen.

They lie beside the documents, each under the number of its link and its own hash, and go by mail to whom a setting names.
A line is signed by the seal key, which the web process and the database do not hold.
"""

import base64
import hashlib
import json
from collections.abc import Iterator

import structlog
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.files.storage import default_storage
from django.utils import timezone
from django.utils.translation import gettext as _

from hmis_portal import documents
from hmis_portal.accounts import emails
from hmis_portal.attesting import chain
from hmis_portal.events import PortalEvent
from hmis_portal.models import ChainLink, PortalSettings
from hmis_portal.running.away import PartAway
from hmis_portal.signing.agreeing.evidence.chain import canonical_json
from hmis_portal.signing.sealing import certificates, holding, key_files, keys

log = structlog.get_logger(__name__)
FOLDER = "anchors"
AUDITORS = "auditors"


def names() -> list[str]:
    """Of all anchors, the oldest first. Raises PartAway while the storage is away."""
    if part := documents.storage_away():
        raise PartAway(part, "The anchors cannot be read now.")
    try:
        return sorted(default_storage.listdir(FOLDER)[1])
    except FileNotFoundError:
        return []


def cast() -> str | None:
    """Sign where the chain ends now, keep that outside and tell it; its name, None when nothing is new."""
    last = chain.last()
    if last is None or any(name.startswith(f"{last.sequence:012}-") for name in names()):
        return None
    held = key_files.authority()
    keys.seal_key(held)  # known from now on, so that whoever reads the anchor knows its root
    line = canonical_json(
        {
            "portal": settings.BASE_URL,
            "at": timezone.now().isoformat(),
            "link": last.sequence,
            "mark": last.mark,
            "certificate": certificates.pem(held.certificate),
        }
    )
    signature = held.key.sign(line.encode(), ec.ECDSA(hashes.SHA256()))
    data = json.dumps({"line": line, "signature": base64.b64encode(signature).decode()}).encode()
    name = f"{last.sequence:012}-{hashlib.sha256(data).hexdigest()[:32]}.json"
    documents.put(f"{FOLDER}/{name}", data)
    for address in _told():
        emails.anchor(address, number=last.sequence, mark=last.mark)
    return name


def against() -> list[chain.ChainFinding]:
    """What the anchors say against the record of now. Raises PartAway while the storage is away."""
    told_of = PortalSettings.load()
    for name in names():
        line = _read(name)
        if line is None:
            words = _("The anchor %(name)s is not one that the portal signed.") % {"name": name}
            return [chain.ChainFinding(PortalEvent.RECORD_CHANGED, told_of, words)]
        if not ChainLink.objects.filter(sequence=line["link"], mark=line["mark"]).exists():
            words = _(
                "The record went to link %(number)d on %(at)s, and does not any more: its end was cut off."
            )
            return [
                chain.ChainFinding(
                    PortalEvent.RECORD_CUT, told_of, words % {"number": line["link"], "at": line["at"]}
                )
            ]
    return []


def _read(name: str) -> dict[str, str] | None:
    """What an anchor says; None when no key of the portal signed it."""
    try:
        with default_storage.open(f"{FOLDER}/{name}") as file:
            whole = json.loads(file.read())
        line: dict[str, str] = json.loads(whole["line"])
        certificate = certificates.from_pem(line["certificate"])
        key = certificate.public_key()
        if not isinstance(key, ec.EllipticCurvePublicKey):
            return None
        key.verify(base64.b64decode(whole["signature"]), whole["line"].encode(), ec.ECDSA(hashes.SHA256()))
    except (ValueError, KeyError, TypeError, InvalidSignature):
        return None
    return line if any(_issued(root, certificate) for root in holding.roots()) else None


def _issued(root: str, certificate: x509.Certificate) -> bool:
    try:
        certificate.verify_directly_issued_by(certificates.from_pem(root))
    except (ValueError, TypeError, InvalidSignature):
        return False
    return True


def _told() -> Iterator[str]:
    for name in settings.ANCHOR_MAIL:
        if name != AUDITORS:
            yield name
            continue
        auditors = get_user_model()._default_manager.filter(groups__name="Auditor", is_active=True)
        yield from auditors.values_list("email", flat=True)
