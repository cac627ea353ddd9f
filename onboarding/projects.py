"""The projects of an application: what stands of each, and the typing that is kept between visits."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Case, When
from django.http import QueryDict
from django.utils import timezone
from django.utils.datastructures import MultiValueDict

from agencies.hud.drafts import ProjectFindings, project_findings
from agencies.hud.lists import codes
from agencies.models import Agency, Project, User
from hmis_portal.forms import LONGEST_TEXT
from hmis_portal.templatetags.portal import datetime_words
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
    key = key_of(project)
    kept = SectionWork.objects.select_related("saved_by").filter(application=application, section=key).first()
    return kept or SectionWork(application=application, section=key)


def typed(work: SectionWork) -> MultiValueDict[str, str] | None:
    return MultiValueDict(work.draft) if work.draft else None


def is_stale(work: SectionWork, data: Mapping[str, Any], *, by: User) -> bool:
    """Whether somebody else saved this project after the page was opened."""
    return work.version > 0 and work.saved_by_id != by.pk and data.get("version", "") != str(work.version)


def conflict(work: SectionWork) -> dict[str, str]:
    return {"who": str(work.saved_by or ""), "when": datetime_words(work.saved_at)}


def keep(
    application: Application,
    project: Project,
    work: SectionWork,
    data: QueryDict,
    *,
    by: User,
    has_errors: bool = False,
) -> int:
    """Keep what was typed, as typed; returns the new version."""
    work.draft = {
        _storable(name): [_storable(value) for value in values]
        for name, values in data.lists()
        if name not in _NOT_KEPT
    }
    work.has_errors = has_errors
    return _save(work, by)


def _storable(text: str) -> str:
    """PostgreSQL's JSON takes no NUL and no half of a surrogate pair; nobody's answer is longer than this."""
    return text[:LONGEST_TEXT].replace("\x00", "").encode("utf-8", "replace").decode()


def finished(application: Application, project: Project, work: SectionWork, *, by: User) -> None:
    """The typing became the project's rows."""
    work.draft = {}
    work.has_errors = False
    work.completed_at = timezone.now()
    _save(work, by)


def removed(application: Application, project: Project) -> None:
    SectionWork.objects.filter(application=application, section=key_of(project)).delete()


def _save(work: SectionWork, by: User) -> int:
    work.version += 1
    work.saved_by = by
    work.saved_at = timezone.now()
    work.save()
    return work.version
