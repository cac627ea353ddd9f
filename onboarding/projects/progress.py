"""How an agency's projects stand: each of their pages, what of it was typed and not saved, and each in all."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from django.utils import timezone
from django.utils.translation import gettext_lazy

from agencies.hud.drafts import ProjectFindings, project_findings
from agencies.hud.lists import codes
from agencies.hud.pages import Page, page_of, pages_of
from agencies.hud.status import ProjectStatus, status_of
from agencies.models import Agency, Project
from onboarding.models import Application, Remark, SectionWork
from onboarding.projects.places import Place
from onboarding.review.to_answer import to_answer_words

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
    status: str  # one of LOOKS
    url: str
    asked: int = 0  # how many remarks of the reviewer about its answers wait

    LOOKS: ClassVar = {
        "empty": (gettext_lazy("Not yet started"), "plain"),
        "copied": (gettext_lazy("Copied, not yet saved"), "turn"),
        "typed": (gettext_lazy("Typed, not yet saved"), "waiting"),
        "started": (gettext_lazy("In progress"), "waiting"),
        "problem": (gettext_lazy("There is a problem"), "problem"),
        "complete": (gettext_lazy("Completed"), "plain"),
    }

    @property
    def text(self) -> str:
        return to_answer_words(self.asked) if self._asks else str(self.LOOKS[self.status][0])

    @property
    def look(self) -> str:
        return "turn" if self._asks else self.LOOKS[self.status][1]

    @property
    def _asks(self) -> bool:
        return self.asked > 0 and self.status != "problem"


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


def _status(findings: ProjectFindings, page: Page, works: Works, wrong: bool) -> str:
    project, work = findings.project, works.get(draft_key(findings.project, page))
    was_saved = bool(work and work.completed_at)
    if work and work.draft:
        return "problem" if work.has_errors else "typed"
    if findings.only_copied and not was_saved:
        return "copied"
    if wrong:
        if was_saved or project.confirmed_at:
            return "problem"
        return "started" if page.answered(findings.draft) else "empty"
    return "complete" if was_saved or page.answered(findings.draft) else "empty"


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
    def status(self) -> str:
        wrong = (
            self.has_errors if self.has_draft else self.project.confirmed_at and not self.findings.complete
        )
        if wrong or self.asked:
            return "problem" if wrong else "asked"
        return "complete" if self.findings.complete and not self.has_draft else "started"


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
