"""Requests that come through a proxy. Imports wait until Django is set up."""

from typing import Any

import pytest


@pytest.fixture
def behind_a_proxy(settings: Any) -> None:
    """It names the visitor's address; nobody has come before."""
    from django.core.cache import cache

    cache.clear()
    settings.TRUST_PROXY = True
