"""The queue asked directly: is it there, right now?"""

from functools import lru_cache

import redis
from django.conf import settings
from redis.backoff import NoBackoff
from redis.retry import Retry


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
