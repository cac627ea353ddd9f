"""News from below: staff joined, changed or left; training came into force or fell out of it."""

from typing import Any

from django.dispatch import receiver

from agencies.models import Staff
from agencies.signals import staff_changed
from onboarding import access
from training.signals import requirements_met


@receiver(staff_changed, dispatch_uid="onboarding_staff_changed")
@receiver(requirements_met, dispatch_uid="onboarding_requirements_met")
def recompute_access(staff: Staff, **_kwargs: Any) -> None:
    access.later(staff.agency_id)
