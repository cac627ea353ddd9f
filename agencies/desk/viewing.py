"""“View as the agency”: an HMIS Admin reads an agency's pages as its manager sees them, and changes nothing.

The mode stands in the session. On pages of that agency the Admin counts as its manager (`permissions.roles`); nothing
but GET is taken from the portal meanwhile, what such a page would write is rolled back, and files are given only by the
Admin's own rights. The desk stays as it is.
"""

from collections.abc import Callable
from uuid import UUID

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.urls import Resolver404, ResolverMatch, resolve, reverse
from django.utils.translation import gettext as _

from agencies import permissions
from agencies.events import AgenciesEvent
from agencies.models import Agency, User
from hmis_portal import audit
from hmis_portal.web import error_pages

KEY = "viewed_agency"
STAYS_OPEN = ("agencies:end_viewing", "account_logout")
FILES = (".pdf", ".csv", ".ics", ".xlsx", ".zip")


def begin(request: HttpRequest, agency: Agency, *, by: User, ip: str | None) -> None:
    """From the next page on; the record says who looked, and when."""
    if not permissions.is_hmis_admin(by):
        raise PermissionDenied
    audit.record(by=by, verb=AgenciesEvent.VIEWED_AS_AGENCY, obj=agency, agency_id=agency.pk, ip=ip)
    request.session[KEY] = str(agency.pk)


def end(request: HttpRequest) -> str:
    """Whose pages were viewed; "" when none."""
    return str(request.session.pop(KEY, ""))


class ViewingMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        has_session = settings.SESSION_COOKIE_NAME in request.COOKIES
        viewed = request.session.get(KEY, "") if has_session else ""
        if not viewed or request.path.startswith(reverse("admin:index")):
            return self.get_response(request)
        agency = Agency.objects.filter(pk=viewed).first()
        if agency is None or not permissions.is_hmis_admin(request.user):
            end(request)
            return self.get_response(request)
        match = _match(request)
        if request.method not in ("GET", "HEAD") and (match is None or match.view_name not in STAYS_OPEN):
            words = _("You view the portal as %(agency)s. Nothing can be changed meanwhile.")
            return error_pages.permission_denied(request, PermissionDenied(words % {"agency": agency.name}))
        request.viewed_agency = agency  # type: ignore[attr-defined]  # for the banner
        if match is None or str(match.kwargs.get("agency_id", "")) != viewed or request.path.endswith(FILES):
            return self.get_response(request)
        return self._as_manager(request, agency.pk)

    def _as_manager(self, request: HttpRequest, agency_id: UUID) -> HttpResponse:
        """The page as the manager sees it, and nothing of what it wrote. Another thing than a page is refused."""
        request.as_manager = True  # type: ignore[attr-defined]  # for the banner
        with transaction.atomic(), permissions.counting_as_manager(permissions.person(request), agency_id):
            response = self.get_response(request)
            transaction.set_rollback(True)
        is_page = response.headers.get("Content-Type", "").startswith("text/html")
        if response.status_code == 200 and not is_page:
            words = _("Files are opened from the desk, by your own rights.")
            return error_pages.permission_denied(request, PermissionDenied(words))
        return response


def _match(request: HttpRequest) -> ResolverMatch | None:
    try:
        return resolve(request.path_info)
    except Resolver404:
        return None
