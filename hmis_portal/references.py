"""Short references that people read over the phone: no letter or digit that looks like another."""

import secrets

from django.utils import timezone

ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"


def new_reference(prefix: str) -> str:
    """A reference that cannot be guessed, such as MOU-2026-7KQ4-X2MB; the caller's column is unique."""
    letters = "".join(secrets.choice(ALPHABET) for _ in range(8))
    return f"{prefix}-{timezone.localdate().year}-{letters[:4]}-{letters[4:]}"
