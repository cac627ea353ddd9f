"""A person whose account is looked at, and her browser."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.hmis_portal.accounts.people import PASSWORD


@pytest.fixture(autouse=True)
def _no_rate_limits_of_earlier_tests() -> None:
    from django.core.cache import cache

    cache.clear()


@pytest.fixture
def dana(db: None) -> Any:
    from allauth.account.models import EmailAddress

    from tests.factories import UserFactory

    user = UserFactory(email="dana@harbor.example", first_name="Dana", last_name="Ruiz")
    user.set_password(PASSWORD)
    user.save()
    EmailAddress.objects.update_or_create(
        user=user, email=user.email, defaults={"verified": True, "primary": True}
    )
    return user


@pytest.fixture
def danas(client_of: Callable[[Any], Any], dana: Any) -> Any:
    """A browser that is signed in as Dana, and was some time ago."""
    return client_of(dana)


@pytest.fixture
def visitor(client_of: Callable[[Any], Any]) -> Any:
    return client_of(None)
