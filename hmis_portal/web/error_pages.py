"""The pages for what went wrong: one table of words, one view.

Each says what happened, whether what was typed is kept, and whom to call.
"""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass
from functools import partial

import structlog
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.template.loader import render_to_string
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from hmis_portal.accounts import attempts, watch
from hmis_portal.documents import DocumentDamaged
from hmis_portal.models import PortalSettings
from hmis_portal.running.away import PartAway
from hmis_portal.running.cache import is_identity_known
from hmis_portal.text.words import wait_words

logger = structlog.get_logger(__name__)


@dataclass(frozen=True)
class ErrorPage:
    """What a person reads with a status. answers: what became of what was typed, and what to do."""

    status: int
    heading: StrOrPromise
    text: StrOrPromise
    answers: StrOrPromise
    faults: tuple[type[BaseException], ...] = ()  # shown for these, whatever page was asked for
    retry_after: int = 0  # seconds


BAD_REQUEST = ErrorPage(
    400,
    _("The portal did not understand this request"),
    _("The address or what your browser sent with it is not complete."),
    _("Nothing was changed. What you saved before is kept. Go back and try again."),
)
FORBIDDEN = ErrorPage(
    403,
    _("You may not do this"),
    _("You can see this agency or record, but your role does not allow this act."),
    _("Nothing was changed. Ask a manager of your agency, or write to us if you think your role is wrong."),
)
EARLIER_VISIT = ErrorPage(
    403,
    _("This page was open too long"),
    _(
        "The form belongs to an earlier visit, for example before you signed in again, or your browser does not keep cookies."
    ),
    _("This page was not saved; what you saved before is kept. Go back, reload the page, and save again."),
)
NOT_FOUND = ErrorPage(
    404,
    _("Page not found"),
    _("There is no page at this address, or it is not for the account you are signed in with."),
    _(
        "If you typed the address, check it. If you followed a link, it may have been moved or withdrawn. Saved answers are kept."
    ),
)
TOO_LARGE = ErrorPage(
    413,
    _("What you sent is too large"),
    _("A file must be smaller than 10 MB."),
    _(
        "This page was not saved; what you saved before is kept. Go back, choose a smaller file or shorten the text, and save again."
    ),
    faults=(RequestDataTooBig, TooManyFieldsSent),
)
TOO_MANY_TRIES = ErrorPage(
    429,
    _("Too many tries"),
    _("This was tried many times in a short while, so the portal is holding it back to protect accounts."),
    _("Nothing was changed. Wait %(time)s, then try again."),
)
FAILED = ErrorPage(
    500,
    _("Something went wrong on our side"),
    _("The portal could not finish this. The people who run it have been told."),
    _(
        "What you saved before is kept. What you typed on this last page may not be: go back, check it and save again."
    ),
)
UNAVAILABLE = ErrorPage(
    503,
    _("The portal is not available right now"),
    _("It is being worked on, or a part of it is restarting. This is usually over in a few minutes."),
    _(
        "What you saved before is kept. If you were sending a page, go back and send it again in a few minutes."
    ),
    faults=(OperationalError, InterfaceError),
    retry_after=120,
)
DAMAGED = ErrorPage(
    503,
    _("This document cannot be opened"),
    _(
        "The stored file is not as it was kept. The people who run the portal have been told, and restore it from the backup."
    ),
    _("Nothing was changed. Try again later, or ask us for a copy."),
    faults=(DocumentDamaged,),
)
STORAGE_AWAY = ErrorPage(  # nothing is known to be wrong with what the storage holds
    503,
    _("Documents cannot be opened or saved right now"),
    _(
        "The place where documents are kept does not answer. The documents in it are as they were; this is usually "
        "over in a few minutes."
    ),
    _("This page was not saved; what you saved before is kept. Try again in a few minutes."),
    faults=(PartAway,),
    retry_after=120,
)
BY_FAULT = tuple(
    (fault, page) for page in (TOO_LARGE, UNAVAILABLE, DAMAGED, STORAGE_AWAY) for fault in page.faults
)


def show(
    page: ErrorPage, request: HttpRequest, exception: BaseException | None = None, **more: object
) -> HttpResponse:
    """A fault that has a page of its own is shown by that one; what a refusal says stands in place of the text."""
    page = next((own for fault, own in BY_FAULT if isinstance(exception, fault)), page)
    reason = str(exception or "") if page is FORBIDDEN else ""
    words = {"heading": page.heading, "text": reason or page.text, "answers": page.answers, **more}
    response: HttpResponse
    if request.headers.get("accept", "").startswith("application/json"):
        response = JsonResponse({"error": words["heading"], "detail": words["text"]}, status=page.status)
    else:
        context = {"typed": [], **words, "status": page.status, "portal": _support(page.status)}
        response = HttpResponse(render_to_string("errors/error.html", context), status=page.status)
    if wait := more.get("wait", page.retry_after):
        response["Retry-After"] = str(wait)
    return response


def _support(status: int) -> PortalSettings:
    """Whom to call, also while the database is away: then as remembered, else the built-in names."""
    try:
        if status == 503:  # nobody waits twice for a database that is away
            return (is_identity_known() and PortalSettings.remembered()) or PortalSettings()
        return PortalSettings.load()
    except Exception:  # the error page must come, whatever is broken
        logger.warning("error_page_without_settings")
        return PortalSettings()


bad_request = partial(show, BAD_REQUEST)
page_not_found = partial(show, NOT_FOUND)


def permission_denied(request: HttpRequest, exception: BaseException | None = None) -> HttpResponse:
    watch.refused(request)
    return show(FORBIDDEN, request, exception)


def server_error(request: HttpRequest) -> HttpResponse:
    return show(FAILED, request, sys.exc_info()[1])


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    logger.info("csrf_failure", reason=reason)
    return show(EARLIER_VISIT, request)


def too_many_requests(request: HttpRequest, *, wait: int = 0) -> HttpResponse:
    """`wait` in seconds; allauth, which names none, is asked for its own. What was typed can be sent from here again."""
    watch.held_back(request)
    wait = wait or attempts.wait_for(request) or 60
    typed = _typed(request)
    words = str(TOO_MANY_TRIES.answers)
    if typed:
        words = gettext(
            "Nothing was changed, and what you typed is kept on this page. Wait %(time)s, then send it again."
        )
    if request.FILES:
        words += " " + gettext("Select the file again then.")
    return show(
        TOO_MANY_TRIES,
        request,
        answers=words % {"time": wait_words(wait)},
        wait=wait,
        typed=typed,
        address=request.get_full_path(),
        csrf_token=get_token(request) if typed else "",
    )


def _typed(request: HttpRequest) -> list[tuple[str, str]]:
    """What a form sent, to be sent again; never a password or a code."""
    secret = re.compile(r"csrfmiddlewaretoken|password|code|credential", re.IGNORECASE)
    lists = request.POST.lists() if request.method == "POST" else ()
    return [(name, value) for name, values in lists for value in values if value and not secret.search(name)]
