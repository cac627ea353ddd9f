"""Files of the IRS register: what was loaded when and by whom, and the page that takes the next."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from agencies import permissions
from agencies.forms.register import RegisterFileForm
from agencies.models import RegisterLoad
from agencies.register import loading
from agencies.register.formats import NotTheFile
from hmis_portal.desk.tools import ReadOnlyAdmin, act_page, guarded, status
from hmis_portal.files.uploading import takes_large_files
from hmis_portal.web.doors import counted

State = RegisterLoad.State
TONES = {State.WAITING: "waiting", State.STANDS: "done", State.REPLACED: "plain", State.REFUSED: "problem"}


@admin.register(RegisterLoad)
class RegisterLoadAdmin(ReadOnlyAdmin):
    list_display = ("name", "kind", "of_day", "rows", "status_word", "loaded_by")
    list_filter = ("kind", "state")
    list_select_related = ("loaded_by",)
    fields = (
        "name", "kind", "of_day", "rows", "sha256", "status_word", "loaded_by", "asked_at", "loaded_at",
    )  # fmt: skip
    readonly_fields = ("status_word",)
    change_list_template = "admin/agencies/register.html"

    @admin.display(description=_("state"))
    def status_word(self, row: RegisterLoad) -> SafeString:
        word = status(TONES[State(row.state)], row.get_state_display())
        return format_html("{} {}", word, row.error) if row.state == State.REFUSED else word

    def get_urls(self) -> list[URLPattern]:
        may = permissions.is_hmis_admin
        upload = guarded(self, counted("imports")(self.upload_view), read=may, write=may)
        takes_large_files(upload, may)
        return [path("upload/", upload, name="agencies_registerload_upload"), *super().get_urls()]

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, object] | None = None
    ) -> HttpResponse:
        context = {**(extra_context or {}), "may_load": permissions.is_hmis_admin(request.user)}
        answer = super().changelist_view(request, context)
        if RegisterLoad.objects.filter(state=State.WAITING).exists():
            answer["Refresh"] = "5"
        return answer

    def upload_view(self, request: HttpRequest) -> HttpResponse:
        form = RegisterFileForm(request.POST or None, request.FILES or None)
        back = reverse("admin:agencies_registerload_changelist")

        def act() -> str | HttpResponse:
            data = form.cleaned_data
            row = RegisterLoad(
                name=data["file"].name, of_day=data["of_day"], may_shrink=data["may_shrink"],
                loaded_by=permissions.person(request),
            )  # fmt: skip
            try:
                loading.take(data["file"], row)
            except NotTheFile as error:
                form.add_error("file", str(error))
                return act_page(self, request, **page, act=str)
            return gettext("The file is being loaded. Until it is whole, the one before is used.")

        page: dict[str, Any] = {
            "title": gettext("Load a file of the IRS register"), "form": form, "back": back,
            "explanation": gettext("What it says of an agency’s EIN stands under “What we checked”, as advice. It "
                                   "takes the place of the file of the same list."),
        }  # fmt: skip
        return act_page(self, request, **page, act=act)
