"""Before an account is changed, whoever is signed in shows once more that it is them.

One place for all such pages: allauth's by their names, our own by `changes_account`. allauth asks by itself at most of
its own too, but takes a password where the account has a second factor, and keeps what was sent in the session.
"""

import time
from collections.abc import Callable

from allauth.account.authentication import get_authentication_records
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from hmis_portal.accounts.factors import strength

CHANGES = frozenset(
    {
        "account_email",
        "account_change_password",
        "account_set_password",
        "mfa_activate_totp",
        "mfa_deactivate_totp",
        "mfa_generate_recovery_codes",
        "mfa_add_webauthn",
        "mfa_edit_webauthn",
        "mfa_remove_webauthn",
        "socialaccount_connections",
    }
)

View = Callable[..., HttpResponse]


def changes_account(view: View) -> View:
    """Mark a view: it asks again who it is."""
    view.changes_account = True  # type: ignore[attr-defined]
    return view


def asks_again(view: View, name: str | None) -> bool:
    return name in CHANGES or getattr(view, "changes_account", False)


class AskAgainMiddleware:
    """A page that changes an account opens to who confirmed within the last minutes; others confirm first."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: View, args: object, kwargs: object
    ) -> HttpResponse | None:
        name = request.resolver_match.view_name if request.resolver_match else ""
        if not asks_again(view, name) or not request.user.is_authenticated or confirmed_lately(request):
            return None
        return ask(request)


def ask(request: HttpRequest) -> HttpResponse:
    """To the page that asks, and back to this one; what was sent is not kept."""
    return redirect(strength.way_to_confirm(request.user, request.get_full_path()))


def confirmed_lately(request: HttpRequest) -> bool:
    """Confirmed in this session within the time that the setting gives: with the second factor, where there is one."""
    since = time.time() - settings.ACCOUNT_REAUTHENTICATION_TIMEOUT
    ways = {
        record["method"]
        for record in get_authentication_records(request, request.user)
        if record.get("reauthenticated") and record["at"] > since
    }
    return "mfa" in ways or (bool(ways) and not strength.factors(request.user))
