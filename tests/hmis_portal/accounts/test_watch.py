"""What the record says of sign-ins and refusals, and what the person is told."""

from typing import Any

import pytest
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from django.core import mail as outbox
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from agencies.models import User
from hmis_portal.events import AccountEvent, SecurityEvent
from hmis_portal.models import AuditEvent
from tests.cast import Cast
from tests.factories import PASSWORD

pytestmark = pytest.mark.django_db
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:127.0) Gecko/20100101 Firefox/127.0"
LOGIN = "/accounts/login/"


@pytest.fixture
def firefox(client_of: Any) -> Any:
    client = client_of(None)
    client.defaults["HTTP_USER_AGENT"] = FIREFOX
    client.defaults["REMOTE_ADDR"] = "192.0.2.7"
    return client


def recorded(verb: SecurityEvent) -> list[AuditEvent]:
    return list(AuditEvent.objects.filter(verb=verb).order_by("pk"))


def test_signing_in_and_out(dana: User, firefox: Client) -> None:
    firefox.post(LOGIN, {"login": dana.email, "password": PASSWORD})
    firefox.post(reverse("account_logout"))
    for verb in (SecurityEvent.SIGNED_IN, SecurityEvent.SIGNED_OUT):
        (event,) = recorded(verb)
        assert (event.actor, event.target_id, event.ip, event.data["browser"]) == (
            dana,
            str(dana.pk),
            "192.0.2.7",
            FIREFOX,
        )


def test_a_change_of_the_account_is_of_a_place_and_a_browser_too(dana: User, firefox: Client) -> None:
    firefox.post(LOGIN, {"login": dana.email, "password": PASSWORD})
    firefox.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    new = "lantern-harbor-quiet-11"
    firefox.post(
        reverse("account_change_password"), {"oldpassword": PASSWORD, "password1": new, "password2": new}
    )
    event = AuditEvent.objects.get(verb=AccountEvent.CHANGED_PASSWORD)
    assert (event.actor, event.ip, event.data["browser"]) == (dana, "192.0.2.7", FIREFOX)


def test_a_wrong_password_is_of_the_account_but_of_no_person(dana: User, firefox: Client) -> None:
    firefox.post(LOGIN, {"login": "Dana@HARBOR.example", "password": "not this one at all"})
    (event,) = recorded(SecurityEvent.SIGN_IN_FAILED)
    assert (event.actor, event.target_id, event.ip, event.data["step"]) == (
        None,
        str(dana.pk),
        "192.0.2.7",
        "password",
    )
    assert "not this one" not in str(event.data)


def test_an_unknown_address_is_not_kept_whole(dana: User, firefox: Client) -> None:
    firefox.post(LOGIN, {"login": "somebody.private@elsewhere.example", "password": "not this one at all"})
    (event,) = recorded(SecurityEvent.SIGN_IN_FAILED)
    assert (event.target_type, event.data["address"]) == (
        "hmis_portal.portalsettings",
        "s…@elsewhere.example",
    )


def test_a_wrong_code(dana: User, firefox: Client) -> None:
    Authenticator.objects.create(
        user=dana, type=Authenticator.Type.TOTP, data={"secret": get_adapter().encrypt("A" * 32)}
    )
    firefox.post(LOGIN, {"login": dana.email, "password": PASSWORD})
    firefox.post(reverse("mfa_authenticate"), {"code": "000000"})
    (event,) = recorded(SecurityEvent.SIGN_IN_FAILED)
    assert (event.target_id, event.data["step"]) == (str(dana.pk), "factor")
    assert recorded(SecurityEvent.SIGNED_IN) == []


def test_a_browser_new_to_the_account_is_told_of(dana: User, firefox: Client, client_of: Any) -> None:
    firefox.post(LOGIN, {"login": dana.email, "password": PASSWORD})
    firefox.post(reverse("account_logout"))
    firefox.post(LOGIN, {"login": dana.email, "password": PASSWORD})
    assert outbox.outbox == []  # the first browser ever, and the same again
    other = client_of(None)
    other.post(LOGIN, {"login": dana.email, "password": PASSWORD}, headers={"user-agent": FIREFOX})
    (sent,) = outbox.outbox
    assert sent.to == [dana.email]
    assert "from a browser that is new to it: Firefox on Windows" in str(sent.body)


def test_too_many_tries_are_written_down_once(dana: User, firefox: Client) -> None:
    for _try in range(9):
        firefox.post(LOGIN, {"login": dana.email, "password": "not this one at all"})
    (event,) = recorded(SecurityEvent.HELD_BACK)
    assert (event.ip, event.data["of"]) == ("192.0.2.7", "POST /accounts/login/")
    assert len(recorded(SecurityEvent.SIGN_IN_FAILED)) == 5


def test_a_refused_right_is_written_down_once_an_hour(cast: Cast, client_of: Any) -> None:
    cache.clear()
    client = client_of(cast.coordinator)
    for _try in range(3):
        assert client.get(reverse("agencies:invite", args=[cast.agency.pk])).status_code == 403
    (event,) = recorded(SecurityEvent.REFUSED)
    assert (event.actor, event.data["of"]) == (
        cast.coordinator,
        f"GET /agencies/{cast.agency.pk}/people/invite/",
    )


def test_a_refusal_keeps_no_one_time_link(cast: Cast, client_of: Any, rf: Any) -> None:
    from hmis_portal.accounts import watch

    request = rf.post("/invitations/secret:token/")
    request.user = cast.director
    watch.refused(request)
    (event,) = recorded(SecurityEvent.REFUSED)
    assert event.data["of"] == "POST /invitations/…/"
