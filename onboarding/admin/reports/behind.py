"""The list behind a figure of the reports: a link, and the filter by which the list holds just its rows."""

from functools import cache
from typing import Any

from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies.models import Agency
from hmis_portal.text.words import date_words
from onboarding.journey.reports import decisions, figures, pipeline
from onboarding.journey.reports.narrowing import Narrowing
from onboarding.journey.reports.spans import SPANS
from onboarding.models import Application, Mou

PARAMETER = "figure"
MODELS: dict[str, type[Model]] = {
    "at": Agency,
    "signed": Mou,
    "counter_signed": Mou,
    "trained": Agency,
    "whole": Agency,
}


def link_to(name: str, narrowing: Narrowing) -> str:
    kind, _dot, what = name.partition(".")
    model = MODELS.get(what if kind == "took" else kind, Application)
    return f"{_list_of(model)}?{PARAMETER}={figures.written(name, narrowing)}"


@cache
def _list_of(model: type[Model]) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")


def words_of(name: str) -> str:
    kind, _dot, what = name.partition(".")
    match kind:
        case "at":
            return str(pipeline.TITLES[what])
        case "took":
            return str(SPANS[what].title)
        case "at_once":
            return _("Approved as first sent")
        case "asked_about":
            return _("Changes asked for")
    decided: dict[str, str] = {
        decisions.APPROVE: _("Approved"),
        decisions.DECLINE: _("Declined"),
        decisions.CHANGES: _("Changes asked for"),
    }
    return decided[what]


class FigureFilter(admin.SimpleListFilter):
    """Offered only where a figure led here; "All" leaves it."""

    title = gettext_lazy("report")
    parameter_name = PARAMETER

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        text = self.value()
        if not text:
            return []
        try:
            name, narrowing = figures.read(text)
            self.rows = figures.rows(name, narrowing)
        except (ValueError, LookupError, OverflowError):
            self.rows = model_admin.model.objects.none()
            return [(text, _("This link cannot be read: open the reports again"))]
        if self.rows.model is not model_admin.model:
            self.rows = model_admin.model.objects.none()
        days = {"since": date_words(narrowing.since), "until": date_words(narrowing.until)}
        when = "" if name.startswith("at.") else _(", %(since)s to %(until)s") % days
        return [(text, words_of(name) + when)]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(pk__in=self.rows.order_by().values("pk")) if self.value() else queryset
