"""The way to the workers: a task is published by its name, so that no module imports what works it off."""

from functools import lru_cache

import redis
import structlog
from django.conf import settings
from django.utils.module_loading import import_string
from kombu.exceptions import OperationalError
from redis.backoff import NoBackoff
from redis.retry import Retry

from hmis_portal.celery import app

log = structlog.get_logger(__name__)


def publish(task: str, *args: object) -> bool:
    """Queue a task; when the queue is away say so in the log and answer False: the row is found by its sweep.

    The queue is asked first: the client beneath Celery tries for six seconds, while a person waits for the page.
    """
    try:
        if app.conf.task_always_eager:
            import_string(task).delay(*args)
        else:
            queue_client().ping()
            app.send_task(task, args)
        return True
    except (OperationalError, redis.RedisError, ConnectionError, TimeoutError) as error:
        log.warning("queue_away", task=task, error=type(error).__name__)
        return False


def queue_client() -> redis.Redis:
    """A client that tells at once when the queue is away, where the library's default tries for seconds."""
    return _client(settings.REDIS_URL)


def waiting(queue: str) -> int:
    """How many tasks wait in a queue; 0 while it is away, which whoever publishes finds out."""
    try:
        return int(queue_client().llen(queue))
    except redis.RedisError:
        return 0


@lru_cache(maxsize=2)
def _client(url: str) -> redis.Redis:
    return redis.Redis.from_url(url, socket_timeout=1, socket_connect_timeout=1, retry=Retry(NoBackoff(), 1))
