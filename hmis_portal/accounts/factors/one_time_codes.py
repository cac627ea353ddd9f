"""Codes that are good once: of an authenticator app, and those on paper for when it is lost."""

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from allauth.mfa.utils import decrypt
from django.contrib.auth import get_user_model
from django.contrib.auth.hashers import check_password, make_password
from django.db import transaction
from django.utils.crypto import get_random_string

from hmis_portal.models.users import User

Type = Authenticator.Type
COUNT = 10
# Ten letters and digits, none that looks like another: 49 bits, hashed as a password is.
LETTERS = "23456789abcdefghjkmnpqrstvwxyz"
HASHES, LAST_COUNTER = "hashes", "last_counter"


def use(user: User, code: str) -> Authenticator | None:
    """The app or the recovery codes of this person, when the code is theirs and was never used; now it was."""
    with transaction.atomic():
        rows = Authenticator.objects.select_for_update().filter(user_id=user.pk).order_by("pk")
        for row in rows.filter(type__in=[Type.TOTP, Type.RECOVERY_CODES]):
            if (_use_app if row.type == Type.TOTP else _use_recovery_code)(row, code):
                row.save(update_fields=["data"])
                return row
    return None


def app_counter(secret: str, code: str) -> int | None:
    """Which of the app's codes this is now; each has a number of its own, one higher every 30 seconds."""
    typed = "".join(code.split())
    for counter in totp.yield_hotp_counters_from_time():
        if typed == totp.format_hotp_value(totp.hotp_value(secret, counter)):
            return int(counter)
    return None


def _use_app(row: Authenticator, code: str) -> bool:
    counter = app_counter(decrypt(row.data["secret"]), code)
    if counter is None or counter <= row.data.get(LAST_COUNTER, 0):
        return False
    row.data[LAST_COUNTER] = counter
    return True


def _use_recovery_code(row: Authenticator, code: str) -> bool:
    typed = _plain(code)
    if len(typed) < 8:  # a code of the app: nothing is hashed for it
        return False
    for hashed in row.data.get(HASHES, ()):
        if check_password(typed, hashed):
            row.data[HASHES].remove(hashed)
            return True
    return False


@transaction.atomic
def make_recovery_codes(user: User) -> tuple[Authenticator, list[str]]:
    """New codes in place of all earlier ones. Their hashes are kept, so they can be shown this once."""
    get_user_model().objects.select_for_update().get(pk=user.pk)
    Authenticator.objects.filter(user_id=user.pk, type=Type.RECOVERY_CODES).delete()
    codes = [get_random_string(10, LETTERS) for _code in range(COUNT)]
    hashes = [make_password(code) for code in codes]
    row = Authenticator.objects.create(user_id=user.pk, type=Type.RECOVERY_CODES, data={HASHES: hashes})
    return row, [f"{code[:5]}-{code[5:]}" for code in codes]


def recovery_codes_left(user: User) -> int:
    row = Authenticator.objects.filter(user_id=user.pk, type=Type.RECOVERY_CODES).first()
    return len(row.data.get(HASHES, ())) if row else 0


def _plain(code: str) -> str:
    return "".join(letter for letter in code.lower() if letter.isalnum())
