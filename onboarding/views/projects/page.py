"""One page of a project: typed, kept while typing, judged by HUD's rules, saved; the same before and after approval."""

import json
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import redirect
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from agencies.hud.drafts import checked
from agencies.hud.forms import FORMS, MOST_ROWS, ProjectForms
from agencies.hud.lists import codes
from agencies.hud.pages import BY_KEY, Page, page_of, pages_of
from agencies.models import Agency, Project
from agencies.permissions import agency_to_edit, agency_to_view, is_editor
from onboarding.application.status_line import StatusLine, status_line
from onboarding.forms.base import as_data
from onboarding.forms.projects.page import ProjectPageForm
from onboarding.models import Application, Remark
from onboarding.projects import changes
from onboarding.projects.places import IN_APPLICATION, Place, why_closed
from onboarding.projects.progress import PageState, draft_key, key_of, page_states, works_of
from onboarding.review.remarks_read import by_field, remarks_of
from onboarding.selectors import latest_application
from onboarding.views.projects.advice import Beside, advice_of, beside, judged
from onboarding.views.projects.common import back_url, project_of, siblings_of
from onboarding.views.sections.draft_page import DraftPage
from onboarding.views.sections.saving import autosaved, discarded, opened, saved


@dataclass(frozen=True)
class ShownProject:
    """What the page shows besides its draft; its template reads the fields by their names."""

    status_line: StatusLine | None
    project: Project
    page: Page
    template: str
    pages: list[PageState]
    overview_url: str
    type: str
    sub_type: str
    replaces: bool
    advice: Beside


class ProjectPage(DraftPage):
    """One of the pages of one project."""

    template = "onboarding/projects/page.html"

    def __init__(
        self,
        request: HttpRequest,
        place: Place,
        agency: Agency,
        application: Application,
        project: Project,
        page: Page,
    ) -> None:
        super().__init__(request, agency, application)
        self.place, self.project, self.page = place, project, page
        self.section, self.states = draft_key(project, page), place.states
        self.data: QueryDict | None = None  # what its form shows

    def form(self, **kwargs: Any) -> ProjectPageForm:
        self.data = kwargs.get("data")
        fixed = self.place.after_approval and self.project.confirmed_at is not None
        form = ProjectPageForm(
            project=self.project,
            page=self.page,
            siblings=self.siblings,
            agency=self.agency,
            fixed=fixed,
            **kwargs,
        )
        form.remarks = by_field(self.remarks())
        for row in form.row_forms:
            row.remarks = form.remarks
        return form

    @cached_property
    def siblings(self) -> list[Project]:
        return list(siblings_of(self.agency, self.project))

    def write(self, form: ProjectPageForm, *, version: int) -> str:
        changes.write(self.place, self.application, form, version=version, by=self.by)
        return _("“%(page)s” is saved.") % {"page": self.page.title}

    def url(self, act: str = "") -> str:
        return self.place.page_url(self.agency, self.project, self.page, act or "page")

    @property
    def back(self) -> str:
        return back_url(self.request, self.place, self.agency, self.project)

    def after_saving(self) -> str:
        """The next page, from the last one the check of the project; back to whence one came to change one answer."""
        overview = self.place.url("project", self.agency, self.project)
        if self.request.GET.get("from"):
            return self.back
        pages = pages_of(
            checked([project_of(self.request, self.agency, self.project.pk, self.place)])[0].draft
        )
        later = pages[pages.index(self.page) + 1 :] if self.page in pages else []
        return self.place.page_url(self.agency, self.project, later[0]) if later else overview

    def fresh(self) -> "ProjectPage":
        project = project_of(self.request, self.agency, self.project.pk, self.place)
        fresh = ProjectPage(self.request, self.place, self.agency, self.application, project, self.page)
        fresh.again = self.again
        return fresh

    def remarks(self) -> list[Remark]:
        return self._remarks

    @cached_property
    def _remarks(self) -> list[Remark]:
        """Those about the project or the section, and those about a question of this page."""
        return [
            remark
            for remark in self._of_project
            if not remark.field or page_of(remark.field.rpartition(":")[2]) is self.page
        ]

    @cached_property
    def _of_project(self) -> list[Remark]:
        own = self.place.after_approval
        return [] if own else remarks_of(self.application, changes.SECTION, key_of(self.project))

    def context(self) -> dict[str, object]:
        place, agency, project = self.place, self.agency, self.project
        findings = checked([project])[0]
        shown = ShownProject(
            status_line=None if place.after_approval else status_line(self.application),
            project=project,
            page=self.page,
            template=f"onboarding/projects/page_{self.page.key}.html",
            pages=page_states(place, agency, findings, works_of(self.application, project), self._of_project),
            overview_url=place.url("project", agency, project),
            type=codes().label("2.02.6", project.project_type),
            sub_type=codes().label("2.02.A", project.rrh_sub_type),
            replaces=place.after_approval
            and project.confirmed_at is not None
            and not project.operating_end_date,
            advice=beside(judged(self.form(data=self.data))),
        )
        return vars(shown)


