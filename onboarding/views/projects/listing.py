"""The agency's projects: the list, a new one, and one taken off."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from agencies.hud.pages import ABOUT
from agencies.models import Agency, Project
from agencies.permissions import agency_to_edit, agency_to_view, is_editor, person
from hmis_portal.web.errors import GuardFailed
from onboarding.application.status_line import StatusLine, status_line
from onboarding.forms.projects.lifecycle import AddProjectForm
from onboarding.journey import yearly
from onboarding.models import Application, Remark, SectionKey
from onboarding.projects import changes
from onboarding.projects.places import AFTER_APPROVAL, IN_APPLICATION, Place, why_closed
from onboarding.projects.progress import Listed, key_of, listed
from onboarding.review.remarks_read import remarks_of, to_answer_about
from onboarding.selectors import latest_application
from onboarding.views.projects.common import project_of
from onboarding.views.sections.pages import back_url


@dataclass(frozen=True)
class ProjectListPage:
    """What the page shows; its template reads the fields by their names."""

    agency: Agency
    application: Application
    status_line: StatusLine
    rows: list[Listed]
    may_edit: bool
    remarks: Sequence[Remark]
    back_url: str


@require_safe
def in_application(request: HttpRequest, agency_id: UUID) -> HttpResponse:
    """Section B of the application."""
    agency = agency_to_view(request.user, agency_id)
    application = latest_application(agency)
    if application is None:
        return redirect("onboarding:application", agency.pk)
    remarks = remarks_of(application, changes.SECTION)
    shown = ProjectListPage(
        agency=agency,
        application=application,
        status_line=status_line(application),
        rows=[
            replace(row, asked=to_answer_about(remarks, key_of(row.project)))
            for row in listed(agency, application)
        ],
        may_edit=is_editor(request.user, agency) and application.is_editable,
        remarks=remarks,
        back_url=back_url(request, agency, SectionKey.PROJECTS),
    )
    return render(request, "onboarding/projects/list.html", vars(shown))


@require_safe
def after_approval(request: HttpRequest, agency_id: UUID) -> HttpResponse:
    """The agency's own list, once its application is approved; before that section B is the list."""
    agency = agency_to_view(request.user, agency_id)
    application = latest_application(agency)
    if application is None:
        return redirect("onboarding:journey", agency.pk)
    if application.is_editable:
        return redirect("onboarding:projects", agency.pk)
    closed = why_closed(AFTER_APPROVAL, agency, application)
    context = {
        "agency": agency,
        "rows": listed(agency, application),
        "closed": closed,
        "may_edit": is_editor(request.user, agency) and not closed,
        "due": [task for task in yearly.due(agency=agency) if task.kind == yearly.YearlyKind.PROJECTS],
    }
    return render(request, "onboarding/projects/own_list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def add(request: HttpRequest, agency_id: UUID, place: Place = IN_APPLICATION) -> HttpResponse:
    agency = agency_to_edit(request.user, agency_id)
    application = place.application(agency)
    form = AddProjectForm(
        request.POST if request.method == "POST" else None, others=list(Project.objects.filter(agency=agency))
    )
    form.cancel_url = place.url("projects", agency)
    if request.method == "POST" and form.is_valid():
        answers, copy = form.cleaned_data, form.cleaned_data["copy"]
        try:
            project = changes.add(
                place,
                application,
                name=answers["project_name"],
                copy=copy or None,
                start=answers.get("operating_start_date"),
                by=person(request),
            )
        except GuardFailed as refusal:
            form.add_error("project_name", refusal.messages)
        else:
            overview = place.url("project", agency, project)
            return redirect(overview if copy else place.page_url(agency, project, ABOUT))
    context: dict[str, object] = {"agency": agency, "form": form, "list_url": form.cancel_url}
    if not place.after_approval:
        context["status_line"] = status_line(application)
    return render(request, "onboarding/projects/add.html", {"status_line": None, **context})


@require_http_methods(["GET", "HEAD", "POST"])
def remove(
    request: HttpRequest, agency_id: UUID, project_id: UUID, place: Place = IN_APPLICATION
) -> HttpResponse:
    agency = agency_to_edit(request.user, agency_id)
    application = place.application(agency)
    project = project_of(request, agency, project_id, place)
    changes.check_removable(place, project)
    if request.method == "POST":
        changes.remove(place, application, project, by=person(request))
        messages.success(request, _("“%(name)s” is removed.") % {"name": project.project_name})
        return redirect(place.name("projects"), agency.pk)
    context = {
        "agency": agency,
        "status_line": None if place.after_approval else status_line(application),
        "project": project,
        "people": project.staff.count(),
        "list_url": place.url("projects", agency),
    }
    return render(request, "onboarding/projects/remove.html", context)
