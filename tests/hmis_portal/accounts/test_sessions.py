"""How long somebody stays signed in, what ends it, and what is left in a browser afterwards."""

from typing import Any

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from allauth.usersessions.models import UserSession
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from agencies.events import AgenciesEvent
from agencies.models import User
from agencies.services import account
from hmis_portal.accounts.sessions import BY_ITSELF
from hmis_portal.models import AuditEvent
from hmis_portal.web.visits import browser_words
from tests.cast import Cast
from tests.factories import PASSWORD, UserFactory

pytestmark = pytest.mark.django_db
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:127.0) Gecko/20100101 Firefox/127.0"
PHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/17.5 Mobile/15E148 Safari/604.1"
)


def browser(agent: str = FIREFOX) -> Client:
    """A browser in which Dana is signed in."""
    client = Client(headers={"user-agent": agent})
    answer = client.post(reverse("account_login"), {"login": "dana@harbor.example", "password": PASSWORD})
    assert answer["Location"] == "/start/"
    return client


def signed_in(client: Client) -> bool:
    return client.get(reverse("agencies:me")).status_code == 200


class TestHowLong:
    def test_an_hour_without_a_request_ends_it_with_a_sentence(self, dana: User) -> None:
        with time_machine.travel("2026-12-05T03:50:00Z", tick=False) as clock:
            client = browser()
            clock.shift(59 * 60)
            assert signed_in(client)
            # What a page asks by itself, while nobody does anything, holds it open no longer.
            clock.shift(30 * 60)
            asked = client.get(reverse("agencies:me"), headers={BY_ITSELF: "1"})
            assert asked.status_code == 200
            clock.shift(30 * 60)
            answer = client.get(reverse("agencies:me"), follow=True)
        assert answer.redirect_chain == [("/accounts/login/?next=/me/", 302)]
        assert "You were signed out after 60 minutes without a request." in answer.content.decode()
        assert not UserSession.objects.exists()

    def test_twelve_hours_end_it_however_busy_it_was(self, dana: User) -> None:
        with time_machine.travel("2026-12-05T03:50:00Z", tick=False) as clock:
            client = browser()
            for _hour in range(12):
                clock.shift(59 * 60)
                session = client.session
                session["something"] = "written"
                session.save()
                assert signed_in(client)
            clock.shift(59 * 60)
            assert (
                client.get(reverse("agencies:me"), follow=True).content.decode().count("after 12 hours") == 1
            )

    def test_a_key_that_was_copied_dies_with_it(self, dana: User) -> None:
        with time_machine.travel("2026-12-05T03:50:00Z", tick=False) as clock:
            client = browser()
            stolen = client.cookies["sessionid"].value
            clock.shift(61 * 60)
            client.get(reverse("agencies:me"))
            clock.move_to("2026-12-05T03:51:00Z")
            thief = Client()
            thief.cookies["sessionid"] = stolen
            assert not signed_in(thief)

    def test_a_request_within_a_minute_writes_nothing(self, dana: User) -> None:
        client = browser()
        with CaptureQueriesContext(connection) as queries:
            client.get(reverse("onboarding:home"))
        assert not [
            one["sql"] for one in queries if "django_session" in one["sql"] and "SELECT" not in one["sql"]
        ]


