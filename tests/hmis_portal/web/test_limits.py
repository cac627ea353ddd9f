"""What is tried too often waits, says how long, keeps what was typed, and hits nobody else."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core import mail as outbox
from django.urls import reverse
from django.utils import timezone

from agencies import emails
from agencies.models import AgencyRole, Invitation, User
from agencies.services import invitations
from hmis_portal.text.words import wait_words
from tests.cast import Cast
from tests.factories import PASSWORD
from tests.hmis_portal.accounts.letters import link_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("behind_a_proxy")]
Clients = Callable[[Any], Any]
HOME, ELSEWHERE = {"x-forwarded-for": "198.51.100.7"}, {"x-forwarded-for": "203.0.113.9"}


def sign_in(client: Any, login: str, password: str = PASSWORD, headers: dict[str, str] = HOME) -> Any:
    return client.post("/accounts/login/", {"login": login, "password": password}, headers=headers)


def is_in(client: Any) -> bool:
    return "_auth_user_id" in client.session


def test_wrong_passwords_elsewhere_keep_nobody_out(client_of: Clients, dana: User, settings: Any) -> None:
    settings.ACCOUNT_RATE_LIMITS = {**settings.ACCOUNT_RATE_LIMITS, "login_failed_address": "10/5m/ip"}
    for number in range(12):
        sign_in(client_of(None), f"nobody{number}@harbor.example", "not-this-one", ELSEWHERE)
    assert "Too many tries" in sign_in(client_of(None), dana.email, headers=ELSEWHERE).text
    client = client_of(None)
    sign_in(client, dana.email)
    assert is_in(client)


def test_a_strangers_guesses_do_not_lock_the_owner_out(client_of: Clients, dana: User) -> None:
    at_home = client_of(None)
    sign_in(at_home, dana.email)
    at_home.post("/accounts/logout/")
    for _guess in range(6):
        answer = sign_in(client_of(None), dana.email, "not-this-one")
    assert "Too many tries to sign in with this address from here. Wait 5 minutes" in answer.text
    assert reverse("account_reset_password") in answer.text
    assert f'value="{dana.email}"' in answer.text
    sign_in(at_home, dana.email)  # the same place, a device that signed in before
    assert is_in(at_home)
    new = client_of(None)
    sign_in(new, dana.email, headers=ELSEWHERE)
    assert is_in(new)


def test_a_known_device_guesses_no_more_often_than_any(client_of: Clients, dana: User) -> None:
    client = client_of(None)
    sign_in(client, dana.email)
    client.post("/accounts/logout/")
    for _guess in range(5):
        sign_in(client, dana.email, "not-this-one")
    assert "Too many tries" in sign_in(client, dana.email).text
    client.cookies["known-device"] = "forged"
    assert not is_in(client)


def test_guesses_from_everywhere_end_for_one_account(client_of: Clients, dana: User, settings: Any) -> None:
    settings.ACCOUNT_RATE_LIMITS = {**settings.ACCOUNT_RATE_LIMITS, "login_failed_account": "7/h/key"}
    for number in range(7):
        sign_in(client_of(None), dana.email, "not-this-one", {"x-forwarded-for": f"203.0.113.{number}"})
    assert "Wait 60 minutes" in sign_in(client_of(None), dana.email, headers=HOME).text


def test_a_new_password_ends_the_wait(client_of: Clients, dana: User) -> None:
    client = client_of(None)
    for _guess in range(6):
        sign_in(client, dana.email, "not-this-one")
    client.post("/accounts/password/reset/", {"email": dana.email}, headers=HOME)
    page = client.get(link_in(outbox.outbox[-1]), headers=HOME)["Location"]
    client.post(page, {"password1": "quiet-harbor-lantern-9"}, headers=HOME)
    sign_in(client, dana.email, "quiet-harbor-lantern-9")
    assert is_in(client)


def test_a_class_behind_one_address_accepts_its_invitations(cast: Cast, client_of: Clients) -> None:
    words = {"first_name": "Nina", "last_name": "New", "password": "quiet-harbor-lantern-9"}
    for number in range(25):
        row = invitations.invite(
            agency=cast.agency, email=f"n{number}@harbor.example", role=AgencyRole.EDITOR, by=cast.admin
        )
        client_of(None).post(emails.invitation_link(str(row.pk)), words, headers=HOME)
    assert Invitation.objects.filter(accepted_at__isnull=False).count() == 25


def test_a_page_that_holds_back_states_the_wait_and_keeps_the_typing(client_of: Clients) -> None:
    client = client_of(None)
    question = {
        "name": "Zoë O’Neill",
        "email": "zoe@harbor.example",
        "subject": "A “quoted” <b>",
        "text": "One\ntwo",
    }
    with time_machine.travel(timezone.now(), tick=False) as clock:
        for number in range(5):
            client.post("/support/", {**question, "subject": f"Question {number}"}, headers=HOME)
        clock.shift(timedelta(minutes=20))
        page = client.post("/support/", question, headers=HOME)
    assert (page.status_code, page["Retry-After"]) == (429, "2400")
    assert "what you typed is kept on this page. Wait 40 minutes, then send it again" in page.text
    assert 'name="subject" value="A “quoted” &lt;b&gt;"' in page.text
    assert 'name="text" value="One\ntwo"' in page.text
    assert "Too many tries" not in client.post("/support/", question, headers=ELSEWHERE).text


def test_a_page_of_the_sign_in_library_states_its_own_wait(client_of: Clients, dana: User) -> None:
    client = client_of(None)
    with time_machine.travel(timezone.now(), tick=False) as clock:
        for _click in range(5):
            client.post("/accounts/password/reset/", {"email": dana.email}, headers=HOME)
        clock.shift(timedelta(seconds=20))
        page = client.post("/accounts/password/reset/", {"email": "Dana@harbor.example"}, headers=HOME)
    assert (page.status_code, page["Retry-After"]) == (429, "40")
    assert "Wait 40 seconds" in page.text
    assert 'name="email" value="Dana@harbor.example"' in page.text


def test_no_password_is_kept_on_such_a_page(client_of: Clients, settings: Any) -> None:
    settings.ACCOUNT_RATE_LIMITS = {**settings.ACCOUNT_RATE_LIMITS, "signup": "1/m/ip"}
    new = {
        "first_name": "Dana",
        "last_name": "Ruiz",
        "email": "d@harbor.example",
        "password1": "quiet-harbor-lantern-9",
    }
    client_of(None).post("/accounts/signup/", {}, headers=HOME)
    page = client_of(None).post("/accounts/signup/", new, headers=HOME)
    assert page.status_code == 429
    assert 'name="email" value="d@harbor.example"' in page.text
    assert "quiet-harbor" not in page.text


def test_no_page_says_that_a_link_was_sent_when_none_was(client_of: Clients, dana: User) -> None:
    dana.emailaddress_set.update(verified=False)
    for _try in range(2):  # the second within three minutes sends nothing
        page = client_of(None).post(
            "/accounts/login/", {"login": dana.email, "password": PASSWORD}, follow=True
        )
    assert len(outbox.outbox) == 1
    assert "We sent" not in page.text
    assert "open the link in our newest e-mail" in page.text


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(1, "1 second"), (90, "90 seconds"), (91, "2 minutes"), (300, "5 minutes"), (5401, "2 hours")],
)
def test_a_wait_in_words_is_never_shorter_than_the_wait(seconds: int, words: str) -> None:
    assert wait_words(seconds) == words
