"""Section B of the application: the agency's projects, one page each."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from agencies.hud.drafts import checked, with_rows
from agencies.hud.forms import FORMS, MOST_ROWS, ProjectForms
from agencies.hud.rules import Finding
from agencies.hud.store import add_project
from agencies.hud.summary import kind_title, question_of
from agencies.models import Agency, Project
from agencies.permissions import agency_to_edit, agency_to_view, is_editor, person
from hmis_portal.templatetags.portal import datetime_words
from onboarding import drafts, projects
from onboarding.forms.base import as_data
from onboarding.forms.projects import AddProjectForm
from onboarding.models import Application, SectionWork
from onboarding.selectors import editable_application, latest_application
from onboarding.standing import standing
from onboarding.summaries import project_groups
from onboarding.views.keeping import autosave_texts, posted_version
from onboarding.views.sections import notes_of


@require_safe
def project_list(request: HttpRequest, agency_id: UUID) -> HttpResponse:
    agency = agency_to_view(request.user, agency_id)
    application = latest_application(agency)
    if application is None:
        return redirect("onboarding:application", agency.pk)
    context = {
        "agency": agency,
        "application": application,
        "standing": standing(application),
        "rows": projects.listed(agency, application),
        "may_edit": is_editor(request.user, agency) and application.is_editable,
        "notes": notes_of(application, projects.SECTION),
        "back_url": _back_url(request, agency, "onboarding:application"),
    }
    return render(request, "onboarding/projects/list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def project_add(request: HttpRequest, agency_id: UUID) -> HttpResponse:
    agency = agency_to_edit(request.user, agency_id)
    application = editable_application(agency)
    form = AddProjectForm(request.POST or None, others=list(Project.objects.filter(agency=agency)))
    form.cancel_url = reverse("onboarding:projects", args=[agency.pk])
    if request.method == "POST" and form.is_valid():
        copy = form.cleaned_data["copy"]
        with drafts.writing(application):
            project = add_project(
                agency=agency,
                name=form.cleaned_data["project_name"],
                by=person(request),
                copy=with_rows(Project.objects.filter(agency=agency)).get(pk=copy) if copy else None,
            )
        return redirect("onboarding:project", agency.pk, project.pk)
    return render(
        request,
        "onboarding/projects/add.html",
        {"agency": agency, "application": application, "standing": standing(application), "form": form},
    )


@require_http_methods(["GET", "HEAD", "POST"])
def project(request: HttpRequest, agency_id: UUID, project_id: UUID) -> HttpResponse:
    if request.method == "POST":
        agency = agency_to_edit(request.user, agency_id)
        return _post(request, agency, editable_application(agency), _project(agency, project_id))
    agency = agency_to_view(request.user, agency_id)
    application = latest_application(agency)
    found = _project(agency, project_id)
    if application is None:
        return redirect("onboarding:application", agency.pk)
    if not (application.is_editable and is_editor(request.user, agency)):
        return _locked(request, agency, application, found)
    work = projects.work_of(application, found)
    typed, siblings = as_data(work.draft) if work.draft else None, _siblings(agency, found)
    page = ProjectForms(found, siblings=siblings, data=typed, quiet=not work.has_errors)
    if work.has_errors and typed is not None:
        page.is_valid()
    return _page(request, application, page, version=work.version, draft=work, typed=typed, siblings=siblings)


def _post(request: HttpRequest, agency: Agency, application: Application, found: Project) -> HttpResponse:
    act, _colon, what = request.POST.get("action", "save").partition(":")
    by, version, data = person(request), posted_version(request), request.POST.copy()
    if projects.typed(data) is None:
        act = "save"  # too long to keep: the page says what is too long
    siblings = _siblings(agency, found)
    try:
        if act in ("add", "remove", "later"):
            anchor = _change_rows(data, act, what)
            projects.keep(application, found, data, version=version, by=by)
            if act == "later":
                messages.success(
                    request, _("“%(name)s” is kept as you left it. Come back at any time.") % {"name": found}
                )
                return redirect(_back_url(request, agency, "onboarding:projects"))
            return redirect(request.get_full_path() + anchor)
        page = ProjectForms(found, siblings=siblings, data=data)
        if not page.is_valid():
            version = projects.keep(application, found, data, version=version, by=by, has_errors=True)
            return _page(request, application, page, version=version, typed=data, siblings=siblings)
        projects.save(application, found, page.draft, page.identities(), version=version, by=by)
    except drafts.Stale as stale:
        page = ProjectForms(found, siblings=siblings, data=data, quiet=True)
        return _page(
            request,
            application,
            page,
            version=stale.work.version,
            typed=data,
            siblings=siblings,
            conflict=stale.work,
        )
    messages.success(request, _("“%(name)s” is saved.") % {"name": found.project_name})
    return redirect(_back_url(request, agency, "onboarding:projects"))


@require_POST
def project_check(request: HttpRequest, agency_id: UUID, project_id: UUID) -> HttpResponse:
    """While typing: keep what was typed, and say what HUD's rules find in it."""
    agency = agency_to_edit(request.user, agency_id)
    application = editable_application(agency)
    found = _project(agency, project_id)
    try:
        version = projects.keep(
            application, found, request.POST, version=posted_version(request), by=person(request)
        )
    except drafts.Stale as stale:
        return JsonResponse(_conflict(stale.work), status=409)
    advice = _advice(_judged(found, _siblings(agency, found), request.POST))
    return JsonResponse({**advice, "version": version, "saved_at": datetime_words(timezone.now())})


