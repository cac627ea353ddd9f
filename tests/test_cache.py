"""The cache while Redis cannot be reached: an empty one, and quickly."""

import os
import socket
import time

import pytest

from hmis_portal.cache import PatientRedisCache


@pytest.fixture
def away() -> PatientRedisCache:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    return PatientRedisCache(f"redis://127.0.0.1:{port}/0", {})


def test_it_answers_as_an_empty_cache_without_waiting(away: PatientRedisCache) -> None:
    begin = time.monotonic()
    assert away.get("a", "nothing") == "nothing"
    away.set("a", 1)
    assert away.add("lock", 1) is True
    assert away.delete("a") is False
    assert away.get_many(["a", "b"]) == {}
    assert ("a" in away) is False
    assert time.monotonic() - begin < 2


def test_it_is_an_ordinary_cache_otherwise() -> None:
    cache = PatientRedisCache(os.environ["REDIS_URL"], {"KEY_PREFIX": "test-cache"})
    cache.set("a", {"b": 1}, 5)
    assert cache.get("a") == {"b": 1}
    assert cache.add("a", 2) is False
    assert cache.delete("a") is True
    assert cache.get("a") is None
