"""Technical readiness asked again each year of an agency that works in the HMIS."""

from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from agencies.models import Agency
from agencies.permissions import agency_to_edit, agency_to_view, is_editor, person
from hmis_portal.web.errors import GuardFailed, WrongState
from onboarding.models import ReadinessYear, Remark, SectionWork
from onboarding.readiness import each_year, summary
from onboarding.readiness.each_year import SECTION, STATES, YEARLY, YearlyAnswers
from onboarding.sections import completeness
from onboarding.sections.answers import Answers
from onboarding.selectors import latest_application
from onboarding.views.sections.pages import SectionPage, tasks_of
from onboarding.views.sections.saving import autosaved, discarded, opened, saved


def _answers(agency: Agency) -> YearlyAnswers:
    """Raises WrongState before an application is approved."""
    application = latest_application(agency)
    if application is None or application.state not in STATES:
        raise WrongState(
            _("The yearly questions begin after your application is approved."),
            back=reverse("onboarding:journey", args=[agency.pk]),
        )
    return YearlyAnswers(application, agency, each_year.begun(application))


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
    """The topics, each with how it stands; sent, they are the answers of this year. Between the years, what was answered."""
    if request.method == "POST":
        return _finish(request, _answers_to_write(request, agency_id))
    agency = agency_to_view(request.user, agency_id)
    answers = _answers(agency)
    last = each_year.last_year(answers.application)
    due_on = each_year.due_on(answers.application, last)
    begun = answers.year or any(work.draft for work in _works(answers)) or "again" in request.GET
    if not _may_answer(request, agency) or not (begun or each_year.is_due(due_on)):
        shown = (
            YearlyAnswers(answers.application, agency, last) if last else Answers(answers.application, agency)
        )
        return _read(request, shown, last, due_on)
    pages = completeness.of_pages(YEARLY, answers)
    context = {
        "agency": agency,
        "tasks": tasks_of(agency, pages),
        "is_complete": all(status.is_complete for _page, status in pages),
        "due_on": due_on,
        "back_url": reverse("onboarding:journey", args=[agency.pk]),
    }
    return render(request, "onboarding/readiness/each_year.html", context)


def _works(answers: YearlyAnswers) -> list[SectionWork]:
    return [work for name, work in answers.works.items() if name.startswith(f"{SECTION}.")]


def _finish(request: HttpRequest, answers: YearlyAnswers) -> HttpResponse:
    back = reverse("onboarding:readiness_year", args=[answers.agency.pk])
    try:
        each_year.finish(answers.application, answers.agency, by=person(request))
    except GuardFailed as refusal:
        messages.error(
            request, _("Some questions are not answered yet: %s.") % "; ".join(refusal.messages[:3])
        )
        return redirect(back)
    messages.success(request, _("The answers of this year are saved."))
    return redirect("onboarding:journey", answers.agency.pk)


class YearPage(SectionPage):
    """One topic of this year, or the plans for what its answers leave unmet."""

    states = STATES

    def __init__(self, request: HttpRequest, answers: YearlyAnswers, key: str) -> None:
        page = next((page for page in YEARLY.pages(answers) if page.key == key), None)
        if page is None:
            raise Http404
        super().__init__(request, YEARLY, page, answers)
        self.year, self.template = answers, "onboarding/readiness/year_page.html"

    def fresh(self) -> "YearPage":
        return YearPage(self.request, _answers_to_write(self.request, self.agency.pk), self.page.key)

    def write(self, form: Any, *, version: int) -> str:
        each_year.write(form, self.year, page=self.section, version=version, by=self.by)
        return _("“%(title)s” is saved.") % {"title": self.page.title}

    def over(self, work: SectionWork) -> str:
        """Once the year is answered its pages are as if nobody had been there."""
        return "" if work.saved_at else _("The questions were already answered. Nothing was saved twice.")

    @property
    def back(self) -> str:
        return reverse("onboarding:readiness_year", args=[self.agency.pk])

    def after_saving(self) -> str:
        following = self.following()
        return following.url(self.agency.pk) if following else self.back

    def remarks(self) -> list[Remark]:
        return []

    def context(self) -> dict[str, object]:
        return {"page": self.page, "number": self.number, "pages": self.pages}


@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest, agency_id: UUID, page: str) -> HttpResponse:
    shown = YearPage(request, _answers_to_write(request, agency_id), page)
    return saved(shown) if request.method == "POST" else opened(shown)


@require_POST
def autosave(request: HttpRequest, agency_id: UUID, page: str) -> JsonResponse:
    return autosaved(YearPage(request, _answers_to_write(request, agency_id), page))


@require_POST
def discard(request: HttpRequest, agency_id: UUID, page: str) -> HttpResponse:
    return discarded(YearPage(request, _answers_to_write(request, agency_id), page))


def _read(request: HttpRequest, shown: Answers, year: ReadinessYear | None, due_on: date) -> HttpResponse:
    """The answers of last time, when nothing is due or the reader may not answer."""
    context = {
        "agency": shown.agency,
        "groups": summary.readiness(shown),
        "year": year,
        "due_on": due_on,
        "may_edit": _may_answer(request, shown.agency),
        "back_url": reverse("onboarding:journey", args=[shown.agency.pk]),
    }
    return render(request, "onboarding/readiness/each_year_read.html", context)
