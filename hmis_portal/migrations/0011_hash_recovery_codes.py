import hmac
from hashlib import sha1

from django.contrib.auth.hashers import make_password
from django.db import migrations

from hmis_portal.accounts.factors.second_factor import SecondFactorAdapter, SecretLostError

COUNT, DIGITS = 10, 8


def codes_of(data, decrypt):
    """The unused codes of a row as allauth keeps it: made of a seed, or carried over from before."""
    if "migrated_codes" in data:
        return [decrypt(code) for code in data["migrated_codes"]]
    running, codes = hmac.new(key=decrypt(data["seed"]).encode("ascii"), msg=None, digestmod=sha1), []
    for number in range(COUNT):
        running.update(f"{number:3},".encode())
        value = int.from_bytes(running.digest()[: DIGITS // 2], byteorder="big") % 10**DIGITS
        codes.append(str(value).zfill(DIGITS))
    return [code for number, code in enumerate(codes) if not data["used_mask"] & (1 << number)]


def hash_codes(apps, schema_editor):
    """Codes that people have on paper keep working; the database can no longer show them."""
    decrypt = SecondFactorAdapter().decrypt
    for row in apps.get_model("mfa", "Authenticator").objects.filter(type="recovery_codes"):
        if "hashes" in row.data:
            continue
        try:
            codes = codes_of(row.data, decrypt)
        except SecretLostError:  # made under a secret key that is gone: they did not work before either
            continue
        plain = ["".join(letter for letter in code.lower() if letter.isalnum()) for code in codes]
        row.data = {"hashes": [make_password(code) for code in plain]}
        row.save(update_fields=["data"])


class Migration(migrations.Migration):
    dependencies = [
        ("hmis_portal", "0010_let_an_address_change_slowly"),
        ("mfa", "0003_authenticator_type_uniq"),
    ]

    operations = [migrations.RunPython(hash_codes, migrations.RunPython.noop)]
