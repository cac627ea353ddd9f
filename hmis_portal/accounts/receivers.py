"""What allauth tells of changes of an account, written down."""

from allauth.account import signals as account
from allauth.mfa import signals as mfa
from allauth.mfa.models import Authenticator
from django.dispatch import receiver

from hmis_portal.accounts.record import record
from hmis_portal.events import AccountEvent
from hmis_portal.models.users import User

PASSWORDS = {
    account.password_changed: AccountEvent.CHANGED_PASSWORD,
    account.password_set: AccountEvent.SET_PASSWORD,
    account.password_reset: AccountEvent.RESET_PASSWORD,
}


@receiver(tuple(PASSWORDS))
def password_changed(signal: object, user: User, **kwargs: object) -> None:
    record(PASSWORDS[signal], user)


@receiver(mfa.authenticator_added)
def factor_added(user: User, authenticator: Authenticator, **kwargs: object) -> None:
    record(AccountEvent.ADDED_FACTOR, user, data={"kind": authenticator.type})


@receiver(mfa.authenticator_reset)
def codes_made(user: User, **kwargs: object) -> None:
    record(AccountEvent.MADE_RECOVERY_CODES, user)


@receiver(mfa.authenticator_removed)
def factor_removed(user: User, authenticator: Authenticator, **kwargs: object) -> None:
    record(AccountEvent.REMOVED_FACTOR, user, data={"kind": authenticator.type})
