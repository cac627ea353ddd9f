"""Signing up, in and back in: in the portal's words, without telling who has an account."""

from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.contrib.auth.hashers import MD5PasswordHasher
from django.core import mail as outbox
from django.test import Client
from django.utils import timezone

from agencies.models import User
from hmis_portal.mail import PLACEHOLDER
from hmis_portal.models import Message
from tests.cast import confirm_again
from tests.factories import PASSWORD
from tests.hmis_portal.accounts.letters import link_in

pytestmark = pytest.mark.django_db
NEW = {"first_name": "Dana", "last_name": "Ruiz", "email": "Dana@Harbor.example", "password1": PASSWORD}


class CountingHasher(MD5PasswordHasher):
    """What takes the time of an answer is making a hash."""

    count = 0

    def encode(self, password: str, salt: str) -> str:
        CountingHasher.count += 1
        return super().encode(password, salt)


class TestSignUp:
    def test_the_account_waits_for_its_address_to_be_confirmed(self, visitor: Client) -> None:
        response = visitor.post("/accounts/signup/", NEW)
        assert response["Location"] == "/accounts/confirm-email/"
        user = User.objects.get()
        assert (user.email, user.first_name, user.last_name) == ("dana@harbor.example", "Dana", "Ruiz")
        assert not EmailAddress.objects.get(user=user).verified
        assert "_auth_user_id" not in visitor.session

    def test_the_link_is_in_the_mail_but_not_in_the_log(self, visitor: Client) -> None:
        visitor.post("/accounts/signup/", NEW)
        logged = Message.objects.get(name="account/confirm_signup")
        assert PLACEHOLDER in logged.body_text
        assert PLACEHOLDER in logged.body_html
        assert "/accounts/confirm-email/" not in logged.body_text + logged.body_html
        (sent,) = outbox.outbox
        assert sent.subject == "Confirm your e-mail address"
        assert link_in(sent).startswith("/accounts/confirm-email/")
        assert str(sent.body).startswith("Hello Dana,")

    def test_opening_the_link_asks_and_confirming_signs_in(self, visitor: Client) -> None:
        visitor.post("/accounts/signup/", NEW)
        address = link_in(outbox.outbox[0])
        page = visitor.get(address)
        assert "Confirm this address" in page.content.decode()
        assert not EmailAddress.objects.get().verified
        response = visitor.post(address)
        assert EmailAddress.objects.get().verified
        assert response["Location"] == "/start/"
        assert visitor.session["_auth_user_id"] == str(User.objects.get().pk)

    def test_a_used_link_says_so_and_how_to_get_a_new_one(self, visitor: Client) -> None:
        visitor.post("/accounts/signup/", NEW)
        address = link_in(outbox.outbox[0])
        visitor.post(address)
        page = Client().get(address).content.decode()
        assert "This link has lapsed or was used already." in page
        assert "/accounts/login/" in page

    def test_an_address_with_an_account_gets_the_same_answer_and_another_mail(
        self, visitor: Client, dana: User
    ) -> None:
        response = visitor.post("/accounts/signup/", NEW)
        assert response["Location"] == "/accounts/confirm-email/"
        assert User.objects.count() == 1
        assert [message.subject for message in outbox.outbox] == ["You already have an account"]

    def test_whether_there_is_an_account_does_not_show_in_the_time(
        self, visitor: Client, dana: User, settings: Any
    ) -> None:
        settings.PASSWORD_HASHERS = ["tests.hmis_portal.accounts.test_accounts.CountingHasher"]
        counts = []
        for email in ("new@harbor.example", dana.email):
            CountingHasher.count = 0
            visitor.post("/accounts/signup/", NEW | {"email": email})
            counts.append(CountingHasher.count)
        assert counts == [1, 1]

    def test_faults_ask_for_each_act_and_keep_the_typing(self, visitor: Client) -> None:
        page = visitor.post(
            "/accounts/signup/", {"first_name": "Dana", "password1": "short"}
        ).content.decode()
        assert "<title>Error: Create an account" in page
        for words in ("Enter your last name", "Enter your work e-mail address", "at least 12 characters"):
            assert words in page
        assert 'value="Dana"' in page


