"""Who gave which answer of a page, and when: remembered for some days, for the question which of two is to stand."""

import hashlib
from collections.abc import Collection
from datetime import datetime, timedelta

from django.core.cache import cache
from django.utils import timezone

from agencies.models import User

KEPT = timedelta(days=7)


def sign(page: str, fields: Collection[str], *, by: User) -> None:
    signed = [str(by), timezone.now().isoformat()]
    cache.set_many({_key(page, name): signed for name in fields}, KEPT.total_seconds())


def of(page: str, fields: Collection[str]) -> dict[str, tuple[str, datetime]]:
    """By field, where it is remembered."""
    keys = {_key(page, name): name for name in fields}
    cached = cache.get_many(keys)
    return {keys[key]: (who, datetime.fromisoformat(when)) for key, (who, when) in cached.items()}


def _key(page: str, field: str) -> str:
    return f"typed-by:{hashlib.blake2b(f'{page}/{field}'.encode(), digest_size=16).hexdigest()}"
