"""The staff list as a file: template, export, and upload with a preview before anything is written."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from agencies.models import Agency
from agencies.permissions import agency_to_edit, agency_to_view, person
from hmis_portal.files import tables
from hmis_portal.web.doors import counted
from hmis_portal.web.errors import GuardFailed
from onboarding.application.status_line import status_line
from onboarding.forms.roster.person import StaffFileForm
from onboarding.forms.roster.row import RowForm
from onboarding.models import SectionWork
from onboarding.roster import columns, staff_file, what_follows, workbook
from onboarding.roster.staff_file import RowAct
from onboarding.roster.uploaded import Destination, destination

SHOWN = 200
MENDED_AT_ONCE = 20


@require_http_methods(["GET", "HEAD", "POST"])
@counted("imports")
def upload(request: HttpRequest, agency_id: UUID) -> HttpResponse:
    agency = agency_to_edit(request.user, agency_id)
    goes_to = destination(agency)
    form = (
        StaffFileForm(request.POST or None, request.FILES or None)
        if request.method == "POST"
        else StaffFileForm()
    )
    form.cancel_url = goes_to.url
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            table = tables.read(file, file.content_kind, columns.known)
            staff_file.preview(agency, table)
        except tables.Unreadable as error:
            form.add_error("file", str(error))
        else:
            draft = {**table.kept(), "kind": file.content_kind, "name": file.name}
            goes_to.keep(draft, by=person(request))
            return redirect("onboarding:staff_preview", agency.pk)
    return render(request, "onboarding/roster/upload.html", {**_head(goes_to), "form": form})


def _head(goes_to: Destination) -> dict[str, object]:
    return {
        "agency": goes_to.agency,
        "application": goes_to.application,
        "status_line": status_line(goes_to.application) if goes_to.is_section else None,
        "back_url": goes_to.url,
    }


def _stamp(work: SectionWork) -> str:
    """Which upload a page shows: a colleague may have put another in its place."""
    return work.saved_at.isoformat() if work.saved_at else ""


@dataclass(frozen=True)
class PreviewGroup:
    act: RowAct
    title: str
    count: int
    forms: list[RowForm]
    lines: list[staff_file.UploadedLine]
    more: int


@dataclass(frozen=True)
class PreviewPage:
    """What the page shows; its template reads the fields by their names."""

    upload: str
    forms: list[RowForm]
    name: str
    unknown: str
    notes: list[str]
    follows: list[str]
    to_write: int
    groups: list[PreviewGroup]
    wrong: int
    kind: str


@require_http_methods(["GET", "HEAD", "POST"])
def preview(request: HttpRequest, agency_id: UUID) -> HttpResponse:
    """What the file would do; nothing is written before it is confirmed here."""
    agency = agency_to_edit(request.user, agency_id)
    goes_to = destination(agency)
    work = goes_to.waiting()
    if request.method == "POST" and "drop" in request.POST:
        work.delete()
        messages.success(request, _("The uploaded list is dropped. Nothing was changed."))
        return redirect(goes_to.url)
    if request.method == "POST" and request.POST.get("upload", _stamp(work)) != _stamp(work):
        messages.warning(
            request, _("A colleague uploaded another list in between. This is what it would do.")
        )
        return redirect("onboarding:staff_preview", agency.pk)
    try:
        if request.method == "POST":
            checked = _mend(request, goes_to) or "check" in request.POST
            return redirect("onboarding:staff_preview", agency.pk) if checked else _confirm(request, goes_to)
        preview = staff_file.waiting(agency, work.draft)
    except tables.Unreadable as error:
        work.delete()
        raise GuardFailed(str(error), back=reverse("onboarding:staff_upload", args=[agency.pk])) from error
    forms = _row_forms(preview)
    shown = PreviewPage(
        upload=_stamp(work),
        forms=forms,
        name=work.draft["name"],
        unknown=", ".join(preview.unknown),
        notes=work.draft.get("notes", []),
        follows=[] if goes_to.is_section else what_follows.of(agency, preview.to_write),
        to_write=len(preview.to_write),
        groups=[_group(preview, act, forms) for act in RowAct],
        wrong=len(preview.of(RowAct.WRONG, RowAct.ASK)),
        kind=work.draft["kind"],
    )
    return render(request, "onboarding/roster/preview.html", {**_head(goes_to), **vars(shown)})


def _row_forms(preview: staff_file.UploadPreview) -> list[RowForm]:
    """The first rows that can be mended beside the preview; the next come when these are in order."""
    return [RowForm(line, preview.projects) for line in preview.of(RowAct.WRONG, RowAct.ASK)[:MENDED_AT_ONCE]]


def _mend(request: HttpRequest, goes_to: Destination) -> bool:
    """Keep what was typed into rows of the preview; whether anything was, which then is checked before it is saved."""
    with goes_to.writing():
        work = goes_to.waiting()
        mended = dict(work.draft.get("mended", {}))
        cells = {
            str(form.line.number): form.mended(request.POST)
            for form in _row_forms(staff_file.waiting(goes_to.agency, work.draft))
        }
        for number, typed in cells.items():
            mended[number] = {**mended.get(number, {}), **typed}
        if not any(cells.values()):
            return False
        work.draft = {**work.draft, "mended": mended}
        work.save(update_fields=["draft"])
    messages.success(request, _("The rows are checked again. Nothing is saved yet."))
    return True


def _group(preview: staff_file.UploadPreview, act: RowAct, forms: list[RowForm]) -> PreviewGroup:
    own = [form for form in forms if form.line.act == act]
    lines = preview.of(act)[len(own) :]
    return PreviewGroup(
        act=act,
        title=str(act.label),
        count=len(own) + len(lines),
        forms=own,
        lines=lines[:SHOWN],
        more=max(0, len(lines) - SHOWN),
    )


def _confirm(request: HttpRequest, goes_to: Destination) -> HttpResponse:
    added, changed = goes_to.confirm(by=person(request))
    sentence = _("%(added)s people are added and %(changed)s changed.") % {"added": added, "changed": changed}
    messages.success(request, sentence)
    return redirect(goes_to.url)


@require_safe
def errors(request: HttpRequest, agency_id: UUID) -> HttpResponse:
    """The uploaded file again, with what is wrong in a last column."""
    agency = agency_to_edit(request.user, agency_id)
    work = destination(agency).waiting()
    preview = staff_file.waiting(agency, work.draft)
    rows, places = staff_file.error_rows(preview), staff_file.shown_places(preview)
    return _file(agency, work.draft["kind"], _("staff with errors"), rows, places)


@require_safe
def template(request: HttpRequest, agency_id: UUID, kind: str) -> HttpResponse:
    """The headings to fill in; the workbook offers what the cells may say, and has it on a second sheet."""
    agency = agency_to_view(request.user, agency_id)
    return _file(agency, kind, _("staff template"), [columns.headings()])


@require_safe
def export(request: HttpRequest, agency_id: UUID, kind: str) -> HttpResponse:
    """The list as it stands, in the shape of the template."""
    agency = agency_to_view(request.user, agency_id)
    return _file(agency, kind, "staff", columns.export_rows(agency))


def _file(
    agency: Agency, kind: str, name: str, rows: Iterable[list[str]], places: dict[str, int] | None = None
) -> HttpResponse:
    if kind == "csv":
        return tables.response(tables.csv_bytes(rows), filename=f"{name}.csv")
    if kind == "xlsx":
        return tables.response(workbook.file_of(agency, rows, places), filename=f"{name}.xlsx")
    raise Http404
