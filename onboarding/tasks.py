"""Workers' side of the journey."""

from uuid import UUID

import structlog
from celery import shared_task
from django.db.models import Q
from django.utils import timezone

from hmis_portal import queue
from hmis_portal.running import tries
from onboarding import reminders
from onboarding.access import recompute
from onboarding.access.hmis import comparison
from onboarding.application import revisions
from onboarding.journey import usual_times
from onboarding.journey.reports import counting
from onboarding.models import Revision, RevisionJob
from onboarding.mou import retention
from onboarding.review import blockers

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
    for agency_id in recompute.nightly(timezone.localdate()):
        queue.publish("onboarding.tasks.recompute_agency", str(agency_id))


@shared_task
def count_usual_times() -> None:
    """Every night: what the public guide and the agencies' pages tell of the last 90 days."""
    usual_times.count()


@shared_task
def count_reports() -> None:
    """Every minute what is due: the figures of the reports."""
    counting.keep_up()


@shared_task
def recount_blockers() -> None:
    """Nightly, just after midnight: a day may pass over what was counted when an application was sent."""
    for part in blockers.to_count(again=True):
        queue.publish("onboarding.tasks.count_blockers", [str(pk) for pk in part])


@shared_task
def count_blockers(pks: list[str]) -> None:
    blockers.count(map(UUID, pks))


@shared_task
def compare_with_hmis() -> None:
    """Every night: the newest list of the HMIS beside the rights of today."""
    comparison.compare_newest()


@shared_task
def recompute_agency(agency_id: str) -> None:
    recompute.recompute(UUID(agency_id))


@shared_task
def make_revision_pdf(revision_id: int) -> None:
    """Safe to run twice: the row of a PDF is written once."""
    revision = Revision.objects.select_related("application__agency", "submitted_by").get(pk=revision_id)
    jobs = RevisionJob.objects.filter(pk=RevisionJob.objects.get_or_create(revision=revision)[0].pk)
    if not tries.begin(jobs):
        return
    try:
        revisions.make_pdf(revision)
    except Exception as error:
        tries.failed(jobs, error)
        raise
    jobs.update(done_at=timezone.now(), error="", waits_for="")


@shared_task
def sweep_revisions() -> None:
    """Find what was frozen but has no PDF yet, the oldest first: its task was lost, or something was away."""
    now = timezone.now()
    late = tries.late("submitted_at", now)
    open_jobs = Q(job__isnull=True, pdf__isnull=True) | Q(
        job__isnull=False, job__done_at=None, job__parked_at=None
    )
    waiting = Revision.objects.filter(open_jobs, late, tries.due(now, "job__")).order_by("submitted_at", "pk")
    if waiting.exists():
        for revision_id in waiting.values_list("pk", flat=True)[: tries.at_once(50)]:
            queue.publish("onboarding.tasks.make_revision_pdf", revision_id)
