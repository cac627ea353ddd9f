"""What becomes of a project after approval: it ends, becomes another, or is confirmed for another year."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from agencies.hud import participation
from agencies.hud.lifecycle import Successor
from agencies.hud.lists import codes
from agencies.models import Agency, Project
from agencies.permissions import agency_to_edit, agency_to_view, is_editor, person
from hmis_portal.models import PortalSettings
from hmis_portal.text.words import date_words
from hmis_portal.web.errors import GuardFailed, WrongState
from onboarding.forms.projects.lifecycle import BeginsForm, EndProjectForm, ReplaceProjectForm
from onboarding.journey import yearly
from onboarding.projects import changes
from onboarding.projects.places import AFTER_APPROVAL
from onboarding.sections.summaries import project_groups
from onboarding.views.projects.common import project_of
from training.validity import add_months


@require_http_methods(["GET", "HEAD", "POST"])
def end(request: HttpRequest, agency_id: UUID, project_id: UUID) -> HttpResponse:
    agency = agency_to_edit(request.user, agency_id)
    project = project_of(request, agency, project_id, AFTER_APPROVAL)
    application = AFTER_APPROVAL.application(agency)
    changes.check_in_force(project)
    form = EndProjectForm(request.POST if request.method == "POST" else None, project=project)
    form.cancel_url = AFTER_APPROVAL.url("project", agency, project)
    if request.method == "POST" and form.is_valid():
        try:
            changes.end(application, project, last_day=form.cleaned_data["last_day"], by=person(request))
        except GuardFailed as refusal:
            form.refuse(refusal.messages)
        else:
            messages.success(request, _("“%(name)s” is ended.") % {"name": project.project_name})
            return redirect("onboarding:own_projects", agency.pk)
    return render(
        request, "onboarding/projects/end.html", {"agency": agency, "project": project, "form": form}
    )


@require_http_methods(["GET", "HEAD", "POST"])
def begins(request: HttpRequest, agency_id: UUID, project_id: UUID) -> HttpResponse:
    """While the agency joins: this project takes part in the HMIS on a later day than that of go-live."""
    agency = agency_to_edit(request.user, agency_id)
    project = project_of(request, agency, project_id, AFTER_APPROVAL)
    AFTER_APPROVAL.application(agency)
    back = AFTER_APPROVAL.url("project", agency, project)
    if agency.state != Agency.State.JOINING:
        raise WrongState(
            _("The agency is live: change the participation on the page of the project."), back=back
        )
    form = BeginsForm(
        request.POST if request.method == "POST" else None, initial={"hmis_from": project.hmis_from}
    )
    form.cancel_url = back
    if request.method == "POST" and form.is_valid():
        participation.plan(project=project, day=form.cleaned_data["hmis_from"], by=person(request))
        messages.success(request, _("“%(name)s” is saved.") % {"name": project.project_name})
        return redirect(back)
    context = {"agency": agency, "project": project, "form": form}
    return render(request, "onboarding/projects/begins.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def replace(request: HttpRequest, agency_id: UUID, project_id: UUID) -> HttpResponse:
    """What the project does changes: HUD closes it and opens a new one."""
    agency = agency_to_edit(request.user, agency_id)
    project = project_of(request, agency, project_id, AFTER_APPROVAL)
    application = AFTER_APPROVAL.application(agency)
    changes.check_in_force(project)
    form = ReplaceProjectForm(
        request.POST if request.method == "POST" else None,
        project=project,
        others=Project.objects.filter(agency=agency),
    )
    form.cancel_url = AFTER_APPROVAL.url("project", agency, project)
    if request.method == "POST" and form.is_valid():
        into = Successor(
            form.cleaned_data["project_name"],
            form.cleaned_data["project_type"],
            form.cleaned_data["rrh_sub_type"],
        )
        last_day = form.cleaned_data["last_day"]
        try:
            new = changes.replace(application, project, into=into, last_day=last_day, by=person(request))
        except GuardFailed as refusal:
            form.refuse(refusal.messages)
        else:
            messages.success(
                request,
                _("“%(old)s” ends on %(day)s. Read through the new project and save it.")
                % {"old": project.project_name, "day": date_words(last_day)},
            )
            return redirect("onboarding:own_project", agency.pk, new.pk)
    context = {
        "agency": agency,
        "project": project,
        "form": form,
        "type": codes().label("2.02.6", project.project_type),
        "people": project.staff.filter(left_on__isnull=True).count(),
    }
    return render(request, "onboarding/projects/replace.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest, agency_id: UUID) -> HttpResponse:
    """Once a year a person of the agency reads what the HMIS holds about each project and says that it is right."""
    if request.method == "POST":
        agency = agency_to_edit(request.user, agency_id)
        changes.confirm(AFTER_APPROVAL.application(agency), by=person(request))
        day = add_months(timezone.localdate(), PortalSettings.load().project_confirmation_months)
        messages.success(
            request, _("Project data is confirmed. It is due again on %(day)s.") % {"day": date_words(day)}
        )
        return redirect("onboarding:own_projects", agency.pk)
    agency = agency_to_view(request.user, agency_id)
    AFTER_APPROVAL.application(agency)
    running = changes.to_confirm(agency)
    context = {
        "agency": agency,
        "projects": [
            (row, project_groups(agency, row, named=False, place=AFTER_APPROVAL)) for row in running
        ],
        "wrong": [row for row in running if not row.complete],
        "may_edit": is_editor(request.user, agency),
        "due": next(
            (task for task in yearly.due(agency=agency) if task.kind == yearly.YearlyKind.PROJECTS), None
        ),
    }
    return render(request, "onboarding/projects/confirm.html", context)
