"""A project's HMIS participation (2.08) begins the day its agency goes live, or on a later day that was chosen.

The portal writes it; nobody is asked before.
"""

from datetime import date, timedelta
from uuid import UUID, uuid5

from django.db import transaction
from django.utils.translation import gettext as _

from agencies.events import AgenciesEvent
from agencies.hud.drafts import draft_of, with_rows
from agencies.hud.rows import HmisRow, ProjectDraft
from agencies.locks import lock_agency
from agencies.models import Agency, HMISParticipation, Project, User
from hmis_portal import audit
from hmis_portal.web.errors import WrongState

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


def _kind(draft: ProjectDraft) -> int:
    """What it will be. A “no” from the days when it was asked while joining was true then, and says nothing of later."""
    answer = draft.hmis[-1].hmis_participation_type if draft.hmis else IN_HMIS
    return COMPARABLE if draft.victim_service_provider or answer == COMPARABLE else IN_HMIS


def _row(position: int, kind: int, start: date | None, end: date | None) -> HmisRow:
    return HmisRow(
        key=f"hmis-{position}",
        hmis_participation_type=kind,
        hmis_participation_status_start_date=start,
        hmis_participation_status_end_date=end,
    )


@transaction.atomic
def plan(*, project: Project, day: date | None, by: User) -> None:
    """Choose the day on which a project's participation begins; with None it is the day of go-live. Raises WrongState."""
    if lock_agency(project.agency_id).state != Agency.State.JOINING:
        raise WrongState(_("The agency is live: change the participation on the page of the project."))
    before, project.hmis_from = project.hmis_from, day
    if before == day:
        return
    project.save(update_fields=["hmis_from"])
    audit.record(
        by=by,
        verb=AgenciesEvent.HMIS_PARTICIPATION_PLANNED,
        obj=project,
        agency_id=project.agency_id,
        before=before.isoformat() if before else "",
        after=day.isoformat() if day else "",
    )


@transaction.atomic
def begin(*, agency: Agency, day: date, by: User | None) -> None:
    """Write the HMIS participation of every project that has a first day of operation; the others' pages ask for it."""
    projects = list(with_rows(Project.objects.filter(agency=agency, operating_start_date__isnull=False)))
    HMISParticipation.objects.filter(project__in=projects).delete()
    rows = []
    for project in projects:
        first_day = max(day, project.hmis_from or day)
        for position, row in enumerate(from_go_live(draft_of(project), first_day)):
            names = ("type", "status_start_date", "status_end_date")
            values = {name: getattr(row, name) for name in (f"hmis_participation_{part}" for part in names)}
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
