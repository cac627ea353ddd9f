"""The agency's answers to the review: to a remark, and that a condition of the approval is done."""

from uuid import UUID

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from agencies import permissions
from agencies.models import Agency
from hmis_portal import documents
from hmis_portal.web.errors import GuardFailed
from onboarding.forms.review import MoreTimeForm, RemarkReplyForm, ReportForm
from onboarding.models import Condition, ConditionReport, Remark, RemarkReply
from onboarding.review.conditions import report, rows_of
from onboarding.review.more_time import ask
from onboarding.review.remarks_read import placed_remarks
from onboarding.review.replies import reply


@require_http_methods(["GET", "HEAD", "POST"])
def answer_remark(request: HttpRequest, agency_id: UUID, remark_id: int) -> HttpResponse:
    """Say what was done about a remark of the reviewer."""
    agency = permissions.agency_to_edit(request.user, agency_id)
    remark = get_object_or_404(Remark, pk=remark_id, application__agency=agency, sent_at__isnull=False)
    back = reverse("onboarding:changes", args=[agency.pk])
    answer = remark.reply
    initial = {"kind": answer.kind, "text": answer.text} if answer else None
    form = RemarkReplyForm(request.POST or None, initial=initial)
    form.cancel_url = back
    if request.method == "POST" and form.is_valid():
        reply(remark, **form.cleaned_data, by=permissions.person(request))
        asks = form.cleaned_data["kind"] == RemarkReply.Kind.EXPLAIN
        saved = _("Your answer is saved. It goes out when the application is sent again.")
        messages.success(request, _("Your question is sent to the reviewer.") if asks else saved)
        return redirect(back)
    placed = next((other for other in placed_remarks(remark.application) if other.remark == remark), None)
    if placed is None:
        return redirect(back)
    context = {"agency": agency, "placed": placed, "form": form}
    return render(request, "onboarding/review/answer_remark.html", context)


@require_safe
def conditions(request: HttpRequest, agency_id: UUID) -> HttpResponse:
    """What the approval asks for, and what became of each report."""
    agency = permissions.agency_to_view(request.user, agency_id)
    context = {
        "agency": agency,
        "rows": rows_of(agency),
        "may_edit": permissions.is_editor(request.user, agency),
    }
    return render(request, "onboarding/review/conditions.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def report_condition(request: HttpRequest, agency_id: UUID, condition_id: int) -> HttpResponse:
    """Say that a condition is done, with a sentence and a file that shows it."""
    agency = permissions.agency_to_edit(request.user, agency_id)
    condition = get_object_or_404(_of(agency), pk=condition_id)
    back = reverse("onboarding:conditions", args=[agency.pk])
    form = ReportForm(request.POST or None, request.FILES or None)
    form.cancel_url = back
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        report(condition, text=data["text"], file=data["file"], by=permissions.person(request))
        messages.success(request, _("The condition is reported as done. You get an e-mail with the answer."))
        return redirect(back)
    context = {"agency": agency, "condition": condition, "form": form}
    return render(request, "onboarding/review/condition_report.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def more_time(request: HttpRequest, agency_id: UUID, condition_id: int) -> HttpResponse:
    """Ask for a later day of a condition."""
    agency = permissions.agency_to_edit(request.user, agency_id)
    condition = get_object_or_404(_of(agency), pk=condition_id)
    back = reverse("onboarding:conditions", args=[agency.pk])
    form = MoreTimeForm(request.POST or None)
    form.cancel_url = back
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            ask(condition, until=data["until"], reason=data["reason"], by=permissions.person(request))
        except GuardFailed as error:
            form.add_error("until", error.messages)
        else:
            messages.success(request, _("More time is asked for. The answer comes by e-mail."))
            return redirect(back)
    context = {"agency": agency, "condition": condition, "form": form}
    return render(request, "onboarding/review/more_time.html", context)


@require_safe
def condition_proof(request: HttpRequest, agency_id: UUID, report_id: int) -> HttpResponse:
    """The file of a report."""
    agency = permissions.agency_to_view(request.user, agency_id)
    reports = ConditionReport.objects.filter(condition__in=_of(agency)).select_related("document")
    proof = get_object_or_404(reports, pk=report_id, document__isnull=False)
    return documents.response(proof.document, filename=proof.filename)  # type: ignore[arg-type]


def _of(agency: Agency) -> QuerySet[Condition]:
    return Condition.objects.filter(application__agency=agency)
