"""Technical readiness asked again each year of an agency that works in the HMIS."""

from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from agencies.models import Agency
from agencies.permissions import agency_to_edit, agency_to_view, is_editor, person
from hmis_portal.errors import WrongState
from onboarding import drafts, readiness_year, sections, summaries
from onboarding.answers import Answers
from onboarding.conflicts import between
from onboarding.forms.base import LATER, as_data
from onboarding.forms.readiness import ReadinessForm
from onboarding.models import ReadinessYear, SectionWork
from onboarding.readiness_year import SECTION, STATES, YearlyAnswers
from onboarding.selectors import latest_application
from onboarding.views.keeping import autosave_texts, keep_answer, posted_version, saved_by


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
        return _save(request, _answers_to_write(request, agency_id))
    agency = agency_to_view(request.user, agency_id)
    answers = _answers(agency)
    work = drafts.work_of(answers.application, SECTION)
    last = readiness_year.last_year(answers.application)
    due_on = readiness_year.due_on(answers.application, last)
    begun = bool(work.draft) or "again" in request.GET
    if not _may_answer(request, agency) or not (begun or readiness_year.is_due(due_on)):
        shown = (
            YearlyAnswers(answers.application, agency, last) if last else Answers(answers.application, agency)
        )
        return _read(request, shown, last, due_on)
    form = _form(answers, data=as_data(work.draft) if work.draft else None)
    if work.draft and not work.has_errors:
        form.without_judging()
    return _page(request, answers, form, version=work.version, work=work)


def _form(answers: YearlyAnswers, **given: Any) -> ReadinessForm:
    form = sections.readiness_form(answers, None, **given)
    form.submit_label = gettext_lazy("Save the answers of this year")
    return form


def _save(request: HttpRequest, answers: YearlyAnswers) -> HttpResponse:
    by, version = person(request), posted_version(request)
    form = _form(answers, data=request.POST, files=request.FILES)
    typed = form.typed(request.POST)
    given: dict[str, Any] = {
        "application": answers.application,
        "section": SECTION,
        "by": by,
        "states": STATES,
    }
    back = redirect("onboarding:journey", answers.agency.pk)
    try:
        if LATER in request.POST and typed is not None:
            drafts.keep(**given, typed=typed, version=version)
            messages.success(request, _("The page is kept as you left it. Come back at any time."))
            return back
        form.is_valid()
        form.keep_files(by)
        if form.errors:
            if typed is not None:
                version = drafts.keep(**given, typed=typed, version=version, has_errors=True)
            return _page(request, answers, form, version=version)
        readiness_year.write(form, answers, version=version, by=by)
    except drafts.Stale as stale:
        return _conflict(request, answers, form, stale.work)
    messages.success(request, _("The answers of this year are saved."))
    return back


def _conflict(
    request: HttpRequest, answers: YearlyAnswers, form: ReadinessForm, work: SectionWork
) -> HttpResponse:
    if not work.draft:
        messages.warning(request, _("The questions were already answered. Nothing was saved twice."))
        return redirect("onboarding:readiness_year", answers.agency.pk)
    theirs = _form(answers, data=as_data(work.draft))
    conflict = {
        "title": _("%(who)s saved this page on %(when)s, after you opened it") % saved_by(work),
        "rows": list(between(form, theirs)),
    }
    return _page(request, answers, form.without_judging(), version=work.version, conflict=conflict)


@require_POST
def keep(request: HttpRequest, agency_id: UUID) -> JsonResponse:
    """Keep what is being typed; answers with the new version, or with who saved in between."""
    answers = _answers_to_write(request, agency_id)
    by, version = person(request), posted_version(request)
    return keep_answer(
        _form(answers).typed(request.POST),
        lambda typed: drafts.keep(
            application=answers.application,
            section=SECTION,
            typed=typed,
            version=version,
            by=by,
            states=STATES,
        ),
    )


@require_POST
def discard(request: HttpRequest, agency_id: UUID) -> HttpResponse:
    answers = _answers_to_write(request, agency_id)
    version = posted_version(request)
    try:
        drafts.discard(
            application=answers.application,
            section=SECTION,
            version=version,
            by=person(request),
            states=STATES,
        )
    except drafts.Stale:
        messages.warning(request, _("A colleague saved this page just now. This is what stands."))
    return redirect("onboarding:readiness_year", answers.agency.pk)


def _read(request: HttpRequest, shown: Answers, year: ReadinessYear | None, due_on: date) -> HttpResponse:
    """The answers of last time, when nothing is due or the reader may not answer."""
    context = {
        "agency": shown.agency,
        "groups": summaries.readiness(shown),
        "year": year,
        "due_on": due_on,
        "may_edit": _may_answer(request, shown.agency),
        "back_url": reverse("onboarding:journey", args=[shown.agency.pk]),
    }
    return render(request, "onboarding/readiness_year_read.html", context)


def _page(
    request: HttpRequest,
    answers: YearlyAnswers,
    form: ReadinessForm,
    *,
    version: int,
    work: SectionWork | None = None,
    conflict: dict[str, Any] | None = None,
) -> HttpResponse:
    agency, application = answers.agency, answers.application
    context = {
        "agency": agency,
        "application": application,
        "form": form,
        "version": version,
        "multipart": form.is_multipart(),
        "draft": work if work and work.draft else None,
        "conflict": conflict,
        "notes": [],
        "due_on": readiness_year.due_on(application, readiness_year.last_year(application)),
        "autosave_url": reverse("onboarding:readiness_year_keep", args=[agency.pk]),
        "autosave_texts": autosave_texts(),
        "discard_url": reverse("onboarding:readiness_year_discard", args=[agency.pk]),
        "back_url": reverse("onboarding:journey", args=[agency.pk]),
    }
    return render(request, "onboarding/readiness_year.html", context, status=409 if conflict else 200)
