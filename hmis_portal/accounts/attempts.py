"""How often a sign-in may be tried, and the real wait where something was tried too often.

The limits stand in ACCOUNT_RATE_LIMITS. A wrong password counts for the account from that place, so nobody locks an
owner out from elsewhere; for the place as a whole; and for the account from everywhere. A device that signed in to the
account before has a count of its own and is spared the last two.
"""

import math
import time
from collections.abc import Iterable

from allauth.core.internal import ratelimit
from django.core.cache import cache
from django.http import HttpRequest

from hmis_portal.accounts import devices
from hmis_portal.text import typed
from hmis_portal.web.visits import network_of

ACCOUNT = "allauth.account"
# Which limit of allauth's stands before a page, by the name of its address; all others are counted by `too_often`.
LIMIT_OF = {
    "account_login": "login",
    "account_signup": "signup",
    "account_reset_password": "reset_password",
    "account_reset_password_from_key": "reset_password_from_key",
    "account_email": "manage_email",
    "account_change_password": "change_password",
    "account_set_password": "change_password",
    "account_reauthenticate": "reauthenticate",
    "mfa_reauthenticate": "reauthenticate",
    "mfa_reauthenticate_webauthn": "reauthenticate",
}


class TooOften(Exception):
    """`wait` is in seconds."""

    def __init__(self, wait: int) -> None:
        super().__init__()
        self.wait = wait


def count_sign_in(request: HttpRequest, login: str) -> ratelimit.RateLimitUsage:
    """Count one try before the password is looked at; who was right gives it back. Raises TooOften."""
    used = ratelimit.RateLimitUsage(usage=[])
    for action, key in _counts(request, login):
        usage = ratelimit.consume(request, app=ACCOUNT, action=action, key=key)
        if usage is None:
            used.rollback()
            raise TooOften(_wait(request, ACCOUNT, action, key) or 60)
        used.usage.extend(usage.usage)
    return used


def forget_sign_ins(request: HttpRequest, login: str) -> None:
    """A new password was set by the owner of the mailbox: what was tried before no longer counts."""
    for action, key in _counts(request, login):
        if key is not None:
            ratelimit.clear(request, app=ACCOUNT, action=action, key=key)


def wait_for(request: HttpRequest) -> int:
    """Seconds until this page takes a request again, where one of allauth's limits holds it back."""
    name = request.resolver_match.url_name if request.resolver_match else ""
    if name == "mfa_login_webauthn":
        return _wait(request, "allauth.mfa", "webauthn_login", None)
    action = LIMIT_OF.get(name or "", "")
    return _wait(request, ACCOUNT, action, typed.email(request.POST.get("email", ""))) if action else 0


def held_for(request: HttpRequest, login: str, places: Iterable[str]) -> int:
    """Seconds until this account can be signed in to again, from anywhere or from one of these places; 0: it can.

    Asked by somebody else than its owner: `request` is theirs.
    """
    address = typed.email(login)
    waits = [_wait(request, ACCOUNT, "login_failed", f"{address} from {place}") for place in places]
    return max([_wait(request, ACCOUNT, "login_failed_account", address), *waits])


def _counts(request: HttpRequest, login: str) -> list[tuple[str, str | None]]:
    address = typed.email(login)
    if device := devices.known_as(request, address):
        return [("login_failed", f"{address} on {device}")]
    return [
        ("login_failed", f"{address} from {network_of(request)}"),
        ("login_failed_address", None),
        ("login_failed_account", address),
    ]


def _wait(request: HttpRequest, app: str, action: str, key: str | None) -> int:
    waits = [0.0]
    for rate in ratelimit.get_rates(app=app, action=action):
        if rate.per == "user" and not request.user.is_authenticated:
            continue
        details: dict[str, object] = {"app": app, "action": action, "rate": rate, "key": key}
        history = cache.get(ratelimit.get_cache_key(request, **details), [])
        if len(history) >= rate.amount:  # newest first
            waits.append(history[rate.amount - 1] + rate.duration - time.time())
    return math.ceil(max(waits))
