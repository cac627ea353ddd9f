"""Who gets to the admin desk, and by which door."""

import time
from typing import Any

import pytest
from allauth.account.authentication import AUTHENTICATION_METHODS_SESSION_KEY
from allauth.mfa.models import Authenticator
from django.test import Client

from agencies.models import User
from tests.cast import Cast, remember_second_factor
from tests.factories import UserFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("as_in_production")]


@pytest.fixture
def boss() -> User:
    return UserFactory(is_staff=True, is_superuser=True)


def browser_of(user: User) -> Client:
    browser = Client()
    browser.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return browser


def test_a_visitor_signs_in_at_the_portal() -> None:
    response = Client().get("/admin/", follow=True)
    assert response.redirect_chain[-1][0] == "/accounts/login/?next=/admin/"


def test_without_a_second_factor_one_is_set_up_first(boss: User) -> None:
    response = browser_of(boss).get("/admin/", follow=True)
    assert response.redirect_chain[-1][0] == "/accounts/2fa/"
    assert "your work for the HMIS asks for a second factor" in response.content.decode()


def test_a_second_factor_not_used_in_this_session_is_asked_for(boss: User) -> None:
    Authenticator.objects.create(user=boss, type=Authenticator.Type.TOTP, data={"secret": "x"})
    response = browser_of(boss).get("/admin/", follow=True)
    assert response.redirect_chain[-1][0] == "/accounts/2fa/reauthenticate/?next=%2Fadmin%2F"
    assert "Confirm that it is you" in response.content.decode()


def test_a_passkey_alone_is_asked_for_as_a_passkey(boss: User) -> None:
    Authenticator.objects.create(user=boss, type=Authenticator.Type.WEBAUTHN, data={})
    response = browser_of(boss).get("/admin/login/?next=/admin/")
    assert response["Location"].startswith("/accounts/2fa/webauthn/reauthenticate/")


def test_with_a_second_factor_used(boss: User) -> None:
    browser = browser_of(boss)
    remember_second_factor(browser, boss)
    response = browser.get("/admin/")
    assert response.status_code == 200
    assert "CT HMIS admin desk" in response.content.decode()


def test_a_second_factor_that_was_removed_no_longer_counts(boss: User) -> None:
    browser = browser_of(boss)
    remember_second_factor(browser, boss)
    Authenticator.objects.all().delete()
    assert browser.get("/admin/").status_code == 302


def test_the_second_factor_of_somebody_else_does_not_count(boss: User) -> None:
    browser = browser_of(boss)
    Authenticator.objects.create(user=boss, type=Authenticator.Type.TOTP, data={"secret": "x"})
    session = browser.session
    session[AUTHENTICATION_METHODS_SESSION_KEY] = [{"method": "mfa", "at": time.time(), "type": "totp"}]
    session["account_authentication_methods_user"] = "999999"
    session.save()
    assert browser.get("/admin/").status_code == 302


@pytest.mark.parametrize("kind", ["director", "coordinator", "signatory", "staff", "stranger"])
def test_people_of_agencies_are_told_it_is_not_for_them(cast: Cast, kind: str) -> None:
    response = cast.client(kind).get("/admin/", follow=True)
    assert response.status_code == 403
    assert "for the people who run the HMIS" in response.content.decode()


def test_the_door_never_leads_to_another_site(boss: User) -> None:
    browser = browser_of(boss)
    remember_second_factor(browser, boss)
    assert browser.get("/admin/login/?next=https://evil.example/")["Location"] == "/admin/"


def test_passwords_and_signing_out_are_the_portals(boss: User) -> None:
    browser = browser_of(boss)
    remember_second_factor(browser, boss)
    assert browser.get("/admin/password_change/")["Location"] == "/accounts/password/change/"
    assert browser.post("/admin/logout/")["Location"] == "/accounts/logout/"


def test_the_desk_shows_what_the_apps_hang_there(boss: User, settings: Any) -> None:
    from django.contrib import admin
    from django.utils.safestring import mark_safe

    browser = browser_of(boss)
    remember_second_factor(browser, boss)
    site: Any = admin.site
    before = list(site.desk_panels)
    site.desk_panels[:] = [lambda request: mark_safe("<p>Three wait</p>"), lambda request: ""]
    try:
        assert "<p>Three wait</p>" in browser.get("/admin/").content.decode()
    finally:
        site.desk_panels[:] = before
