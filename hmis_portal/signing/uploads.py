"""Files that strangers upload to be verified: kept in the cache for minutes, never stored."""

from typing import Any
from uuid import uuid4

from django.core.cache import cache

from hmis_portal.signing import verify
from hmis_portal.signing.models import CompletionCertificate, PaperScan, Revision
from hmis_portal.signing.verify import Answer, Finding
from hmis_portal.tasks import publish

MINUTES = 15


def receive(data: bytes) -> str:
    """Answer at once what hashes can tell, leave the rest to a worker; returns the token of the answer's page."""
    from hmis_portal.signing.tasks import check_upload

    token = uuid4().hex
    found = verify.look_up(data)
    if found is not None:
        _keep(token, found)
        return token
    cache.set(f"verify-answer:{token}", {"answer": ""}, MINUTES * 60)
    cache.set(f"verify-file:{token}", data, MINUTES * 60)
    publish(check_upload, token)
    return token


def check(token: str) -> None:
    """Worker's side; safe to run twice."""
    data = cache.get(f"verify-file:{token}")
    if data is not None:
        _keep(token, verify.by_seals(data))
        cache.delete(f"verify-file:{token}")


def answer(token: str) -> Finding | None:
    """The finding; None while the worker is at it. Raises KeyError when the token is unknown or has lapsed."""
    kept: dict[str, Any] | None = cache.get(f"verify-answer:{token}")
    if kept is None:
        raise KeyError(token)
    if not kept["answer"]:
        return None
    revision = (
        Revision.objects.select_related("request__version", "seal_key").filter(pk=kept["revision"]).first()
    )
    certificate = (
        CompletionCertificate.objects.select_related("request__version", "seal_key")
        .filter(pk=kept["certificate"])
        .first()
    )
    scan = PaperScan.objects.select_related("act__party__request").filter(pk=kept["scan"]).first()
    return Finding(Answer(kept["answer"]), kept["sha256"], revision, kept["added_bytes"], certificate, scan)


def _keep(token: str, found: Finding) -> None:
    kept = {
        "answer": found.answer.value,
        "sha256": found.sha256,
        "added_bytes": found.added_bytes,
        "revision": found.revision.pk if found.revision else None,
        "certificate": found.certificate.pk if found.certificate else None,
        "scan": found.scan.pk if found.scan else None,
    }
    cache.set(f"verify-answer:{token}", kept, MINUTES * 60)
