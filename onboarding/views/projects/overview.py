"""Check this project: what is answered, how each page stands, what HUD's rules find; for readers the answers alone."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from agencies.hud.drafts import ProjectFindings, checked
from agencies.hud.pages import page_of
from agencies.hud.rules import Finding
from agencies.hud.summary import anchor_of
from agencies.models import Agency, Project
from agencies.permissions import agency_to_edit, agency_to_view, is_editor, person
from hmis_portal.web.errors import GuardFailed
from onboarding.application.status_line import status_line
from onboarding.models import Application, Remark
from onboarding.projects import changes
from onboarding.projects.places import IN_APPLICATION, Place, why_closed
from onboarding.projects.progress import PageState, key_of, page_states, works_of
from onboarding.review.remarks_read import remarks_of
from onboarding.sections.status import StatusKey
from onboarding.sections.summaries import project_groups
from onboarding.sections.tables import blocks
from onboarding.selectors import latest_application
from onboarding.views.projects.common import list_url, project_of
from onboarding.views.sections.drafts import autosave_texts
from onboarding.views.sections.pages import LockedPage


@dataclass(frozen=True)
class ProjectCheckPage:
    """What the page shows; its template reads the fields by their names."""

    pages: list[PageState]
    findings: list[tuple[Finding, str]]
    next: PageState | None
    copied: Project | None
    wrong: bool
    remarks: Sequence[Remark]
    overview_url: str
    autosave_texts: dict[str, str]
    confirm_url: str
    remove_url: str
    begins: bool
    ends: bool


@require_safe
def project(
    request: HttpRequest, agency_id: UUID, project_id: UUID, place: Place = IN_APPLICATION
) -> HttpResponse:
    agency = agency_to_view(request.user, agency_id)
    application = latest_application(agency)
    row = project_of(request, agency, project_id, place)
    if application is None:
        return redirect("onboarding:application", agency.pk)
    if place.after_approval and application.is_editable:
        return redirect("onboarding:project", agency.pk, row.pk)
    findings, closed = checked([row])[0], why_closed(place, agency, application)
    groups = project_groups(agency, findings, named=False, place=place)
    line = None if place.after_approval else status_line(application)
    back_url, edits = list_url(request, place, agency), is_editor(request.user, agency)
    if closed or not edits:
        locked = LockedPage(
            agency=agency,
            status_line=line,
            title=row.project_name,
            groups=groups,
            why=closed if edits else "",
            back_url=back_url,
        )
        return render(request, "onboarding/application/locked.html", vars(locked))
    head = {"agency": agency, "status_line": line, "project": row, "back_url": back_url}
    shown = _to_change(place, agency, application, row, findings)
    context = {**head, "blocks": blocks(groups), **vars(shown)}
    return render(request, "onboarding/projects/check.html", context)


def _to_change(
    place: Place, agency: Agency, application: Application, project: Project, findings: ProjectFindings
) -> ProjectCheckPage:
    own = place.after_approval
    remarks = [] if own else remarks_of(application, changes.SECTION, key_of(project))
    pages = page_states(place, agency, findings, works_of(application, project), remarks)
    return ProjectCheckPage(
        pages=pages,
        findings=[
            (finding, _mended_at(place, agency, project, finding.field)) for finding in findings.findings
        ],
        next=next(
            (page for page in pages if page.status not in (StatusKey.COMPLETE, StatusKey.COPIED)), None
        ),
        copied=project.copied_from if not project.confirmed_at else None,
        wrong=bool(findings.errors),
        remarks=remarks,
        overview_url=place.url("project", agency, project),
        autosave_texts=autosave_texts(),
        confirm_url=place.url("project_confirm", agency, project),
        remove_url="" if own and project.confirmed_at else place.url("project_remove", agency, project),
        begins=own and agency.state == Agency.State.JOINING and not agency.victim_service_provider,
        ends=own and project.confirmed_at is not None and project.operating_end_date is None,
    )


def _mended_at(place: Place, agency: Agency, project: Project, field: str) -> str:
    return f"{place.page_url(agency, project, page_of(field))}?from=project#{anchor_of(field)}"


@require_POST
def confirm(
    request: HttpRequest, agency_id: UUID, project_id: UUID, place: Place = IN_APPLICATION
) -> HttpResponse:
    """Whoever read through a copy says that what was copied is right for this project."""
    agency = agency_to_edit(request.user, agency_id)
    row = project_of(request, agency, project_id, place)
    try:
        changes.stands(place, place.application(agency), row, by=person(request))
    except GuardFailed as refusal:
        messages.error(request, refusal.messages[0])
        return redirect(place.url("project", agency, row))
    messages.success(request, _("“%(name)s” is saved.") % {"name": row.project_name})
    return redirect(list_url(request, place, agency))