class TestSignIn:
    def test_to_the_start_page(self, visitor: Client, dana: User) -> None:
        response = visitor.post("/accounts/login/", {"login": "Dana@harbor.example", "password": PASSWORD})
        assert response["Location"] == "/start/"

    def test_a_wrong_password_and_an_unknown_address_read_the_same(self, visitor: Client, dana: User) -> None:
        pages = [
            visitor.post("/accounts/login/", {"login": login, "password": "not-this-one-at-all"})
            .context["form"]
            .errors
            for login in ("dana@harbor.example", "nobody@harbor.example")
        ]
        assert (
            pages[0]
            == pages[1]
            == {"__all__": ["The e-mail address or the password is not right. Check both and try again"]}
        )

    @pytest.mark.parametrize("address", ["https://evil.example/", "//evil.example/", "javascript:alert(1)"])
    def test_it_never_leads_to_another_site(self, visitor: Client, dana: User, address: str) -> None:
        data = {"login": dana.email, "password": PASSWORD, "next": address}
        assert visitor.post("/accounts/login/", data)["Location"] == "/start/"

    def test_an_unconfirmed_address_gets_a_new_link(self, visitor: Client, dana: User) -> None:
        EmailAddress.objects.update(verified=False)
        response = visitor.post("/accounts/login/", {"login": dana.email, "password": PASSWORD})
        assert response["Location"] == "/accounts/confirm-email/"
        assert [message.subject for message in outbox.outbox] == ["Confirm your e-mail address"]

    def test_a_closed_account_stays_closed(self, visitor: Client, dana: User) -> None:
        dana.is_active, dana.closed_at = False, timezone.now()
        dana.save()
        visitor.post("/accounts/login/", {"login": dana.email, "password": PASSWORD})
        assert "_auth_user_id" not in visitor.session

    def test_too_many_tries_wait(self, visitor: Client, dana: User) -> None:
        for _ in range(12):
            response = visitor.post(
                "/accounts/login/", {"login": dana.email, "password": "not-this-one-at-all"}
            )
        text = response.content.decode()
        assert "Too many tries" in text
        response = visitor.post("/accounts/login/", {"login": dana.email, "password": PASSWORD})
        assert "_auth_user_id" not in visitor.session


class TestForgottenPassword:
    def test_the_answer_is_the_same_for_anybody(self, visitor: Client, dana: User) -> None:
        known = visitor.post("/accounts/password/reset/", {"email": dana.email}, follow=True)
        unknown = visitor.post("/accounts/password/reset/", {"email": "nobody@harbor.example"}, follow=True)
        assert known.redirect_chain == unknown.redirect_chain
        assert "If there is an account with that address" in known.content.decode()
        assert [(one.to, one.subject) for one in outbox.outbox] == [
            ([dana.email], "Set a new password"),
            (["nobody@harbor.example"], "No account with this address"),
        ]

    def test_the_link_sets_a_new_password_once(self, visitor: Client, dana: User) -> None:
        visitor.post("/accounts/password/reset/", {"email": dana.email})
        assert PLACEHOLDER in Message.objects.get(name="account/password_reset").body_text
        address = link_in(outbox.outbox[0])
        form_page = visitor.get(address, follow=True)
        assert form_page.status_code == 200
        response = visitor.post(form_page.request["PATH_INFO"], {"password1": "another-lantern-at-sea-4"})
        assert response.status_code == 302
        dana.refresh_from_db()
        assert dana.check_password("another-lantern-at-sea-4")
        again = Client().get(address).content.decode()
        assert "This link has lapsed or was used already." in again
        assert "Send a new link" in again

    def test_the_owner_is_told(self, visitor: Client, dana: User) -> None:
        visitor.post("/accounts/password/reset/", {"email": dana.email})
        form_page = visitor.get(link_in(outbox.outbox[0]), follow=True)
        visitor.post(form_page.request["PATH_INFO"], {"password1": "another-lantern-at-sea-4"})
        notice = outbox.outbox[-1]
        assert notice.subject == "The password of your account was set anew with a link from an e-mail."
        assert "Eastern Time" in str(notice.body)


class TestOwnAccount:
    @pytest.mark.parametrize(
        "address",
        [
            "/accounts/password/change/",
            "/accounts/email/",
            "/accounts/2fa/",
            "/accounts/logout/",
            "/accounts/reauthenticate/",
        ],
    )
    def test_each_page_has_one_heading(
        self, client_of: Callable[[Any], Client], dana: User, address: str
    ) -> None:
        response = confirm_again(client_of(dana), dana).get(address)
        assert response.status_code == 200
        assert response.content.decode().count("<h1") == 1

    def test_an_authenticator_app_and_its_codes(self, client_of: Callable[[Any], Client], dana: User) -> None:
        from allauth.mfa.totp.internal.auth import (
            format_hotp_value,
            hotp_value,
            yield_hotp_counters_from_time,
        )

        browser = client_of(dana)
        browser.post("/accounts/reauthenticate/", {"password": PASSWORD})
        page = browser.get("/accounts/2fa/totp/activate/")
        secret = page.context["form"].secret
        wrong = browser.post("/accounts/2fa/totp/activate/", {"code": "000"})
        assert "The code is not right" in wrong.content.decode()
        with time_machine.travel(timezone.now(), tick=False):  # or the code lapses before it arrives
            code = format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time()))))
            browser.post("/accounts/2fa/totp/activate/", {"code": code})
        stored = Authenticator.objects.get(type=Authenticator.Type.TOTP).data["secret"]
        assert secret not in stored
        assert "Remove the app" in browser.get("/accounts/2fa/").content.decode()
        assert "An authenticator app was added to your account." in [one.subject for one in outbox.outbox]
        assert browser.get("/accounts/2fa/totp/deactivate/").status_code == 200
        codes = browser.post("/accounts/2fa/recovery-codes/").context["codes"]
        visitor = client_of(None)
        asked = visitor.post("/accounts/login/", {"login": dana.email, "password": PASSWORD}, follow=True)
        assert "Enter your code" in asked.content.decode()
        done = visitor.post("/accounts/2fa/authenticate/", {"code": codes[0]})
        assert done["Location"] == "/start/"
