"""One project's page: its answers and rows, kept while typing, judged by HUD's rules, saved; the same in both places."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from agencies.hud.drafts import checked
from agencies.hud.forms import FORMS, MOST_ROWS, ProjectForms
from agencies.hud.lists import codes
from agencies.hud.summary import kind_title
from agencies.models import Agency, Project
from agencies.permissions import agency_to_edit, agency_to_view, is_editor, person
from hmis_portal.text.words import datetime_words
from onboarding.application.status_line import status_line
from onboarding.forms.base import as_data
from onboarding.models import Application, SectionWork
from onboarding.projects import changes
from onboarding.projects.places import IN_APPLICATION, Place, why_closed
from onboarding.review.remarks_read import by_field, remarks_of
from onboarding.sections import drafts
from onboarding.sections.conflicts import between_projects
from onboarding.sections.summaries import project_groups
from onboarding.selectors import latest_application
from onboarding.views.projects.advice import advice_of, beside, judged
from onboarding.views.projects.common import back_url, project_of, siblings_of
from onboarding.views.sections.drafts import arrived, autosave_texts, posted_version, saved_by


class Editing:
    """One request to change one project: everything the page needs, loaded once."""

    def __init__(
        self, request: HttpRequest, place: Place, agency: Agency, project: Project, application: Application
    ) -> None:
        self.request, self.place, self.agency = request, place, agency
        self.project, self.application = project, application
        self.siblings = siblings_of(agency, project)

    def forms(self, data: MultiValueDict[str, str] | None, *, quiet: bool = False) -> ProjectForms:
        fixed = self.place.after_approval and self.project.confirmed_at is not None
        return ProjectForms(self.project, siblings=self.siblings, data=data, quiet=quiet, fixed=fixed)

    def save_draft(self, data: QueryDict, *, has_errors: bool = False) -> int:
        return changes.save_draft(
            self.place,
            self.application,
            self.project,
            data,
            version=posted_version(self.request),
            by=person(self.request),
            has_errors=has_errors,
        )

    def show(
        self,
        page: ProjectForms,
        *,
        version: int,
        work: SectionWork | None = None,
        conflict: dict[str, Any] | None = None,
    ) -> HttpResponse:
        place, agency, project = self.place, self.agency, self.project
        own = place.after_approval
        remarks = [] if own else remarks_of(self.application, changes.SECTION, changes.key_of(project))
        for form in page.every_form:
            form.remarks = by_field(remarks)
        context = {
            "agency": agency,
            "status_line": None if own else status_line(self.application),
            "project": project,
            "ends": own and page.form.fixed and project.operating_end_date is None,
            "type": codes().label("2.02.6", project.project_type),
            "sub_type": codes().label("2.02.A", project.rrh_sub_type),
            "form": page.form,
            "forms": page.all_forms,
            "page": page,
            "sections": [(kind, kind_title(kind), page.rows[kind]) for kind in page.rows],
            "advice": beside(page if page.findings else judged(self.forms(page.data))),
            "version": version,
            "draft": work if work and work.draft else None,
            "conflict": conflict,
            "remarks": remarks,
            "autosave_texts": autosave_texts(),
            "back_url": back_url(self.request, place, agency),
            "check_url": place.url("project_check", agency, project),
            "discard_url": place.url("project_discard", agency, project),
            "remove_url": ""
            if own and project.confirmed_at
            else place.url("project_remove", agency, project),
        }
        return render(
            self.request, "onboarding/projects/project.html", context, status=409 if conflict else 200
        )


@require_http_methods(["GET", "HEAD", "POST"])
def project(
    request: HttpRequest, agency_id: UUID, project_id: UUID, place: Place = IN_APPLICATION
) -> HttpResponse:
    if request.method == "POST":
        agency = agency_to_edit(request.user, agency_id)
        row = project_of(request, agency, project_id, place)
        return _post(Editing(request, place, agency, row, place.application(agency)))
    agency = agency_to_view(request.user, agency_id)
    application = latest_application(agency)
    row = project_of(request, agency, project_id, place)
    if application is None:
        return redirect("onboarding:application", agency.pk)
    if place.after_approval and application.is_editable:
        return redirect("onboarding:project", agency.pk, row.pk)
    if why_closed(place, agency, application) or not is_editor(request.user, agency):
        return _locked(request, place, agency, application, row)
    return _open(Editing(request, place, agency, row, application))


def _open(editing: Editing) -> HttpResponse:
    work = changes.work_of(editing.application, editing.project)
    page = editing.forms(as_data(work.draft) if work.draft else None, quiet=not work.has_errors)
    if work.has_errors and page.data is not None:
        page.is_valid()
    return editing.show(page, version=work.version, work=work)


def _post(editing: Editing) -> HttpResponse:
    request = editing.request
    act, _colon, what = request.POST.get("action", "save").partition(":")
    data = request.POST.copy()
    if changes.typed(data) is None:
        act = "save"  # too long to keep: the page says what is too long
    try:
        match act:
            case "add" | "remove" | "copy":
                anchor = _change_rows(data, act, what)
                if not anchor:
                    sentence = _("A project has %(most)s rows of one kind at most. None was added.")
                    messages.warning(request, sentence % {"most": MOST_ROWS})
                editing.save_draft(data)
                return arrived(request, redirect(request.get_full_path() + anchor))
            case "later":
                editing.save_draft(data)
                sentence = _("“%(name)s” is kept as you left it. Come back at any time.")
            case _save:
                page = editing.forms(data)
                if not page.is_valid():
                    shown = editing.show(page, version=editing.save_draft(data, has_errors=True))
                    return shown if changes.typed(data) is None else arrived(request, shown)
                _write(editing, page)
                sentence = _("“%(name)s” is saved.")
    except drafts.Stale as stale:
        return _conflict(editing, data, stale.work)
    messages.success(request, sentence % {"name": editing.project.project_name})
    return arrived(request, redirect(back_url(request, editing.place, editing.agency)))


def _write(editing: Editing, page: ProjectForms) -> None:
    changes.write(
        editing.place,
        editing.application,
        editing.project,
        page.draft,
        page.identities(),
        version=posted_version(editing.request),
        by=person(editing.request),
    )


def _conflict(editing: Editing, data: QueryDict, work: SectionWork) -> HttpResponse:
    """What was typed stands on the page; whoever typed it chooses between it and the colleague's."""
    editing.project = project_of(editing.request, editing.agency, editing.project.pk, editing.place)
    mine = editing.forms(data, quiet=True)
    theirs = editing.forms(as_data(work.draft) if work.draft else None, quiet=True)
    conflict = {
        "title": _("%(who)s saved this project on %(when)s, after you opened it") % saved_by(work),
        "rows": between_projects(mine, theirs),
    }
    return editing.show(mine, version=work.version, conflict=conflict)


