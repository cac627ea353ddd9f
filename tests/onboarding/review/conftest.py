"""An application that was sent with a signed MOU, and the reference content that a review needs."""

from typing import Any

import pytest

from tests.applications import sent_application


@pytest.fixture(autouse=True)
def _settings_of_this_test() -> Any:
    """The settings are cached; what one test sets is not the next one's."""
    from django.core.cache import cache

    cache.clear()
    yield
    cache.clear()


def settings_are(**fields: Any) -> None:
    """Change the portal's settings as the admin page does."""
    from hmis_portal.models import PortalSettings

    PortalSettings.objects.update_or_create(pk=1, defaults=fields)


@pytest.fixture
def sent(cast: Any, reference: None, once: Any) -> Any:
    def make() -> Any:
        return sent_application(cast)

    return once(make)


@pytest.fixture
def in_review(sent: Any, cast: Any, once: Any) -> Any:
    from onboarding.services import perform

    def make() -> Any:
        return perform(sent, "take", by=cast.admin)

    return once(make)


@pytest.fixture
def executed(in_review: Any, cast: Any, commits: Any, once: Any) -> Any:
    """Approved and executed as after the counter-signature, training begun."""
    import datetime as dt

    from django.utils import timezone

    from onboarding.access import recompute
    from onboarding.models import Mou
    from onboarding.services import perform

    def make() -> None:
        with commits():
            mou = Mou.objects.get(agency=cast.agency)
            perform(in_review, "approve", by=cast.admin)
            now = timezone.now()
            Mou.objects.filter(pk=mou.pk).update(
                state="executed", executed_at=now, term_ends_on=timezone.localdate() + dt.timedelta(days=1000)
            )
            recompute.start_training(cast.agency, by=cast.lead)

    once(make)
    cast.agency.refresh_from_db()
    return cast
