"""HUD's CSV of agencies as they stand in the database, and what would keep it from being right."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from django.utils import timezone

from agencies.hud import csv
from agencies.hud.drafts import ROWS, ProjectFindings, checked, draft_of, stored_stamps, with_rows
from agencies.models import Agency, Project, User
from hmis_portal.models import PortalSettings


def export_of(agencies: Sequence[Agency], *, by: User, now: datetime | None = None) -> csv.Export:
    """All projects of these agencies, as one person exports them; one query."""
    moment = timezone.localtime(now)
    portal = PortalSettings.load()
    projects = with_rows(
        Project.objects.filter(agency__in=agencies).order_by("agency_id", "project_name"), dated=True
    )
    return csv.Export(
        organizations=[_organization(agency) for agency in agencies],
        projects=[_project(project) for project in projects],
        sender=csv.Sender(
            user_id=str(by.pk),
            first_name=by.first_name,
            last_name=by.last_name,
            email=by.email,
            source_name=f"{portal.hmis_name} Onboarding Portal",
            phone=portal.support_phone,
            stamp=_stamp(by.date_joined, by.date_joined),
        ),
        now=moment,
    )


def faults_of(agencies: Iterable[Agency]) -> list[ProjectFindings]:
    """The projects that break a rule today: an export would be refused."""
    return [
        one for one in checked(with_rows(Project.objects.filter(agency__in=agencies))) if not one.complete
    ]


def _stamp(created: datetime, updated: datetime) -> csv.Stamp:
    return csv.Stamp(timezone.localtime(created), timezone.localtime(updated))


def _organization(agency: Agency) -> csv.Organization:
    return csv.Organization(
        id=agency.pk,
        name=agency.legal_name,
        common_name=agency.common_name,
        victim_service_provider=bool(agency.victim_service_provider),
        stamp=_stamp(agency.created_at, agency.created_at),
    )


def _project(project: Project) -> csv.WrittenProject:
    return csv.WrittenProject(
        id=project.pk,
        organization=project.agency_id,
        draft=draft_of(project),
        stamp=_stamp(project.date_created, project.date_updated),
        rows={
            kind: [
                csv.WrittenRow(UUID(key), _stamp(made, changed))
                for key, made, changed in stored_stamps(project, kind)
            ]
            for kind in ROWS
        },
    )
