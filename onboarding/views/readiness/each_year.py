"""Technical readiness asked again each year of an agency that works in the HMIS."""

from datetime import date
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from agencies.models import Agency
from agencies.permissions import agency_to_edit, agency_to_view, is_editor
from hmis_portal.web.errors import WrongState
from onboarding.forms.readiness.form import ReadinessForm
from onboarding.models import ReadinessYear, SectionWork
from onboarding.readiness import each_year
from onboarding.readiness.each_year import SECTION, STATES, YearlyAnswers
from onboarding.sections import drafts, filled, readiness_summary
from onboarding.sections.answers import Answers
from onboarding.selectors import latest_application
from onboarding.views.sections.draft_page import DraftPage, autosaved, discarded, opened, saved


def _answers(agency: Agency) -> YearlyAnswers:
    """Raises WrongState before an application is approved."""
    application = latest_application(agency)
    if application is None or application.state not in STATES:
        raise WrongState(
            _("The yearly questions begin after your application is approved."),
            back=reverse("onboarding:journey", args=[agency.pk]),
        )
    return YearlyAnswers(application, agency)


def _may_answer(request: HttpRequest, agency: Agency) -> bool:
    return is_editor(request.user, agency) and agency.state != Agency.State.LEFT


def _answers_to_write(request: HttpRequest, agency_id: UUID) -> YearlyAnswers:
    agency = agency_to_edit(request.user, agency_id)
    if not _may_answer(request, agency):
        back = reverse("onboarding:readiness_year", args=[agency.pk])
        raise WrongState(_("The agency has left the HMIS. Its answers are kept for reading."), back=back)
    return _answers(agency)


@require_http_methods(["GET", "HEAD", "POST"])
def year(request: HttpRequest, agency_id: UUID) -> HttpResponse:
    if request.method == "POST":
        return saved(YearPage(request, _answers_to_write(request, agency_id)))
    agency = agency_to_view(request.user, agency_id)
    answers = _answers(agency)
    work = drafts.work_of(answers.application, SECTION)
    last = each_year.last_year(answers.application)
    due_on = each_year.due_on(answers.application, last)
    begun = bool(work.draft) or "again" in request.GET
    if not _may_answer(request, agency) or not (begun or each_year.is_due(due_on)):
        shown = (
            YearlyAnswers(answers.application, agency, last) if last else Answers(answers.application, agency)
        )
        return _read(request, shown, last, due_on)
    return opened(YearPage(request, answers))


class YearPage(DraftPage):
    """The questions of this year."""

    template = "onboarding/readiness/each_year.html"
    section, states = SECTION, STATES

    def __init__(self, request: HttpRequest, answers: YearlyAnswers) -> None:
        super().__init__(request, answers.agency, answers.application)
        self.answers = answers

    def form(self, **given: Any) -> ReadinessForm:
        form = filled.readiness_form(self.answers, None, **given)
        form.submit_label = gettext_lazy("Save the answers of this year")
        return form

    def fresh(self) -> "YearPage":
        return YearPage(self.request, _answers_to_write(self.request, self.agency.pk))

    def check(self, form: ReadinessForm) -> bool:
        form.is_valid()
        form.keep_files(self.by)
        return not form.errors

    def write(self, form: ReadinessForm, *, version: int) -> str:
        each_year.write(form, self.answers, version=version, by=self.by)
        return _("The answers of this year are saved.")

    def over(self, work: SectionWork) -> str:
        return "" if work.draft else _("The questions were already answered. Nothing was saved twice.")

    def url(self, act: str = "") -> str:
        name = f"onboarding:readiness_year_{act}" if act else "onboarding:readiness_year"
        return reverse(name, args=[self.agency.pk])

    @property
    def back(self) -> str:
        return reverse("onboarding:journey", args=[self.agency.pk])

    def context(self) -> dict[str, Any]:
        last = each_year.last_year(self.application)
        return {"due_on": each_year.due_on(self.application, last)}


@require_POST
def autosave(request: HttpRequest, agency_id: UUID) -> JsonResponse:
    return autosaved(YearPage(request, _answers_to_write(request, agency_id)))


@require_POST
def discard(request: HttpRequest, agency_id: UUID) -> HttpResponse:
    return discarded(YearPage(request, _answers_to_write(request, agency_id)))


def _read(request: HttpRequest, shown: Answers, year: ReadinessYear | None, due_on: date) -> HttpResponse:
    """The answers of last time, when nothing is due or the reader may not answer."""
    context = {
        "agency": shown.agency,
        "groups": readiness_summary.readiness(shown),
        "year": year,
        "due_on": due_on,
        "may_edit": _may_answer(request, shown.agency),
        "back_url": reverse("onboarding:journey", args=[shown.agency.pk]),
    }
    return render(request, "onboarding/readiness/each_year_read.html", context)
