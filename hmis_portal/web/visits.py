"""Facts of one request: whose it is, where it comes from, and how often."""

import math
import re
from ipaddress import ip_address, ip_network

import structlog
import ua_parser
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django_structlog.signals import bind_extra_request_metadata

from hmis_portal.models.users import User, is_user
from hmis_portal.running import tallies

WITH_PORT = re.compile(r"\[([0-9a-fA-F:.]+)\](?::\d+)?|(\d+\.\d+\.\d+\.\d+):\d+")


def signed_in(request: HttpRequest) -> User:
    """The account of a page that asks for one; narrows the type once."""
    if not is_user(request.user):
        raise PermissionDenied
    return request.user


def client_ip(request: HttpRequest) -> str | None:
    """The address the request came from; behind a trusted proxy the one that the proxy saw. None: not an address."""
    address: str = request.META.get("REMOTE_ADDR") or ""
    if settings.TRUST_PROXY and (forwarded := request.headers.get("x-forwarded-for", "")):
        address = forwarded.rsplit(",", 1)[-1].strip()
    if with_port := WITH_PORT.fullmatch(address):  # as some proxies write it
        address = with_port[1] or with_port[2]
    try:
        return str(ip_address(address.partition("%")[0]))
    except ValueError:
        return None


def network_of(request: HttpRequest) -> str:
    """The place a request came from."""
    return network(client_ip(request))


def network(address: str | None) -> str:
    """What counts as one place: an address, or with IPv6 the /64 that one household or device is given."""
    if address and ":" in address:
        return str(ip_network(f"{address}/64", strict=False).network_address)
    return address or "unknown"


@receiver(bind_extra_request_metadata)
def _log_address(request: HttpRequest, **kwargs: object) -> None:
    """The log names the same address as the evidence; the library's own would believe any sender's header."""
    structlog.contextvars.bind_contextvars(ip=client_ip(request))


def browser_of(request: HttpRequest) -> str:
    """What the browser says it is."""
    return request.headers.get("user-agent", "")


def browser_words(user_agent: str) -> str:
    """What a browser says it is, as a person would: “Chrome on Windows”."""
    parts = ua_parser.parse(user_agent)
    browser = parts.user_agent.family if parts.user_agent else _("A browser")
    return (
        _("%(browser)s on %(system)s") % {"browser": browser, "system": parts.os.family}
        if parts.os
        else browser
    )


def too_often(request: HttpRequest, door: str, *, key: str = "") -> int:
    """Count this request at a costly door; the wait in seconds when one of its limits is passed, else 0.

    The limits stand in settings.LIMITS: per person, per address, per visitor (an address where nobody is signed in) or per
    `key`.
    """
    waits = [0.0]
    for limit in settings.LIMITS[door]:
        if counted_for := _whom(request, limit.per, key):
            count, until = tallies.count(f"{door}:{limit}:{counted_for}", limit.seconds)
            if count > limit.times:
                waits.append(max(1, (until - timezone.now()).total_seconds()))
    return math.ceil(max(waits))


def _whom(request: HttpRequest, per: str, key: str) -> str:
    user = getattr(request, "user", None)
    person = str(user.pk) if user is not None and user.is_authenticated else ""
    place = network_of(request)
    return {"person": person, "address": place, "visitor": "" if person else place, "key": key}[per]
