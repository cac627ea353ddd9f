"""Files that strangers upload to be verified: kept in the cache for minutes, never stored.

Reading the seals of one may take a worker twenty seconds, so a worker of their own does that, one at a time: seals and
mail never wait behind them. The same file is read once; a few wait at most.
"""

from typing import Any
from uuid import uuid4

from django.core.cache import cache
from django.utils.translation import gettext as _

from hmis_portal import queue
from hmis_portal.celery import UPLOADS_QUEUE
from hmis_portal.signing.models import CompletionCertificate, PaperScan, Revision
from hmis_portal.signing.verifying import findings
from hmis_portal.signing.verifying.findings import Answer, Finding
from hmis_portal.web.errors import GuardFailed

MINUTES, READ_WITHIN_MINUTES = 15, 6
MOST_WAITING = 10
KINDS = ("revision", "certificate", "scan")  # the rows of a finding, kept by the hash of their file


def receive(data: bytes) -> str:
    """Answer at once what hashes can tell, leave the rest to a worker; returns the token of the answer's page.

    Raises GuardFailed when no worker can take the file now.
    """
    token = uuid4().hex
    finding = findings.look_up(data)
    if finding is not None:
        _keep(finding)
        sha256 = finding.sha256
    else:
        sha256 = findings.digest(data)
        _have_read(sha256, data)
    cache.set(f"verify-token:{token}", sha256, MINUTES * 60)
    return token


def _have_read(sha256: str, data: bytes) -> None:
    """Hand the file to the worker, unless it has read it or has it already."""
    if not cache.add(_answer(sha256), {"answer": ""}, READ_WITHIN_MINUTES * 60):
        return
    cache.set(_file(sha256), data, READ_WITHIN_MINUTES * 60)
    room = queue.waiting(UPLOADS_QUEUE) < MOST_WAITING
    if room and queue.publish("hmis_portal.signing.tasks.check_upload", sha256):
        return
    cache.delete_many([_answer(sha256), _file(sha256)])
    raise GuardFailed(_("The portal cannot check this file right now. Try again in a few minutes"))


def check(sha256: str) -> None:
    """Worker's side; safe to run twice."""
    data = cache.get(_file(sha256))
    if data is not None:
        _keep(findings.by_seals(data))
        cache.delete(_file(sha256))


def answer(token: str) -> Finding | None:
    """The finding; None while the worker is at it. Raises KeyError when the token is unknown or has lapsed."""
    sha256: str | None = cache.get(f"verify-token:{token}")
    if sha256 is None:
        raise KeyError(token)
    stored: dict[str, Any] | None = cache.get(_answer(sha256))
    if stored is None:  # no worker came to it in time
        return Finding(Answer.UNSURE, sha256)
    if not stored["answer"]:
        return None
    tables: dict[str, Any] = {
        "revision": Revision.objects.select_related("request__version", "seal_key"),
        "certificate": CompletionCertificate.objects.select_related("request__version", "seal_key"),
        "scan": PaperScan.objects.select_related("act__party__request"),
    }
    rows = {name: table.filter(sha256=stored[name]).last() for name, table in tables.items() if stored[name]}
    if None in rows.values():  # this is another database than the one that the answer is from
        return Finding(Answer.UNSURE, sha256)
    return Finding(
        Answer(stored["answer"]),
        stored["sha256"],
        added_bytes=stored["added_bytes"],
        reads_as=stored["reads_as"],
        **rows,
    )


def _keep(finding: Finding) -> None:
    stored = {
        "answer": finding.answer.value,
        "sha256": finding.sha256,
        "added_bytes": finding.added_bytes,
        "reads_as": finding.reads_as,
        **{name: getattr(finding, name).sha256 if getattr(finding, name) else "" for name in KINDS},
    }
    cache.set(_answer(finding.sha256), stored, MINUTES * 60)


def _answer(sha256: str) -> str:
    return f"verify-answer:{sha256}"


def _file(sha256: str) -> str:
    return f"verify-file:{sha256}"
