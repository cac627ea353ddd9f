"""What is costly is counted by person and by address, also while Redis is away; what strangers leave behind is swept."""

import re
import socket
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.contrib.sessions.models import Session
from django.core.exceptions import ImproperlyConfigured
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from agencies.models import Invitation, User
from agencies.services import account
from agencies.tasks import forget_unfinished_accounts
from hmis_portal.environment import Limit, limits
from hmis_portal.models import Tally
from hmis_portal.running import tallies
from hmis_portal.tasks import forget_lapsed
from tests.cast import Cast
from tests.factories import PASSWORD, UserFactory
from tests.scans import PDF

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("behind_a_proxy")]
Clients = Callable[[Any], Any]
HOME, ELSEWHERE = {"x-forwarded-for": "198.51.100.7"}, {"x-forwarded-for": "203.0.113.9"}


@pytest.fixture
def redis_away(settings: Any) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    settings.CACHES = {
        "default": {
            "BACKEND": "hmis_portal.running.cache.PatientRedisCache",
            "LOCATION": f"redis://127.0.0.1:{port}/0",
            "KEY_FUNCTION": "hmis_portal.running.cache.key_of",
        }
    }


def only(settings: Any, door: str, given: str) -> None:
    """One door has narrow limits."""
    settings.LIMITS = {**settings.LIMITS, door: limits(door, given)}


def invite(client: Any, cast: Cast, number: int, headers: dict[str, str] = HOME) -> Any:
    data = {"email": f"n{number}@harbor.example", "role": "editor", "first_name": "Nina", "last_name": "New"}
    return client.post(reverse("agencies:invite", args=[cast.agency.pk]), data, headers=headers)


def test_invitations_wait_by_person_and_by_address(cast: Cast, client_of: Clients, settings: Any) -> None:
    only(settings, "invitations", "2/h/person 3/h/address")
    manager = client_of(cast.director)
    for number in range(2):
        assert invite(manager, cast, number).status_code == 302
    page = invite(manager, cast, 3, ELSEWHERE)
    assert page.status_code == 429
    assert 'name="email" value="n3@harbor.example"' in page.text
    assert "what you typed is kept on this page. Wait 60 minutes" in page.text
    assert Invitation.objects.filter(user__email="n3@harbor.example").count() == 0
    assert client_of(cast.director).post("/eligibility/", {}, headers=HOME).status_code == 200  # another door


def test_files_are_counted_at_every_page(cast: Cast, client_of: Clients, settings: Any) -> None:
    only(settings, "uploads", "1/h/person 2/h/address")

    def send(client: Any, headers: dict[str, str] = HOME) -> int:
        file = SimpleUploadedFile("letter.pdf", PDF)
        return client.post("/verify/", {"file": file}, headers=headers).status_code

    manager = client_of(cast.director)
    assert [send(manager), send(manager)] == [302, 429]
    assert [send(client_of(cast.coordinator)), send(client_of(None))] == [429, 429]  # the address
    assert send(client_of(cast.coordinator), ELSEWHERE) == 429  # the person, who was counted though held back
    page = client_of(None).post("/verify/", {"file": SimpleUploadedFile("a.pdf", PDF)}, headers=HOME)
    assert "Select the file again then." in page.text


def test_the_eligibility_check_is_counted_by_address(client_of: Clients, settings: Any) -> None:
    only(settings, "eligibility", "3/h/address")
    answer = {"victim_service_provider": "no"}
    codes = [client_of(None).post("/eligibility/", answer, headers=HOME).status_code for _try in range(4)]
    assert codes == [302, 302, 302, 429]
    assert client_of(None).post("/eligibility/", answer, headers=ELSEWHERE).status_code == 302


def test_sign_ups_of_a_day_are_counted_by_address(client_of: Clients, settings: Any) -> None:
    settings.ACCOUNT_RATE_LIMITS = {**settings.ACCOUNT_RATE_LIMITS, "signup": "60/m/ip,2/d/ip"}
    codes = []
    for number in range(3):
        new = {
            "first_name": "A",
            "last_name": "B",
            "email": f"s{number}@harbor.example",
            "password1": PASSWORD,
        }
        codes.append(client_of(None).post("/accounts/signup/", new, headers=HOME).status_code)
    assert codes == [302, 302, 429]


def test_limits_hold_while_redis_is_away(redis_away: None, client_of: Clients, settings: Any) -> None:
    only(settings, "verify_reference", "2/h/address")
    query = "/verify/?" + urlencode({"reference": "MOU-2026-7KQ4-X2MB"})
    codes = [client_of(None).get(query, headers=HOME).status_code for _try in range(3)]
    assert codes == [200, 200, 429]
    question = {"name": "Zoë", "email": "zoe@harbor.example", "subject": "S", "text": "T"}
    codes = [client_of(None).post("/support/", question, headers=HOME).status_code for _try in range(6)]
    assert codes == [302] * 5 + [429]
    assert client_of(None).get("/support/").status_code == 200
    file = SimpleUploadedFile("a.pdf", PDF)
    assert client_of(None).post("/verify/", {"file": file}, headers=HOME, follow=True).status_code == 200


