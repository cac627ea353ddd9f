"""Who has a page open now: remembered for a minute, in the cache alone; the page's script says it again while it is looked at."""

import hashlib
import time
from uuid import UUID

from django.core.cache import cache
from django.utils.translation import ngettext

from agencies.models import User

LASTS = 60  # seconds


def others_at(agency_id: UUID, page: str, user: User) -> str:
    """Which colleagues have this page of the agency open, in words; and that this person has it."""
    key = f"open:{agency_id}:{hashlib.blake2b(page.encode(), digest_size=16).hexdigest()}"
    now = time.time()
    people = {who: (name, at) for who, (name, at) in (cache.get(key) or {}).items() if now - at < LASTS}
    names = sorted(name for who, (name, _at) in people.items() if who != str(user.pk))
    cache.set(key, {**people, str(user.pk): (str(user), now)}, LASTS)
    if not names:
        return ""
    words = ngettext("%(who)s has this page open.", "%(who)s have this page open.", len(names))
    return words % {"who": ", ".join(names)}
