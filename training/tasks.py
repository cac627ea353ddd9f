"""Workers' side of training."""

from uuid import UUID

from celery import shared_task

from training.doors import importing, pulling
from training.requirements import assignments, reminders
from training.services import sessions


@shared_task(soft_time_limit=75, time_limit=80)  # ten thousand people, on the one night on which all are told
def send_reminders() -> None:
    """What a run that was ended has not told, the next one tells."""
    reminders.send_all()


@shared_task
def reassign(agency_id: str) -> None:
    """Bring the requirements of an agency's people in line with the rules. Safe to run twice."""
    assignments.reassign(UUID(agency_id))


@shared_task(soft_time_limit=75, time_limit=80)  # 10,000 rows on a machine that has much else to do
def work_upload(pk: int) -> None:
    """Try or record an uploaded file of results. Safe to run twice."""
    importing.work(pk)


@shared_task
def sweep_uploads() -> None:
    importing.sweep()


@shared_task(soft_time_limit=75, time_limit=80)  # twenty-five people, each two calls of a slow site
def work_pull(pk: int) -> None:
    """One page of a run that fetches results. Safe to run twice."""
    pulling.work(pk)


@shared_task
def sweep_pulls() -> None:
    pulling.sweep()


@shared_task
def sweep_seats() -> None:
    """Free the seats of who has left, and give free ones to who can take them by now. Safe to run twice: sessions are locked while it is done."""
    sessions.give_back_of_leavers()
    sessions.promote_everywhere()


@shared_task
def pull_nightly() -> None:
    pulling.nightly()
