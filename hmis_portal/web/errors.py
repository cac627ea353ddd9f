"""Two faults of the domain.

Services raise `WrongState` (it already happened, or cannot happen from here) and `GuardFailed` (what is still
missing); `DomainErrorMiddleware` turns both into a message on the page the person came from.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme


class DomainError(Exception):
    """Something the person should read, and the page (`back`, an address) where to read it."""

    level = "warning"

    def __init__(self, *messages: str, back: str = "") -> None:
        super().__init__(*messages)
        self.messages: list[str] = [str(message) for message in messages]
        self.back = back


class WrongState(DomainError):
    """The act does not exist from the present state: a double click, a stale tab, somebody else was first."""


class GuardFailed(DomainError):
    """The act exists but something is still missing; one sentence for each thing."""

    level = "error"

    def __init__(self, messages: str | Iterable[str], *, back: str = "") -> None:
        super().__init__(*([messages] if isinstance(messages, str) else messages), back=back)


class AnswerInstead(Exception):
    """Not a fault: a page that must be answered before what was asked for can be done."""

    def __init__(self, response: HttpResponse) -> None:
        super().__init__()
        self.response = response


def back_address(request: HttpRequest, error: DomainError) -> str:
    """Where the person reads the message: the page named, else the page of this site they came from, else the start."""
    referer = request.headers.get("referer", "")
    if error.back:
        return error.back
    same_page = referer.split("?")[0] == request.build_absolute_uri(request.path)
    if (
        referer
        and not (same_page and request.method == "GET")
        and url_has_allowed_host_and_scheme(
            referer, allowed_hosts={request.get_host()}, require_https=request.is_secure()
        )
    ):
        return referer
    return reverse(settings.LOGIN_REDIRECT_URL)
