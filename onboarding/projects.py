"""The projects of an application: what stands of each, and the typing that is kept between visits."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Case, When
from django.http import QueryDict

from agencies.hud.drafts import ProjectFindings, project_findings
from agencies.hud.lists import codes
from agencies.hud.rules import ProjectDraft
from agencies.hud.store import remove_project, save_project
from agencies.models import Agency, Project, User
from onboarding import drafts
from onboarding.forms.base import LONGEST_DRAFT, Typed
from onboarding.models import Application, SectionWork

SECTION = "projects"
_NOT_KEPT = {"csrfmiddlewaretoken", "action", "version"}


def key_of(project: Project) -> str:
    """The name under which a project's typing is kept; 40 characters."""
    return f"project-{project.hud_id}"


@dataclass(frozen=True, slots=True)
class Listed:
    """One project on the list page."""

    found: ProjectFindings
    has_draft: bool
    has_errors: bool

    @property
    def project(self) -> Project:
        return self.found.project

    @property
    def type(self) -> str:
        return codes().label("2.02.6", self.project.project_type)

    @property
    def status(self) -> str:
        if self.has_draft:
            return "problem" if self.has_errors else "started"
        if self.found.complete:
            return "complete"
        return "problem" if self.project.confirmed_at else "started"


def listed(agency: Agency, application: Application | None) -> list[Listed]:
    """The agency's projects with what stands of each, in two queries."""
    work = {}
    if application is not None:
        kept = SectionWork.objects.filter(application=application, section__startswith="project-").defer(
            "draft"
        )
        typing = Case(When(draft={}, then=False), default=True)
        work = {one.section: one for one in kept.annotate(kept=typing)}
    found = []
    for one in project_findings(agency):
        mine: Any = work.get(key_of(one.project))
        found.append(
            Listed(one, has_draft=bool(mine and mine.kept), has_errors=bool(mine and mine.has_errors))
        )
    return found


def work_of(application: Application, project: Project) -> SectionWork:
    """What is kept of a project's page; not yet in the database when nothing was."""
    return drafts.work_of(application, key_of(project))


def typed(data: QueryDict) -> Typed | None:
    """What was typed, as it can be kept; None when it is longer than any honest answer."""
    found = {
        _storable(name): [_storable(value) for value in values]
        for name, values in data.lists()
        if name not in _NOT_KEPT
    }
    long = sum(len(one) for values in found.values() for one in values) > LONGEST_DRAFT
    return None if long else found


def _storable(text: str) -> str:
    """PostgreSQL's JSON takes no NUL and no half of a surrogate pair."""
    return text.replace("\x00", "").encode("utf-8", "replace").decode()


def keep(
    application: Application,
    project: Project,
    data: QueryDict,
    *,
    version: int,
    by: User,
    has_errors: bool = False,
) -> int:
    """Keep what was typed, as typed; returns the new version. Raises Stale, WrongState."""
    found = typed(data)
    if found is None:
        return version
    return drafts.keep(
        application=application,
        section=key_of(project),
        typed=found,
        version=version,
        by=by,
        has_errors=has_errors,
    )


def save(
    application: Application,
    project: Project,
    draft: ProjectDraft,
    ids: Mapping[str, Sequence[UUID | None]],
    *,
    version: int,
    by: User,
) -> None:
    """The typing becomes the project's rows. Raises Stale, WrongState."""
    with drafts.writing(application):
        changed = save_project(project=project, draft=draft, ids=ids, by=by)
        drafts.settled(application=application, section=key_of(project), version=version, by=by)
        if changed:
            drafts.reopen_review(application, SECTION)


def remove(application: Application, project: Project, *, by: User) -> None:
    with drafts.writing(application):
        SectionWork.objects.filter(application=application, section=key_of(project)).delete()
        remove_project(project=project, by=by)
        drafts.reopen_review(application, SECTION)
