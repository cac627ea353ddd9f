"""Completions, waivers and the papers made of them."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from agencies.desk.lists import FoundByPerson
from agencies.permissions import person
from hmis_portal.desk.tools import ReadOnlyAdmin, act_page, guarded, link, status
from hmis_portal.text.words import date_words
from training import permissions, services
from training.admin.completions.entry import class_page
from training.admin.forms import EndWaiverForm, VoidForm, WaiveForm
from training.models import Certificate, Completion, Waiver


@admin.register(Completion)
class CompletionAdmin(FoundByPerson, ReadOnlyAdmin):
    list_display = ("person", "course", "completed_on", "result", "valid_through", "source", "recorded_by")
    list_filter = ("course", "source", "passed")
    search_fields = (
        "person__first_name",
        "person__last_name",
        "person__email",
        "course__title",
        "=external_id",
    )
    search_help_text = _("Search by person or course")
    list_select_related = ("person", "course", "recorded_by", "void")
    date_hierarchy = "completed_on"
    fields = (
        "person", "course", "version", "completed_on", "result", "score", "valid_through", "window_opens_on", "source",
        "external_id", "source_time", "note", "recorded_by", "recorded_at", "acts",
    )  # fmt: skip
    readonly_fields = ("result", "acts")
    change_list_template = "admin/training/completions.html"

    @admin.display(description=_("result"))
    def result(self, row: Completion) -> SafeString:
        if hasattr(row, "void"):
            return status("problem", gettext("Voided: %(why)s") % {"why": row.void.reason})
        return status("done", gettext("Passed")) if row.passed else status("problem", gettext("Not passed"))

    @admin.display(description=_("acts"))
    def acts(self, row: Completion) -> SafeString | str:
        if hasattr(row, "void"):
            return ""
        return link(reverse("admin:training_completion_void", args=[row.pk]), gettext("Void this completion"))

    def get_urls(self) -> list[URLPattern]:
        may_add, may_void = permissions.may_record_completions, permissions.may_void_completions
        return [
            path(
                "record/",
                guarded(self, self.record_view, read=may_add, write=may_add),
                name="training_completion_record",
            ),
            path(
                "<int:pk>/void/",
                guarded(self, self.void_view, read=may_void, write=may_void),
                name="training_completion_void",
            ),
            *super().get_urls(),
        ]

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, object] | None = None
    ) -> HttpResponse:
        context = {**(extra_context or {}), "may_record": permissions.may_record_completions(request.user)}
        return super().changelist_view(request, context)

    def record_view(self, request: HttpRequest) -> HttpResponse:
        return class_page(self, request)

    def void_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        row = get_object_or_404(Completion.objects.select_related("person", "course"), pk=pk)
        back = reverse("admin:training_completion_change", args=[pk])
        form = VoidForm(request.POST or None)

        def act() -> str:
            services.void(row, by=person(request), reason=form.cleaned_data["reason"])
            return gettext("The completion no longer counts. It stays in the transcript.")

        return act_page(
            self, request, title=gettext("Void a completion"), form=form, act=act, back=back,
            facts=[(row.person, f"{row.course}, {date_words(row.completed_on)}")],
            reasons=permissions.against_oneself(person(request), [row.person]),
            explanation=gettext("Access may be suspended the next day if the course was needed for it."),
        )  # fmt: skip


@admin.register(Waiver)
class WaiverAdmin(FoundByPerson, ReadOnlyAdmin):
    list_display = ("person", "course", "first_on", "last_on", "granted_by", "state")
    search_fields = ("person__first_name", "person__last_name", "person__email", "course__title")
    search_help_text = _("Search by person or course")
    list_select_related = ("person", "course", "granted_by")
    fields = (
        "person",
        "course",
        "first_on",
        "last_on",
        "reason",
        "granted_by",
        "granted_at",
        "ended_by",
        "ended_at",
        "acts",
    )
    readonly_fields = ("acts",)
    change_list_template = "admin/training/waivers.html"

    @admin.display(description=_("state"))
    def state(self, row: Waiver) -> SafeString:
        if row.ended_at:
            return status("plain", gettext("Taken back"))
        today = timezone.localdate()
        if row.last_on < today:
            return status("plain", gettext("Lapsed"))
        return (
            status("waiting", gettext("To come"))
            if row.first_on > today
            else status("done", gettext("Stands"))
        )

    @admin.display(description=_("acts"))
    def acts(self, row: Waiver) -> SafeString | str:
        if row.ended_at or row.last_on < timezone.localdate():
            return ""
        return link(reverse("admin:training_waiver_end", args=[row.pk]), gettext("Take this waiver back"))

    def get_urls(self) -> list[URLPattern]:
        may = permissions.may_waive
        return [
            path("grant/", guarded(self, self.grant_view, read=may, write=may), name="training_waiver_grant"),
            path(
                "<int:pk>/end/", guarded(self, self.end_view, read=may, write=may), name="training_waiver_end"
            ),
            *super().get_urls(),
        ]

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, object] | None = None
    ) -> HttpResponse:
        return super().changelist_view(
            request, {**(extra_context or {}), "may_waive": permissions.may_waive(request.user)}
        )

    def grant_view(self, request: HttpRequest) -> HttpResponse:
        back = reverse("admin:training_waiver_changelist")
        form = WaiveForm(request.POST or None)

        def act() -> str:
            services.waive(by=person(request), **form.cleaned_data)
            return gettext("The course is waived.")

        return act_page(
            self, request, title=gettext("Waive a course"), form=form, act=act, back=back,
            explanation=gettext("The waiver lapses by itself after its last day. It prints no certificate. Nobody waives a course for themselves."),
        )  # fmt: skip

    def end_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        row = get_object_or_404(Waiver.objects.select_related("person", "course"), pk=pk)
        back = reverse("admin:training_waiver_change", args=[pk])
        form = EndWaiverForm(request.POST or None)

        def act() -> str:
            services.end_waiver(row, by=person(request), reason=form.cleaned_data["reason"])
            return gettext("The waiver is taken back.")

        return act_page(
            self, request, title=gettext("Take a waiver back"), form=form, act=act, back=back,
            facts=[(row.person, row.course)], reasons=permissions.against_oneself(person(request), [row.person]),
        )  # fmt: skip


@admin.register(Certificate)
class CertificateAdmin(ReadOnlyAdmin):
    list_display = ("number", "holder", "title", "issued_on")
    search_fields = ("number", "holder", "title")
    search_help_text = _("Search by number, name or course")
    fields = ("number", "holder", "title", "issuer", "issued_on", "file")
    readonly_fields = ("file",)

    @admin.display(description=_("file"))
    def file(self, row: Certificate) -> SafeString:
        return link(reverse("training:certificate_pdf", args=[row.pk]), gettext("Open the PDF"))

    def get_queryset(self, request: HttpRequest) -> QuerySet[Certificate]:
        return super().get_queryset(request).select_related("completion")
