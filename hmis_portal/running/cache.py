"""The Redis cache, which may be away: the portal then works without it, slower. No limit opens: see `tallies`.

It outlives the database: after a restore a row number belongs to another row. So every key carries the identity of
the database it was filled from, and what is kept longer than a minute names a row by the hash of its content.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from functools import cached_property, wraps
from threading import RLock
from typing import Any

import psycopg
import structlog
from django.core.cache.backends.redis import RedisCache, RedisCacheClient
from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created
from django.utils.module_loading import import_string
from redis.exceptions import RedisError

from hmis_portal.running.as_json import JsonSerializer, NotOurs

logger = structlog.get_logger(__name__)

# A dump that is restored makes its tables anew, a restored copy of the files begins a new timeline.
WHO = """SELECT concat_ws('.', (SELECT system_identifier FROM pg_control_system()),
 (SELECT timeline_id FROM pg_control_checkpoint()), (SELECT oid FROM pg_database WHERE datname = current_database()),
 to_regclass('hmis_portal_storeddocument')::oid)"""
WHO_WITHOUT_CONTROL = """SELECT concat_ws('.', (SELECT oid FROM pg_database WHERE datname = current_database()),
 to_regclass('hmis_portal_storeddocument')::oid)"""
SHELF = "hmis_portal.running.tallies.Shelf"  # by its name: it asks models, which are not there yet
OF_LIMITS = ":allauth:rl:"  # in the keys of the sign-in library's limits
ASK_AGAIN = 10  # seconds
_identity, _asked = "", float("-inf")
_asking = RLock()


def identity() -> str:
    """Of the database that this process last connected to."""
    global _asked
    if not _identity:
        with _asking:
            if not _identity and time.monotonic() - _asked > ASK_AGAIN:
                with suppress(Exception):  # the cache answers also while there is no database
                    connection.ensure_connection()
                _asked = time.monotonic()
    return _identity or "unknown"


def is_identity_known() -> bool:
    """Whether the cache can be asked without asking the database first."""
    return bool(_identity)


def learn_identity(*, connection: BaseDatabaseWrapper, **_kwargs: object) -> None:
    """Ask a new connection which database it leads to; one out of the pool is asked once."""
    global _identity
    physical = connection.connection
    known: str | None = getattr(physical, "portal_identity", None)
    if known is None:
        known = physical.portal_identity = _ask(physical)
    _identity = known


def _ask(physical: Any) -> str:
    try:
        return str(physical.execute(WHO).fetchone()[0])
    except psycopg.errors.InsufficientPrivilege:
        return str(physical.execute(WHO_WITHOUT_CONTROL).fetchone()[0])


connection_created.connect(learn_identity, dispatch_uid="learn_identity")


def key_of(key: str, key_prefix: str, version: int) -> str:
    """KEY_FUNCTION of the cache."""
    return f"{key_prefix}:{version}:{identity()}:{key}"


def _when_away(method: Callable[..., Any], answer: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(method)
    def call(self: RedisCacheClient, *args: object, **kwargs: object) -> Any:
        try:
            return method(self, *args, **kwargs)
        except (RedisError, OSError, NotOurs) as error:
            logger.warning("cache_away", error=type(error).__name__)
            if OF_LIMITS in str(args[0]) and hasattr(shelf := import_string(SHELF), method.__name__):
                return getattr(shelf, method.__name__)(*args, **kwargs)
            return answer(*args, **kwargs)

    return call


def _no_count(key: str, *args: object) -> int:
    raise ValueError(key)  # as of a key that is not there


class PatientClient(RedisCacheClient):
    """Answers as an empty cache does while Redis cannot be reached; the limits of sign-in hold on, in the database."""

    @cached_property
    def _of_pool(self) -> object:
        return super().get_client(write=True)

    def get_client(self, key: object = None, *, write: bool = False) -> Any:
        """The same each time: there is one server, and making a client costs as much as asking it."""
        return self._of_pool

    get = _when_away(RedisCacheClient.get, lambda key, default=None: default)
    add = _when_away(RedisCacheClient.add, lambda *args: True)
    set = _when_away(RedisCacheClient.set, lambda *args: None)
    touch = _when_away(RedisCacheClient.touch, lambda *args: False)
    delete = _when_away(RedisCacheClient.delete, lambda *args: False)
    has_key = _when_away(RedisCacheClient.has_key, lambda *args: False)
    get_many = _when_away(RedisCacheClient.get_many, lambda *args: {})
    set_many = _when_away(RedisCacheClient.set_many, lambda *args: None)
    incr = _when_away(RedisCacheClient.incr, _no_count)
    delete_many = _when_away(RedisCacheClient.delete_many, lambda *args: None)


class PatientRedisCache(RedisCache):
    def __init__(self, server: Any, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self._class = PatientClient
        self._options = {
            "socket_connect_timeout": 1,
            "socket_timeout": 2,
            "retry": None,
            "serializer": JsonSerializer,
            **params.get("OPTIONS", {}),
        }
