"""What the pages of projects share: the getter, and where back leads."""

from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse

from agencies.hud.drafts import with_rows
from agencies.models import Agency, Project
from onboarding.project_places import Place


def project_of(agency: Agency, project_id: UUID) -> Project:
    """The agency's project with its rows, in one query; 404 for any other."""
    return get_object_or_404(with_rows(Project.objects.filter(agency=agency)), pk=project_id)


def siblings_of(agency: Agency, found: Project) -> QuerySet[Project]:
    """The agency's other projects; one query however often they are gone through."""
    return Project.objects.filter(agency=agency).exclude(pk=found.pk)


def back_url(request: HttpRequest, place: Place, agency: Agency) -> str:
    """Where a project's page leads back to: check-your-answers, the yearly confirmation, or the list."""
    match request.GET.get("from"):
        case "check" if not place.after_approval:
            return reverse("onboarding:check_answers", args=[agency.pk])
        case "confirm" if place.after_approval:
            return reverse("onboarding:confirm_projects", args=[agency.pk])
    return place.url("projects", agency)
