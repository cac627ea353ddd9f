"""Another e-mail address for an account: asked, confirmed at the new address, stopped from the old one, or done.

Whoever holds a signed-in browser for a moment can ask. So the old address is told and can stop it for 72 hours, and
until it is over the account is known by the old address and nothing is signed with it.
"""

from datetime import datetime

from allauth.account.models import EmailAddress
from django.contrib.auth import get_user_model
from django.core import signing
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from hmis_portal.accounts import emails, sessions
from hmis_portal.accounts.record import record
from hmis_portal.events import AccountEvent
from hmis_portal.models import EmailChange
from hmis_portal.models.users import User
from hmis_portal.text.words import datetime_words

State = EmailChange.State
EVENT_OF = {
    State.STOPPED: AccountEvent.STOPPED_CHANGE_OF_ADDRESS,
    State.WITHDRAWN: AccountEvent.WITHDREW_CHANGE_OF_ADDRESS,
    State.LAPSED: AccountEvent.CHANGE_OF_ADDRESS_LAPSED,
    State.DONE: AccountEvent.CHANGED_ADDRESS,
}


def waiting(user: User) -> EmailChange | None:
    """The change that is under way."""
    return EmailChange.objects.filter(user_id=user.pk, state=State.WAITING).first()


def against_signing(user: User) -> list[str]:
    """Why nothing is signed with this account now: who asked for the change may not be its owner."""
    change = waiting(user)
    if change is None:
        return []
    words = _(
        "The e-mail address of your account is being changed. To protect you, nothing can be signed with the account "
        "until %(when)s. If you do not want the change, keep your present address on your account page."
    )
    return [words % {"when": datetime_words(change.due_at)}]


@transaction.atomic
def ask(user: User, new: str) -> EmailChange:
    """Begin a change, and tell the old address how to stop it; one that is under way is withdrawn."""
    get_user_model().objects.select_for_update().get(pk=user.pk)
    if before := waiting(user):
        _end(before, State.WITHDRAWN)
    now = timezone.now()
    change = EmailChange.objects.create(
        user=user, old=user.email, new=new, asked_at=now, due_at=now + EmailChange.WAIT
    )
    record(AccountEvent.ASKED_FOR_ANOTHER_ADDRESS, user, data={"old": change.old, "new": change.new})
    emails.email_change_asked(change)
    return change


@transaction.atomic
def confirm(address: EmailAddress) -> EmailChange | None:
    """The link at the new address was used; None when nobody waits for it any more, or it is another account's."""
    change = _locked(EmailChange.objects.filter(user=address.user_id, new=address.email, state=State.WAITING))
    if change is None or not address.can_set_verified():
        return None
    if change.confirmed_at is None:
        change.confirmed_at = timezone.now()
        change.save(update_fields=["confirmed_at"])
        record(AccountEvent.CONFIRMED_ADDRESS, change.user, data={"new": change.new})
    return change


@transaction.atomic
def stop(change: EmailChange) -> bool:
    """From the old address: nothing changes, and whoever is signed in is signed out. False when it is over."""
    waiting = _locked(EmailChange.objects.filter(pk=change.pk, state=State.WAITING))
    if waiting is None:
        return False
    _end(waiting, State.STOPPED, sessions=sessions.end_all(waiting.user))
    emails.email_change_stopped(waiting)
    emails.email_change_stopped_new(waiting)
    return True


@transaction.atomic
def withdraw(user: User) -> None:
    """The person keeps the present address."""
    if waiting := _locked(EmailChange.objects.filter(user=user.pk, state=State.WAITING)):
        _end(waiting, State.WITHDRAWN)


def finish_due(now: datetime) -> None:
    """Each change whose 72 hours are over takes effect, or lapses. Safe to run twice."""
    for pk in EmailChange.objects.filter(state=State.WAITING, due_at__lte=now).values_list("pk", flat=True)[
        :500
    ]:
        _finish(pk)


@transaction.atomic
def _finish(pk: int) -> None:
    change = _locked(EmailChange.objects.filter(pk=pk, state=State.WAITING))
    if change is None:
        return
    user, new = change.user, EmailAddress.objects.filter(user=change.user_id, email=change.new).first()
    taken = get_user_model().objects.filter(email__iexact=change.new).exclude(pk=user.pk).exists()
    if not (change.confirmed_at and user.is_active and new and new.can_set_verified()) or taken:
        _end(change, State.LAPSED)
        return
    EmailAddress.objects.filter(user=user).exclude(pk=new.pk).delete()
    new.verified = new.primary = True
    new.save(update_fields=["verified", "primary"])
    user.email = change.new
    user.save(update_fields=["email"])
    _end(change, State.DONE)
    emails.email_changed(change)
    emails.email_changed_old(change)


def _end(change: EmailChange, state: EmailChange.State, **more: object) -> None:
    change.state, change.ended_at = state, timezone.now()
    change.save(update_fields=["state", "ended_at"])
    if state != State.DONE:
        EmailAddress.objects.filter(user=change.user_id, email=change.new, verified=False).delete()
    record(EVENT_OF[state], change.user, data={"old": change.old, "new": change.new, **more})


def _locked(rows: QuerySet[EmailChange]) -> EmailChange | None:
    change: EmailChange | None = rows.select_for_update(of=("self",)).select_related("user").first()
    return change


def from_token(token: str) -> EmailChange | None:
    """The change that a link at the old address is about."""
    try:
        pk = signing.loads(token, salt=emails.STOP_SALT)
    except signing.BadSignature:
        return None
    return EmailChange.objects.select_related("user").filter(pk=pk).first()
