"""Keys that change, and files that only their owner reads."""

from pathlib import Path

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.test import Client
from django.utils import timezone

from hmis_portal.accounts.factors import second_factor
from hmis_portal.environment import private_file
from hmis_portal.signing.sealing import keys
from tests.cast import sign_in
from tests.factories import PASSWORD

OLD, NEW = "an-old-key-" * 6, "the-next-key-" * 5


@pytest.fixture
def person(cast, settings):
    """Somebody who set up an authenticator app while the old key was in force."""
    settings.SECRET_KEY = OLD
    cast.director.totp = generate_totp_secret()  # of each test its own: a code is used once
    TOTP.activate(cast.director, cast.director.totp)
    RecoveryCodes.activate(cast.director)
    settings.SECRET_KEY = NEW
    return cast.director


def _sign_in(person):
    browser = Client()
    browser.post("/accounts/login/", {"login": person.email, "password": PASSWORD})
    with time_machine.travel(timezone.now(), tick=False):  # or the code lapses before it arrives
        code = format_hotp_value(hotp_value(person.totp, next(iter(yield_hotp_counters_from_time()))))
        return browser, browser.post("/accounts/2fa/authenticate/", {"code": code})


def test_after_the_secret_key_changed_a_code_is_still_right(person, settings) -> None:
    settings.SECRET_KEY_FALLBACKS = [OLD]
    browser, answer = _sign_in(person)
    assert answer.status_code == 302
    assert browser.session["_auth_user_id"] == str(person.pk)


def test_what_was_encrypted_with_an_earlier_key_is_encrypted_anew(person, settings) -> None:
    settings.SECRET_KEY_FALLBACKS = [OLD]
    assert second_factor.encrypt_anew() == 2
    assert second_factor.encrypt_anew() == 0
    settings.SECRET_KEY_FALLBACKS = []
    _browser, answer = _sign_in(person)
    assert answer.status_code == 302


def test_a_secret_whose_key_is_gone_is_a_sentence(person, settings) -> None:
    browser, answer = _sign_in(person)
    assert answer.status_code == 200
    assert "can no longer read this second step" in answer.content.decode()
    assert "_auth_user_id" not in browser.session
    assert second_factor.encrypt_anew() == 0


def test_recovery_codes_whose_key_is_gone_are_a_sentence(person, settings) -> None:
    with pytest.raises(ValidationError, match="can no longer read"):
        Authenticator.objects.get(user=person, type="recovery_codes").wrap().get_unused_codes()
    answer = sign_in(Client(), person).get("/accounts/2fa/recovery-codes/", follow=True)
    assert answer.status_code == 200


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660])
def test_a_file_that_others_read_holds_no_secret(tmp_path: Path, mode: int) -> None:
    path = tmp_path / "seal.pem"
    path.write_text("secret")
    path.chmod(mode)
    with pytest.raises(ImproperlyConfigured, match=f"chmod 600 {path}"):
        private_file(path)
    path.chmod(0o600)
    private_file(path)


def test_a_sealing_key_that_others_read_stops_the_start(tmp_path: Path, settings) -> None:
    root, seal = tmp_path / "root.pem", tmp_path / "seal.pem"
    root.write_text(keys.new_root_file())
    seal.write_text(keys.new_authority_file(root))
    settings.SEAL_CA_FILES, settings.TESTING = [str(seal)], False
    seal.chmod(0o644)
    with pytest.raises(ImproperlyConfigured, match="others than its owner may read it"):
        keys.check_configured()
    seal.chmod(0o400)
    keys.check_configured()
