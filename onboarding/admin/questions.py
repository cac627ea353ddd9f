"""Questions of agencies and visitors: what was asked, what was said since, and the answer."""

from typing import Any

from django import forms
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
from hmis_portal.desk.tools import ReadOnlyAdmin, guarded, status
from hmis_portal.desk.waiting import days_words
from hmis_portal.forms import PortalFormMixin
from onboarding import questions
from onboarding.admin.review import page
from onboarding.models import Thread


class AnswerForm(PortalFormMixin, forms.Form):
    submit_label = gettext_lazy("Send answer")
    extra_buttons = (("close", "yes", gettext_lazy("Close without an answer")),)
    text = forms.CharField(
        label=gettext_lazy("Your answer"),
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 6}),
        error_messages={"required": gettext_lazy("Enter your answer")},
    )


class WaitingFilter(admin.SimpleListFilter):
    title = gettext_lazy("state")
    parameter_name = "waits"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("yes", _("Waiting for an answer")), ("no", _("Answered or closed"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Thread]) -> QuerySet[Thread]:
        open_ones = {"answered_at__isnull": True, "closed_at__isnull": True}
        if self.value() == "yes":
            return queryset.filter(**open_ones)
        return queryset.exclude(**open_ones) if self.value() == "no" else queryset


@admin.register(Thread)
class ThreadAdmin(ReadOnlyAdmin):
    list_display = ("subject_link", "who", "kind", "agency_name", "status_word", "since")
    list_display_links = None
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
        return [path("<int:pk>/answer/", view, name="onboarding_thread_answer"), *super().get_urls()]

    def change_view(self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.get_object(request, object_id) is None:
            raise Http404
        return HttpResponseRedirect(reverse("admin:onboarding_thread_answer", args=[object_id]))

    def answer_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        thread = get_object_or_404(Thread.objects.select_related("agency", "opened_by"), pk=pk)
        form = AnswerForm(request.POST or None)
        form.cancel_url = back = reverse("admin:onboarding_thread_changelist")
        if request.method == "POST" and request.POST.get("close"):
            questions.close(thread=thread, by=permissions.person(request))
            messages.success(request, _("The question is closed."))
            return HttpResponseRedirect(back)
        if request.method == "POST" and form.is_valid():
            questions.answer(thread=thread, text=form.cleaned_data["text"], by=permissions.person(request))
            messages.success(request, _("The answer is sent."))
            return HttpResponseRedirect(back)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": thread.subject,
            "thread": thread,
            "thread_messages": list(thread.messages.select_related("written_by")),
            "form": form,
            "writing": permissions.is_hmis_admin(request.user),
        }
        return render(
            request, "admin/onboarding/question.html", context, status=422 if form.is_bound else 200
        )
