"""Dated conditions of approvals: which are open, what the agency reported, and the answer to it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
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
from agencies.desk.lists import FoundByAgency
from agencies.models import Agency
from hmis_portal import documents
from hmis_portal.desk.tools import ReadOnlyAdmin, act_page, guarded
from hmis_portal.desk.waiting import waits_filter, whether_filter
from hmis_portal.forms import DateField
from hmis_portal.models.written import Given
from hmis_portal.text.words import date_words
from onboarding.admin.base import VerbForm, VerbReasonForm
from onboarding.admin.review.page import may_review
from onboarding.models import Condition, ConditionReport, Mou
from onboarding.review import more_time
from onboarding.review.conditions import mark_met, send_back, waive, with_reports
from onboarding.selectors import open_conditions
from onboarding.workflow import Text


def waiting_conditions(today: date | Given | None = None) -> QuerySet[Condition]:
    """Open conditions that wait for an answer (with `reported`, since when), are due within two weeks, or hold up a go-live."""
    holds_up = Q(
        blocks_go_live=True,
        application__agency__state=Agency.State.JOINING,
        application__agency__in=Mou.objects.filter(state=Mou.State.EXECUTED).values("agency"),
    )
    reports = ConditionReport.objects.filter(condition=OuterRef("pk"), answered_at__isnull=True)
    soon = (today or timezone.localdate()) + timedelta(days=14)
    return (
        open_conditions()
        .annotate(reported=Subquery(reports.values("reported_at")[:1]))
        .filter(Q(due_on__lte=soon) | Q(reported__isnull=False) | Q(time_asked_at__isnull=False) | holds_up)
        .order_by(F("reported").asc(nulls_last=True), "due_on")
    )


class MetForm(VerbForm):
    submit_label = gettext_lazy("Mark as met")


class SendBackForm(VerbReasonForm):
    submit_label = gettext_lazy("Send back")


class WaiveForm(VerbReasonForm):
    submit_label = gettext_lazy("Waive the condition")


class LaterForm(VerbForm):
    submit_label = gettext_lazy("Give more time")
    until = DateField(label=gettext_lazy("Due"), not_past=True)

    obj: Condition

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        later = max(self.obj.due_on, timezone.localdate()) + timedelta(days=14)
        self.fields["until"].initial = self.obj.time_wanted or later


class SameDayForm(VerbReasonForm):
    submit_label = gettext_lazy("Leave the day as it is")


@dataclass(frozen=True)
class ConditionAct:
    """What the HMIS Admin does about a condition: asked on a page of its own, told to the agency."""

    name: str  # of its address, too
    title: Text
    form: type[VerbForm]
    do: Callable[[Condition, Any], None]
    done: Text


ACTS = (
    ConditionAct(
        "met", gettext_lazy("Mark the condition as met"), MetForm,
        lambda condition, form: mark_met(condition.pk, by=form.by), gettext_lazy("The condition is marked as met."),
    ),
    ConditionAct(
        "send_back", gettext_lazy("Send the report back"), SendBackForm,
        lambda condition, form: send_back(condition, text=form.reason_words(), by=form.by),
        gettext_lazy("The report is sent back. The agency reads why."),
    ),
    ConditionAct(
        "waive", gettext_lazy("Waive the condition"), WaiveForm,
        lambda condition, form: waive(condition, reason=form.reason_words(), by=form.by),
        gettext_lazy("The condition is waived. The agency reads why."),
    ),
    ConditionAct(
        "give_time", gettext_lazy("Give more time for the condition"), LaterForm,
        lambda condition, form: more_time.give(condition, until=form.cleaned_data["until"], by=form.by),
        gettext_lazy("The agency is told the new day."),
    ),
    ConditionAct(
        "refuse_time", gettext_lazy("Leave the day of the condition as it is"), SameDayForm,
        lambda condition, form: more_time.refuse(condition, reason=form.reason_words(), by=form.by),
        gettext_lazy("The agency is told that the day stays, and why."),
    ),
)  # fmt: skip


def _explained(condition: Condition) -> str:
    """The condition, and what the agency says about it."""
    words = condition.text.rstrip(".")
    if report := condition.waiting_report:
        return _("%(condition)s. The agency’s report: %(report)s") % {
            "condition": words,
            "report": report.text,
        }
    if condition.time_asked_at:
        return _("%(condition)s. The agency asks for more time until %(day)s: %(reason)s") % {
            "condition": words,
            "day": date_words(condition.time_wanted),
            "reason": condition.time_reason,
        }
    return condition.text


class ReportedFilter(admin.SimpleListFilter):
    title = gettext_lazy("reported as done")
    parameter_name = "reported"

    def lookups(self, request: HttpRequest, model_admin: object) -> list[tuple[str, str]]:
        return [("waits", _("Waits for an answer"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Condition]) -> QuerySet[Condition]:
        if self.value() != "waits":
            return queryset
        waiting = ConditionReport.objects.filter(answered_at__isnull=True)
        return queryset.filter(Condition.OPEN, reports__in=waiting)


@admin.register(Condition)
class ConditionAdmin(FoundByAgency, ReadOnlyAdmin):
    list_display = ("text", "agency_name", "owner", "due_on", "status_word", "blocks_go_live")
    list_filter = (
        waits_filter({"desk": (gettext_lazy("Reported, due or holding up a go-live"), waiting_conditions)}),
        ReportedFilter,
        "blocks_go_live",
        (
            "met_at",
            whether_filter(
                by=gettext_lazy("whether it is met"),
                filled=gettext_lazy("Met"),
                empty=gettext_lazy("Not met"),
            ),
        ),
        "ended_as",
    )
    search_fields = ("text", "owner", "application__agency__legal_name", "application__agency__ein")
    list_select_related = ("application__agency", "met_by", "ended_by", "time_asked_by")
    fields = (
        "text",
        "agency_name",
        "owner",
        "due_on",
        "blocks_go_live",
        "status_word",
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
        return render_to_string("admin/onboarding/review/condition_state.html", {"condition": condition})

    @admin.display(description=gettext_lazy("the agency’s reports"))
    def report(self, condition: Condition) -> SafeString:
        context = {"reports": condition.reports.all()}
        return render_to_string("admin/onboarding/review/condition_reports.html", context)

    @admin.display(description=gettext_lazy("what can be done"))
    def act(self, condition: Condition) -> SafeString:
        return render_to_string("admin/onboarding/review/condition_acts.html", {"condition": condition})

    def get_urls(self) -> list[URLPattern]:
        admins = {"read": permissions.is_hmis_admin, "write": permissions.is_hmis_admin}
        return [
            *(
                path(
                    f"<int:pk>/{act.name.replace('_', '-')}/",
                    guarded(self, partial(self.act_view, act=act), **admins),
                    name=f"onboarding_condition_{act.name}",
                )
                for act in ACTS
            ),
            path(
                "proof/<int:report>/",
                guarded(self, self.proof_view, read=may_review),
                name="onboarding_condition_proof",
            ),
            *super().get_urls(),
        ]

    def act_view(self, request: HttpRequest, pk: int, *, act: "ConditionAct") -> HttpResponse:
        rows = with_reports(Condition.objects.select_related("application__agency", "time_asked_by"))
        condition = get_object_or_404(rows, pk=pk)
        posted = (request.POST,) if request.method == "POST" else ()
        form = act.form(*posted, obj=condition, by=permissions.person(request))

        def do() -> str:
            act.do(condition, form)
            return str(act.done)

        application = condition.application
        accepts = act.name == "met" and condition.waiting_report
        if accepts:
            form.submit_label = gettext_lazy("Accept")
        return act_page(
            self,
            request,
            title=_("Accept the report") if accepts else act.title,
            form=form,
            act=do,
            back=reverse("admin:onboarding_application_review", args=[application.pk]) + "#conditions",
            trail=application.agency.name,
            caption=f"{application.agency.name}, {application.reference}",
            explanation=_explained(condition),
        )

    def proof_view(self, request: HttpRequest, report: int) -> HttpResponse:
        """The file with which the agency shows that a condition is done."""
        rows = ConditionReport.objects.select_related("document")
        row = get_object_or_404(rows, pk=report, document__isnull=False)
        return documents.response(row.document, filename=row.filename)  # type: ignore[arg-type]
