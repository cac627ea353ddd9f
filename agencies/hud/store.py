"""Writing a project: one place, in one transaction, with few queries whatever the number of rows."""

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone

from agencies.hud.drafts import PROJECT_NAMES, ROWS, names, stored_rows
from agencies.hud.elements import TABLES
from agencies.hud.rules import ProjectDraft
from agencies.models import Affiliation, Agency, Project, User
from hmis_portal import audit

_WRITTEN = ("position", "date_updated")


@transaction.atomic(savepoint=False)
def add_project(*, agency: Agency, name: str, by: User, copy: Project | None = None) -> Project:
    """A new project; `copy` (from `with_rows`) gives it all but its name, its end and its grants' identity."""
    project = Project(agency=agency, project_name=name, copied_from=copy)
    if copy is not None:
        for field in PROJECT_NAMES:
            if field not in ("project_name", "project_common_name", "operating_end_date"):
                setattr(project, field, getattr(copy, field))
    project.save(force_insert=True)
    if copy is not None:
        _copy_rows(copy, project)
    audit.record(
        by=by,
        verb="project added",
        obj=project,
        agency_id=agency.pk,
        data={"copied_from": copy.project_name} if copy is not None else {},
    )
    return project


def _copy_rows(copy: Project, project: Project) -> None:
    for kind, (model, _row) in ROWS.items():
        model._default_manager.bulk_create(
            [
                model(
                    project=project,
                    position=position,
                    **{k: v for k, v in row.items() if k in names(kind) and k != "bed_inventory"},
                )
                for position, row in enumerate(stored_rows(copy, kind))
            ]
        )
    Affiliation.objects.bulk_create(
        [Affiliation(project=project, res_project_id=row["id"]) for row in copy.affiliated_found]  # type: ignore[attr-defined]
    )


@transaction.atomic(savepoint=False)
def save_project(
    *, project: Project, draft: ProjectDraft, ids: Mapping[str, Sequence[uuid.UUID | None]], by: User
) -> list[str]:
    """Make the stored project (from `with_rows`) what the draft says; only what changed is written.

    `ids` gives for each kind the stored ids of the draft's rows in order, None for a new one.
    Returns the labels of what changed; one audit event when anything did.
    """
    changed = _own_fields(project, draft)
    sections = [kind for kind in ROWS if _rows_of_kind(project, kind, getattr(draft, kind), ids[kind])]
    if _affiliations(project, draft):
        sections.append("affiliated")
    labels = [str(TABLES["project"][1][name].label) for name in changed] + sections
    project.confirmed_at = timezone.now()
    project.save(update_fields=[*changed, "confirmed_at", "date_updated"])
    if labels:
        audit.record(
            by=by, verb="project changed", obj=project, agency_id=project.agency_id, data={"changed": labels}
        )
    return labels


@transaction.atomic(savepoint=False)
def remove_project(*, project: Project, by: User) -> None:
    audit.record(by=by, verb="project removed", obj=project, agency_id=project.agency_id)
    project.delete()


def _own_fields(project: Project, draft: ProjectDraft) -> list[str]:
    changed = [name for name in PROJECT_NAMES if getattr(project, name) != getattr(draft, name)]
    for name in changed:
        setattr(project, name, getattr(draft, name))
    return changed


def _rows_of_kind(project: Project, kind: str, rows: Sequence[Any], ids: Sequence[uuid.UUID | None]) -> bool:
    model, _row_class = ROWS[kind]
    written = [name for name in names(kind) if name != "bed_inventory"]
    stored = {str(row["id"]): (position, row) for position, row in enumerate(stored_rows(project, kind))}
    upserts = []
    for position, (row, given) in enumerate(zip(rows, ids, strict=True)):
        values = {name: getattr(row, name) for name in written}
        before = stored.pop(str(given), None) if given else None
        if (
            before
            and before[0] == position
            and all(before[1][name] == value for name, value in values.items())
        ):
            continue
        upserts.append(model(id=given or uuid.uuid4(), project=project, position=position, **values))
    if stored:
        model._default_manager.filter(project=project, pk__in=list(stored)).delete()
    if upserts:
        model._default_manager.bulk_create(
            upserts, update_conflicts=True, unique_fields=["id"], update_fields=[*written, *_WRITTEN]
        )
    return bool(stored or upserts)


def _affiliations(project: Project, draft: ProjectDraft) -> bool:
    before = {row["id"] for row in project.affiliated_found}  # type: ignore[attr-defined]
    after = {other.id for other in draft.affiliated}
    if gone := before - after:
        Affiliation.objects.filter(project=project, res_project_id__in=gone).delete()
    if new := after - before:
        Affiliation.objects.bulk_create([Affiliation(project=project, res_project_id=one) for one in new])
    return before != after
