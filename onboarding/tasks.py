"""Workers' side of the journey."""

from datetime import timedelta
from uuid import UUID

import structlog
from celery import shared_task
from django.utils import timezone

from hmis_portal.tasks import publish
from onboarding import access, reminders, retention, revisions
from onboarding.models import Revision

log = structlog.get_logger(__name__)


@shared_task
def send_reminders() -> None:
    reminders.send_all()


@shared_task
def report_retention() -> None:
    """Every night: say in the log how many MOUs are past their retention period; nothing is deleted by itself."""
    rows = retention.due()
    log.info("past_retention", mous=len(rows), files=sum(len(row.files) for row in rows))


@shared_task
def recompute_access() -> None:
    """Nightly, just after midnight: one task an agency, so that a large number does not reach the time limit."""
    for agency_id in access.agencies_with_access():
        publish(recompute_agency, str(agency_id))


@shared_task
def recompute_agency(agency_id: str) -> None:
    access.recompute(UUID(agency_id))


@shared_task
def make_revision_pdf(revision_id: int) -> None:
    """Safe to run twice: the row of a PDF is written once."""
    revision = Revision.objects.select_related("application__agency", "submitted_by").get(pk=revision_id)
    revisions.make_pdf(revision)


@shared_task
def sweep_revisions() -> None:
    """Find what was frozen but has no PDF yet: its task was lost, or the queue was away."""
    late = timezone.now() - timedelta(seconds=20)
    waiting = Revision.objects.filter(pdf__isnull=True, submitted_at__lt=late)
    for revision_id in waiting.order_by("-pk").values_list("pk", flat=True)[:50]:
        publish(make_revision_pdf, revision_id)
