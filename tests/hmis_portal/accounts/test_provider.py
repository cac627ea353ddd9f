"""Signing in with the identity provider of the state or an agency, against one on this machine."""

from collections.abc import Iterator
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.core import mail as outbox
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from agencies.models import User
from hmis_portal.events import SecurityEvent
from hmis_portal.models import AuditEvent
from tests.cast import Cast, confirm_again
from tests.factories import UserFactory
from tests.hmis_portal.accounts.identity_provider import CLIENT, SECRET, IdentityProvider

pytestmark = pytest.mark.django_db
PASSWORD = "quiet-harbor-lantern-9"
LOGIN = "/accounts/oidc/organization/login/"
LINKED = "/accounts/3rdparty/"


@pytest.fixture(scope="module")
def running() -> Iterator[IdentityProvider]:
    provider = IdentityProvider()
    yield provider
    provider.stop()


@pytest.fixture
def provider(running: IdentityProvider, settings: Any) -> IdentityProvider:
    cache.clear()
    settings.OIDC_NAME = "Connecticut sign-in"
    settings.OIDC_FACTOR_ACR = ["urn:ct:strong"]
    app = {
        "provider_id": "organization", "name": "Connecticut sign-in", "client_id": CLIENT, "secret": SECRET,
        "settings": {"server_url": running.address},
    }  # fmt: skip
    settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"OAUTH_PKCE_ENABLED": True, "APPS": [app]}}
    running.claims = {"sub": "ct-1", "email": "Dana@HARBOR.example", "email_verified": True}
    return running


@pytest.fixture
def dana_with_password() -> User:
    return account("dana@harbor.example")


def account(email: str) -> User:
    person = UserFactory(email=email)
    person.set_password(PASSWORD)
    person.save()
    EmailAddress.objects.update_or_create(
        user=person, email=email, defaults={"verified": True, "primary": True}
    )
    return person


@pytest.fixture
def browser_of(client_of: Any) -> Any:
    """A browser in which the password was just given."""

    def open_browser(person: User) -> Client:
        client = client_of(None)
        client.post(reverse("account_login"), {"login": person.email, "password": PASSWORD})
        client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
        return client

    return open_browser


def go(client: Client, provider: IdentityProvider, *, process: str = "login") -> str:
    """To the provider and back: what the page after that says."""
    away = client.post(f"{LOGIN}?process={process}")
    assert away["Location"].startswith(f"{provider.address}/authorize")
    return client.get(provider.visit(away["Location"]), follow=True).content.decode()


def link(client: Client, provider: IdentityProvider) -> None:
    assert "You can sign in with Connecticut sign-in from now on." in go(client, provider, process="connect")
    outbox.outbox.clear()


def signed_in(client: Client) -> str:
    return str(client.session.get("_auth_user_id", ""))


def test_linked_and_then_signed_in_without_a_password(
    provider: Any, dana_with_password: User, browser_of: Any, client_of: Any
) -> None:
    client = browser_of(dana_with_password)
    assert "Link Connecticut sign-in" in client.get(LINKED).content.decode()
    assert "from now on" in go(client, provider, process="connect")
    assert [
        "Another way to sign in was linked to your account." in str(letter.body) for letter in outbox.outbox
    ] == [True]
    other = client_of(None)
    assert "Sign in with Connecticut sign-in" in other.get(reverse("account_login")).content.decode()
    go(other, provider)
    assert signed_in(other) == str(dana_with_password.pk)
    for verb in (SecurityEvent.LINKED_SIGN_IN, SecurityEvent.SIGNED_IN):
        assert AuditEvent.objects.filter(verb=verb, actor=dana_with_password).exists()


def test_linking_asks_who_one_is_first(provider: Any, dana_with_password: User, client_of: Any) -> None:
    client = client_of(None)
    client.post(reverse("account_login"), {"login": dana_with_password.email, "password": PASSWORD})
    answer = client.post(f"{LOGIN}?process=connect")
    assert answer["Location"].startswith("/accounts/reauthenticate/")
    assert not SocialAccount.objects.exists()


@pytest.mark.parametrize(
    "claims",
    [
        {"email_verified": False}, {"email_verified": None}, {"email_verified": "true"}, {"email": ""}, {"email": "danä@harbor.example"},
        {"email": "somebody@harbor.example"},
    ],
)  # fmt: skip
def test_another_or_an_unverified_address_links_nothing(
    provider: Any, dana_with_password: User, browser_of: Any, claims: dict[str, Any]
) -> None:
    provider.claims |= claims
    assert "Nothing was linked." in go(browser_of(dana_with_password), provider, process="connect")
    assert not SocialAccount.objects.exists()


def test_a_verified_address_alone_opens_no_account(
    provider: Any, dana_with_password: User, client_of: Any
) -> None:
    client = client_of(None)
    assert "No account of this portal is linked to this sign-in." in go(client, provider)
    assert signed_in(client) == ""
    assert (User.objects.count(), SocialAccount.objects.count()) == (1, 0)


