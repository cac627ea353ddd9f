"""A project that ends, and one that becomes another: HUD closes the old and opens a new one when what it does changes.

What a project does is its type and, for rapid re-housing, its subtype: transitional housing that becomes permanent
supportive housing, an entry/exit shelter that turns night-by-night, and so on.
"""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any, TypeVar
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from agencies.events import AgenciesEvent
from agencies.hud.derived import going_on
from agencies.hud.drafts import ROWS, draft_of, stored_ids, surroundings, with_rows
from agencies.hud.elements import EMERGENCY_SHELTER, RRH, is_residential
from agencies.hud.rows import DATED, ProjectDraft, Row
from agencies.hud.rules import Finding, affiliation_applies, check, errors
from agencies.hud.store import write_project
from agencies.models import Project, User
from hmis_portal import audit
from hmis_portal.web.errors import GuardFailed

R = TypeVar("R", bound=Row)


@dataclass(frozen=True, slots=True)
class Successor:
    """What the new project is."""

    name: str
    project_type: int
    rrh_sub_type: int | None = None


def ended(draft: ProjectDraft, last_day: date) -> ProjectDraft:
    """The project closed on this day, with the beds, participation and grants (R15) that were open on it."""
    rows: dict[str, Any] = {
        kind: [_closed(row, f"{prefix}_end_date", last_day) for row in getattr(draft, kind)]
        for kind, prefix in DATED.items()
    }
    # A grant that begins later never paid for this project: R15 says so, and the person decides.
    rows["funders"] = [
        row if row.start_date and row.start_date > last_day else _closed(row, "end_date", last_day)
        for row in draft.funders
    ]
    return replace(draft, operating_end_date=last_day, **rows)


def _closed(row: R, name: str, last_day: date) -> R:
    end = getattr(row, name)
    changes: Any = {name: last_day}
    return row if end is not None and end <= last_day else replace(row, **changes)


def succeeded(draft: ProjectDraft, into: Successor, first_day: date) -> ProjectDraft:
    """The new project: what was open the day before goes on, what its type does not have is left out."""
    day_before = first_day - timedelta(days=1)
    residential = is_residential(into.project_type, into.rrh_sub_type)
    shelter = into.project_type in EMERGENCY_SHELTER
    rows = going_on(draft, day_before, first_day)
    if not residential:
        rows["inventory"] = []
    elif not shelter:
        rows["inventory"] = [replace(row, es_bed_type=None, availability=None) for row in rows["inventory"]]
    affiliation = affiliation_applies(into.project_type, into.rrh_sub_type)
    return replace(
        draft,
        project_name=into.name,
        project_common_name="",
        operating_start_date=first_day,
        operating_end_date=None,
        project_type=into.project_type,
        rrh_sub_type=into.rrh_sub_type if into.project_type == RRH else None,
        housing_type=draft.housing_type if residential else None,
        residential_affiliation=draft.residential_affiliation if affiliation else None,
        affiliated=draft.affiliated if affiliation else [],
        funders=[row for row in draft.funders if row.end_date is None or row.end_date >= first_day],
        **rows,
    )


def faults_of_ending(draft: ProjectDraft, last_day: date) -> list[Finding]:
    """What keeps the project from being closed on this day."""
    return errors(check(ended(draft, last_day), surroundings()))


@transaction.atomic(savepoint=False)
def end_project(*, project: Project, last_day: date, by: User) -> None:
    """Close a stored project (from `with_rows`). Raises GuardFailed with what the rules find in the closed one."""
    _write_ended(project, last_day, by, {})


@transaction.atomic(savepoint=False)
def replace_project(*, project: Project, into: Successor, last_day: date, by: User) -> Project:
    """Close a stored project (from `with_rows`) and open its successor the day after. Raises GuardFailed.

    The successor may still break rules (its funding, its housing type): its own page says which.
    """
    draft = succeeded(draft_of(project), into, last_day + timedelta(days=1))
    new = Project.objects.create(agency_id=project.agency_id, project_name=into.name, copied_from=project)
    _write_ended(project, last_day, by, {"replaced_by": {"id": new.hud_id, "name": new.project_name}})
    audit.record(
        by=by,
        verb=AgenciesEvent.PROJECT_ADDED,
        obj=new,
        agency_id=new.agency_id,
        data={"replaces": {"id": project.hud_id, "name": project.project_name}},
    )
    stored = with_rows(Project.objects.filter(pk=new.pk)).get()
    ids: dict[str, list[UUID | None]] = {kind: [None] * len(getattr(draft, kind)) for kind in ROWS}
    write_project(project=stored, draft=draft, ids=ids, by=by, told=False)
    return new


def _write_ended(project: Project, last_day: date, by: User, data: dict[str, object]) -> None:
    draft = draft_of(project)
    if draft.operating_start_date and last_day < draft.operating_start_date:
        raise GuardFailed(_("The last day must be on or after the first day of operation."))
    if faults := faults_of_ending(draft, last_day):
        raise GuardFailed([finding.message for finding in faults])
    changed = write_project(
        project=project, draft=ended(draft, last_day), ids=stored_ids(project), by=by, told=False
    )
    audit.record(
        by=by,
        verb=AgenciesEvent.PROJECT_ENDED,
        obj=project,
        agency_id=project.agency_id,
        after=last_day.isoformat(),
        data={**data, "changed": changed},
    )
