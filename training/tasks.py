"""Workers' side of training."""

from celery import shared_task

from training import reminders


@shared_task
def send_reminders() -> None:
    reminders.send_all()
