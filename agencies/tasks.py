"""Workers' side of accounts."""

from celery import shared_task

from agencies.services import account


@shared_task
def forget_unfinished_accounts() -> None:
    account.forget_unfinished()
