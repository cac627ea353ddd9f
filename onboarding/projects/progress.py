"""How an agency's projects stand: each of their pages, what of it was typed and not saved, and each in all."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils import timezone

from agencies.hud.drafts import ProjectFindings, project_findings
from agencies.hud.lists import codes
from agencies.hud.pages import Page, page_of, pages_of
from agencies.hud.status import ProjectStatus, status_of
from agencies.models import Agency, Project
from onboarding.models import Application, Remark, SectionWork
from onboarding.projects.places import Place
from onboarding.sections.status import Status, StatusKey

Works = Mapping[str, SectionWork]


def key_of(project: Project) -> str:
    """How remarks name a project, and what the names of its pages' drafts begin with; 40 characters."""
    return f"project-{project.hud_id}"


def draft_key(project: Project, page: Page) -> str:
    """The name under which the typing on one page of a project is kept."""
    return f"{key_of(project)}.{page.key}"


@dataclass(frozen=True, slots=True)
class PageState:
    """How one page of a project stands."""

    page: Page
    status: StatusKey
    url: str
    asked: int = 0  # how many remarks of the reviewer about its answers wait

    @property
    def shown(self) -> Status:
        return Status(self.status, asked=self.asked)


def page_states(
    place: Place,
    agency: Agency,
    findings: ProjectFindings,
    works: Works,
    remarks: Sequence[Remark] = (),
) -> list[PageState]:
    """Every page of a project with how it stands; `works` from `works_of`, `remarks` those about the project."""
    about = [remark.field.rpartition(":")[2] for remark in remarks if remark.field and remark.reply is None]
    asked = Counter(map(page_of, about))
    project, wrong = findings.project, {page_of(error.field) for error in findings.errors}
    return [
        PageState(
            page,
            _status(findings, page, works, page in wrong),
            place.page_url(agency, project, page),
            asked[page],
        )
        for page in pages_of(findings.draft)
    ]


def _status(findings: ProjectFindings, page: Page, works: Works, wrong: bool) -> StatusKey:
    project, work = findings.project, works.get(draft_key(findings.project, page))
    was_saved = bool(work and work.completed_at)
    if work and work.draft:
        return StatusKey.PROBLEM if work.has_errors else StatusKey.TYPED
    if findings.only_copied and not was_saved:
        return StatusKey.COPIED
    if wrong:
        if was_saved or project.confirmed_at:
            return StatusKey.PROBLEM
        return StatusKey.STARTED if page.answered(findings.draft) else StatusKey.NEW
    return StatusKey.COMPLETE if was_saved or page.answered(findings.draft) else StatusKey.NEW


@dataclass(frozen=True, slots=True)
class Listed:
    """One project on the list page."""

    findings: ProjectFindings
    has_draft: bool
    has_errors: bool
    asked: int = 0  # how many remarks of the reviewer about it wait

    @property
    def project(self) -> Project:
        return self.findings.project

    @property
    def in_hmis(self) -> ProjectStatus:
        """What it is to the HMIS today."""
        return status_of(self.findings, timezone.localdate())

    @property
    def type(self) -> str:
        return codes().label("2.02.6", self.project.project_type)

    @property
    def status(self) -> StatusKey:
        wrong = (
            self.has_errors if self.has_draft else self.project.confirmed_at and not self.findings.complete
        )
        if wrong:
            return StatusKey.PROBLEM
        return StatusKey.COMPLETE if self.findings.complete and not self.has_draft else StatusKey.STARTED

    @property
    def shown(self) -> Status:
        return Status(self.status, asked=self.asked)


def works_of(application: Application, project: Project) -> dict[str, SectionWork]:
    """What is kept of the pages of a project, by the names of their drafts."""
    rows = SectionWork.objects.filter(application=application, section__startswith=key_of(project))
    return {work.section: work for work in rows}


def listed(agency: Agency, application: Application | None) -> list[Listed]:
    """The agency's projects with what stands of each, in two queries."""
    drafted: dict[str, bool] = {}
    if application is not None:
        works = SectionWork.objects.filter(application=application, section__startswith="project-")
        for section, has_errors in works.exclude(draft={}).values_list("section", "has_errors"):
            key = section.partition(".")[0]
            drafted[key] = drafted.get(key, False) or has_errors
    return [
        Listed(
            findings,
            has_draft=key_of(findings.project) in drafted,
            has_errors=drafted.get(key_of(findings.project), False),
        )
        for findings in project_findings(agency)
    ]
