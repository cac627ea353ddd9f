"""Workers' side of signing: make one file, and find every file that should exist and does not."""

from contextlib import suppress
from datetime import timedelta

import structlog
from celery import shared_task
from celery.signals import worker_init
from django.contrib.auth import get_user_model
from django.core.exceptions import ImproperlyConfigured
from django.db import OperationalError, transaction
from django.utils import timezone

from hmis_portal import audit, queue
from hmis_portal.attesting import keys as evidence_keys
from hmis_portal.celery import app
from hmis_portal.events import PortalEvent
from hmis_portal.running import roles, tries
from hmis_portal.running.away import PartAway
from hmis_portal.signing.agreeing import revisions
from hmis_portal.signing.models import Revision, SealJob
from hmis_portal.signing.sealing import keys, revocation
from hmis_portal.signing.verifying import integrity, uploads

log = structlog.get_logger(__name__)
CHECK_WAITS = 1800  # of 40 seconds: some twenty hours


@worker_init.connect
def check_configured(**_kwargs: object) -> None:
    """A worker that could not seal does not start; one that does makes its key known."""
    try:
        evidence_keys.check_configured()
        keys.check_configured()
        roles.check_not_owner()
    except ImproperlyConfigured as error:
        raise SystemExit(str(error)) from error  # Celery only logs other exceptions of its signals
    with suppress(OperationalError):  # without a database it is done when the first file is sealed
        revocation.publish()
    roles.forget_connections()


@shared_task
def make_file(request_id: str, step: str) -> None:
    """Make the file of one step. Safe to run twice, killed at any point, or on two workers at once."""
    try:
        if step == Revision.CERTIFICATE:
            revisions.make_certificate(request_id)
        else:
            revisions.make(request_id, step)
    except Exception as error:
        revisions.note_failure(request_id, step, error)
        raise


@shared_task
def sweep() -> None:
    """Queue every file not made yet whose time has come, the oldest first; say so after five minutes."""
    now = timezone.now()
    late = tries.late("created_at", now)
    waiting = SealJob.objects.filter(late, tries.due(now), done_at=None, parked_at=None).order_by(
        "created_at"
    )
    if not waiting.exists():
        return
    for job in waiting[: tries.at_once(500)]:
        if job.created_at < now - timedelta(minutes=5):
            log.warning("file_late", request=str(job.request_id), step=job.step, attempts=job.attempts)
        queue.publish("hmis_portal.signing.tasks.make_file", str(job.request_id), job.step)


@shared_task
def check_upload(sha256: str) -> None:
    """Read the seals of a file that somebody uploaded to the verifier; the answer waits under its hash."""
    uploads.check(sha256)


@shared_task
def check_documents(after: int = 0, waited: int = 0) -> None:
    """Every night: hash stored documents again, a batch a task; then read the chains of events and the signatures.

    While the storage is away nothing is found; the check goes on when it is back, or begins anew the next night.
    """
    try:
        last = integrity.check_documents(after)
    except PartAway as error:
        log.warning("check_waits", part=error.part.value, waited=waited)
        if waited < CHECK_WAITS and not app.conf.task_always_eager:
            check_documents.apply_async((after, waited + 1), countdown=min(2 ** (waited + 1), 40))
        return
    if last is not None:
        check_documents.delay(last)
    else:
        check_records.delay()


@shared_task
def check_records(after: str = "") -> None:
    """The chains of events and the signatures, a batch a task; then the record as a whole."""
    last = integrity.check_records(after)
    if last is not None:
        check_records.delay(last)
    else:
        check_chain.delay()


@shared_task
def check_chain(after: int = 0) -> None:
    """The chain of the whole record and the rows it names, a batch a task; at the end the night's check is complete."""
    last = integrity.check_chain(after)
    if last is not None:
        check_chain.delay(last)
    else:
        integrity.note_complete()


@shared_task
def lengthen_chain() -> None:
    """Name what was recorded since in the chain of the whole record. Safe to run twice and at once."""
    integrity.lengthen_chain()


@shared_task
def cast_anchor() -> None:
    """Each day, after the check: the head of the chain, signed, outside the database. Safe to run twice."""
    integrity.cast_anchor()


@shared_task
def publish_lists() -> None:
    """What is revoked, signed anew where it has to be; each day, and when somebody asks. Safe to run twice."""
    revocation.publish()


@shared_task
def rotate_key(user_id: str, ip: str | None = None) -> None:
    """Make a new seal key, as this person asked at the desk."""
    with transaction.atomic():
        key = keys.rotate()
        person = get_user_model()._default_manager.get(pk=user_id)
        audit.record(by=person, verb=PortalEvent.MADE_A_NEW_SEAL_KEY, obj=key, ip=ip)
