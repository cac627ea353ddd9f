"""Where the agencies stand, and how long each step takes."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path
from django.utils.translation import gettext as _

from onboarding.admin.review import page
from onboarding.journey import feedback, reports, yearly
from onboarding.models import Application


def reports_view(request: HttpRequest) -> HttpResponse:
    if not page.may_review(request.user):
        raise PermissionDenied
    context: dict[str, Any] = {
        **admin.site.each_context(request),
        "opts": Application._meta,
        "title": _("Where agencies stand"),
        "stages": reports.stages(),
        "durations": reports.durations(),
        "access": reports.access(),
        "feedback": feedback.sums(),
        "overdue": yearly.due(within=-1),
    }
    return render(request, "admin/onboarding/reports.html", context)


def urls() -> list[URLPattern]:
    return [path("reports/", admin.site.admin_view(reports_view), name="onboarding_reports")]
