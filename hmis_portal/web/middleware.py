"""Faults of the domain become a message and a redirect; a database that is away becomes the 503 page; what no browser
sends by itself becomes the 400 page; a script that sends a file is told where to go on."""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable
from datetime import MAXYEAR, MINYEAR

import structlog
from django.conf import settings
from django.contrib import messages
from django.contrib.admin.views.main import SEARCH_VAR
from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.core.signals import request_finished
from django.db import DataError, InterfaceError, OperationalError
from django.dispatch import receiver
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import activate, get_language

from hmis_portal.accounts.factors.second_factor import SecretLostError
from hmis_portal.accounts.factors.strength import lead_to_second_factor, waits_for_second_factor
from hmis_portal.documents import DocumentDamaged
from hmis_portal.models import settings_read_once
from hmis_portal.running.away import PartAway
from hmis_portal.running.zone import SET, set_zone
from hmis_portal.signing.verifying import integrity
from hmis_portal.web import error_pages, errors
from hmis_portal.web.visits import too_often

logger = structlog.get_logger(__name__)


class SeeOther(HttpResponseRedirect):
    status_code = 303


LARGEST = 2**63 - 1  # that the database counts with
A_YEAR = re.compile(r"__(iso_)?year(__\w+)?$")


class UnderstoodMiddleware:
    """A body in another charset than UTF-8, a NUL or an absurd number in a query of the admin: 400, before any view.

    Elsewhere a form says what is wrong with a NUL or a number, and keeps what was typed.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not _is_utf8(request) or (_is_admin(request) and _is_absurd(request)):
            return error_pages.bad_request(request)
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """What a look-up of the admin cannot count with, or a chosen row that has no such number."""
        asked = request.GET or (request.method == "POST" and "_selected_action" in request.POST)
        if _is_admin(request) and asked and isinstance(exception, (DataError, OverflowError)):
            logger.info("request_not_understood", error=type(exception).__name__)
            return error_pages.bad_request(request)
        return None


def _is_utf8(request: HttpRequest) -> bool:
    named = (request.content_params or {}).get("charset", "utf-8")
    try:
        return codecs.lookup(named).name == "utf-8"
    except (LookupError, ValueError):
        return False


def _is_admin(request: HttpRequest) -> bool:
    return request.path.startswith(reverse("admin:index"))


def _is_absurd(request: HttpRequest) -> bool:
    if "\x00" in request.path:
        return True
    pairs = [(name, value) for name, values in request.GET.lists() for value in values]
    return any("\x00" in name + value or _is_too_large(name, value) for name, value in pairs)


def _is_too_large(name: str, value: str) -> bool:
    """Whether a number is none that a row, a page or a year could have. What is searched for is text."""
    digits = value.strip().lstrip("+-")
    if not digits.isdecimal() or name == SEARCH_VAR:
        return False
    if len(digits) > len(str(LARGEST)) or int(digits) > LARGEST:
        return True
    return bool(A_YEAR.search(name)) and not MINYEAR <= int(digits) <= MAXYEAR


class SettingsMiddleware:
    """A page asks for the portal's settings a dozen times, and for its language hundreds of times: both are found once.
    Its days and times are those of the zone set there, to the last line of a file that is streamed."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        activate(get_language())
        timezone.activate(SET)
        with settings_read_once():
            response = self.get_response(request)
            if response.streaming:
                timezone.activate(set_zone())  # line by line, when the settings are no longer at hand
        return response


@receiver(request_finished, dispatch_uid="leave_the_zone")
def _leave_the_zone(**_kwargs: object) -> None:
    timezone.deactivate()


class DomainErrorMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if settings.DEBUG and response.status_code == 404 and request.resolver_match is None:
            return error_pages.page_not_found(request)  # the demo shows the portal's page, not Django's
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, errors.DomainError):
            level = messages.ERROR if exception.level == "error" else messages.WARNING
            for message in exception.messages:
                messages.add_message(request, level, message)
            return SeeOther(errors.back_address(request, exception))
        if isinstance(exception, SecretLostError):
            return self.process_exception(request, errors.GuardFailed(exception.messages))
        if isinstance(exception, errors.AnswerInstead):
            return exception.response
        if isinstance(exception, (Http404, PermissionDenied)) and waits_for_second_factor(request):
            return lead_to_second_factor(request)
        if isinstance(exception, Http404):
            return error_pages.page_not_found(request)  # also under DEBUG
        if isinstance(exception, DocumentDamaged):
            integrity.note_document(exception)  # it stands on the desk beside what the nightly check finds
        elif isinstance(exception, PartAway):
            logger.warning("part_away", part=exception.part.value, error=str(exception))
        elif isinstance(exception, (OperationalError, InterfaceError)):
            logger.exception("database_unavailable")
        elif not isinstance(exception, RequestDataTooBig):
            return None
        return error_pages.show(error_pages.FAILED, request, exception)


class UploadMiddleware:
    """upload.js hears where to go on (204 and Location) and goes there itself; a redirect it would follow unseen, and
    the message for the next page would be used up."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def process_view(self, request: HttpRequest, *_view: object) -> HttpResponse | None:
        """Every file costs something to read, whatever page takes it."""
        if request.method == "POST" and request.FILES and (wait := too_often(request, "uploads")):
            return error_pages.too_many_requests(request, wait=wait)
        return None

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.headers.get("X-Requested-With") == "upload" and isinstance(response, HttpResponseRedirect):
            response.status_code = 204
        return response
