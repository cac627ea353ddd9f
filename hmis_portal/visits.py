"""Facts of one request: where it comes from, and how often."""

import re
from ipaddress import ip_address

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest

WITH_PORT = re.compile(r"\[([0-9a-fA-F:.]+)\](?::\d+)?|(\d+\.\d+\.\d+\.\d+):\d+")


def client_ip(request: HttpRequest) -> str | None:
    """The address the request came from; behind a trusted proxy the one that the proxy saw. None: not an address."""
    given: str = request.META.get("REMOTE_ADDR") or ""
    if settings.TRUST_PROXY and (forwarded := request.headers.get("x-forwarded-for", "")):
        given = forwarded.rsplit(",", 1)[-1].strip()
    if with_port := WITH_PORT.fullmatch(given):  # as some proxies write it
        given = with_port[1] or with_port[2]
    try:
        return str(ip_address(given.partition("%")[0]))
    except ValueError:
        return None


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
