"""A device that signed in to an account before: what strangers try with that account's address does not hold it back."""

import secrets

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import salted_hmac

from hmis_portal.text import typed

COOKIE = f"{settings.COOKIE_PREFIX}known-device"
SALT = "hmis_portal.devices"
AGE = 365 * 24 * 3600
ACCOUNTS = 10  # of one shared computer


def _mark(login: str) -> str:
    return salted_hmac(SALT, typed.email(login), algorithm="sha256").hexdigest()[:32]


def _read(request: HttpRequest) -> tuple[str, list[str]]:
    try:
        device, marks = signing.loads(request.COOKIES.get(COOKIE, ""), salt=SALT, max_age=AGE)
    except (signing.BadSignature, ValueError, TypeError):
        return "", []
    return device, marks


def known_as(request: HttpRequest, login: str) -> str:
    """The device's own name where it signed in with this address before, else ""."""
    device, marks = _read(request)
    return device if _mark(login) in marks else ""


def remember(request: HttpRequest, response: HttpResponse, login: str) -> None:
    """Keep on the device that somebody signed in with this address; the cookie tells nobody which."""
    device, marks = _read(request)
    mark = _mark(login)
    newest = [mark, *(other for other in marks if other != mark)][:ACCOUNTS]
    response.set_cookie(
        COOKIE, signing.dumps([device or secrets.token_urlsafe(12), newest], salt=SALT), max_age=AGE,
        secure=settings.SESSION_COOKIE_SECURE, httponly=True, samesite="Lax",
    )  # fmt: skip
