"""Workers' side of the portal: deliver what was recorded, and sweep up what never reached the queue."""

from datetime import timedelta
from typing import Any

import structlog
from celery import shared_task
from django.conf import settings
from django.db import transaction
from django.utils import timezone
from kombu.exceptions import OperationalError
from redis import RedisError

from hmis_portal import mail
from hmis_portal.models import Message
from hmis_portal.queue import queue_client

log = structlog.get_logger(__name__)


def publish(task: Any, *args: Any) -> bool:
    """Queue a task; when the queue is away say so in the log and answer False: the row is found by its sweep.

    The queue is asked first: the client beneath Celery tries for six seconds, while a person waits for the page.
    """
    try:
        if not settings.CELERY_TASK_ALWAYS_EAGER:
            queue_client().ping()
        task.delay(*args)
        return True
    except (OperationalError, RedisError, ConnectionError, TimeoutError) as error:
        log.warning("queue_away", task=task.name, error=type(error).__name__)
        return False


@shared_task
def deliver(message_id: str) -> None:
    """Send one recorded message. Safe to run twice: the row is locked and looked at again."""
    with transaction.atomic():
        message = (
            Message.objects.select_for_update(skip_locked=True)
            .filter(pk=message_id, status=Message.Status.QUEUED)
            .first()
        )
        if message is None:
            return
        try:
            mail.deliver_now(message)
        except OSError as error:  # the mail server is away or refuses (smtplib's errors are OSErrors)
            postpone(message, type(error).__name__)


def postpone(message: Message, error: str) -> None:
    """Try again later, twice as late each time up to six hours; park it after MAX_ATTEMPTS for a person to see."""
    message.attempts += 1
    message.error = error
    message.next_try_at = timezone.now() + timedelta(minutes=min(2**message.attempts, 360))
    if message.attempts >= mail.MAX_ATTEMPTS:
        message.status = Message.Status.FAILED
    message.save(update_fields=["attempts", "error", "next_try_at", "status"])
    log.warning("message_postponed", message=str(message.pk), attempts=message.attempts, error=error)


@shared_task
def sweep_messages() -> None:
    """Queue every recorded message whose time has come and that no worker has sent yet."""
    late = timezone.now() - timedelta(seconds=20)
    for pk in Message.objects.filter(status=Message.Status.QUEUED, next_try_at__lt=late).values_list(
        "pk", flat=True
    )[:500]:
        deliver.delay(str(pk))
