"""Faults of the domain become a message and a redirect; a database that is away becomes the 503 page."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import RequestDataTooBig
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect

from hmis_portal import errors
from hmis_portal.away import PartAway
from hmis_portal.documents import DocumentDamaged
from hmis_portal.signing import integrity


class SeeOther(HttpResponseRedirect):
    status_code = 303


class DomainErrorMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if settings.DEBUG and response.status_code == 404 and request.resolver_match is None:
            return errors.page_not_found(request)  # the demo shows the portal's page, not Django's
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, errors.DomainError):
            level = messages.ERROR if exception.level == "error" else messages.WARNING
            for message in exception.messages:
                messages.add_message(request, level, message)
            return SeeOther(errors.back_address(request, exception))
        if isinstance(exception, errors.AnswerInstead):
            return exception.response
        if isinstance(exception, Http404):
            return errors.page_not_found(request, exception)  # also under DEBUG
        if isinstance(exception, DocumentDamaged):
            integrity.note_document(exception)  # it stands on the desk beside what the nightly check finds
            return errors.document_damaged(request)
        if isinstance(exception, PartAway):
            errors.logger.warning("part_away", part=exception.part.value, error=str(exception))
            return errors.part_away(request)
        if isinstance(exception, RequestDataTooBig):
            return errors.too_large(request)
        if isinstance(exception, (OperationalError, InterfaceError)):
            errors.logger.exception("database_unavailable")
            return errors.unavailable(request)
        return None
