"""Questions of agencies and visitors and conversations with agencies: what was said since, and the answer."""

from uuid import UUID

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies import permissions
from agencies.desk.lists import FoundByAgency
from agencies.models import Agency
from hmis_portal import documents
from hmis_portal.desk.tools import ReadOnlyAdmin, act_page, guarded, status
from hmis_portal.desk.waiting import days_words
from onboarding import questions
from onboarding.admin.review import page
from onboarding.forms.questions import AnswerForm, ToAgencyForm
from onboarding.models import Thread, ThreadMessage


class WaitingFilter(admin.SimpleListFilter):
    title = gettext_lazy("state")
    parameter_name = "waits"

    def lookups(self, request: HttpRequest, model_admin: object) -> list[tuple[str, str]]:
        return [("yes", _("Waiting for an answer")), ("no", _("Answered or closed"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Thread]) -> QuerySet[Thread]:
        open_ones = {"answered_at__isnull": True, "closed_at__isnull": True}
        if self.value() == "yes":
            return queryset.filter(**open_ones)
        return queryset.exclude(**open_ones) if self.value() == "no" else queryset


@admin.register(Thread)
class ThreadAdmin(FoundByAgency, ReadOnlyAdmin):
    list_display = ("subject_link", "who", "kind", "agency_name", "status_word", "since")
    list_display_links = None
    link_lookups = ("agency__exact",)
    list_filter = (WaitingFilter, "kind")
    search_fields = ("subject", "name", "email", "agency__legal_name", "agency__ein")
    list_select_related = ("agency", "opened_by")

    @admin.display(description=gettext_lazy("question"), ordering="subject")
    def subject_link(self, thread: Thread) -> SafeString:
        return format_html(
            '<a href="{}">{}</a>', reverse("admin:onboarding_thread_answer", args=[thread.pk]), thread.subject
        )

    @admin.display(description=gettext_lazy("asked by"))
    def who(self, thread: Thread) -> str:
        return str(thread.opened_by or thread.name or thread.email)

    @admin.display(description=gettext_lazy("agency"))
    def agency_name(self, thread: Thread) -> str:
        return thread.agency.name if thread.agency else ""

    @admin.display(description=gettext_lazy("state"))
    def status_word(self, thread: Thread) -> SafeString:
        if thread.closed_at:
            return status("plain", _("Closed"))
        return status("done", _("Answered")) if thread.answered_at else status("turn", _("Waiting"))

    @admin.display(description=gettext_lazy("asked"), ordering="opened_at")
    def since(self, thread: Thread) -> str:
        return days_words(thread.opened_at)

    def get_urls(self) -> list[URLPattern]:
        view = guarded(self, self.answer_view, read=page.may_review, write=permissions.is_hmis_admin)
        admins = {"read": permissions.is_hmis_admin, "write": permissions.is_hmis_admin}
        write, file = (
            guarded(self, self.write_view, **admins),
            guarded(self, self.file_view, read=page.may_review),
        )
        return [
            path("<int:pk>/answer/", view, name="onboarding_thread_answer"),
            path("to/<uuid:agency>/", write, name="onboarding_thread_write"),
            path("file/<int:message>/", file, name="onboarding_thread_file"),
            *super().get_urls(),
        ]

    def change_view(
        self, request: HttpRequest, object_id: str, *args: object, **kwargs: object
    ) -> HttpResponse:
        if self.get_object(request, object_id) is None:
            raise Http404
        return HttpResponseRedirect(reverse("admin:onboarding_thread_answer", args=[object_id]))

    def answer_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        thread = get_object_or_404(Thread.objects.select_related("agency", "opened_by"), pk=pk)
        form = AnswerForm(request.POST or None, request.FILES or None, thread=thread)
        form.cancel_url = back = reverse("admin:onboarding_thread_changelist")
        if request.method == "POST" and request.POST.get("close"):
            questions.close(thread=thread, by=permissions.person(request))
            messages.success(request, _("The question is closed."))
            return HttpResponseRedirect(back)
        if request.method == "POST" and form.is_valid():
            questions.answer(thread=thread, by=permissions.person(request), **form.cleaned_data)
            messages.success(request, _("The answer is sent."))
            return HttpResponseRedirect(back)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": thread.subject,
            "thread": thread,
            "thread_messages": list(thread.messages.select_related("written_by", "document")),
            "form": form,
            "writing": permissions.is_hmis_admin(request.user),
        }
        return render(
            request, "admin/onboarding/questions/question.html", context, status=422 if form.is_bound else 200
        )

    def write_view(self, request: HttpRequest, agency: UUID) -> HttpResponse:
        """Begin a conversation with an agency."""
        to = get_object_or_404(Agency, pk=agency)
        form = ToAgencyForm(request.POST or None, request.FILES or None, agency=to)

        def act() -> HttpResponse:
            thread = questions.write_to(to, by=permissions.person(request), **form.cleaned_data)
            messages.success(request, _("The message is sent."))
            return HttpResponseRedirect(reverse("admin:onboarding_thread_answer", args=[thread.pk]))

        back = reverse("admin:agencies_agency_change", args=[to.pk])
        title = _("Write to %(agency)s") % {"agency": to.name}
        return act_page(self, request, title=title, form=form, act=act, back=back, trail=to.name)

    def file_view(self, request: HttpRequest, message: int) -> HttpResponse:
        rows = ThreadMessage.objects.filter(document__isnull=False).select_related("document")
        row = get_object_or_404(rows, pk=message)
        return documents.response(row.document, filename=row.filename)  # type: ignore[arg-type]
