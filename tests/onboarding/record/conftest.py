"""An agency that was approved and is live. Imports wait until Django is set up."""

import pytest


@pytest.fixture
def live_application(cast, reference, complete, once):
    from django.utils import timezone

    from agencies.models import Agency
    from onboarding.models import Application

    def make():
        now = timezone.now()
        Application.objects.filter(pk=complete.pk).update(
            state="approved", submitted_at=now, decided_at=now, decided_by=cast.admin
        )
        Agency.objects.filter(pk=cast.agency.pk).update(state="live", live_at=now)
        return Application.objects.get(pk=complete.pk)

    return once(make)
