"""The pages of each section that is a form: agency, people, readiness, declaration."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Self
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from agencies.models import Agency
from agencies.permissions import agency_to_edit, agency_to_view, is_editor
from hmis_portal.web.task_row import TaskRow
from onboarding.application import check
from onboarding.application.lapsed import lapsed
from onboarding.application.status_line import StatusLine, status_line
from onboarding.forms.base import SectionForm
from onboarding.models import Application, Remark, SectionKey, SectionWork
from onboarding.mou import agreement, party
from onboarding.readiness import helpers
from onboarding.readiness.helpers import HelperRow
from onboarding.review.remarks_read import remarks_of
from onboarding.sections import completeness, drafts
from onboarding.sections.answers import Answers
from onboarding.sections.catalogue import BY_KEY, Section
from onboarding.sections.short_pages import Page
from onboarding.sections.status import Status
from onboarding.sections.summaries import RowGroup
from onboarding.selectors import editable_application, latest_application, why_locked
from onboarding.views.sections.draft_page import DraftPage
from onboarding.views.sections.saving import autosaved, discarded, opened, saved
from onboarding.views.sections.sites import sites_task


class SectionPage(DraftPage):
    """A page of a section that is a form."""

    def __init__(self, request: HttpRequest, section: Section, page: Page, answers: Answers) -> None:
        super().__init__(request, answers.agency, answers.application)
        self.of_section, self.page, self.answers = section, page, answers
        self.section, self.template = page.draft, f"onboarding/sections/{section.key}.html"
        self.pages = self.asked(answers)
        self.number = [shown.key for shown in self.pages].index(page.key) + 1
        self.lacking: list[str] = []

    @classmethod
    def to_write(cls, request: HttpRequest, agency_id: UUID, section: str, page: str) -> Self:
        of_section = _form_section(section)
        agency = agency_to_edit(request.user, agency_id)
        answers = Answers(editable_application(agency), agency)
        return cls(request, of_section, _page(of_section, answers, page), answers)

    def asked(self, answers: Answers) -> list[Page]:
        """The section's pages, this one among them."""
        return [page for page in self.of_section.pages(answers) if page.asked or page.key == self.page.key]

    def form(self, **kwargs: object) -> SectionForm:
        return self.of_section.form(self.answers, self.by, **kwargs).only(self.page.shows)

    def fresh(self) -> "SectionPage":
        return SectionPage.to_write(self.request, self.agency.pk, self.of_section.key, self.page.key)

    @property
    def work(self) -> SectionWork:
        return self.answers.works.get(self.section) or SectionWork(
            application=self.application, section=self.section
        )

    def check(self, form: SectionForm) -> bool:
        form.is_valid()
        form.keep_files(self.by)
        return not form.errors

    def write(self, form: SectionForm, *, version: int) -> str:
        drafts.complete(form=form, section=self.section, version=version, by=self.by)
        self.lacking = form.lacking()
        if self.lacking:
            messages.warning(self.request, ". ".join(self.lacking))
        if self.page.key and any(map(self.page.shows, party.TYPED_AS)):
            for words in party.against(agreement.latest(self.agency)):
                messages.warning(self.request, words)
        return _("“%(title)s” is saved.") % {"title": self.page.title}

    def url(self, act: str = "") -> str:
        return self.page.url(self.agency.pk, act)

    @property
    def back(self) -> str:
        if len(self.pages) > 1 and self.request.GET.get("from") != "check":
            return self.of_section.url(self.agency.pk)
        return back_url(self.request, self.agency, self.of_section.key)

    def following(self) -> Page | None:
        """The page after this one; what was just answered may ask for one that was not asked before."""
        pages = self.asked(self.answers.with_new_readiness())
        number = [page.key for page in pages].index(self.page.key)
        return next(iter(pages[number + 1 :]), None)

    def after_saving(self) -> str:
        """The next page of the section; back to where one came from after the last, and to the check page at once.

        The page itself, where what was saved leaves something to be answered on it.
        """
        if self.lacking:
            return self.request.get_full_path()
        following = self.following()
        if self.request.GET.get("from") == "check":
            if following and following.key not in [page.key for page in self.pages]:
                return f"{following.url(self.agency.pk)}?from=check"
        elif following:
            return following.url(self.agency.pk)
        return back_url(self.request, self.agency, self.of_section.key)

    def remarks(self) -> list[Remark]:
        remarks = remarks_of(self.application, self.of_section.key)
        return [remark for remark in remarks if not remark.field or self.page.shows(remark.field)]

    def context(self) -> dict[str, object]:
        is_declaration = self.of_section.key == SectionKey.DECLARATION
        return {
            "status_line": status_line(self.application),
            "section": self.of_section,
            "page": self.page,
            "number": self.number,
            "pages": self.pages,
            "lapsed": lapsed(self.answers) if is_declaration else None,
        }


