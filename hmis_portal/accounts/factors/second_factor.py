"""The second step of signing in: allauth's adapter with our words, its secrets encrypted in the database."""

from __future__ import annotations

import base64
import hashlib
from contextlib import suppress

from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from hmis_portal.models import PortalSettings

PREFIX = "f1:"


class SecretLostError(ValidationError):
    """A secret was encrypted with a key that the portal no longer has; its sentence is for the person."""

    def __init__(self) -> None:
        words = _("The portal can no longer read this second step. Ask support to have it set up anew")
        super().__init__(words)


def _fernet() -> MultiFernet:
    """The present secret key encrypts; earlier ones (SECRET_KEY_FALLBACKS) still decrypt."""
    return MultiFernet([_cipher(key) for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)])


def _cipher(key: str) -> Fernet:
    return Fernet(base64.urlsafe_b64encode(hashlib.sha256(f"second-factor:{key}".encode()).digest()))


def encrypt_anew() -> int:
    """Encrypt with the present secret key what was encrypted with an earlier one; how many factors that were.

    Safe to run twice. Afterwards nothing needs the earlier key, but for what nobody can read any more.
    """
    count = 0
    for pk in Authenticator.objects.values_list("pk", flat=True):
        with transaction.atomic():
            factor = Authenticator.objects.select_for_update().filter(pk=pk).first()
            if factor and (data := _anew(factor.data)) != factor.data:
                factor.data, count = data, count + 1
                factor.save(update_fields=["data"])
    return count


def _anew(value: object) -> object:
    if isinstance(value, dict):
        return {name: _anew(part) for name, part in value.items()}
    if isinstance(value, list):
        return [_anew(part) for part in value]
    if not (isinstance(value, str) and value.startswith(PREFIX)):
        return value
    token = value.removeprefix(PREFIX).encode()
    with suppress(InvalidToken):
        _cipher(settings.SECRET_KEY).decrypt(token)
        return value
    with suppress(InvalidToken):
        return PREFIX + _fernet().rotate(token).decode()
    return value


class SecondFactorAdapter(DefaultMFAAdapter):
    def get_totp_issuer(self) -> str:
        return PortalSettings.load().name

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        return {**super().get_public_key_credential_rp_entity(), "name": PortalSettings.load().name}

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": _("The code is not right. Enter the one your authenticator app shows now"),
        "unverified_email": _(
            "Your e-mail address is not confirmed yet, or is being changed. Set up the second step afterwards"
        ),
        "cannot_generate_recovery_codes": _("Set up an authenticator app or a passkey first"),
    }

    def encrypt(self, text: str) -> str:
        return PREFIX + _fernet().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        if not encrypted_text.startswith(PREFIX):
            return encrypted_text
        try:
            return _fernet().decrypt(encrypted_text.removeprefix(PREFIX).encode()).decode()
        except InvalidToken as error:
            raise SecretLostError from error

    def generate_authenticator_name(self, user: AbstractBaseUser, type: Authenticator.Type) -> str:
        number = Authenticator.objects.filter(user_id=user.pk, type=type).count() + 1
        return gettext("Passkey %(number)d") % {"number": number}
