"""The admin desk: Django's admin behind the portal's sign-in and, outside development, a second factor."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from django.conf import settings
from django.contrib import admin
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, resolve_url
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.functional import SimpleLazyObject
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django_stubs_ext import StrOrPromise

from hmis_portal.accounts.factors.strength import lacks_second_factor, lead_to_second_factor
from hmis_portal.desk import waiting
from hmis_portal.desk.tools import DeskAdmin
from hmis_portal.models import PortalSettings
from hmis_portal.web.visits import signed_in

DeskPanel = Callable[[HttpRequest], str]


class PortalAdminSite(admin.AdminSite):
    """One instance, `admin.site`.

    desk_panels: functions of the apps above, called with the request for the desk; each gives safe HTML, or "" for
    a person whom it does not concern. desk_tops: the same, above what waits.
    """

    enable_nav_sidebar = False
    index_template = "admin/desk.html"
    site_url = "/"

    def __init__(self, name: str = "admin") -> None:
        super().__init__(name)
        self.desk_panels: list[DeskPanel] = []
        self.desk_tops: list[DeskPanel] = []

    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:
        """Pages made for this desk only: what libraries bring for accounts, factors and groups goes round its checks."""
        if admin_class is not None and issubclass(admin_class, DeskAdmin):
            super().register(model_or_iterable, admin_class, **options)

    def has_permission(self, request: HttpRequest) -> bool:
        """Active people of the HMIS; where a second factor is demanded, only with one used in this session."""
        return super().has_permission(request) and not lacks_second_factor(request.user)

    def each_context(self, request: HttpRequest) -> dict[str, object]:
        name = PortalSettings.load().hmis_name
        self.site_title = self.site_header = _("%(hmis)s admin desk") % {"hmis": name}
        self.index_title = _("Desk")
        return super().each_context(request)

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> Any:
        """Made where a page shows it: Django asks for it on every page, for a side bar that this desk does not have."""
        return SimpleLazyObject(partial(super().get_app_list, request, app_label))

    def _build_app_dict(self, request: HttpRequest, label: StrOrPromise | None = None) -> dict[str, Any]:
        """With names as they read: Django sorts by them, and a lazy one is translated at every comparison."""
        apps: dict[str, Any] = super()._build_app_dict(request, label)
        for app in apps.values():
            for model in app["models"]:
                model["name"] = str(model["name"])
        return apps

    def index(self, request: HttpRequest, extra_context: dict[str, object] | None = None) -> HttpResponse:  # type: ignore[override]
        queues = waiting.queues(signed_in(request))
        context = {
            "desk_waiting": [queue for queue in queues if queue.count],
            "desk_quiet": [queue for queue in queues if not queue.count],
            "desk_tops": [html for top in self.desk_tops if (html := top(request))],
            "desk_panels": [html for panel in self.desk_panels if (html := panel(request))],
        }
        return super().index(request, {**(extra_context or {}), **context})

    @method_decorator(never_cache)
    @login_not_required
    def login(self, request: HttpRequest, extra_context: dict[str, object] | None = None) -> HttpResponse:
        """To the portal's sign-in, or to the missing second factor; never a second password form."""
        wanted = request.GET.get("next", "")
        if not url_has_allowed_host_and_scheme(
            wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
        ):
            wanted = reverse("admin:index")
        if not request.user.is_authenticated:
            return redirect_to_login(wanted, resolve_url(settings.LOGIN_URL))
        if self.has_permission(request):
            return redirect(wanted)
        if not super().has_permission(request):
            raise PermissionDenied(_("The admin desk is for the people who run the HMIS."))
        return lead_to_second_factor(request, wanted)

    def logout(self, request: HttpRequest, extra_context: dict[str, object] | None = None) -> HttpResponse:  # type: ignore[override]
        return redirect("account_logout")

    def password_change(  # type: ignore[override]
        self, request: HttpRequest, extra_context: dict[str, object] | None = None
    ) -> HttpResponse:
        return redirect("account_change_password")
