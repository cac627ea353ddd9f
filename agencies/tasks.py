"""Workers' side of accounts and of the IRS register."""

from celery import shared_task

from agencies.register import loading
from agencies.services import account


@shared_task
def forget_unfinished_accounts() -> None:
    account.forget_unfinished()


@shared_task(soft_time_limit=1200, time_limit=1260)  # two million rows on a slow machine
def load_register(pk: int) -> None:
    """An uploaded file of the IRS register. Safe to run twice: the queue delivers it again before it ends."""
    loading.work(pk)


@shared_task
def sweep_register() -> None:
    loading.sweep()