def test_one_sign_in_is_of_one_account(provider: Any, dana_with_password: User, browser_of: Any) -> None:
    link(browser_of(dana_with_password), provider)
    other = account("other@harbor.example")
    provider.claims["email"] = other.email
    assert "belongs to another account. Nothing was linked." in go(
        browser_of(other), provider, process="connect"
    )
    assert SocialAccount.objects.get().user == dana_with_password


def test_a_removed_link_opens_nothing(
    provider: Any, dana_with_password: User, browser_of: Any, client_of: Any
) -> None:
    client = browser_of(dana_with_password)
    link(client, provider)
    answer = client.post(LINKED, {"account": SocialAccount.objects.get().pk}, follow=True).content.decode()
    assert "You no longer sign in with Connecticut sign-in." in answer
    stranger = client_of(None)
    go(stranger, provider)
    assert signed_in(stranger) == ""
    assert AuditEvent.objects.filter(verb=SecurityEvent.UNLINKED_SIGN_IN, actor=dana_with_password).exists()


def test_a_closed_account_stays_closed(
    provider: Any, dana_with_password: User, browser_of: Any, client_of: Any
) -> None:
    link(browser_of(dana_with_password), provider)
    User.objects.filter(pk=dana_with_password.pk).update(is_active=False)
    stranger = client_of(None)
    assert "This account is closed" in go(stranger, provider)
    assert signed_in(stranger) == ""


class TestFactor:
    @pytest.fixture
    def linked_admin(
        self, provider: Any, cast: Cast, reference: None, browser_of: Any, settings: Any
    ) -> User:
        admin = cast.admin
        admin.set_password(PASSWORD)
        admin.save()
        EmailAddress.objects.update_or_create(
            user=admin, email=admin.email, defaults={"verified": True, "primary": True}
        )
        provider.claims["email"] = admin.email
        link(browser_of(admin), provider)
        settings.ADMIN_SECOND_FACTOR = True
        return admin

    @pytest.mark.parametrize("said", [{"amr": ["pwd", "mfa"]}, {"amr": ["hwk"]}, {"acr": "urn:ct:strong"}])
    def test_that_the_provider_asked_for_counts(
        self, provider: Any, linked_admin: User, client_of: Any, said: Any
    ) -> None:
        provider.claims |= said
        client = client_of(None)
        go(client, provider)
        assert client.get(reverse("admin:index")).status_code == 200

    @pytest.mark.parametrize(
        "said", [{}, {"amr": ["pwd"]}, {"amr": "mfa"}, {"amr": [["mfa"]]}, {"acr": "0"}, {"acr": None}]
    )
    def test_without_one_the_portal_asks_itself(
        self, provider: Any, linked_admin: User, client_of: Any, said: Any
    ) -> None:
        provider.claims |= said
        client = client_of(None)
        go(client, provider)
        assert client.get(reverse("admin:index")).status_code == 302

    def test_saves_from_being_asked_for_ones_own_too(
        self, provider: Any, linked_admin: User, client_of: Any
    ) -> None:
        Authenticator.objects.create(
            user=linked_admin, type="totp", data={"secret": get_adapter().encrypt("A" * 32)}
        )
        client = client_of(None)
        go(client, provider)
        assert signed_in(client) == ""
        provider.claims["amr"] = ["mfa"]
        go(client, provider)
        assert signed_in(client) == str(linked_admin.pk)


class TestAway:
    def test_a_provider_that_does_not_answer(self, provider: Any, settings: Any, client_of: Any) -> None:
        app = settings.SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"][0]
        app["settings"] = {"server_url": "http://127.0.0.1:9"}
        page = client_of(None).post(LOGIN, follow=True).content.decode()
        assert "Connecticut sign-in does not answer. Sign in with your password." in page

    @pytest.mark.parametrize(
        "query",
        ["error=access_denied", "error=server_error", "code=another", "", "code=the-code&state=forged"],
    )
    def test_what_it_refuses(self, provider: Any, client_of: Any, query: str) -> None:
        client = client_of(None)
        back = provider.visit(client.post(LOGIN)["Location"]).partition("?")
        state = "" if "state" in query else f"&state={provider.asked['state']}"
        page = client.get(f"{back[0]}?{query}{state}", follow=True).content.decode()
        assert "did not sign you in" in page
        assert signed_in(client) == ""

    def test_none_is_set_up(self, client_of: Any, dana_with_password: User) -> None:
        assert client_of(None).post(LOGIN).status_code == 404
        assert "/accounts/oidc/" not in client_of(None).get(reverse("account_login")).content.decode()
        assert (
            "is not linked to the sign-in of another"
            in confirm_again(client_of(dana_with_password), dana_with_password).get(LINKED).content.decode()
        )
