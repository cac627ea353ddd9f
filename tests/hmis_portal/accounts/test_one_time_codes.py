"""Codes of an app and recovery codes: each good once, the latter as hashes alone; those of before keep working."""

from collections.abc import Iterator
from importlib import import_module
from typing import Any

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from allauth.mfa.utils import decrypt, encrypt
from django.apps import apps
from django.core import mail as outbox
from django.test import Client
from django.utils import timezone

from agencies.models import User
from hmis_portal.accounts.factors import one_time_codes
from hmis_portal.models import AuditEvent
from tests.cast import confirm_again
from tests.factories import PASSWORD
from tests.hmis_portal.accounts.codes import SECRET, code_now
from tests.racing import at_once

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _still() -> Iterator[None]:
    """Or a code lapses before it arrives."""
    with time_machine.travel(timezone.now(), tick=False):
        yield


def give_app(user: User) -> Authenticator:
    return Authenticator.objects.create(
        user=user, type=Authenticator.Type.TOTP, data={"secret": encrypt(SECRET)}
    )


def set_up(danas: Client, dana: User) -> str:
    """An app, set up on the pages; the code that turned it on."""
    confirm_again(danas, dana)
    secret = danas.get("/accounts/2fa/totp/activate/").context["form"].secret
    code = code_now(secret)
    answer = danas.post("/accounts/2fa/totp/activate/", {"code": code})
    assert answer["Location"] == "/accounts/2fa/recovery-codes/"
    return code


def test_the_code_that_turned_the_app_on_is_used_up(danas: Client, visitor: Client, dana: User) -> None:
    with time_machine.travel("2026-11-02T12:00:00Z", tick=False) as clock:
        code = set_up(danas, dana)
        secret = decrypt(Authenticator.objects.get(type="totp").data["secret"])
        visitor.post("/accounts/login/", {"login": dana.email, "password": PASSWORD})
        again = visitor.post("/accounts/2fa/authenticate/", {"code": code})
        assert "The code is not right" in again.content.decode()
        clock.shift(30)
        done = visitor.post("/accounts/2fa/authenticate/", {"code": code_now(secret)})
    assert done["Location"] == "/start/"


def test_a_code_that_signed_in_confirms_nothing(danas: Client, visitor: Client, dana: User) -> None:
    give_app(dana)
    with time_machine.travel("2026-11-02T12:00:00Z", tick=False):
        code = code_now()
        visitor.post("/accounts/login/", {"login": dana.email, "password": PASSWORD})
        assert visitor.post("/accounts/2fa/authenticate/", {"code": code})["Location"] == "/start/"
        again = danas.post("/accounts/2fa/reauthenticate/", {"code": code})
    assert "The code is not right" in again.content.decode()


def test_an_earlier_code_does_not_follow_a_later_one(dana: User, settings: Any) -> None:
    """With a tolerance for clocks the codes before and after are good too."""
    settings.MFA_TOTP_TOLERANCE = 1
    give_app(dana)
    with time_machine.travel("2026-11-02T12:00:00Z", tick=False):
        before, now, after = (
            format_hotp_value(hotp_value(SECRET, one)) for one in yield_hotp_counters_from_time()
        )
        assert one_time_codes.use(dana, now)
        assert not one_time_codes.use(dana, before)
        assert one_time_codes.use(dana, after)


@pytest.mark.django_db(transaction=True)
def test_of_two_at_the_same_moment_one_counts(dana: User) -> None:
    give_app(dana)
    code = code_now()
    results = at_once(*[lambda: one_time_codes.use(dana, code)] * 2)
    assert sorted(result is None for result in results) == [False, True]


def test_an_app_of_before_keeps_working(dana: User) -> None:
    give_app(dana)
    assert one_time_codes.use(dana, code_now()) == Authenticator.objects.get()


def test_recovery_codes_are_shown_once_and_kept_as_hashes(danas: Client, visitor: Client, dana: User) -> None:
    set_up(danas, dana)
    made = danas.post("/accounts/2fa/recovery-codes/")
    codes = made.context["codes"]
    assert len(codes) == 10
    assert "no-store" in made["Cache-Control"]
    kept = Authenticator.objects.get(type="recovery_codes").data
    assert not any(code in str(kept) or code.replace("-", "") in str(kept) for code in codes)
    assert not any(code in danas.get("/accounts/2fa/recovery-codes/").content.decode() for code in codes)
    assert "10 codes are left" in danas.get("/accounts/2fa/").content.decode()
    for expected in ("/start/", None):
        visitor.post("/accounts/login/", {"login": dana.email, "password": PASSWORD})
        answer = visitor.post("/accounts/2fa/authenticate/", {"code": codes[3].upper().replace("-", " ")})
        assert answer.headers.get("Location") == expected
        visitor.post("/accounts/logout/")
    assert one_time_codes.recovery_codes_left(dana) == 9


def test_what_was_made_is_told_and_written_down(danas: Client, dana: User) -> None:
    set_up(danas, dana)
    danas.post("/accounts/2fa/recovery-codes/")
    verbs = AuditEvent.objects.filter(target_id=str(dana.pk)).order_by("pk").values_list("verb", flat=True)
    assert list(verbs) == ["added second factor", "made recovery codes"]
    assert "New recovery codes were made for your account." in [one.subject for one in outbox.outbox]


def test_without_a_factor_there_are_no_codes(danas: Client, dana: User) -> None:
    confirm_again(danas, dana)
    assert danas.post("/accounts/2fa/recovery-codes/")["Location"] == "/accounts/2fa/"
    assert not Authenticator.objects.exists()


class TestCodesOfBefore:
    def migrate(self) -> None:
        import_module("hmis_portal.migrations.0011_hash_recovery_codes").hash_codes(apps, None)

    def test_they_keep_working_and_are_hashes(self, dana: User) -> None:
        give_app(dana)
        before = RecoveryCodes.activate(dana)
        codes = before.generate_codes()
        assert before.validate_code(codes[0])
        self.migrate()
        self.migrate()
        kept = Authenticator.objects.get(type="recovery_codes").data
        assert list(kept) == ["hashes"]
        assert not any(code in str(kept) for code in codes)
        assert not one_time_codes.use(dana, codes[0])
        assert one_time_codes.use(dana, codes[9])
        assert not one_time_codes.use(dana, codes[9])
        assert one_time_codes.recovery_codes_left(dana) == 8

    def test_those_carried_over_into_allauth_too(self, dana: User) -> None:
        data = {"migrated_codes": [encrypt("abcd-efgh"), encrypt("ijkl-mnop")]}
        Authenticator.objects.create(user=dana, type=Authenticator.Type.RECOVERY_CODES, data=data)
        self.migrate()
        assert one_time_codes.use(dana, "abcd-efgh")

    def test_those_of_a_key_that_is_gone_stay_as_they_are(self, dana: User) -> None:
        data = {"seed": "f1:gone", "used_mask": 0}
        Authenticator.objects.create(user=dana, type=Authenticator.Type.RECOVERY_CODES, data=data)
        self.migrate()
        assert Authenticator.objects.get().data == data
        assert one_time_codes.recovery_codes_left(dana) == 0
        assert not one_time_codes.use(dana, "12345678")
