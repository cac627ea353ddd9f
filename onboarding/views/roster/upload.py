"""The staff list as a file: template, export, and upload with a preview before anything is written."""

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
from onboarding.models import Application, SectionKey, SectionWork
from onboarding.roster import columns, staff_drafts, staff_file
from onboarding.sections import drafts
from onboarding.selectors import editable_application

SHOWN = 200


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
    try:
        if request.method == "POST":
            return _confirm(request, agency, application)
        preview = staff_file.preview(agency, tables.Table.of(work.draft))
    except tables.Unreadable as error:
        work.delete()
        raise GuardFailed(str(error), back=reverse("onboarding:staff_upload", args=[agency.pk])) from error
    context = {
        "agency": agency,
        "application": application,
        "status_line": status_line(application),
        "name": work.draft["name"],
        "unknown": ", ".join(preview.unknown),
        "notes": work.draft.get("notes", []),
        "to_write": len(preview.to_write),
        "groups": [_group(preview, act) for act in ("wrong", "add", "change", "same")],
        "wrong": len(preview.of("wrong")),
        "kind": work.draft["kind"],
    }
    return render(request, "onboarding/roster/preview.html", context)


def _group(preview: staff_file.Preview, act: str) -> dict[str, Any]:
    titles = {
        "wrong": _("Rows with a problem"),
        "add": _("People to be added"),
        "change": _("People to be changed"),
        "same": _("Already on the list, unchanged"),
    }
    lines = preview.of(act)
    return {
        "act": act,
        "title": titles[act],
        "count": len(lines),
        "lines": lines[:SHOWN],
        "more": max(0, len(lines) - SHOWN),
    }


def _confirm(request: HttpRequest, agency: Agency, application: Application) -> HttpResponse:
    """Write what is right, all or nothing; the list is judged once more, as it is now."""
    by = person(request)
    with drafts.writing(application):
        work = _waiting(application)
        preview = staff_file.preview(agency, tables.Table.of(work.draft))
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
    preview = staff_file.preview(agency, tables.Table.of(work.draft))
    rows = staff_file.error_rows(preview)
    return _file(work.draft["kind"], _("staff with errors"), [(_("Staff"), rows)])


@require_safe
def template(request: HttpRequest, agency_id: UUID, kind: str) -> HttpResponse:
    """The headings to fill in; the workbook has a second sheet with what the cells may say."""
    agency = agency_to_view(request.user, agency_id)
    return _file(
        kind,
        _("staff template"),
        [(_("Staff"), [columns.headings()]), (_("Choices"), columns.choice_rows(agency))],
    )


@require_safe
def export(request: HttpRequest, agency_id: UUID, kind: str) -> HttpResponse:
    """The list as it stands, in the shape of the template."""
    agency = agency_to_view(request.user, agency_id)
    return _file(kind, "staff", [(_("Staff"), columns.export_rows(agency))])


def _file(kind: str, name: str, sheets: list[tuple[str, Any]]) -> HttpResponse:
    if kind == "csv":
        return tables.response(tables.csv_bytes(sheets[0][1]), filename=f"{name}.csv")
    if kind == "xlsx":
        return tables.response(tables.xlsx_bytes(sheets), filename=f"{name}.xlsx")
    raise Http404
