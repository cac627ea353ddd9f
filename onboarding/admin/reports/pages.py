"""Where the agencies stand, and how long each step takes."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models.options import Options
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _

from hmis_portal.desk.pages import WAITING_COUNTED, count_words
from hmis_portal.files import tables
from onboarding.admin.reports import panels
from onboarding.admin.review import page
from onboarding.forms.reports import ReportsForm
from onboarding.journey import feedback, yearly
from onboarding.journey.reports import counting
from onboarding.models import Access, Application

OVERDUE_SHOWN = 50


def people_by_access(counts: Mapping[str, int]) -> list[tuple[str, int, str]]:
    """How many people are in each state of access, and the list of them."""
    url = reverse("admin:onboarding_access_changelist")
    return [
        (str(state.label), counts.get(state.value, 0), f"{url}?state__exact={state.value}")
        for state in Access.State
    ]


@dataclass(frozen=True)
class ReportsPage:
    """What the page shows; its template reads the fields by their names."""

    opts: Options[Application]
    title: str
    narrowed: ReportsForm
    asked: str
    counted_at: dt.datetime
    next_try: dt.datetime | None  # of a count that broke off
    panels: list[panels.Panel]
    access: list[tuple[str, int, str]]
    feedback: list[feedback.Sum]
    overdue: list[yearly.YearlyTask]
    overdue_more: int
    overdue_more_words: str


def reports_view(request: HttpRequest) -> HttpResponse:
    if not page.may_review(request.user):
        raise PermissionDenied
    last = counting.last()
    form = ReportsForm(request.GET)
    narrowing = form.narrowing()
    overdue, overdue_count = yearly.overdue(OVERDUE_SHOWN)
    shown = ReportsPage(
        opts=Application._meta,
        title=_("Reports"),
        narrowed=form,
        asked=request.GET.urlencode(),
        counted_at=last.at,
        next_try=last.next_try_at if last.breaks_off else None,
        panels=panels.all_of(narrowing, counting.of(narrowing)),
        access=people_by_access(last.people),
        feedback=feedback.sums(last.ratings),
        overdue=overdue,
        overdue_more=(more := overdue_count - len(overdue)),
        overdue_more_words=count_words(more, WAITING_COUNTED - len(overdue)),
    )
    return render(
        request, "admin/onboarding/reports/page.html", {**admin.site.each_context(request), **vars(shown)}
    )


def csv_view(request: HttpRequest, key: str) -> HttpResponse:
    if not page.may_review(request.user):
        raise PermissionDenied
    if key not in panels.PANELS:
        raise Http404
    counting.last()
    narrowing = ReportsForm(request.GET).narrowing()
    panel = panels.PANELS[key](narrowing, counting.of(narrowing))
    return tables.response(tables.csv_bytes(panel.csv), filename=f"{key}.csv")


def urls() -> list[URLPattern]:
    return [
        path("reports/", admin.site.admin_view(reports_view), name="onboarding_reports"),
        path("reports/<slug:key>.csv", admin.site.admin_view(csv_view), name="onboarding_reports_csv"),
    ]
