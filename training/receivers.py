"""News from below: somebody joined, changed role or projects, left or came back."""

from typing import Any

from django.dispatch import receiver

from agencies.models import Staff, User
from agencies.signals import staff_changed
from training import services


@receiver(staff_changed, dispatch_uid="training_assign")
def assign_courses(staff: Staff, by: User | None = None, **_kwargs: Any) -> None:
    services.assign(staff=staff, by=by)