def _form_section(key: str) -> Section:
    section = BY_KEY.get(key)
    if section is None or section.make_form is None:
        raise Http404
    return section


def _page(section: Section, answers: Answers, key: str) -> Page:
    page = next((page for page in section.pages(answers) if page.key == key), None)
    if page is None:
        raise Http404
    return page


@require_http_methods(["GET", "HEAD", "POST"])
def section(request: HttpRequest, agency_id: UUID, section: str, page: str = "") -> HttpResponse:
    """A section's one page, one of its short pages, or without `page` the list of these."""
    if request.method == "POST":
        return saved(SectionPage.to_write(request, agency_id, section, page))
    of_section = _form_section(section)
    agency = agency_to_view(request.user, agency_id)
    application = latest_application(agency)
    if application is None:
        return redirect("onboarding:application", agency.pk)
    answers = Answers(application, agency)
    if not (application.is_editable and is_editor(request.user, agency)):
        return locked_page(request, of_section, answers)
    if not page and len(of_section.pages(answers)) > 1:
        return page_list(request, of_section, answers)
    return opened(SectionPage(request, of_section, _page(of_section, answers, page), answers))


@require_POST
def autosave(request: HttpRequest, agency_id: UUID, section: str, page: str = "") -> JsonResponse:
    return autosaved(SectionPage.to_write(request, agency_id, section, page))


@require_POST
def discard(request: HttpRequest, agency_id: UUID, section: str, page: str = "") -> HttpResponse:
    return discarded(SectionPage.to_write(request, agency_id, section, page))


def tasks_of(
    agency: Agency, pages: Iterable[tuple[Page, Status]], remarks: Sequence[Remark] = ()
) -> list[TaskRow]:
    """Rows of a task list; a page says which remarks about its answers wait."""
    about = [remark.field for remark in remarks if remark.field and remark.reply is None]
    stand = [(page, replace(status, asked=sum(map(page.shows, about)))) for page, status in pages]
    return [
        TaskRow(
            title=str(page.title),
            url=page.url(agency.pk),
            status_kind=status.look,
            status_text=status.text,
            hint=str(page.hint),
        )
        for page, status in stand
    ]


@dataclass(frozen=True)
class PageList:
    """What the page shows; its template reads the fields by their names."""

    agency: Agency
    application: Application
    status_line: StatusLine
    section: Section
    tasks: list[TaskRow]
    remarks: list[Remark]
    back_url: str
    helpers: list[HelperRow]


def page_list(request: HttpRequest, section: Section, answers: Answers) -> HttpResponse:
    """The short pages of a section, each with how it stands."""
    remarks = remarks_of(answers.application, section.key)
    tasks = tasks_of(answers.agency, completeness.of_pages(section, answers), remarks)
    is_readiness = section.key == SectionKey.READINESS
    shown = PageList(
        agency=answers.agency,
        application=answers.application,
        status_line=status_line(answers.application),
        section=section,
        tasks=[sites_task(answers, remarks), *tasks] if is_readiness else tasks,
        remarks=remarks,
        back_url=back_url(request, answers.agency, section.key),
        helpers=helpers.rows_of(answers.application) if is_readiness else [],
    )
    templates = [f"onboarding/sections/{section.key}_pages.html", "onboarding/sections/pages.html"]
    return render(request, templates, vars(shown))


@dataclass(frozen=True)
class LockedPage:
    """Answers for reading; the template reads the fields by their names."""

    agency: Agency
    status_line: StatusLine | None
    title: str
    groups: list[RowGroup]
    why: str
    back_url: str


def locked_page(request: HttpRequest, page: Section, answers: Answers) -> HttpResponse:
    """The section's answers, for reading."""
    shown = LockedPage(
        agency=answers.agency,
        status_line=status_line(answers.application),
        title=str(page.title),
        groups=page.summary(answers),
        why=why_locked(answers.application) if is_editor(request.user, answers.agency) else "",
        back_url=back_url(request, answers.agency, page.key),
    )
    return render(request, "onboarding/application/locked.html", vars(shown))


def back_url(request: HttpRequest, agency: Agency, section: str) -> str:
    if request.GET.get("from") == "check":
        return check.address(agency.pk, section)
    return reverse("onboarding:application", args=[agency.pk])
