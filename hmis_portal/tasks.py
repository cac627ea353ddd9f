"""Workers' side of the portal: deliver what was recorded, and sweep up what never reached the queue."""

from typing import Any

import structlog
from celery import shared_task
from django.conf import settings
from django.utils import timezone
from kombu.exceptions import OperationalError
from redis import RedisError

from hmis_portal import mail, tries
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


@shared_task(soft_time_limit=30, time_limit=40)
def deliver(message_id: str) -> None:
    """Send one recorded message. Safe to run twice: whoever takes it has it for longer than this may take."""
    rows = Message.objects.filter(pk=message_id)
    if not tries.begin(rows):
        return
    try:
        mail.deliver_now(rows.get())
    except Exception as error:
        tries.failed(rows, error)


@shared_task
def pulse() -> None:
    """Nothing to do: that a worker did it is the news (see `hmis_portal.pulse`)."""


@shared_task
def sweep_messages() -> None:
    """Queue every recorded message whose time has come and that no worker has sent yet, the oldest first."""
    now = timezone.now()
    waiting = Message.objects.filter(
        tries.due(now), tries.late("created_at", now), status=Message.Status.QUEUED
    )
    for pk in waiting.order_by("created_at").values_list("pk", flat=True)[:500]:
        publish(deliver, str(pk))