class TestWhatEndsIt:
    def test_the_person_sees_each_browser_and_ends_all_others(self, dana: User) -> None:
        desk, phone = browser(), browser(PHONE)
        page = desk.get(reverse("usersessions_list")).content.decode()
        assert "Firefox on Windows" in page
        assert "Mobile Safari on iOS" in page
        assert "from 127.0.0.1" in page
        assert page.count("This browser") == 1
        answer = desk.post(reverse("usersessions_list"), follow=True).content.decode()
        assert "You are signed out everywhere else." in answer
        assert "Mobile Safari" not in answer
        assert (signed_in(desk), signed_in(phone)) == (True, False)

    def test_the_sessions_of_others_are_not_listed(self, dana: User, client_of: Any) -> None:
        browser()
        page = client_of(UserFactory()).get(reverse("usersessions_list")).content.decode()
        assert "Firefox" not in page

    def test_an_hmis_admin_ends_all_with_a_reason(
        self, cast: Cast, reference: None, dana: User, client_of: Any
    ) -> None:
        laptop = browser()
        page = reverse("admin:agencies_user_end_sessions", args=[dana.pk])
        assert "Firefox on Windows" in client_of(cast.admin).get(page).content.decode()
        assert client_of(cast.admin).post(page, {"reason": ""}).status_code == 422
        assert signed_in(laptop)
        assert client_of(cast.admin).post(page, {"reason": "Laptop stolen"}).status_code == 302
        assert not signed_in(laptop)
        event = AuditEvent.objects.get(verb=AgenciesEvent.ENDED_SESSIONS)
        assert (event.actor, event.target_id, event.reason, event.data) == (
            cast.admin, str(dana.pk), "Laptop stolen", {"sessions": 1},
        )  # fmt: skip

    def test_a_closed_account_does_not_come_back_signed_in(self, cast: Cast, dana: User) -> None:
        laptop = browser()
        account.close_account(user=dana, by=dana)
        assert not signed_in(laptop)
        account.reopen_account(user=dana, by=cast.admin, reason="A mistake")
        assert not signed_in(laptop)

    def test_a_new_factor_ends_the_others(self, dana: User, commits: Any) -> None:
        thief, laptop = browser(PHONE), browser()
        laptop.post(reverse("account_reauthenticate"), {"password": PASSWORD})
        secret = laptop.get(reverse("mfa_activate_totp")).context["form"].secret

        with (
            commits(),
            time_machine.travel(timezone.now(), tick=False),
        ):  # or the code lapses before it arrives
            code = format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time()))))
            laptop.post(reverse("mfa_activate_totp"), {"code": code})
        assert Authenticator.objects.filter(user=dana, type=Authenticator.Type.TOTP).exists()
        assert (signed_in(laptop), signed_in(thief)) == (True, False)

    def test_proving_it_again_changes_the_key(self, dana: User) -> None:
        laptop = browser()
        before = laptop.cookies["sessionid"].value
        laptop.post(reverse("account_reauthenticate"), {"password": PASSWORD})
        assert laptop.cookies["sessionid"].value != before
        thief = Client()
        thief.cookies["sessionid"] = before
        assert (signed_in(laptop), signed_in(thief)) == (True, False)
        assert [row.session_key for row in UserSession.objects.all()] == [laptop.cookies["sessionid"].value]


class TestWhatIsLeft:
    def test_no_signed_in_page_is_kept_by_the_browser(self, dana: User) -> None:
        client = browser()
        for name in (
            "agencies:me",
            "onboarding:home",
            "onboarding:support",
            "usersessions_list",
            "agencies:start",
        ):
            assert client.get(reverse(name))["Cache-Control"] == "private, no-store", name
        assert "Cache-Control" not in Client().get(reverse("onboarding:home"))

    def test_signing_out_erases_what_was_typed_in_the_browser(self, dana: User) -> None:
        client = browser()
        answer = client.post(reverse("account_logout"))
        assert answer["Clear-Site-Data"] == '"storage"'
        assert answer["Cache-Control"] == "private, no-store"
        assert "Clear-Site-Data" not in client.get(reverse("onboarding:home"))

    def test_running_out_keeps_it(self, dana: User) -> None:
        with time_machine.travel(timezone.now(), tick=False) as clock:
            client = browser()
            clock.shift(61 * 60)
            assert "Clear-Site-Data" not in client.get(reverse("agencies:me"))


@pytest.mark.parametrize(
    ("agent", "words"),
    [(FIREFOX, "Firefox on Windows"), (PHONE, "Mobile Safari on iOS"), ("", "A browser"), ("é\x00<b>" * 99, "A browser")],
)  # fmt: skip
def test_a_browser_in_words(agent: str, words: str) -> None:
    assert browser_words(agent) == words