@require_http_methods(["GET", "HEAD", "POST"])
def project_remove(request: HttpRequest, agency_id: UUID, project_id: UUID) -> HttpResponse:
    agency = agency_to_edit(request.user, agency_id)
    application = editable_application(agency)
    found = _project(agency, project_id)
    if request.method == "POST":
        projects.remove(application, found, by=person(request))
        messages.success(request, _("“%(name)s” is removed.") % {"name": found.project_name})
        return redirect("onboarding:projects", agency.pk)
    context = {
        "agency": agency,
        "application": application,
        "standing": standing(application),
        "project": found,
        "people": found.staff.count(),
    }
    return render(request, "onboarding/projects/remove.html", context)


def _project(agency: Agency, project_id: UUID) -> Project:
    """The project with its rows, in one query."""
    found = with_rows(Project.objects.filter(agency=agency)).filter(pk=project_id).first()
    if found is None:
        raise Http404
    return found


def _siblings(agency: Agency, found: Project) -> QuerySet[Project]:
    """The agency's other projects; one query however often they are gone through."""
    return Project.objects.filter(agency=agency).exclude(pk=found.pk)


def _locked(request: HttpRequest, agency: Agency, application: Application, found: Project) -> HttpResponse:
    one = checked([found])[0]
    context = {
        "agency": agency,
        "application": application,
        "standing": standing(application),
        "section": {"title": found.project_name},
        "groups": project_groups(agency, one, named=False),
        "may_edit": is_editor(request.user, agency),
        "back_url": _back_url(request, agency, "onboarding:projects"),
    }
    return render(request, "onboarding/application/locked.html", context)


def _back_url(request: HttpRequest, agency: Agency, name: str) -> str:
    """Back to check-your-answers when the person came from there."""
    return reverse(
        "onboarding:check_answers" if request.GET.get("from") == "check" else name, args=[agency.pk]
    )


def _judged(found: Project, siblings: QuerySet[Project], typed: QueryDict | None) -> ProjectForms:
    """The same page, judged aside: its findings and what does not apply, without errors on the page shown."""
    page = ProjectForms(found, siblings=siblings, data=typed)
    if typed is None:
        page.findings = checked([found])[0].findings
    else:
        page.judge()
    return page


def _change_rows(data: QueryDict, act: str, what: str) -> str:
    """Add a blank row ("coc") or mark one as removed ("coc-1") in what was typed; returns where to look next."""
    kind, _dash, index = what.partition("-")
    if kind not in FORMS:
        return ""
    if act == "remove" and index.isdigit():
        data[f"{what}-DELETE"] = "1"
        return f"#{kind}"
    count = data.get(f"{kind}-rows", "0")
    rows = int(count) if count.isdigit() else 0
    if act == "add" and rows < MOST_ROWS:
        data[f"{kind}-rows"] = str(rows + 1)
    return f"#{kind}-{rows}"


def _page(
    request: HttpRequest,
    application: Application,
    page: ProjectForms,
    *,
    version: int,
    siblings: QuerySet[Project],
    typed: QueryDict | None,
    draft: SectionWork | None = None,
    conflict: SectionWork | None = None,
) -> HttpResponse:
    agency, found = application.agency, page.project
    judged = page if page.findings else _judged(found, siblings, typed)
    context = {
        "agency": agency,
        "application": application,
        "standing": standing(application),
        "project": found,
        "form": page.form,
        "forms": page.all_forms,
        "page": page,
        "sections": [(kind, kind_title(kind), page.rows[kind]) for kind in page.rows],
        "advice": _beside(judged),
        "version": version,
        "draft": draft if draft and draft.draft else None,
        "conflict": _conflict(conflict) if conflict else None,
        "notes": notes_of(application, projects.SECTION),
        "autosave_texts": autosave_texts(),
        "back_url": _back_url(request, agency, "onboarding:projects"),
    }
    return render(request, "onboarding/projects/project.html", context, status=409 if conflict else 200)


def _conflict(work: SectionWork) -> dict[str, str]:
    return {"who": str(work.saved_by or _("A colleague")), "when": datetime_words(work.saved_at)}


def _beside(page: ProjectForms) -> dict[str, Any]:
    """The panel beside the page, and what its script begins with."""
    advice = _advice(page)
    return {
        "said": [one for one in advice["findings"] if not one["missing"]],
        "gaps": [one for one in advice["findings"] if one["missing"]],
        "json": advice,
        "texts": {
            "rule": _("rule"),
            "advice": _("advice"),
        },
    }


def _advice(page: ProjectForms) -> dict[str, Any]:
    """What the script and the page's side show: findings, what does not apply, totals of beds."""
    return {
        "findings": [_finding(page, one) for one in page.findings],
        "hidden": page.hidden(),
        "totals": {form.key: form.total for form in page.rows["inventory"].visible},
    }


def _finding(page: ProjectForms, finding: Finding) -> dict[str, Any]:
    return {
        "rule": finding.rule,
        "field": finding.field,
        "message": finding.message,
        "level": finding.level,
        "question": question_of(finding.field),
        "missing": page.lacks(finding.field),
    }
