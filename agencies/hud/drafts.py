"""From stored projects to the rows that the rules read, and all findings of an agency."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, Model, OuterRef, QuerySet, UUIDField
from django.db.models.functions import JSONObject
from django.utils import timezone

from agencies.hud import lists
from agencies.hud.elements import is_residential
from agencies.hud.rows import Affiliated, CeRow, CocRow, FunderRow, HmisRow, InventoryRow, ProjectDraft, Row
from agencies.hud.rules import Finding, Surroundings, check, errors
from agencies.models import (
    Affiliation,
    Agency,
    CEParticipation,
    Funder,
    HMISParticipation,
    Inventory,
    Project,
    ProjectCoC,
)
from hmis_portal.models.written import Given, WrittenQuery

ROWS: Mapping[str, tuple[type[Model], type[Row]]] = {
    "coc": (ProjectCoC, CocRow),
    "funders": (Funder, FunderRow),
    "inventory": (Inventory, InventoryRow),
    "hmis": (HMISParticipation, HmisRow),
    "ce": (CEParticipation, CeRow),
}
_NOT_STORED = {"key", "is_new"}


def names(kind: str) -> list[str]:
    """The attributes that a row of this kind shares with its model."""
    return [item.name for item in fields(ROWS[kind][1]) if item.name not in _NOT_STORED]


PROJECT_NAMES = [
    item.name
    for item in fields(ProjectDraft)
    if item.name not in ROWS
    and item.name not in ("affiliated", "victim_service_provider", "joining", "unreadable")
]


def with_rows(projects: QuerySet[Project], *, dated: bool = False) -> QuerySet[Project]:
    """Projects with all their rows, in one query whatever their number: `coc_found`, `funders_found` …

    `dated` adds to each row when it was made and last changed.
    """
    stamps = {name: name for name in ("date_created", "date_updated")} if dated else {}
    attributes: dict[str, object] = {
        f"{kind}_found": ArraySubquery(
            model._default_manager.filter(project=OuterRef("pk"))
            .order_by("position", "id")
            .values(row=JSONObject(id="id", **{name: name for name in names(kind)}, **stamps))
        )
        for kind, (model, _row) in ROWS.items()
    }
    attributes["affiliated_found"] = ArraySubquery(
        Affiliation.objects.filter(project=OuterRef("pk"))
        .order_by("res_project__project_name")
        .values(
            row=JSONObject(
                id="res_project_id",
                name="res_project__project_name",
                project_type="res_project__project_type",
                rrh_sub_type="res_project__rrh_sub_type",
            )
        )
    )
    attributes["vsp_found"] = F("agency__victim_service_provider")
    attributes["state_found"] = F("agency__state")
    attributes["copied_end"] = F("copied_from__operating_end_date")
    return projects.annotate(**attributes)


def unlisted(agency: Agency) -> Project:
    """A project that is not stored, with no row, as `with_rows` would give it."""
    project = Project(agency=agency)
    attributes: dict[str, object] = {f"{kind}_found": [] for kind in (*ROWS, "affiliated")}
    attributes |= {
        "vsp_found": agency.victim_service_provider,
        "state_found": agency.state,
        "copied_end": None,
    }
    for name, value in attributes.items():
        setattr(project, name, value)
    return project


def _value(name: str, raw: Any) -> Any:
    return date.fromisoformat(raw) if raw and name.endswith("_date") else raw


def stored_rows(project: Project, kind: str) -> list[dict[str, object]]:
    """The rows of one kind of a project that came from `with_rows`, each with its id and typed values."""
    return [
        {name: _value(name, raw) for name, raw in row.items() if name not in ("date_created", "date_updated")}
        for row in getattr(project, f"{kind}_found")
    ]


def stored_ids(project: Project) -> dict[str, list[UUID | None]]:
    """The identities of all rows of a project that came from `with_rows`, kind by kind in order."""
    return {kind: [UUID(str(row["id"])) for row in getattr(project, f"{kind}_found")] for kind in ROWS}


def stored_stamps(project: Project, kind: str) -> list[tuple[str, datetime, datetime]]:
    """Identity, made, last changed of each row, of a project that came from `with_rows(…, dated=True)`."""
    return [
        (row["id"], datetime.fromisoformat(row["date_created"]), datetime.fromisoformat(row["date_updated"]))
        for row in getattr(project, f"{kind}_found")
    ]


def stored_drafts(project: Project, kind: str) -> list[Any]:
    """The stored rows of one kind as the rules read them."""
    extra = {"is_new": False} if kind == "funders" else {}
    return [
        ROWS[kind][1](key=f"{kind}-{index}", **{k: v for k, v in row.items() if k != "id"}, **extra)
        for index, row in enumerate(stored_rows(project, kind))
    ]


def draft_of(project: Project) -> ProjectDraft:
    """The rules' picture of a stored project (from `with_rows`)."""
    rows: dict[str, Any] = {kind: stored_drafts(project, kind) for kind in ROWS}
    return ProjectDraft(
        **{name: getattr(project, name) for name in PROJECT_NAMES},
        **rows,
        affiliated=[
            Affiliated(
                id=row["id"],
                name=row["name"],
                residential=is_residential(row["project_type"], row["rrh_sub_type"]),
            )
            for row in project.affiliated_found  # type: ignore[attr-defined]
        ],
        victim_service_provider=project.vsp_found,  # type: ignore[attr-defined]
        joining=joins(project),
    )


def joins(project: Project) -> bool:
    """Whether the agency of a project (from `with_rows`) has not gone live yet."""
    return bool(project.state_found == Agency.State.JOINING)  # type: ignore[attr-defined]


def surroundings(today: date | None = None) -> Surroundings:
    return Surroundings(codes=lists.codes(), cocs=lists.cocs(), today=today or timezone.localdate())


@dataclass(frozen=True, slots=True)
class ProjectFindings:
    project: Project
    draft: ProjectDraft
    findings: list[Finding]

    @property
    def errors(self) -> list[Finding]:
        return errors(self.findings)

    @property
    def warnings(self) -> list[Finding]:
        return [finding for finding in self.findings if finding.level == "warning"]

    @property
    def only_copied(self) -> bool:
        """Whether nobody has looked at this copy of another project yet; `looked_at` says it of rows."""
        project: Any = self.project
        if project.confirmed_at or project.copied_from_id is None:
            return False
        return not (
            project.copied_end
            and project.operating_start_date
            and project.copied_end < project.operating_start_date
        )

    @property
    def complete(self) -> bool:
        return not self.errors and not self.only_copied


def checked(projects: Iterable[Project]) -> list[ProjectFindings]:
    """Each project (from `with_rows`) with what the rules find."""
    around = surroundings()
    findings = []
    for project in projects:
        draft = draft_of(project)
        findings.append(ProjectFindings(project, draft, check(draft, around)))
    return findings


def project_findings(agency: Agency) -> list[ProjectFindings]:
    """Every project of an agency with its findings, in one query: for the task list, submit and review."""
    return checked(_projects(agency=agency.pk))


@WrittenQuery
def _projects() -> QuerySet[Project]:
    return with_rows(Project.objects.filter(agency=Given("agency", UUIDField())))


def stored_project(agency_id: UUID, project_id: UUID) -> Project | None:
    """A project of this agency with its rows, as `with_rows` gives it: for the pages of one project."""
    return next(iter(_project(agency=agency_id, project=project_id)), None)


@WrittenQuery
def _project() -> QuerySet[Project]:
    return with_rows(
        Project.objects.filter(agency=Given("agency", UUIDField()), pk=Given("project", UUIDField()))
    )
