"""The Redis cache, which may be away: the portal then works without it, slower and without rate limits."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

import structlog
from django.core.cache.backends.redis import RedisCache, RedisCacheClient
from redis.exceptions import RedisError

logger = structlog.get_logger(__name__)


def _when_away(method: Callable[..., Any], answer: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(method)
    def call(self: RedisCacheClient, *args: Any, **kwargs: Any) -> Any:
        try:
            return method(self, *args, **kwargs)
        except (RedisError, OSError) as error:
            logger.warning("cache_away", error=type(error).__name__)
            return answer(*args, **kwargs)

    return call


class PatientClient(RedisCacheClient):
    """Answers as an empty cache does while Redis cannot be reached."""

    get = _when_away(RedisCacheClient.get, lambda key, default=None: default)
    # True, because allauth's rate limits take a lock by adding a key and wait until they get it.
    add = _when_away(RedisCacheClient.add, lambda *args: True)
    set = _when_away(RedisCacheClient.set, lambda *args: None)
    touch = _when_away(RedisCacheClient.touch, lambda *args: False)
    delete = _when_away(RedisCacheClient.delete, lambda *args: False)
    has_key = _when_away(RedisCacheClient.has_key, lambda *args: False)
    get_many = _when_away(RedisCacheClient.get_many, lambda *args: {})
    set_many = _when_away(RedisCacheClient.set_many, lambda *args: None)
    delete_many = _when_away(RedisCacheClient.delete_many, lambda *args: None)


class PatientRedisCache(RedisCache):
    def __init__(self, server: Any, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self._class = PatientClient
        self._options = {
            "socket_connect_timeout": 1,
            "socket_timeout": 2,
            "retry": None,
            **params.get("OPTIONS", {}),
        }
