"""Each page that changes an account asks again who it is, unless that was shown within five minutes."""

from typing import Any

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from agencies.models import User
from hmis_portal.accounts.again import CHANGES, asks_again
from tests.cast import Cast, confirm_again, remember_second_factor
from tests.factories import PASSWORD

pytestmark = pytest.mark.django_db

# Pages of accounts that change nothing of one that somebody is signed in to.
NO_CHANGE = {
    "account_login", "account_logout", "account_inactive", "account_signup", "account_reauthenticate",
    "account_email_verification_sent", "account_confirm_login_code", "account_confirm_email",
    "account_reset_password", "account_reset_password_from_key", "account_reset_password_from_key_done",
    "account_reset_password_done", "account_stop_email_change", "mfa_authenticate", "mfa_reauthenticate",
    "mfa_index", "mfa_list_webauthn", "mfa_reauthenticate_webauthn", "mfa_login_webauthn",
    "socialaccount_login_cancelled", "socialaccount_login_error", "socialaccount_signup", "openid_connect_callback",
    "openid_connect_login", "usersessions_list",
}  # fmt: skip
OWN = {"agencies:close_account", "agencies:hand_over", "agencies:name_deputy"}


def patterns(found: Any = None, prefix: str = "") -> dict[str, Any]:
    """Each address by its full name."""
    every: dict[str, Any] = {}
    for one in found if found is not None else get_resolver().url_patterns:
        if isinstance(one, URLResolver):
            every |= patterns(one.url_patterns, f"{prefix}{one.namespace}:" if one.namespace else prefix)
        elif isinstance(one, URLPattern):
            every[f"{prefix}{one.name}"] = one.callback
    return every


def test_every_page_of_accounts_is_decided() -> None:
    ours = ("account_", "mfa_", "socialaccount_", "openid_connect_", "usersessions_")
    accounts = {name for name in patterns() if name.startswith(ours)}
    assert accounts == CHANGES | NO_CHANGE


def test_our_own_pages_are_marked() -> None:
    marked = {name for name, view in patterns().items() if asks_again(view, name)}
    assert marked == CHANGES | OWN


def address(name: str, cast: Cast) -> str:
    if name in ("agencies:hand_over", "agencies:name_deputy"):
        return reverse(name, args=[cast.agency.pk])
    return reverse(name, args=[1] if name in ("mfa_edit_webauthn", "mfa_remove_webauthn") else [])


@pytest.mark.parametrize("name", sorted(CHANGES | OWN))
def test_it_asks_and_lets_in_for_five_minutes(cast: Cast, name: str) -> None:
    client, url = cast.client("director"), address(name, cast)
    for method in (client.get, client.post):
        assert method(url)["Location"].startswith("/accounts/reauthenticate/?next=")
    with time_machine.travel("2026-11-02T12:00:00Z", tick=False) as clock:
        client = confirm_again(cast.client("director"), cast.director)
        assert not client.get(url).headers.get("Location", "").startswith("/accounts/reauthenticate/")
        clock.shift(301)
        assert client.get(url)["Location"].startswith("/accounts/reauthenticate/")


def test_signing_in_is_not_enough(visitor: Client, dana: User) -> None:
    visitor.post("/accounts/login/", {"login": dana.email, "password": PASSWORD})
    assert visitor.get("/me/close/")["Location"] == "/accounts/reauthenticate/?next=%2Fme%2Fclose%2F"


def test_the_password_leads_back_to_the_page(danas: Client, dana: User) -> None:
    asked = danas.get("/me/close/")["Location"]
    answer = danas.post(asked, {"password": PASSWORD})
    assert answer["Location"] == "/me/close/"
    assert danas.get("/me/close/").status_code == 200


def test_what_was_sent_is_not_kept_in_the_session(danas: Client, dana: User) -> None:
    danas.post("/accounts/password/change/", {"oldpassword": PASSWORD, "password1": "never-in-a-session-5"})
    assert "never-in-a-session-5" not in str(dict(danas.session))


def test_with_a_second_factor_the_password_alone_is_not_enough(danas: Client, dana: User) -> None:
    remember_second_factor(danas, dana)
    confirm_again(danas, dana)
    assert danas.get("/me/close/")["Location"].startswith("/accounts/2fa/reauthenticate/")
    assert danas.get("/accounts/2fa/totp/deactivate/")["Location"].startswith("/accounts/2fa/reauthenticate/")
    confirm_again(danas, dana, "mfa")
    assert danas.get("/me/close/").status_code == 200


def test_with_a_passkey_alone_it_is_the_passkey(danas: Client, dana: User) -> None:
    Authenticator.objects.create(user=dana, type=Authenticator.Type.WEBAUTHN, data={})
    assert danas.get("/me/close/")["Location"].startswith("/accounts/2fa/webauthn/reauthenticate/")
