"""An agency's projects as they are changed: in section B of its application, and after approval on its own pages.

What stands of each, the typing that is kept between visits, and the acts: change, end, replace, confirm.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Case, When
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _

from agencies.hud import lifecycle, store
from agencies.hud.drafts import ProjectFindings, project_findings, with_rows
from agencies.hud.lifecycle import Successor
from agencies.hud.lists import codes
from agencies.hud.rows import ProjectDraft
from agencies.models import Agency, Project, Staff, User
from agencies.services.staff import change_staff
from hmis_portal.text.words import date_words
from hmis_portal.web.errors import GuardFailed, WrongState
from onboarding.forms.base import LONGEST_DRAFT, Typed
from onboarding.models import Application, SectionKey, SectionWork
from onboarding.projects.places import AFTER_APPROVAL, Place
from onboarding.sections import drafts

SECTION = SectionKey.PROJECTS
_NOT_IN_DRAFT = {"csrfmiddlewaretoken", "action", "version", "arrival"}


def key_of(project: Project) -> str:
    """The name under which a project's typing is kept; 40 characters."""
    return f"project-{project.hud_id}"


@dataclass(frozen=True, slots=True)
class Listed:
    """One project on the list page."""

    findings: ProjectFindings
    has_draft: bool
    has_errors: bool

    @property
    def project(self) -> Project:
        return self.findings.project

    @property
    def type(self) -> str:
        return codes().label("2.02.6", self.project.project_type)

    @property
    def status(self) -> str:
        if self.has_draft:
            return "problem" if self.has_errors else "started"
        if self.findings.complete:
            return "complete"
        return "problem" if self.project.confirmed_at else "started"


def listed(agency: Agency, application: Application | None) -> list[Listed]:
    """The agency's projects with what stands of each, in two queries."""
    work = {}
    if application is not None:
        drafts_of_projects = SectionWork.objects.filter(
            application=application, section__startswith="project-"
        ).defer("draft")
        draft = Case(When(draft={}, then=False), default=True)
        work = {work.section: work for work in drafts_of_projects.annotate(drafted=draft)}
    rows = []
    for findings in project_findings(agency):
        mine: Any = work.get(key_of(findings.project))
        rows.append(
            Listed(findings, has_draft=bool(mine and mine.drafted), has_errors=bool(mine and mine.has_errors))
        )
    return rows


def work_of(application: Application, project: Project) -> SectionWork:
    """What is kept of a project's page; not yet in the database when nothing was."""
    return drafts.work_of(application, key_of(project))


def typed(data: QueryDict) -> Typed | None:
    """What was typed, as it can be kept; None when it is longer than any honest answer."""
    typed_values = {
        _storable(name): [_storable(value) for value in values]
        for name, values in data.lists()
        if name not in _NOT_IN_DRAFT
    }
    long = sum(len(item) for values in typed_values.values() for item in values) > LONGEST_DRAFT
    return None if long else typed_values


def _storable(text: str) -> str:
    """PostgreSQL's JSON takes no NUL and no half of a surrogate pair."""
    return text.replace("\x00", "").encode("utf-8", "replace").decode()


def save_draft(
    place: Place,
    application: Application,
    project: Project,
    data: QueryDict,
    *,
    version: int,
    by: User,
    has_errors: bool = False,
) -> int:
    """Keep what was typed, as typed; returns the new version. Raises Stale, WrongState."""
    values = typed(data)
    if values is None:
        return version
    return drafts.save(
        application=application,
        section=key_of(project),
        typed=values,
        version=version,
        by=by,
        has_errors=has_errors,
        states=place.states,
    )


def write(
    place: Place,
    application: Application,
    project: Project,
    draft: ProjectDraft,
    ids: Mapping[str, Sequence[UUID | None]],
    *,
    version: int,
    by: User,
) -> None:
    """The typing becomes the project's rows. Raises Stale, WrongState."""
    with drafts.writing(application, place.states):
        confirms = not place.after_approval or project.confirmed_at is None
        changed = store.write_project(project=project, draft=draft, ids=ids, by=by, confirms=confirms)
        drafts.settled(application=application, section=key_of(project), version=version, by=by)
        if changed:
            drafts.reopen_review(application, SECTION)


def discard(place: Place, application: Application, project: Project, *, version: int, by: User) -> int:
    """Forget what was typed; the saved answers stand. Raises Stale, WrongState."""
    return drafts.discard(
        application=application, section=key_of(project), version=version, by=by, states=place.states
    )


