"""What the pages of projects share: the getter, and where back leads."""

from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse

from agencies.events import AgenciesEvent
from agencies.hud.drafts import stored_project, unlisted
from agencies.hud.forms import ProjectForms
from agencies.hud.pages import BY_KEY
from agencies.hud.summary import place_of
from agencies.models import Agency, Project
from hmis_portal.web.removed import Typed, tell_of_removed
from onboarding.application import check
from onboarding.models import SectionKey
from onboarding.projects.places import IN_APPLICATION, Place
from onboarding.together.conflicts import typed_in


def project_of(
    request: HttpRequest, agency: Agency, project_id: UUID, place: Place = IN_APPLICATION
) -> Project:
    """The agency's project with its rows, in one query; of one that was removed a page that says so; else 404."""
    project = stored_project(agency.pk, project_id)
    if project is None:
        tell_of_removed(
            request, Project, project_id, agency_id=agency.pk, verb=AgenciesEvent.PROJECT_REMOVED,
            back=place.url("projects", agency), typed=lambda: _typed(request, agency),
        )  # fmt: skip
    return project


def _typed(request: HttpRequest, agency: Agency) -> Typed:
    """What stood on the page of a project that is no longer listed."""
    page = BY_KEY.get(request.resolver_match.kwargs.get("page", "")) if request.resolver_match else None
    if page is None:
        return []
    form = ProjectForms(request.POST, project=unlisted(agency), page=page)
    form.unjudged()
    own = typed_in(form)
    return own + [line for row in form.row_forms for line in typed_in(row, f"{place_of(row.key)}: ")]


def siblings_of(agency: Agency, project: Project) -> QuerySet[Project]:
    """The agency's other projects; one query however often they are gone through."""
    return Project.objects.filter(agency=agency).exclude(pk=project.pk)


def list_url(request: HttpRequest, place: Place, agency: Agency) -> str:
    """Where the check of a project leads back to: check-your-answers, the yearly confirmation, or the list."""
    match request.GET.get("from"):
        case "check" if not place.after_approval:
            return check.address(agency.pk, SectionKey.PROJECTS)
        case "confirm" if place.after_approval:
            return reverse("onboarding:confirm_projects", args=[agency.pk])
    return place.url("projects", agency)


def back_url(request: HttpRequest, place: Place, agency: Agency, project: Project) -> str:
    """Where a page of a project leads back to: whence one came to change one answer, or the check of the project."""
    back = list_url(request, place, agency)
    return place.url("project", agency, project) if back == place.url("projects", agency) else back
