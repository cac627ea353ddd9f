"""A project's HMIS participation (2.08) begins the day its agency goes live: the portal writes it, nobody is asked before."""

from datetime import date, timedelta
from uuid import UUID, uuid5

from django.db import transaction

from agencies.events import AgenciesEvent
from agencies.hud.drafts import draft_of, with_rows
from agencies.hud.rows import HmisRow, ProjectDraft
from agencies.models import Agency, HMISParticipation, Project, User
from hmis_portal import audit

NOT, IN_HMIS, COMPARABLE = 0, 1, 2


def id_before_go_live(project: Project) -> UUID:
    """The identity of the row that says what was before, the same in each export and in the database."""
    return uuid5(project.pk, "HMIS participation before go-live")


def before_go_live(draft: ProjectDraft) -> list[HmisRow]:
    """What is so while the agency joins: no participation, or a comparable database from the first day on."""
    kind = COMPARABLE if _kind(draft) == COMPARABLE else NOT
    return [_row(0, kind, draft.operating_start_date, draft.operating_end_date)]


def from_go_live(draft: ProjectDraft, day: date) -> list[HmisRow]:
    """The periods of a project whose agency goes live on this day, from its first day of operation on (R22)."""
    start, end, kind = draft.operating_start_date, draft.operating_end_date, _kind(draft)
    if kind != IN_HMIS or start is None or (end is not None and end < day):
        return before_go_live(draft)
    if start >= day:
        return [_row(0, IN_HMIS, start, end)]
    return [_row(0, NOT, start, day - timedelta(days=1)), _row(1, IN_HMIS, day, end)]


def _kind(draft: ProjectDraft) -> int | None:
    """What it will be; what an agency said when it was still asked counts."""
    if draft.victim_service_provider:
        return COMPARABLE
    return draft.hmis[-1].hmis_participation_type if draft.hmis else IN_HMIS


def _row(position: int, kind: int, start: date | None, end: date | None) -> HmisRow:
    return HmisRow(
        key=f"hmis-{position}",
        hmis_participation_type=kind,
        hmis_participation_status_start_date=start,
        hmis_participation_status_end_date=end,
    )


@transaction.atomic
def begin(*, agency: Agency, day: date, by: User | None) -> None:
    """Write the HMIS participation of every project that has a first day of operation; the others' pages ask for it."""
    projects = list(with_rows(Project.objects.filter(agency=agency, operating_start_date__isnull=False)))
    HMISParticipation.objects.filter(project__in=projects).delete()
    rows = []
    for project in projects:
        for position, row in enumerate(from_go_live(draft_of(project), day)):
            names = ("type", "status_start_date", "status_end_date")
            values = {name: getattr(row, name) for name in (f"hmis_participation_{one}" for one in names)}
            own = {"id": id_before_go_live(project)} if position == 0 else {}
            rows.append(HMISParticipation(project=project, position=position, **own, **values))
    HMISParticipation.objects.bulk_create(rows)
    if rows:
        audit.record(
            by=by,
            verb=AgenciesEvent.HMIS_PARTICIPATION_BEGAN,
            obj=agency,
            agency_id=agency.pk,
            data={"on": day.isoformat(), "projects": [project.project_name for project in projects]},
        )
