"""The staff list as a file: template, export, and upload with a preview before anything is written."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from agencies.models import Agency
from agencies.permissions import agency_to_edit, agency_to_view, person
from hmis_portal.files import tables
from hmis_portal.web.doors import counted
from hmis_portal.web.errors import GuardFailed, WrongState
from onboarding.application.status_line import status_line
from onboarding.forms.roster import StaffFileForm
from onboarding.forms.roster_row import RowForm
from onboarding.models import Application, SectionKey, SectionWork
from onboarding.roster import columns, staff_drafts, staff_file, workbook
from onboarding.sections import drafts
from onboarding.selectors import editable_application

SHOWN = 200
MENDED_AT_ONCE = 20


@require_http_methods(["GET", "HEAD", "POST"])
@counted("imports")
def upload(request: HttpRequest, agency_id: UUID) -> HttpResponse:
    agency = agency_to_edit(request.user, agency_id)
    application = editable_application(agency)
    form = (
        StaffFileForm(request.POST or None, request.FILES or None)
        if request.method == "POST"
        else StaffFileForm()
    )
    form.cancel_url = reverse("onboarding:section", args=[agency.pk, SectionKey.STAFF])
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            table = tables.read(file, file.content_kind, columns.known)
            staff_file.preview(agency, table)
        except tables.Unreadable as error:
            form.add_error("file", str(error))
        else:
            with drafts.writing(application):
                SectionWork.objects.update_or_create(
                    application=application,
                    section=staff_file.UPLOAD,
                    defaults={
                        "draft": {**table.kept(), "kind": file.content_kind, "name": file.name},
                        "saved_by": person(request),
                        "saved_at": timezone.now(),
                    },
                )
            return redirect("onboarding:staff_preview", agency.pk)
    context = {
        "agency": agency,
        "application": application,
        "status_line": status_line(application),
        "form": form,
    }
    return render(request, "onboarding/roster/upload.html", context)


def _waiting(application: Application) -> SectionWork:
    work = SectionWork.objects.filter(application=application, section=staff_file.UPLOAD).first()
    if work is None:
        back = reverse("onboarding:section", args=[application.agency_id, SectionKey.STAFF])
        raise WrongState(_("No uploaded list is waiting: it was already added, or dropped."), back=back)
    return work


def _stamp(work: SectionWork) -> str:
    """Which upload a page shows: a colleague may have put another in its place."""
    return work.saved_at.isoformat() if work.saved_at else ""


@require_http_methods(["GET", "HEAD", "POST"])
def preview(request: HttpRequest, agency_id: UUID) -> HttpResponse:
    """What the file would do; nothing is written before it is confirmed here."""
    agency = agency_to_edit(request.user, agency_id)
    application = editable_application(agency)
    work = _waiting(application)
    if request.method == "POST" and "drop" in request.POST:
        work.delete()
        messages.success(request, _("The uploaded list is dropped. Nothing was changed."))
        return redirect("onboarding:section", agency.pk, SectionKey.STAFF)
    if request.method == "POST" and request.POST.get("upload", _stamp(work)) != _stamp(work):
        messages.warning(
            request, _("A colleague uploaded another list in between. This is what it would do.")
        )
        return redirect("onboarding:staff_preview", agency.pk)
    try:
        if request.method == "POST":
            checked = _mend(request, agency, application) or "check" in request.POST
            return (
                redirect("onboarding:staff_preview", agency.pk)
                if checked
                else _confirm(request, agency, application)
            )
        preview = staff_file.waiting(agency, work.draft)
    except tables.Unreadable as error:
        work.delete()
        raise GuardFailed(str(error), back=reverse("onboarding:staff_upload", args=[agency.pk])) from error
    forms = _row_forms(preview)
    context = {
        "agency": agency,
        "application": application,
        "status_line": status_line(application),
        "upload": _stamp(work),
        "forms": forms,
        "name": work.draft["name"],
        "unknown": ", ".join(preview.unknown),
        "notes": work.draft.get("notes", []),
        "to_write": len(preview.to_write),
        "groups": [_group(preview, act, forms) for act in ("wrong", "ask", "add", "change", "same")],
        "wrong": len(preview.of("wrong", "ask")),
        "kind": work.draft["kind"],
    }
    return render(request, "onboarding/roster/preview.html", context)


def _row_forms(preview: staff_file.Preview) -> list[RowForm]:
    """The first rows that can be mended beside the preview; the next come when these are in order."""
    return [RowForm(line, preview.projects) for line in preview.of("wrong", "ask")[:MENDED_AT_ONCE]]


def _mend(request: HttpRequest, agency: Agency, application: Application) -> bool:
    """Keep what was typed into rows of the preview; whether anything was, which then is checked before it is saved."""
    with drafts.writing(application):
        work = _waiting(application)
        mended = dict(work.draft.get("mended", {}))
        cells = {
            str(form.line.number): form.mended(request.POST)
            for form in _row_forms(staff_file.waiting(agency, work.draft))
        }
        for number, typed in cells.items():
            mended[number] = {**mended.get(number, {}), **typed}
        if not any(cells.values()):
            return False
        work.draft = {**work.draft, "mended": mended}
        work.save(update_fields=["draft"])
    messages.success(request, _("The rows are checked again. Nothing is saved yet."))
    return True


def _group(preview: staff_file.Preview, act: str, forms: list[RowForm]) -> dict[str, Any]:
    titles = {
        "wrong": _("Rows with a problem"),
        "ask": _("Rows with a question"),
        "add": _("People to be added"),
        "change": _("People to be changed"),
        "same": _("Already on the list, unchanged"),
    }
    own = [form for form in forms if form.line.act == act]
    lines = preview.of(act)[len(own) :]
    return {
        "act": act,
        "title": titles[act],
        "count": len(own) + len(lines),
        "forms": own,
        "lines": lines[:SHOWN],
        "more": max(0, len(lines) - SHOWN),
    }


def _confirm(request: HttpRequest, agency: Agency, application: Application) -> HttpResponse:
    """Write what is right, all or nothing; the list is judged once more, as it is now."""
    by = person(request)
    with drafts.writing(application):
        work = _waiting(application)
        preview = staff_file.waiting(agency, work.draft)
        added, changed = staff_file.write(preview, agency=agency, by=by)
        keys = [staff_drafts.key_of(line.staff) for line in preview.to_write if line.staff]
        drafts.overtake(application, keys, by=by)
        drafts.record_edit(
            application,
            "staff",
            by,
            {"upload": [None, f"{added} added, {changed} changed"]} if preview.to_write else {},
        )
        work.delete()
    sentence = _("%(added)s people are added and %(changed)s changed.") % {"added": added, "changed": changed}
    messages.success(request, sentence)
    return redirect("onboarding:section", agency.pk, SectionKey.STAFF)


@require_safe
def errors(request: HttpRequest, agency_id: UUID) -> HttpResponse:
    """The uploaded file again, with what is wrong in a last column."""
    agency = agency_to_edit(request.user, agency_id)
    work = _waiting(editable_application(agency))
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
