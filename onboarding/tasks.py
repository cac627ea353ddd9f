"""Workers' side of the journey."""

from uuid import UUID

from celery import shared_task

from hmis_portal.tasks import publish
from onboarding import access, reminders


@shared_task
def send_reminders() -> None:
    reminders.send_all()


@shared_task
def recompute_access() -> None:
    """Nightly, just after midnight: one task an agency, so that a large number does not reach the time limit."""
    for agency_id in access.agencies_with_access():
        publish(recompute_agency, str(agency_id))


@shared_task
def recompute_agency(agency_id: str) -> None:
    access.recompute(UUID(agency_id))
