"""Facts of one request: where it comes from, and how often."""

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest


def client_ip(request: HttpRequest) -> str | None:
    """The address the request came from; behind a trusted proxy the one that the proxy saw."""
    if settings.TRUST_PROXY and (forwarded := request.headers.get("x-forwarded-for", "")):
        return forwarded.rsplit(",", 1)[-1].strip() or None
    return request.META.get("REMOTE_ADDR") or None


def browser_of(request: HttpRequest) -> str:
    """What the browser says it is."""
    return request.headers.get("user-agent", "")


def too_often(request: HttpRequest, action: str, *, times: int, seconds: int, key: str = "") -> bool:
    """Count this request; True when the same address (or `key`) did this more than `times` in `seconds`."""
    name = f"too-often:{action}:{key or client_ip(request)}"
    cache.add(name, 0, seconds)
    try:
        return cache.incr(name) > times
    except ValueError:  # lapsed between the two
        cache.set(name, 1, seconds)
        return False
