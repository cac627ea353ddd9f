"""Accounts in the learning management system: asked for by the portal, made by the help desk, told to the person."""

from collections.abc import Mapping

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from agencies.models import User
from hmis_portal import audit
from hmis_portal.web.errors import WrongState
from training import emails
from training.events import TrainingEvent
from training.models import LearningAccount
from training.signals import learning_account_news


def made(user_names: Mapping[int, str], *, by: User) -> int:
    """`user_names`: the name there by the key of each account; returns how many were waiting. Safe to repeat."""
    with transaction.atomic():
        accounts = list(
            LearningAccount.objects.select_for_update(of=("self",))
            .waiting()
            .filter(pk__in=user_names)
            .select_related("person")
            .order_by("pk")
        )
        for account in accounts:
            account.made_on, account.made_by = timezone.localdate(), by
            account.user_name = user_names[account.pk].strip() or account.person.email
            account.save(update_fields=["made_on", "made_by", "user_name"])
            audit.record(
                by=by, verb=TrainingEvent.LEARNING_ACCOUNT_MADE, obj=account, data={"name": account.user_name}
            )
            emails.learning_account_made(account)
            learning_account_news.send(sender=LearningAccount, person=account.person, made=True)
    return len(accounts)


def rename(account: LearningAccount, user_name: str, *, by: User) -> None:
    """The help desk typed it wrong, or it changed there."""
    with transaction.atomic():
        account = LearningAccount.objects.select_for_update(of=("self",)).get(pk=account.pk)
        if account.made_on is None:
            raise WrongState(_("This account is not made yet."))
        before, account.user_name = account.user_name, user_name
        account.save(update_fields=["user_name"])
        data = {"name": [before, user_name]}
        audit.record(by=by, verb=TrainingEvent.LEARNING_ACCOUNT_RENAMED, obj=account, data=data)
