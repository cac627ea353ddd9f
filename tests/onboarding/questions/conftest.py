"""Who asked how often in an earlier test counts in none. Imports wait until Django is set up."""

import pytest


@pytest.fixture(autouse=True)
def _fresh_counters() -> None:
    from django.core.cache import cache

    cache.clear()
