"""HUD's CSV of agencies as they stand in the database, and which projects are not in it and why."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from agencies.hud import csv
from agencies.hud.drafts import ROWS, ProjectFindings, checked, stored_stamps, with_rows
from agencies.hud.participation import before_go_live, id_before_go_live
from agencies.models import Agency, Project, User
from hmis_portal.models import PortalSettings


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A project that is not in the file, with the reasons in words."""

    project: Project
    reasons: list[str]


def export_of(
    agencies: Sequence[Agency], *, by: User, now: datetime | None = None
) -> tuple[csv.Export, list[LeftOut]]:
    """The projects of these agencies that are right today, as one person exports them, and those left out; one query."""
    moment = timezone.localtime(now)
    portal = PortalSettings.load()
    projects = with_rows(
        Project.objects.filter(agency__in=agencies).order_by("agency_id", "project_name"), dated=True
    )
    checked_projects = checked(projects)
    left_out = left_out_of(checked_projects)
    gone = {row.project.pk for row in left_out}
    export = csv.Export(
        organizations=[_organization(agency) for agency in agencies],
        projects=[_project(row) for row in checked_projects if row.project.pk not in gone],
        sender=csv.Sender(
            user_id=str(by.pk),
            first_name=by.first_name,
            last_name=by.last_name,
            email=by.email,
            source_name=portal.name,
            phone=portal.support_phone,
            stamp=_stamp(by.date_joined, by.date_joined),
        ),
        now=moment,
    )
    return export, left_out


def left_out_of(projects: Iterable[ProjectFindings]) -> list[LeftOut]:
    """Which of these projects no file may hold yet: one that breaks a rule, one that was only copied, and one that
    serves residents of such a one.
    """
    projects = list(projects)
    reasons = {row.project.pk: [finding.message for finding in row.errors] for row in projects}
    for row in projects:
        if row.only_copied:
            reasons[row.project.pk].append(_("It is a copy that nobody has saved yet"))
    broken = {str(key) for key, sentences in reasons.items() if sentences}
    for row in projects:
        reasons[row.project.pk] += [
            _("It serves the residents of “%(name)s”, which is left out") % {"name": other.name}
            for other in row.draft.affiliated
            if other.id in broken
        ]
    return [LeftOut(row.project, reasons[row.project.pk]) for row in projects if reasons[row.project.pk]]


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


def _project(row: ProjectFindings) -> csv.WrittenProject:
    project, draft = row.project, row.draft
    stamp = _stamp(project.date_created, project.date_updated)
    rows = {
        kind: [
            csv.WrittenRow(UUID(key), _stamp(created, changed))
            for key, created, changed in stored_stamps(project, kind)
        ]
        for kind in ROWS
    }
    if draft.joining and draft.operating_start_date:
        # Until it goes live the agency takes no part, whatever stands there from earlier days.
        draft = replace(draft, hmis=before_go_live(draft))
        rows["hmis"] = [csv.WrittenRow(id_before_go_live(project), stamp)]
    return csv.WrittenProject(
        id=project.pk,
        organization=project.agency_id,
        draft=draft,
        stamp=stamp,
        rows=rows,
    )