def _editing(request: HttpRequest, agency_id: UUID, project_id: UUID, page: str, place: Place) -> ProjectPage:
    """The page for whoever may change it now. Raises WrongState."""
    agency = agency_to_edit(request.user, agency_id)
    if page not in BY_KEY:
        raise Http404
    project = project_of(request, agency, project_id, place)
    return ProjectPage(request, place, agency, place.application(agency), project, BY_KEY[page])


@require_http_methods(["GET", "HEAD", "POST"])
def page(
    request: HttpRequest, agency_id: UUID, project_id: UUID, page: str, place: Place = IN_APPLICATION
) -> HttpResponse:
    if request.method == "POST":
        shown = _editing(request, agency_id, project_id, page, place)
        act, _colon, what = request.POST.get("action", "").partition(":")
        return _change_rows(shown, act, what) if act in ("add", "remove", "copy") else saved(shown)
    agency = agency_to_view(request.user, agency_id)
    application = latest_application(agency)
    if page not in BY_KEY:
        raise Http404
    project = project_of(request, agency, project_id, place)
    if application is None:
        return redirect("onboarding:application", agency.pk)
    if place.after_approval and application.is_editable:
        return redirect("onboarding:project_page", agency.pk, project.pk, page)
    asked = BY_KEY[page] in pages_of(checked([project])[0].draft)
    if not asked or why_closed(place, agency, application) or not is_editor(request.user, agency):
        return redirect(place.url("project", agency, project))
    return opened(ProjectPage(request, place, agency, application, project, BY_KEY[page]))


@require_POST
def autosave(
    request: HttpRequest, agency_id: UUID, project_id: UUID, page: str, place: Place = IN_APPLICATION
) -> JsonResponse:
    """While typing: keep what was typed, and say what HUD's rules find in it and which rows a colleague took out."""
    shown = _editing(request, agency_id, project_id, page, place)
    answer = autosaved(shown)
    if answer.status_code != 200:
        return answer
    sent, stored = (shown.form(data=data) for data in (request.POST, as_data(shown.work.draft)))
    here = {row["id"].value() for row in stored.row_forms}
    gone = [row.key for row in sent.row_forms if row["id"].value() and row["id"].value() not in here]
    return JsonResponse({**json.loads(answer.content), **advice_of(judged(sent)), "gone": gone})


@require_POST
def discard(
    request: HttpRequest, agency_id: UUID, project_id: UUID, page: str, place: Place = IN_APPLICATION
) -> HttpResponse:
    return discarded(_editing(request, agency_id, project_id, page, place))


def _change_rows(page: ProjectPage, act: str, what: str) -> HttpResponse:
    """Rows are added, copied and taken out in what was typed, without a script; the page comes back with them."""
    data = page.request.POST.copy()
    anchor = _changed(data, act, what)
    if not anchor:
        sentence = _("A project has %(most)s rows of one kind at most. None was added.")
        messages.warning(page.request, sentence % {"most": MOST_ROWS})
    page.request.POST = data  # type: ignore[assignment]
    page.again = page.request.get_full_path() + anchor
    return saved(page)


def _changed(data: QueryDict, act: str, what: str) -> str:
    """Add a blank row ("coc"), or copy one or mark one as removed ("coc-1"), in what was typed; where to look next.

    "" when there is no room for another row.
    """
    kind, _dash, index = what.partition("-")
    if kind not in FORMS:
        return "#main"
    if act == "remove":
        if index.isdecimal():
            data[f"{what}-DELETE"] = "1"
        return f"#{kind}"
    rows = ProjectForms.count_of(data.get(f"{kind}-rows", ""))
    if rows >= MOST_ROWS:
        return ""
    data[f"{kind}-rows"] = str(rows + 1)
    for name in [key for key in data if act == "copy" and key.startswith(f"{what}-")]:
        field = name.removeprefix(f"{what}-")
        if field not in ("id", "DELETE"):
            data.setlist(f"{kind}-{rows}-{field}", data.getlist(name))
    return f"#{kind}-{rows}"
