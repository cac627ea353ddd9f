"""Files of results: uploaded, its columns said once, tried without effect, looked at, recorded."""

from collections.abc import Callable, Iterator
from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from agencies.permissions import person
from hmis_portal.desk.tools import ReadOnlyAdmin, act_page, guarded, status
from hmis_portal.files import tables
from hmis_portal.web.errors import GuardFailed
from training import permissions
from training.admin.doors.upload_forms import ColumnsForm, ConfirmForm, UploadForm
from training.doors import files, importing
from training.doors.receiving import Kind
from training.models import Upload

State = Upload.State
SHOWN = 200
STATES = {
    State.COLUMNS: "turn",
    State.CHECKED: "turn",
    State.DONE: "done",
    State.FAILED: "problem",
    State.DROPPED: "plain",
}
WORDS: dict[str, object] = {
    Kind.RECORDED: _("Completions"),
    Kind.NOT_PASSED: _("Attempts that were not passed"),
    Kind.HELD: _("Held: they wait under Held results for a person to say what is missing"),
    Kind.REFUSED: _("Refused: mend them in the file and upload it again"),
    Kind.KNOWN: _("Already known"),
    Kind.LEFT_OUT: _("Left out"),
}


@admin.register(Upload)
class UploadAdmin(ReadOnlyAdmin):
    list_display = ("name", "door", "uploaded_by", "uploaded_at", "status_word")
    list_filter = ("state", "door")
    list_select_related = ("door", "uploaded_by")
    change_list_template = "admin/training/uploads.html"

    @admin.display(description=_("state"))
    def status_word(self, row: Upload) -> SafeString:
        return status(STATES.get(State(row.state), "waiting"), row.get_state_display())

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).defer("table", "outcomes")

    def change_view(self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any) -> HttpResponse:
        if not (object_id.isascii() and object_id.isdecimal()):
            return super().change_view(request, object_id, *args, **kwargs)
        return HttpResponseRedirect(reverse("admin:training_upload_look", args=[object_id]))

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, object] | None = None
    ) -> HttpResponse:
        context = {**(extra_context or {}), "may_record": permissions.may_record_completions(request.user)}
        return super().changelist_view(request, context)

    def get_urls(self) -> list[URLPattern]:
        may = permissions.may_record_completions

        def own(route: str, view: Callable[..., HttpResponse], name: str) -> URLPattern:
            return path(route, guarded(self, view, read=may, write=may), name=f"training_upload_{name}")

        return [
            own("file/", self.new_view, "new"),
            own("<int:pk>/columns/", self.columns_view, "columns"),
            own("<int:pk>/look/", self.look_view, "look"),
            own("<int:pk>/errors/", self.errors_view, "errors"),
            *super().get_urls(),
        ]

    def new_view(self, request: HttpRequest) -> HttpResponse:
        form = UploadForm(request.POST or None, request.FILES or None)
        return act_page(
            self, request, title=gettext("Upload results"), form=form, act=lambda: _keep(request, form),
            back=reverse("admin:training_upload_changelist"),
            explanation=gettext("You see what would be recorded, held and refused before anything is."),
        )  # fmt: skip

    def columns_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        upload = get_object_or_404(Upload.objects.select_related("door", "course"), pk=pk)
        if upload.state not in (State.COLUMNS, State.CHECKED):
            return HttpResponseRedirect(_look(upload))
        form = ColumnsForm(request.POST or None, upload=upload, table=upload.read)

        def act() -> HttpResponse:
            upload.columns, upload.course = form.columns, form.cleaned_data["course"]
            upload.date_order = form.order
            importing.say_columns(upload, by=person(request))
            return HttpResponseRedirect(_look(upload))

        return act_page(
            self, request, title=gettext("What the columns are"), form=form, act=act, back=_look(upload),
            trail=upload.name, caption=str(upload.door),
            explanation=gettext("Remembered for this source. A person is found by number, account or address, never by name."),
        )  # fmt: skip

    def look_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """What the file would do, or did."""
        upload = get_object_or_404(Upload.objects.select_related("door", "run"), pk=pk)
        if upload.state == State.COLUMNS and request.method == "GET":
            return HttpResponseRedirect(reverse("admin:training_upload_columns", args=[pk]))
        counts = importing.counts(upload)
        new = counts[Kind.RECORDED] + counts[Kind.NOT_PASSED]
        form = ConfirmForm(
            request.POST or None,
            results=new,
            held=counts[Kind.HELD],
            initial={"seen": importing.stamp(upload)},
        )
        wrong = [*_problems(upload)]
        answer = act_page(
            self, request, title=upload.name, caption=str(upload.door), form=form,
            act=lambda: _decide(request, upload, form), back=reverse("admin:training_upload_changelist"),
            template="admin/training/upload.html", facts=[(WORDS[kind], counts[kind]) for kind in Kind if counts[kind]],
            upload=upload, notes=upload.table.get("notes", []), wrong=wrong[:SHOWN], more=max(0, len(wrong) - SHOWN),
            may_confirm=upload.state == State.CHECKED,
        )  # fmt: skip
        if upload.is_open:
            answer["Refresh"] = "3"
        return answer

    def errors_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The uploaded file again, with what is wrong in a last column."""
        upload = get_object_or_404(Upload.objects.select_related("door"), pk=pk)
        rows = importing.error_rows(upload)
        name = gettext("results with errors")
        if upload.kind == "csv":
            return tables.response(tables.csv_bytes(rows), filename=f"{name}.csv")
        return tables.response(tables.xlsx_bytes([(gettext("Results"), rows)]), filename=f"{name}.xlsx")


def _look(upload: Upload) -> str:
    return reverse("admin:training_upload_look", args=[upload.pk])


def _keep(request: HttpRequest, form: UploadForm) -> HttpResponse | str:
    """Read the file; where all columns are known from the last file of its source, they are not asked again."""
    file = form.cleaned_data["file"]
    try:
        table = tables.read(file, file.content_kind, files.known, most_rows=files.MOST_ROWS)
        files.check_headings(table)
    except tables.Unreadable as error:
        raise GuardFailed(str(error)) from error
    door, by = form.get_door(), person(request)
    upload = Upload.objects.create(
        door=door, name=file.name[:150], kind=file.content_kind, table=table.kept(), uploaded_by=by
    )
    if "course" in door.columns and set(door.columns.values()) <= set(table.rows[0]):
        upload.columns, upload.date_order = door.columns, door.date_order
        importing.say_columns(upload, by=by)
    return HttpResponseRedirect(_look(upload))


def _problems(upload: Upload) -> Iterator[tuple[str, str]]:
    """The row as it begins, with its number in the file, and why it is not recorded."""
    table = upload.read
    for place, (kind, words) in enumerate(upload.outcomes, start=1):
        if kind in (Kind.REFUSED, Kind.HELD, Kind.LEFT_OUT) or (kind == Kind.KNOWN and words):
            begins = " · ".join(cell for cell in table.rows[place][:3] if cell)
            yield f"{table.numbers[place]}: {begins}"[:120], words


def _decide(request: HttpRequest, upload: Upload, form: ConfirmForm) -> HttpResponse | str:
    if "drop" in request.POST:
        importing.drop(upload)
        return gettext("The file is dropped. Nothing was recorded.")
    importing.confirm(upload, by=person(request), seen=form.cleaned_data["seen"])
    return HttpResponseRedirect(_look(upload))
