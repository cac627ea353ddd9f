"""Section B of the application: the agency's projects, one page each."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from agencies.hud.drafts import checked, with_rows
from agencies.hud.forms import FORMS, MOST_ROWS, ProjectForms
from agencies.hud.rules import Finding
from agencies.hud.store import add_project, remove_project, save_project
from agencies.hud.summary import kind_title, question_of
from agencies.models import Agency, Project
from agencies.permissions import agency_to_edit, agency_to_view, is_editor, person
from onboarding import projects
from onboarding.forms.projects import AddProjectForm
from onboarding.models import Application, SectionWork
from onboarding.selectors import editable_application, latest_application


@require_safe
def project_list(request: HttpRequest, agency_id: UUID) -> HttpResponse:
    agency = agency_to_view(request.user, agency_id)
    application = latest_application(agency)
    may_edit = is_editor(request.user, agency) and application is not None and application.is_editable
    return render(
        request,
        "onboarding/projects/list.html",
        {"agency": agency, "rows": projects.listed(agency, application), "may_edit": may_edit},
    )


def project_add(request: HttpRequest, agency_id: UUID) -> HttpResponse:
    agency = agency_to_edit(request.user, agency_id)
    editable_application(agency)
    others = list(Project.objects.filter(agency=agency))
    form = AddProjectForm(request.POST or None, others=others)
    form.cancel_url = reverse("onboarding:projects", args=[agency.pk])
    if request.method == "POST" and form.is_valid():
        copy = form.cleaned_data["copy"]
        project = add_project(
            agency=agency,
            name=form.cleaned_data["project_name"],
            by=person(request),
            copy=with_rows(Project.objects.filter(agency=agency)).get(pk=copy) if copy else None,
        )
        return redirect("onboarding:project", agency.pk, project.pk)
    return render(request, "onboarding/projects/add.html", {"agency": agency, "form": form})


def project(request: HttpRequest, agency_id: UUID, project_id: UUID) -> HttpResponse:
    agency = agency_to_edit(request.user, agency_id)
    application = editable_application(agency)
    found, siblings = _project_and_siblings(agency, project_id)
    work = projects.work_of(application, found)
    if request.method == "POST":
        return _post(request, agency, application, found, siblings, work)
    typed = projects.typed(work)
    page = ProjectForms(found, siblings=siblings, data=typed, quiet=True)
    return _page(request, agency, found, page, work, _judged(found, siblings, typed))


def _post(
    request: HttpRequest,
    agency: Agency,
    application: Application,
    found: Project,
    siblings: list[Project],
    work: SectionWork,
) -> HttpResponse:
    act, _colon, what = request.POST.get("action", "save").partition(":")
    data = request.POST.copy()
    here = reverse("onboarding:project", args=[agency.pk, found.pk])
    overwrite = act == "overwrite"
    if projects.is_stale(work, data, by=person(request)) and not overwrite:
        page = ProjectForms(found, siblings=siblings, data=data, quiet=True)
        return _page(request, agency, found, page, work, _judged(found, siblings, data), conflict=True)
    if act in ("add", "remove") or act == "later":
        anchor = _change_rows(data, act, what)
        projects.keep(application, found, work, data, by=person(request))
        return redirect(
            f"{here}{anchor}" if act != "later" else reverse("onboarding:projects", args=[agency.pk])
        )
    page = ProjectForms(found, siblings=siblings, data=data)
    if not page.is_valid():
        projects.keep(application, found, work, data, by=person(request), has_errors=True)
        return _page(request, agency, found, page, work, page)
    save_project(project=found, draft=page.draft, ids=page.identities(), by=person(request))
    projects.finished(application, found, work, by=person(request))
    messages.success(request, _("“%(name)s” is saved.") % {"name": found.project_name})
    return redirect("onboarding:projects", agency.pk)


@require_POST
def project_check(request: HttpRequest, agency_id: UUID, project_id: UUID) -> HttpResponse:
    """While typing: keep what was typed, and say what HUD's rules find in it."""
    agency = agency_to_edit(request.user, agency_id)
    application = editable_application(agency)
    found, siblings = _project_and_siblings(agency, project_id)
    work = projects.work_of(application, found)
    if projects.is_stale(work, request.POST, by=person(request)):
        return JsonResponse({"conflict": projects.conflict(work)}, status=409)
    version = projects.keep(
        application, found, work, request.POST, by=person(request), has_errors=work.has_errors
    )
    page = _judged(found, siblings, request.POST)
    return JsonResponse(
        {**_advice(page), "version": version, "saved_at": timezone.localtime().strftime("%H:%M:%S")}
    )


def project_remove(request: HttpRequest, agency_id: UUID, project_id: UUID) -> HttpResponse:
    agency = agency_to_edit(request.user, agency_id)
    application = editable_application(agency)
    found = Project.objects.filter(agency=agency, pk=project_id).first()
    if found is None:
        raise Http404
    if request.method == "POST":
        name = found.project_name
        projects.removed(application, found)
        remove_project(project=found, by=person(request))
        messages.success(request, _("“%(name)s” is removed.") % {"name": name})
        return redirect("onboarding:projects", agency.pk)
    return render(
        request,
        "onboarding/projects/remove.html",
        {"agency": agency, "project": found, "people": found.staff.count()},
    )


def _project_and_siblings(agency: Agency, project_id: UUID) -> tuple[Project, list[Project]]:
    """The project with its rows, and the agency's other projects; two queries."""
    found = with_rows(Project.objects.filter(agency=agency)).filter(pk=project_id).first()
    if found is None:
        raise Http404
    return found, list(Project.objects.filter(agency=agency).exclude(pk=project_id))


def _judged(found: Project, siblings: list[Project], typed: Any) -> ProjectForms:
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
    agency: Agency,
    found: Project,
    page: ProjectForms,
    work: SectionWork,
    judged: ProjectForms,
    *,
    conflict: bool = False,
) -> HttpResponse:
    return render(
        request,
        "onboarding/projects/project.html",
        {
            "agency": agency,
            "project": found,
            "page": page,
            "form": page.form,
            "forms": page.all_forms,
            "sections": [(kind, kind_title(kind), page.rows[kind]) for kind in page.rows],
            "advice": _beside(judged),
            "version": work.version,
            "conflict": projects.conflict(work) if conflict else None,
            "has_draft": bool(work.draft),
        },
        status=409 if conflict else 200,
    )


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
            "kept": _("Kept as typed at"),
            "lost": _(
                "Not kept: there is no connection, or you were signed out. Your typing stays on this page."
            ),
            "conflict": _("{who} saved this project on {when}. Save to see both and choose."),
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