def add(place: Place, application: Application, *, name: str, copy: UUID | None, by: User) -> Project:
    """A new project, empty or a copy of another of the agency. Raises GuardFailed, WrongState."""
    with drafts.writing(application, place.states):
        others = Project.objects.filter(agency_id=application.agency_id)
        if others.filter(project_name__iexact=name).exists():  # a second click, or a colleague
            raise GuardFailed(
                _("The agency already lists a project of this name: give this one another name")
            )
        copied = with_rows(others).get(pk=copy) if copy else None
        return store.add_project(agency=application.agency, name=name, by=by, copy=copied)


def remove(place: Place, application: Application, project: Project, *, by: User) -> None:
    """Take a project off the list; after approval only one that was never saved right. Raises WrongState."""
    with drafts.writing(application, place.states):
        project = _as_it_stands(project)
        check_removable(place, project)
        SectionWork.objects.filter(application=application, section=key_of(project)).delete()
        if place.after_approval:
            for staff in _people_of(project):  # courses that came with it alone are no longer theirs
                change_staff(staff=staff, by=by, data={"projects": staff.projects.exclude(pk=project.pk)})
        store.remove_project(project=project, by=by)
        drafts.reopen_review(application, SECTION)


def check_removable(place: Place, project: Project) -> None:
    """What has been in force is ended instead."""
    if place.after_approval and project.confirmed_at is not None:
        raise WrongState(
            _("“%(name)s” has been in force: end it instead of removing it.")
            % {"name": project.project_name},
            back=place.url("project", project.agency, project),
        )


def check_in_force(project: Project) -> None:
    """A project that was saved right and has not ended is ended or replaced; anything else is changed on its page."""
    back = AFTER_APPROVAL.url("project", project.agency, project)
    if project.confirmed_at is None:
        raise WrongState(
            _("Answer everything about “%(name)s” first.") % {"name": project.project_name}, back=back
        )
    if project.operating_end_date is not None:
        raise WrongState(
            _("“%(name)s” already ends on %(day)s.")
            % {"name": project.project_name, "day": date_words(project.operating_end_date)},
            back=back,
        )


def _as_it_stands(project: Project) -> Project:
    """The project once the agency is locked: a colleague, or a second click, may have been faster."""
    stored = with_rows(Project.objects.filter(pk=project.pk)).first()
    if stored is None:
        raise WrongState(_("“%(name)s” was already removed.") % {"name": project.project_name})
    stored.agency = project.agency
    return stored


def _people_of(project: Project) -> list[Staff]:
    return list(project.staff.filter(left_on__isnull=True).select_related("agency"))


@contextmanager
def _closing(application: Application, project: Project, by: User) -> Iterator[Project]:
    """The project as it is closed. Whoever has its page open is told on saving; what was typed there no longer fits."""
    with drafts.writing(application, AFTER_APPROVAL.states):
        stored = _as_it_stands(project)
        check_in_force(stored)
        yield stored
        drafts.overtake(application, [key_of(stored)], by=by, forget=True)


def end(application: Application, project: Project, *, last_day: date, by: User) -> None:
    """The project closes on this day, and its beds and participation with it. Raises GuardFailed, WrongState."""
    with _closing(application, project, by) as stored:
        lifecycle.end_project(project=stored, last_day=last_day, by=by)


def replace(
    application: Application, project: Project, *, into: Successor, last_day: date, by: User
) -> Project:
    """The project closes on this day and a new one opens the day after, with the same people. Raises GuardFailed, WrongState."""
    with _closing(application, project, by) as stored:
        new = lifecycle.replace_project(project=stored, into=into, last_day=last_day, by=by)
        for staff in _people_of(stored):
            change_staff(staff=staff, by=by, data={"projects": [*staff.projects.all(), new]})
    return new


def to_confirm(agency: Agency) -> list[ProjectFindings]:
    """The projects whose data is confirmed each year: those that have not closed, and were looked at once."""
    today = timezone.localdate()
    running = [row for row in project_findings(agency) if row.draft.runs_on(today)]
    return [row for row in running if not row.only_copied]


def confirm(application: Application, *, by: User) -> None:
    """A person of the agency says that the data of every running project is right today. Raises GuardFailed, WrongState."""
    with drafts.writing(application, AFTER_APPROVAL.states):
        running = to_confirm(application.agency)
        if wrong := [row.project.project_name for row in running if not row.complete]:
            raise GuardFailed(
                [
                    _("Mend “%(name)s” first: HUD’s rules find a fault in it.") % {"name": name}
                    for name in wrong
                ]
            )
        store.confirm_projects(agency=application.agency, projects=[row.project for row in running], by=by)
