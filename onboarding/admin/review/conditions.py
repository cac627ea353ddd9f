"""Dated conditions of approvals: which are open, what the agency reported, and the answer to it."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.contrib import admin
from django.db.models import F, OuterRef, Q, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.loader import render_to_string
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies import permissions
from agencies.models import Agency
from hmis_portal import documents
from hmis_portal.desk.tools import ReadOnlyAdmin, act_page, guarded, status
from hmis_portal.desk.waiting import waits_filter
from hmis_portal.web.errors import WrongState
from onboarding.admin.base import VerbForm, VerbReasonForm
from onboarding.admin.review.page import may_review
from onboarding.models import Condition, ConditionReport, Mou
from onboarding.review.conditions import mark_met, send_back, with_reports
from onboarding.selectors import open_conditions


def waiting_conditions() -> QuerySet[Condition]:
    """Open conditions that are reported as done (with `reported`, since when), due within two weeks, or hold up a go-live."""
    holds_up = Q(
        blocks_go_live=True,
        application__agency__state=Agency.State.JOINING,
        application__agency__in=Mou.objects.filter(state=Mou.State.EXECUTED).values("agency"),
    )
    reports = ConditionReport.objects.filter(condition=OuterRef("pk"), answered_at__isnull=True)
    soon = timezone.localdate() + timedelta(days=14)
    return (
        open_conditions()
        .annotate(reported=Subquery(reports.values("reported_at")[:1]))
        .filter(Q(due_on__lte=soon) | Q(reported__isnull=False) | holds_up)
        .order_by(F("reported").asc(nulls_last=True), "due_on")
    )


class MetForm(VerbForm):
    submit_label = gettext_lazy("Mark as met")


class SendBackForm(VerbReasonForm):
    submit_label = gettext_lazy("Send back")


class ReportedFilter(admin.SimpleListFilter):
    title = gettext_lazy("reported as done")
    parameter_name = "reported"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("waits", _("Waits for an answer"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Condition]) -> QuerySet[Condition]:
        if self.value() != "waits":
            return queryset
        waiting = ConditionReport.objects.filter(answered_at__isnull=True)
        return queryset.filter(met_at__isnull=True, reports__in=waiting)


@admin.register(Condition)
class ConditionAdmin(ReadOnlyAdmin):
    list_display = ("text", "agency_name", "owner", "due_on", "status_word", "blocks_go_live")
    list_filter = (
        waits_filter({"desk": (gettext_lazy("Reported, due or holding up a go-live"), waiting_conditions)}),
        ReportedFilter,
        "blocks_go_live",
        ("met_at", admin.EmptyFieldListFilter),
    )
    search_fields = ("text", "owner", "application__agency__legal_name", "application__agency__ein")
    list_select_related = ("application__agency", "met_by")
    fields = (
        "text",
        "agency_name",
        "owner",
        "due_on",
        "blocks_go_live",
        "status_word",
        "met_by",
        "met_at",
        "report",
        "act",
    )
    readonly_fields = ("agency_name", "status_word", "report", "act")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Condition]:
        return with_reports(super().get_queryset(request))

    @admin.display(description=gettext_lazy("agency"))
    def agency_name(self, condition: Condition) -> SafeString:
        url = reverse("admin:onboarding_application_review", args=[condition.application_id])
        return format_html('<a href="{}">{}</a>', url, condition.application.agency.name)

    @admin.display(description=gettext_lazy("state"))
    def status_word(self, condition: Condition) -> SafeString:
        if condition.met_at:
            return status("done", _("Met"))
        if condition.waiting_report:
            return status("turn", _("Reported as done"))
        if condition.due_on < timezone.localdate():
            return status("problem", _("Overdue"))
        return status("waiting", _("Open"))

    @admin.display(description=gettext_lazy("the agency’s reports"))
    def report(self, condition: Condition) -> SafeString:
        context = {"reports": condition.reports.all()}
        return render_to_string("admin/onboarding/condition_reports.html", context)

    @admin.display(description=gettext_lazy("what can be done"))
    def act(self, condition: Condition) -> SafeString | str:
        if condition.met_at:
            return ""
        met = reverse("admin:onboarding_condition_met", args=[condition.pk])
        if condition.waiting_report is None:
            return format_html('<a href="{}">{}</a>', met, _("Mark as met"))
        back = reverse("admin:onboarding_condition_send_back", args=[condition.pk])
        return format_html(
            '<a href="{}">{}</a> · <a href="{}">{}</a>', met, _("Accept"), back, _("Send back")
        )

    def get_urls(self) -> list[URLPattern]:
        admins = {"read": permissions.is_hmis_admin, "write": permissions.is_hmis_admin}
        return [
            path("<int:pk>/met/", guarded(self, self.met_view, **admins), name="onboarding_condition_met"),
            path(
                "<int:pk>/send-back/",
                guarded(self, self.send_back_view, **admins),
                name="onboarding_condition_send_back",
            ),
            path(
                "proof/<int:report>/",
                guarded(self, self.proof_view, read=may_review),
                name="onboarding_condition_proof",
            ),
            *super().get_urls(),
        ]

    def met_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        condition, back = self._found(pk)
        form = MetForm(
            request.POST if request.method == "POST" else None, obj=condition, by=permissions.person(request)
        )
        if condition.waiting_report:
            form.submit_label = gettext_lazy("Accept")

        def act() -> str:
            if not mark_met(pk, by=form.by):
                raise WrongState(_("This condition was marked as met already."))
            return _("The condition is marked as met.")

        title = _("Accept the report") if condition.waiting_report else _("Mark the condition as met")
        return self._ask(request, condition, form, act, title, back)

    def send_back_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The agency reads why its report does not do, and may report again."""
        condition, back = self._found(pk)
        form = SendBackForm(request.POST or None, obj=condition, by=permissions.person(request))

        def act() -> str:
            send_back(condition, text=form.reason, by=form.by)
            return _("The report is sent back. The agency reads why.")

        return self._ask(request, condition, form, act, _("Send the report back"), back)

    def _found(self, pk: int) -> tuple[Condition, str]:
        rows = with_reports(Condition.objects.select_related("application__agency"))
        condition = get_object_or_404(rows, pk=pk)
        back = reverse("admin:onboarding_application_review", args=[condition.application_id]) + "#conditions"
        return condition, back

    def _ask(
        self, request: HttpRequest, condition: Condition, form: VerbForm, act: Callable[[], str], title: str, back: str
    ) -> HttpResponse:  # fmt: skip
        words = condition.text
        if report := condition.waiting_report:
            words = _("%(condition)s. The agency’s report: %(report)s") % {
                "condition": condition.text.rstrip("."),
                "report": report.text,
            }
        application = condition.application
        return act_page(
            self,
            request,
            title=title,
            form=form,
            act=act,
            back=back,
            trail=application.agency.name,
            caption=f"{application.agency.name}, {application.reference}",
            explanation=words,
        )

    def proof_view(self, request: HttpRequest, report: int) -> HttpResponse:
        """The file with which the agency shows that a condition is done."""
        rows = ConditionReport.objects.select_related("document")
        row = get_object_or_404(rows, pk=report, document__isnull=False)
        return documents.response(row.document, filename=row.filename)  # type: ignore[arg-type]
