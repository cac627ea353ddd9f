"""What the record says of sign-ins and refusals: which account, from where, with which browser.

What one person does again and again (an address that is refused, a limit that holds) is written down once an hour, so
that nobody fills the record from outside.
"""

from hashlib import sha256
from typing import Any

import structlog
from allauth.account.signals import user_logged_in
from allauth.mfa.signals import authentication_failed
from django.contrib.auth import get_user_model
from django.contrib.auth.signals import user_logged_out, user_login_failed
from django.db import DatabaseError, transaction
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from hmis_portal import audit
from hmis_portal.accounts import devices, emails
from hmis_portal.events import SecurityEvent
from hmis_portal.models import PortalSettings
from hmis_portal.models.users import User, is_user
from hmis_portal.running import tallies
from hmis_portal.running.logs import without_secrets
from hmis_portal.text import typed
from hmis_portal.web.visits import browser_of, browser_words, client_ip, network_of

logger = structlog.get_logger(__name__)
AN_HOUR = 3600


def record(
    event: SecurityEvent,
    request: HttpRequest | None,
    user: User | None = None,
    *,
    by: User | None = None,
    **data: object,
) -> None:
    """Write down what happened to an account, or at the portal where no account is known.

    The page goes on whatever becomes of it: a record that cannot be written is a line of the log.
    """
    if request is not None:
        data = {"browser": browser_of(request)[:300], **data}
    try:
        with transaction.atomic():
            audit.record(
                by=by,
                verb=event,
                obj=user or PortalSettings.load(),
                ip=client_ip(request) if request else None,
                data=data,
            )
    except DatabaseError:
        logger.exception("not_recorded", event_of_security=event)


def note_hourly(event: SecurityEvent, request: HttpRequest, *, of: str) -> None:
    """A refusal of whoever asks, once an hour for the same thing."""
    user = getattr(request, "user", None)
    person = user if is_user(user) else None
    who = str(person.pk) if person else network_of(request)
    same = sha256(f"{event}:{who}:{of}".encode()).hexdigest()
    if tallies.count(f"noted:{same}", AN_HOUR)[0] == 1:
        record(event, request, person, by=person, of=of)


def refused(request: HttpRequest) -> None:
    note_hourly(SecurityEvent.REFUSED, request, of=f"{request.method} {without_secrets(request.path)}"[:300])


def held_back(request: HttpRequest) -> None:
    note_hourly(
        SecurityEvent.HELD_BACK, request, of=f"{request.method} {without_secrets(request.path)}"[:300]
    )


@receiver(user_logged_in)
def _signed_in(request: HttpRequest, user: User, **kwargs: object) -> None:
    """Also to the person, when the account was used before and this browser is new to it."""
    before = audit.happened(user, SecurityEvent.SIGNED_IN)
    record(SecurityEvent.SIGNED_IN, request, user, by=user)
    if before and not devices.known_as(request, user.email):
        emails.security_notice(
            user.email,
            happened=_("Your account was signed in to from a browser that is new to it: %(browser)s.")
            % {"browser": browser_words(browser_of(request))},
            when=timezone.now(),
            ip=client_ip(request) or "",
        )


@receiver(user_login_failed)
def _failed(credentials: dict[str, Any], request: HttpRequest | None = None, **kwargs: object) -> None:
    address = typed.email(credentials.get("email") or credentials.get("login") or "")
    user = get_user_model().objects.filter(email=address).first() if address else None
    if user is None:
        record(SecurityEvent.SIGN_IN_FAILED, request, step="password", address=masked(address))
    else:
        record(SecurityEvent.SIGN_IN_FAILED, request, user, step="password")


@receiver(authentication_failed)
def _factor_failed(request: HttpRequest, user: User, **kwargs: object) -> None:
    record(SecurityEvent.SIGN_IN_FAILED, request, user, step="factor")


@receiver(user_logged_out)
def _signed_out(request: HttpRequest | None, user: User | None, **kwargs: object) -> None:
    if user is not None:
        record(SecurityEvent.SIGNED_OUT, request, user, by=user)


def masked(address: str) -> str:
    """Of an address without an account: enough to see a pattern, not a person."""
    name, _at, domain = address.rpartition("@")
    return f"{name[:1]}…@{domain}"[:100]
