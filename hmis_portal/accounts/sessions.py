"""How long a session lives and what ends it: an hour without a request, twelve in all, its person, an HMIS Admin.

A session is one browser in which somebody is signed in. allauth keeps the list (UserSession); how long each has lived
is kept in the session itself and does not move when something is written to it.
"""

import time
from collections.abc import Callable

from allauth.account.internal.flows.login import record_authentication
from allauth.account.signals import authentication_step_completed
from allauth.account.signals import user_logged_in as completed
from allauth.mfa.signals import authenticator_added, authenticator_removed, authenticator_reset
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import SESSION_KEY, login
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.contrib.sessions.backends.base import SessionBase
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import ngettext

from hmis_portal.accounts import watch
from hmis_portal.events import SecurityEvent
from hmis_portal.models.users import User

BEGAN, SEEN = "session_began", "session_seen"  # seconds since 1970
SEEN_EVERY = 60  # seconds; a request within them writes nothing
# A request that a page makes by itself says so: it does not keep a session alive that nobody uses.
BY_ITSELF = "Portal-By-Itself"
NOTHING_KEPT = "private, no-store"


class SessionLimitsMiddleware:
    """Ends what has lived too long; nothing that a signed-in person reads stays in the browser's store."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        signed_in = SESSION_KEY in request.session
        if signed_in and (why := _lapsed(request.session, used=BY_ITSELF not in request.headers)):
            UserSession.objects.filter(session_key=request.session.session_key).delete()
            watch.record(
                SecurityEvent.SESSION_ENDED, request, request.user if request.user.is_authenticated else None
            )
            request.session.flush()
            request.user = AnonymousUser()
            messages.info(request, why)
        response = self.get_response(request)
        if (signed_in or SESSION_KEY in request.session) and "public" not in response.get(
            "Cache-Control", ""
        ):
            response["Cache-Control"] = NOTHING_KEPT
        if getattr(request, "signed_out", False):
            response["Clear-Site-Data"] = '"storage"'  # what was typed and kept in this browser
        return response


def _lapsed(session: SessionBase, *, used: bool) -> str:
    """Why this session has come to its end, in words, or ""; else that it was seen now, where somebody used it."""
    now = int(time.time())
    began, seen = session.setdefault(BEGAN, now), session.setdefault(SEEN, now)
    if now - began >= settings.SESSION_COOKIE_AGE:
        hours = settings.SESSION_COOKIE_AGE // 3600
        return ngettext(
            "You were signed out: a session ends after %(count)s hour. Sign in again to go on.",
            "You were signed out: a session ends after %(count)s hours. Sign in again to go on.",
            hours,
        ) % {"count": hours}
    if now - seen >= settings.SESSION_IDLE_AGE:
        minutes = settings.SESSION_IDLE_AGE // 60
        return ngettext(
            "You were signed out after %(count)s minute without a request. Sign in again to go on.",
            "You were signed out after %(count)s minutes without a request. Sign in again to go on.",
            minutes,
        ) % {"count": minutes}
    if used and now - seen >= SEEN_EVERY:
        session[SEEN] = now
        UserSession.objects.filter(session_key=session.session_key).update(last_seen_at=timezone.now())
    return ""


def sign_in(request: HttpRequest, user: User) -> None:
    """Of a person who just set the account's first password, with a link from their mailbox."""
    login(request, user, backend="allauth.account.auth_backends.AuthenticationBackend")
    record_authentication(request, user, method="password", email=user.email)
    completed.send(sender=type(user), request=request, user=user)


@receiver(user_logged_in)
def _begin(request: HttpRequest, **kwargs: object) -> None:
    request.session[BEGAN] = request.session[SEEN] = int(time.time())


@receiver(user_logged_out)
def _signed_out(request: HttpRequest | None, **kwargs: object) -> None:
    if request is not None:
        request.signed_out = True  # type: ignore[attr-defined]


@receiver(authentication_step_completed)
def _new_key(request: HttpRequest, **kwargs: object) -> None:
    """Who proved again who they are goes on under another key: one that was read before opens nothing now."""
    if kwargs.get("reauthenticated"):
        before = request.session.session_key
        request.session.cycle_key()
        UserSession.objects.filter(session_key=before).update(session_key=request.session.session_key)


@receiver([authenticator_added, authenticator_removed, authenticator_reset])
def _factor_changed(request: HttpRequest | None, user: AbstractBaseUser, **kwargs: object) -> None:
    end_all(user, but=request.session.session_key if request else None)


def end_all(user: AbstractBaseUser, *, but: str | None = None) -> int:
    """Sign a person out in every browser (but one, by its session key); how many there were."""
    open_ones = [
        session for session in UserSession.objects.filter(user_id=user.pk) if session.session_key != but
    ]
    for session in open_ones:
        session.end()
    return len(open_ones)
