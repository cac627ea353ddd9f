"""The browser of a person whose account is looked at."""

from collections.abc import Callable
from typing import Any

import pytest


@pytest.fixture(autouse=True)
def _no_rate_limits_of_earlier_tests() -> None:
    from django.core.cache import cache

    cache.clear()


@pytest.fixture
def danas(client_of: Callable[[Any], Any], dana: Any) -> Any:
    """A browser that is signed in as Dana, and was some time ago."""
    return client_of(dana)


@pytest.fixture
def visitor(client_of: Callable[[Any], Any]) -> Any:
    return client_of(None)
