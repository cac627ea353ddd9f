"""Two faults of the domain, and the pages for what went wrong.

Services raise `WrongState` (it already happened, or cannot happen from here) and `GuardFailed` (what is still
missing); `DomainErrorMiddleware` turns both into a message on the page the person came from.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable
from typing import Any

import structlog
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.cache import cache
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from hmis_portal.accounts import attempts
from hmis_portal.models import PortalSettings
from hmis_portal.running.cache import is_identity_known
from hmis_portal.text.words import wait_words

logger = structlog.get_logger(__name__)


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


def _support(status: int) -> PortalSettings:
    """Whom to call, also while the database is away: then as remembered, else the built-in names."""
    try:
        if status == 503:  # nobody waits twice for a database that is away
            return (is_identity_known() and cache.get(PortalSettings.CACHE_KEY)) or PortalSettings()
        return PortalSettings.load()
    except Exception:  # the error page must come, whatever is broken
        logger.warning("error_page_without_settings")
        return PortalSettings()


def _page(
    request: HttpRequest, status: int, *, heading: str, text: str, answers: str, **more: Any
) -> HttpResponse:
    context = {
        "typed": [],
        **more,
        "status": status,
        "heading": heading,
        "text": text,
        "answers": answers,
        "portal": _support(status),
    }
    if request.headers.get("accept", "").startswith("application/json"):
        return JsonResponse({"error": heading, "detail": text}, status=status)
    return HttpResponse(render_to_string("errors/error.html", context), status=status)


@login_not_required
def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    if isinstance(exception, RequestDataTooBig | TooManyFieldsSent):
        return too_large(request)
    return _page(
        request,
        400,
        heading=_("The portal did not understand this request"),
        text=_("The address or what your browser sent with it is not complete."),
        answers=_("Nothing was changed. What you saved before is kept. Go back and try again."),
    )


@login_not_required
def permission_denied(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    reason = str(exception or "")
    return _page(
        request,
        403,
        heading=_("You may not do this"),
        text=reason or _("You can see this agency or record, but your role does not allow this act."),
        answers=_(
            "Nothing was changed. Ask a manager of your agency, or write to us if you think your role is wrong."
        ),
    )


@login_not_required
def page_not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _page(
        request,
        404,
        heading=_("Page not found"),
        text=_("There is no page at this address, or it is not for the account you are signed in with."),
        answers=_(
            "If you typed the address, check it. If you followed a link, it may have been moved or withdrawn. Saved answers are kept."
        ),
    )


@login_not_required
def too_large(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _page(
        request,
        413,
        heading=_("What you sent is too large"),
        text=_("A file must be smaller than 10 MB."),
        answers=_(
            "This page was not saved; what you saved before is kept. Go back, choose a smaller file or shorten the text, and save again."
        ),
    )


@login_not_required
def too_many_requests(
    request: HttpRequest, exception: Exception | None = None, *, wait: int = 0
) -> HttpResponse:
    """`wait` in seconds; allauth, which names none, is asked for its own. What was typed can be sent from here again."""
    wait = wait or attempts.wait_for(request) or 60
    typed = _typed(request)
    words = _("Nothing was changed. Wait %(time)s, then try again.")
    if typed:
        words = _(
            "Nothing was changed, and what you typed is kept on this page. Wait %(time)s, then send it again."
        )
    if request.FILES:
        words = f"{words} {_('Select the file again then.')}"
    response = _page(
        request,
        429,
        heading=_("Too many tries"),
        text=_(
            "This was tried many times in a short while, so the portal is holding it back to protect accounts."
        ),
        answers=words % {"time": wait_words(wait)},
        typed=typed,
        address=request.get_full_path(),
        csrf_token=get_token(request) if typed else "",
    )
    response["Retry-After"] = str(wait)
    return response


def _typed(request: HttpRequest) -> list[tuple[str, str]]:
    """What a form sent, to be sent again; never a password or a code."""
    secret = re.compile(r"csrfmiddlewaretoken|password|code|credential", re.IGNORECASE)
    lists = request.POST.lists() if request.method == "POST" else ()
    return [(name, value) for name, values in lists for value in values if value and not secret.search(name)]


@login_not_required
def server_error(request: HttpRequest) -> HttpResponse:
    error = sys.exc_info()[1]
    if isinstance(
        error, (OperationalError, InterfaceError)
    ):  # met before any view, as when asking who this is
        return unavailable(request)
    return _page(
        request,
        500,
        heading=_("Something went wrong on our side"),
        text=_("The portal could not finish this. The people who run it have been told."),
        answers=_(
            "What you saved before is kept. What you typed on this last page may not be: go back, check it and save again."
        ),
    )


@login_not_required
def unavailable(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    response = _page(
        request,
        503,
        heading=_("The portal is not available right now"),
        text=_(
            "It is being worked on, or a part of it is restarting. This is usually over in a few minutes."
        ),
        answers=_(
            "What you saved before is kept. If you were sending a page, go back and send it again in a few minutes."
        ),
    )
    response["Retry-After"] = "120"
    return response


@login_not_required
def document_damaged(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _page(
        request,
        503,
        heading=_("This document cannot be opened"),
        text=_(
            "The stored file is not as it was kept. The people who run the portal have been told, and restore it from "
            "the backup."
        ),
        answers=_("Nothing was changed. Try again later, or ask us for a copy."),
    )


@login_not_required
def part_away(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """The storage does not answer: nothing is known to be wrong with what it holds."""
    response = _page(
        request,
        503,
        heading=_("Documents cannot be opened or saved right now"),
        text=_(
            "The place where documents are kept does not answer. The documents in it are as they were; this is usually "
            "over in a few minutes."
        ),
        answers=_("This page was not saved; what you saved before is kept. Try again in a few minutes."),
    )
    response["Retry-After"] = "120"
    return response


@login_not_required
def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form from before signing in or out, or cookies switched off."""
    logger.info("csrf_failure", reason=reason)
    return _page(
        request,
        403,
        heading=_("This page was open too long"),
        text=_(
            "The form belongs to an earlier visit, for example before you signed in again, or your browser does not keep cookies."
        ),
        answers=_(
            "This page was not saved; what you saved before is kept. Go back, reload the page, and save again."
        ),
    )


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
