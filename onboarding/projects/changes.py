"""An agency's projects as they are changed: in section B of its application, and after approval on its own pages.

What stands of each, the typing that is kept between visits, and the acts: change, end, replace, confirm.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from agencies.hud import lifecycle, store
from agencies.hud.drafts import (
    ProjectFindings,
    checked,
    project_findings,
    stored_project,
    surroundings,
    with_rows,
)
from agencies.hud.forms import ProjectForms
from agencies.hud.lifecycle import Successor
from agencies.hud.pages import PAGES, pages_of
from agencies.hud.rows import ProjectDraft
from agencies.hud.rules import check, errors
from agencies.models import Agency, Project, Staff, User
from agencies.services.staff import change_staff
from hmis_portal.text.words import date_words
from hmis_portal.web.errors import GuardFailed, WrongState
from onboarding.models import Application, SectionKey, SectionWork
from onboarding.projects.places import AFTER_APPROVAL, Place
from onboarding.projects.progress import draft_key, key_of, works_of
from onboarding.sections import drafts

SECTION = SectionKey.PROJECTS


def write(
    place: Place, application: Application, form: ProjectForms, *, version: int, by: User
) -> dict[str, list[str]]:
    """What was typed on one page becomes answers. Raises Stale, WrongState."""
    with drafts.writing(application, place.states):
        project = _as_it_stands(form.project)
        draft, section = form.over(project), draft_key(project, form.page)
        changed = store.write_project(
            project=project,
            draft=draft,
            ids=form.identities(project),
            by=by,
            confirms=_confirms(place, application, project, draft, section),
        )
        drafts.settled(application=application, section=section, version=version, by=by)
        if changed:
            drafts.reopen_review(application, SECTION)
    return changed


def _confirms(
    place: Place, application: Application, project: Project, draft: ProjectDraft, section: str
) -> bool:
    """Whether with this page everything stands: nothing is wrong, and of a copy every page was saved."""
    if (place.after_approval and project.confirmed_at) or errors(check(draft, surroundings())):
        return False
    if project.copied_from_id is None or project.confirmed_at:
        return True
    works = works_of(application, project)
    seen = {section, *(key for key, work in works.items() if work.completed_at)}
    return all(draft_key(project, page) in seen for page in pages_of(draft))


def stands(place: Place, application: Application, project: Project, *, by: User) -> None:
    """Whoever read through a copy says that what was copied is right for it. Raises GuardFailed, WrongState."""
    with drafts.writing(application, place.states):
        project = _as_it_stands(project)
        if faults := checked([project])[0].errors:
            raise GuardFailed([fault.message for fault in faults])
        store.confirm_projects(agency=application.agency, projects=[project], by=by)
        drafts.reopen_review(application, SECTION)


def add(
    place: Place,
    application: Application,
    *,
    name: str,
    copy: UUID | None,
    start: date | None = None,
    by: User,
) -> Project:
    """A new project, empty or a copy of another that began on another day. Raises GuardFailed, WrongState."""
    with drafts.writing(application, place.states):
        others = Project.objects.filter(agency_id=application.agency_id)
        if others.filter(project_name__iexact=name).exists():  # a second click, or a colleague
            raise GuardFailed(
                _("The agency already lists a project of this name: give this one another name")
            )
        copied = with_rows(others).get(pk=copy) if copy else None
        return store.add_project(agency=application.agency, name=name, by=by, copy=copied, start=start)


def remove(place: Place, application: Application, project: Project, *, by: User) -> None:
    """Take a project off the list; after approval only one that was never saved right. Raises WrongState."""
    with drafts.writing(application, place.states):
        project = _as_it_stands(project)
        check_removable(place, project)
        SectionWork.objects.filter(application=application, section__startswith=key_of(project)).delete()
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
    stored = stored_project(project.agency_id, project.pk)
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
        drafts.overtake(application, [draft_key(stored, page) for page in PAGES], by=by, forget=True)


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
