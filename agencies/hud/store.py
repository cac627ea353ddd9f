"""Writing a project: one place, in one transaction, with few queries whatever the number of rows."""

import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, transaction
from django.utils import timezone

from agencies.events import AgenciesEvent
from agencies.hud.derived import following, going_on
from agencies.hud.drafts import PROJECT_NAMES, ROWS, draft_of, names, stored_ids, stored_rows
from agencies.hud.rows import ProjectDraft
from agencies.hud.summary import answers_changed
from agencies.models import Affiliation, Agency, Project, User
from hmis_portal import audit


@transaction.atomic(savepoint=False)
def add_project(
    *, agency: Agency, name: str, by: User, copy: Project | None = None, start: date | None = None
) -> Project:
    """A new project; `copy` (from `with_rows`) gives it all but its name and its end, and its first day unless `start` does.

    Of a copy that begins later, only what is open on that day goes on: a period of the past was the other's alone.
    """
    project = Project(agency=agency, project_name=name, copied_from=copy)
    if copy is not None:
        before = draft_of(copy)
        copied = replace(
            before, operating_start_date=start or before.operating_start_date, operating_end_date=None
        )
        for field in PROJECT_NAMES:
            if field not in ("project_name", "project_common_name"):
                setattr(project, field, getattr(copied, field))
    project.save(force_insert=True)
    if copy is not None:
        if start and before.operating_start_date and start > before.operating_start_date:
            copied = replace(copied, **going_on(before, start, start))
        else:
            copied = following(copied, before)
        _copy_rows(copied, project)
    audit.record(
        by=by,
        verb=AgenciesEvent.PROJECT_ADDED,
        obj=project,
        agency_id=agency.pk,
        data={"copied_from": copy.project_name} if copy is not None else {},
    )
    return project


def _copy_rows(copied: ProjectDraft, project: Project) -> None:
    for kind, (model, _row) in ROWS.items():
        model._default_manager.bulk_create(
            [
                model(
                    project=project,
                    position=position,
                    **{name: getattr(row, name) for name in _written(kind)},
                )
                for position, row in enumerate(getattr(copied, kind))
            ]
        )
    Affiliation.objects.bulk_create(
        [Affiliation(project=project, res_project_id=residential.id) for residential in copied.affiliated]
    )


@transaction.atomic(savepoint=False)
def write_project(
    *,
    project: Project,
    draft: ProjectDraft,
    ids: Mapping[str, Sequence[uuid.UUID | None]],
    by: User,
    confirms: bool = False,
    told: bool = True,
) -> dict[str, list[str]]:
    """Make the stored project (from `with_rows`) what the draft says; only what changed is written.

    `ids` gives for each kind the stored ids of the draft's rows in order, None for a new one. `confirms` when whoever
    saves stands for all of it today. Returns what changed, question → [before, after] in words; one audit event when
    anything did, unless `told` is False because the caller records more.
    """
    changed = answers_changed(draft_of(project), draft, stored_ids(project), ids)
    fields = _own_fields(project, draft)
    _write_rows(
        project, {kind: _rows_of_kind(project, kind, getattr(draft, kind), ids[kind]) for kind in ROWS}
    )
    _affiliations(project, draft)
    if changed:
        fields.append("date_updated")
    if confirms:
        project.confirmed_at, project.confirmed_by = timezone.now(), by
        fields += ["confirmed_at", "confirmed_by"]
    if fields:
        project.save(update_fields=fields)
    if changed and told:
        audit.record(
            by=by,
            verb=AgenciesEvent.PROJECT_CHANGED,
            obj=project,
            agency_id=project.agency_id,
            data={"changed": changed},
        )
    return changed


@transaction.atomic(savepoint=False)
def confirm_projects(*, agency: Agency, projects: Sequence[Project], by: User) -> None:
    """Their data was read and is right today; HUD's date of the last change stays as it is."""
    Project.objects.filter(pk__in=[project.pk for project in projects]).update(
        confirmed_at=timezone.now(), confirmed_by=by
    )
    audit.record(
        by=by,
        verb=AgenciesEvent.PROJECT_DATA_CONFIRMED,
        obj=agency,
        agency_id=agency.pk,
        data={"projects": [{"id": project.hud_id, "name": project.project_name} for project in projects]},
    )


@transaction.atomic(savepoint=False)
def remove_project(*, project: Project, by: User) -> None:
    audit.record(by=by, verb=AgenciesEvent.PROJECT_REMOVED, obj=project, agency_id=project.agency_id)
    project.delete()


def _own_fields(project: Project, draft: ProjectDraft) -> list[str]:
    changed = [name for name in PROJECT_NAMES if getattr(project, name) != getattr(draft, name)]
    for name in changed:
        setattr(project, name, getattr(draft, name))
    return changed


Changes = tuple[list[dict[str, Any]], list[str]]  # rows to put, identities of rows that are gone


def _written(kind: str) -> list[str]:
    return [name for name in names(kind) if name != "bed_inventory"]


def _rows_of_kind(
    project: Project, kind: str, rows: Sequence[object], ids: Sequence[uuid.UUID | None]
) -> Changes:
    stored = {str(row["id"]): (position, row) for position, row in enumerate(stored_rows(project, kind))}
    written = []
    for position, (row, key) in enumerate(zip(rows, ids, strict=True)):
        values = {name: getattr(row, name) for name in _written(kind)}
        before = stored.pop(str(key), None) if key else None
        if (
            before
            and before[0] == position
            and all(before[1][name] == value for name, value in values.items())
        ):
            continue
        written.append({"id": str(key or uuid.uuid4()), "position": position, **values})
    return written, list(stored)


def _write_rows(project: Project, changes: Mapping[str, Changes]) -> None:
    """Put and take away the rows of all kinds in one statement: as many queries for one row as for sixty."""
    quote, now = connection.ops.quote_name, timezone.now()
    parts: list[str] = []
    values: list[Any] = []
    for kind, (written, removed) in changes.items():
        table = quote(ROWS[kind][0]._meta.db_table)
        if removed:
            parts.append(
                f"gone_{kind} AS (DELETE FROM {table} WHERE project_id = %s AND id = ANY(%s::uuid[]))"  # noqa: S608 - names come from the models
            )
            values += [project.pk, removed]
        if written:
            columns_kept = ["position", "date_updated", *_written(kind)]
            columns = ", ".join(map(quote, ["id", "project_id", "date_created", *columns_kept]))
            updates = ", ".join(f"{quote(name)} = EXCLUDED.{quote(name)}" for name in columns_kept)
            parts.append(
                f"put_{kind} AS (INSERT INTO {table} ({columns}) "  # noqa: S608
                f"SELECT {columns} FROM jsonb_populate_recordset(NULL::{table}, %s::jsonb) "
                f"ON CONFLICT (id) DO UPDATE SET {updates} WHERE {table}.project_id = EXCLUDED.project_id)"
            )
            common = {"project_id": project.pk, "date_created": now, "date_updated": now}
            values.append(json.dumps([{**common, **row} for row in written], cls=DjangoJSONEncoder))
    if parts:
        with connection.cursor() as cursor:
            cursor.execute(f"WITH {', '.join(parts)} SELECT 1", values)


def _affiliations(project: Project, draft: ProjectDraft) -> None:
    before = {row["id"] for row in project.affiliated_found}  # type: ignore[attr-defined]
    after = {other.id for other in draft.affiliated}
    if gone := before - after:
        Affiliation.objects.filter(project=project, res_project_id__in=gone).delete()
    if new := after - before:
        Affiliation.objects.bulk_create([Affiliation(project=project, res_project_id=key) for key in new])