@require_POST
def check(
    request: HttpRequest, agency_id: UUID, project_id: UUID, place: Place = IN_APPLICATION
) -> HttpResponse:
    """While typing: keep what was typed, and say what HUD's rules find in it."""
    agency = agency_to_edit(request.user, agency_id)
    project = project_of(request, agency, project_id, place)
    editing = Editing(request, place, agency, project, place.application(agency))
    if changes.typed(request.POST) is None:
        return JsonResponse({"error": _("This is too long to keep: shorten it")}, status=413)
    try:
        version = editing.save_draft(request.POST)
    except drafts.Stale as stale:
        return JsonResponse(saved_by(stale.work), status=409)
    advice = advice_of(judged(editing.forms(request.POST)))
    return JsonResponse({**advice, "version": version, "saved_at": datetime_words(timezone.now())})


@require_POST
def discard(
    request: HttpRequest, agency_id: UUID, project_id: UUID, place: Place = IN_APPLICATION
) -> HttpResponse:
    """Forget the typing that was never saved as answers."""
    agency = agency_to_edit(request.user, agency_id)
    project = project_of(request, agency, project_id, place)
    application, version = place.application(agency), posted_version(request)
    try:
        changes.discard(place, application, project, version=version, by=person(request))
    except drafts.Stale:
        messages.warning(request, _("A colleague saved this project just now. This is what stands."))
    return redirect(place.url("project", agency, project))


def _change_rows(data: QueryDict, act: str, what: str) -> str:
    """Add a blank row ("coc"), or copy one or mark one as removed ("coc-1"), in what was typed; where to look next.

    "" when there is no room for another row.
    """
    kind, _dash, index = what.partition("-")
    if kind not in FORMS:
        return "#project"
    if act == "remove":
        if index.isdigit():
            data[f"{what}-DELETE"] = "1"
        return f"#{kind}"
    count = data.get(f"{kind}-rows", "0")
    rows = int(count) if count.isdigit() else 0
    if rows >= MOST_ROWS:
        return ""
    data[f"{kind}-rows"] = str(rows + 1)
    for name in [key for key in data if act == "copy" and key.startswith(f"{what}-")]:
        field = name.removeprefix(f"{what}-")
        if field not in ("id", "DELETE"):
            data.setlist(f"{kind}-{rows}-{field}", data.getlist(name))
    return f"#{kind}-{rows}"


def _locked(
    request: HttpRequest, place: Place, agency: Agency, application: Application, project: Project
) -> HttpResponse:
    findings = checked([project])[0]
    reads = not is_editor(request.user, agency)
    context = {
        "agency": agency,
        "status_line": None if place.after_approval else status_line(application),
        "section": {"title": project.project_name},
        "groups": project_groups(agency, findings, named=False),
        "why": "" if reads else why_closed(place, agency, application),
        "back_url": back_url(request, place, agency),
    }
    return render(request, "onboarding/application/locked.html", context)
