"""A person with an account. Imports wait until Django is set up."""

from typing import Any

import pytest


@pytest.fixture
def dana(db: None) -> Any:
    """Nobody has counted what she does; her password is the factory's."""
    from django.core.cache import cache

    from tests.factories import UserFactory

    cache.clear()
    return UserFactory(email="dana@harbor.example", first_name="Dana", last_name="Ruiz")
