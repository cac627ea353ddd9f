"""Keys and secrets of learning systems: a secret is shown once, when it is made, and kept as its hash.

It is 256 random bits, which nobody guesses, so that a plain hash is enough and each request costs little.
"""

import hashlib
import hmac
import secrets

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from agencies.models import User
from hmis_portal import audit
from hmis_portal.web.errors import GuardFailed, WrongState
from training.events import TrainingEvent
from training.models import Credential, Door


def make(door: Door, *, by: User) -> tuple[Credential, str]:
    """New credentials for a source, and the secret, which is nowhere else."""
    if door.kind != Door.Kind.XAPI or not door.active:
        raise GuardFailed(_("Only a source in use whose results come by xAPI has credentials."))
    secret = secrets.token_urlsafe(32)
    with transaction.atomic():
        credential = Credential.objects.create(
            door=door, key=secrets.token_hex(10), secret_sha256=_hash(secret), made_by=by
        )
        audit.record(by=by, verb=TrainingEvent.CREDENTIALS_MADE, obj=credential)
    return credential, secret


def revoke(credential: Credential, *, by: User) -> None:
    with transaction.atomic():
        row = Credential.objects.select_for_update(of=("self",)).select_related("door").get(pk=credential.pk)
        if row.revoked_at is not None:
            raise WrongState(_("These credentials were already revoked."))
        row.revoked_at, row.revoked_by = timezone.now(), by
        row.save(update_fields=["revoked_at", "revoked_by"])
        audit.record(by=by, verb=TrainingEvent.CREDENTIALS_REVOKED, obj=row)


def known(key: str, secret: str) -> Credential | None:
    """The credentials that these are, while they are good."""
    row = (
        Credential.objects.select_related("door").filter(key=key, revoked_at=None, door__active=True).first()
    )
    if row is None or not hmac.compare_digest(row.secret_sha256, _hash(secret)):
        return None
    today = timezone.localdate()
    if row.used_on != today:
        Credential.objects.filter(pk=row.pk).update(used_on=today)
    return row


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()
