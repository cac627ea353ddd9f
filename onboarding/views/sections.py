"""One page for each section that is a form: agency, people, readiness, declaration."""

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
from onboarding import drafts
from onboarding.answers import Answers
from onboarding.conflicts import between
from onboarding.forms.base import LATER, SectionForm, as_data
from onboarding.models import SectionWork
from onboarding.notes import notes_of
from onboarding.sections import BY_KEY, Section
from onboarding.selectors import editable_application, latest_application, why_locked
from onboarding.standing import standing
from onboarding.views.keeping import autosave_texts, keep_answer, posted_version, saved_by


@require_http_methods(["GET", "HEAD", "POST"])
def section(request: HttpRequest, agency_id: UUID, section: str) -> HttpResponse:
    page = BY_KEY.get(section)
    if page is None or page.make_form is None:
        raise Http404
    if request.method == "POST":
        agency = agency_to_edit(request.user, agency_id)
        return _save(request, page, Answers(editable_application(agency), agency))
    agency = agency_to_view(request.user, agency_id)
    application = latest_application(agency)
    if application is None:
        return redirect("onboarding:application", agency.pk)
    answers = Answers(application, agency)
    if not (application.is_editable and is_editor(request.user, agency)):
        return locked_page(request, page, answers)
    return _open(request, page, answers)


def _open(request: HttpRequest, page: Section, answers: Answers) -> HttpResponse:
    work = answers.works.get(page.key) or SectionWork(application=answers.application, section=page.key)
    if work.draft:
        form = page.form(answers, person(request), data=as_data(work.draft))
        if not work.has_errors:
            form.without_judging()
    else:
        form = page.form(answers, person(request))
    return _page(request, page, answers, form, version=work.version, work=work)


def _save(request: HttpRequest, page: Section, answers: Answers) -> HttpResponse:
    by, application = person(request), answers.application
    version = posted_version(request)
    form = page.form(answers, by, data=request.POST, files=request.FILES)
    try:
        if LATER in request.POST:
            typed = form.typed(request.POST)
            if typed is not None:
                drafts.keep(application=application, section=page.key, typed=typed, version=version, by=by)
                messages.success(
                    request,
                    _("“%(title)s” is kept as you left it. Come back at any time.") % {"title": page.title},
                )
                return redirect("onboarding:application", answers.agency.pk)
        form.is_valid()
        form.keep_files(by)
        if form.errors:
            return _refused(request, page, answers, form, version)
        drafts.complete(form=form, section=page.key, version=version, by=by)
    except drafts.Stale as stale:
        return _conflict(request, page, answers, form, stale.work)
    messages.success(request, _("“%(title)s” is saved.") % {"title": page.title})
    return redirect(after(request, answers.agency))


def _refused(
    request: HttpRequest, page: Section, answers: Answers, form: SectionForm, version: int
) -> HttpResponse:
    """The page again with what is wrong and everything typed, which is kept as a draft too."""
    typed = form.typed(request.POST)
    if typed is not None:
        version = drafts.keep(
            application=answers.application,
            section=page.key,
            typed=typed,
            version=version,
            by=person(request),
            has_errors=True,
        )
    return _page(request, page, answers, form, version=version, work=None)


def _conflict(
    request: HttpRequest, page: Section, answers: Answers, form: SectionForm, work: SectionWork
) -> HttpResponse:
    """What was typed stands on the page; whoever typed it chooses between it and the colleague's."""
    fresh = Answers(answers.application, answers.agency)
    theirs = page.form(fresh, person(request), data=as_data(work.draft) if work.draft else None)
    conflict = {
        "title": _("%(who)s saved this section on %(when)s, after you opened it") % saved_by(work),
        "rows": list(between(form, theirs)),
    }
    return _page(
        request,
        page,
        answers,
        form.without_judging(),
        version=work.version,
        work=None,
        conflict=conflict,
        status=409,
    )


@require_POST
def autosave(request: HttpRequest, agency_id: UUID, section: str) -> JsonResponse:
    """Keep what is being typed; answers with the new version, or with who saved in between."""
    page = BY_KEY.get(section)
    if page is None or page.make_form is None:
        raise Http404
    agency = agency_to_edit(request.user, agency_id)
    answers = Answers(editable_application(agency), agency)
    typed = page.form(answers, person(request)).typed(request.POST)
    return keep_answer(
        typed,
        lambda typed: drafts.keep(
            application=answers.application,
            section=page.key,
            typed=typed,
            version=posted_version(request),
            by=person(request),
        ),
    )


@require_POST
def discard(request: HttpRequest, agency_id: UUID, section: str) -> HttpResponse:
    """Forget the typing that was never saved as answers."""
    page = BY_KEY.get(section)
    if page is None or page.make_form is None:
        raise Http404
    agency = agency_to_edit(request.user, agency_id)
    application = editable_application(agency)
    try:
        drafts.discard(
            application=application, section=page.key, version=posted_version(request), by=person(request)
        )
    except drafts.Stale:
        messages.warning(request, _("A colleague saved this section just now. This is what stands."))
    return redirect(page.url(agency.pk))


def _page(
    request: HttpRequest,
    page: Section,
    answers: Answers,
    form: SectionForm,
    *,
    version: int,
    work: SectionWork | None,
    conflict: dict[str, Any] | None = None,
    status: int = 200,
) -> HttpResponse:
    agency = answers.agency
    context = {
        "agency": agency,
        "application": answers.application,
        "standing": standing(answers.application),
        "section": page,
        "form": form,
        "version": version,
        "multipart": form.is_multipart(),
        "draft": work if work and work.draft else None,
        "conflict": conflict,
        "back_url": back_url(request, agency),
        "autosave_url": reverse("onboarding:autosave", args=[agency.pk, page.key]),
        "autosave_texts": autosave_texts(),
        "discard_url": reverse("onboarding:discard", args=[agency.pk, page.key]),
        "notes": notes_of(answers.application, page.key),
    }
    return render(request, f"onboarding/application/{page.key}.html", context, status=status)


def locked_page(request: HttpRequest, page: Section, answers: Answers) -> HttpResponse:
    """The section's answers, for reading."""
    context = {
        "agency": answers.agency,
        "application": answers.application,
        "standing": standing(answers.application),
        "section": page,
        "groups": page.summary(answers),
        "why": why_locked(answers.application) if is_editor(request.user, answers.agency) else "",
        "back_url": back_url(request, answers.agency),
    }
    return render(request, "onboarding/application/locked.html", context)


def back_url(request: HttpRequest, agency: Agency) -> str:
    name = "onboarding:check_answers" if request.GET.get("from") == "check" else "onboarding:application"
    return reverse(name, args=[agency.pk])


def after(request: HttpRequest, agency: Agency) -> str:
    """Where saving leads: back to check-your-answers when it began there, else to the task list."""
    return back_url(request, agency)