def test_guesses_of_a_password_are_counted_while_redis_is_away(redis_away: None, client_of: Clients) -> None:
    UserFactory(email="dana@harbor.example")
    wrong = {"login": "dana@harbor.example", "password": "not-this-one"}
    for _guess in range(5):
        answer = client_of(None).post("/accounts/login/", wrong, headers=HOME)
        assert "Too many tries" not in answer.text
    right = {**wrong, "password": PASSWORD}
    client = client_of(None)
    assert "Too many tries" in client.post("/accounts/login/", right, headers=HOME).text
    assert client.post("/accounts/login/", right, headers=ELSEWHERE).status_code == 302


def test_a_count_begins_anew_when_its_time_is_over() -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        assert [tallies.count("door", 60)[0] for _try in range(3)] == [1, 2, 3]
        assert tallies.count("another", 60)[0] == 1
        clock.shift(timedelta(seconds=61))
        assert tallies.count("door", 60) == (1, timezone.now() + timedelta(seconds=60))
    assert not Tally.objects.filter(key__contains="door").exists()  # a hash alone is kept


def test_the_shelf_keeps_as_the_cache_does() -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        assert tallies.Shelf.add("lock", True, 10)
        assert not tallies.Shelf.add("lock", True, 10)
        tallies.Shelf.set("tried", [2.5, 1.5], 60)
        assert tallies.Shelf.get("tried") == [2.5, 1.5]
        clock.shift(timedelta(seconds=11))
        assert tallies.Shelf.add("lock", True, 10)
        assert tallies.Shelf.delete("tried")
        assert tallies.Shelf.get("tried", []) == []


@pytest.mark.parametrize("given", ["", "often", "0/h/person", "5/person", "5/h/everybody", "5/w/person"])
def test_a_limit_that_is_none_stops_the_start(monkeypatch: pytest.MonkeyPatch, given: str) -> None:
    monkeypatch.setenv("PORTAL_LIMIT_UPLOADS", given)
    with pytest.raises(
        ImproperlyConfigured, match=r"PORTAL_LIMIT_UPLOADS is “.*”: set it to limits such as “9/h/person”"
    ):
        limits("uploads", "9/h/person")


def test_a_limit_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORTAL_LIMIT_UPLOADS", "5/10m/person, 100/d/address")
    assert limits("uploads", "9/h/person") == (Limit(5, 600, "person"), Limit(100, 86400, "address"))


@pytest.mark.parametrize("number", ["---", "—", " . "])
def test_a_certificates_number_without_a_letter_is_asked_for_again(client_of: Clients, number: str) -> None:
    page = client_of(None).get("/certificates/", {"number": number})
    assert page.status_code == 200
    assert "The number must be letters and digits" in page.text


def test_what_strangers_left_is_swept(client_of: Clients) -> None:
    visitor = client_of(None)
    with time_machine.travel(timezone.now(), tick=False) as clock:
        visitor.post("/eligibility/", {"victim_service_provider": "no"})
        assert (Session.objects.count(), Tally.objects.count()) == (1, 1)
        forget_lapsed()
        assert (Session.objects.count(), Tally.objects.count()) == (1, 1)
        clock.shift(timedelta(hours=13))
        for _twice in range(2):
            forget_lapsed()
            assert (Session.objects.count(), Tally.objects.count()) == (0, 0)


def test_sign_ups_that_nobody_finished_are_swept_and_no_other_account(cast: Cast, client_of: Clients) -> None:
    new = {"first_name": "A", "last_name": "B", "password1": PASSWORD}
    for email in ("begun@stranger.example", "done@stranger.example", "invited@stranger.example"):
        client_of(None).post("/accounts/signup/", {**new, "email": email})
    EmailAddress.objects.filter(email="done@stranger.example").update(verified=True)
    invited = User.objects.get(email="invited@stranger.example")
    Invitation.objects.create(
        agency=cast.agency, user=invited, role="editor", expires_at=timezone.now(), created_by=cast.director
    )
    colleague = account.make_colleague(by=cast.admin, email="new@hmis.example", first_name="N", last_name="N")
    kept = set(User.objects.exclude(email="begun@stranger.example"))
    forget_unfinished_accounts()
    assert User.objects.filter(email="begun@stranger.example").exists()  # not yet
    with time_machine.travel(timezone.now() + account.UNFINISHED + timedelta(days=1)):
        forget_unfinished_accounts()
        forget_unfinished_accounts()
    assert set(User.objects.all()) == kept
    assert colleague in kept


def test_the_page_on_security_names_every_door_with_its_limits(settings: Any) -> None:
    page = (settings.BASE_DIR / "docs" / "security.md").read_text()
    for door, given in settings.LIMITS.items():
        assert f"`{door.upper()}`" in page
        assert all(re.search(rf"{limit.times}/\d*[smhd]/{limit.per}", page) for limit in given), door
