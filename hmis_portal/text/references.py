"""Short references that people read over the phone: no letter or digit that looks like another."""

import re
import secrets
from collections.abc import Iterator

from django.utils import timezone

from hmis_portal.text import typed

ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
WHOLE = re.compile(r"([A-Z]{2,5})(\d{4})([A-Z0-9]{4})([A-Z0-9]{4})")


def new_reference(prefix: str) -> str:
    """A reference that cannot be guessed, such as MOU-2026-7KQ4-X2MB; the caller's column is unique."""
    letters = "".join(secrets.choice(ALPHABET) for _ in range(8))
    return f"{prefix}-{timezone.localdate().year}-{letters[:4]}-{letters[4:]}"


def read_reference(text: str) -> str:
    """A reference as it is kept, however it was typed: small letters, blanks, any dash or none, a full stop.

    "" for what is no whole reference.
    """
    match = WHOLE.fullmatch(typed.letters(text))
    return "-".join(match.groups()) if match else ""


def grouped_number(text: str) -> str:
    """The number of a certificate as it is kept, in groups of five, however it was typed."""
    letters = typed.letters(text)
    return "-".join(letters[start : start + 5] for start in range(0, len(letters), 5))


def readings(term: str) -> Iterator[str]:
    """Other spellings under which what somebody looks for may be kept: a name, an address, a number, a reference."""
    code = typed.letters(term)
    others = [typed.one_line(term).strip(), typed.email(term) if "@" in term else "", read_reference(term)]
    if code.isascii() and code.isdigit() and len(code) > 2:
        others.append(code)  # an EIN, whole or in part
    elif len(code) == 20 and code.isascii():
        others.append(grouped_number(code))
    yield from dict.fromkeys(other for other in others if other and other != term)
