"""Sending the application: what is read before, and the confirmation after."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from agencies.models import Agency
from agencies.permissions import agency_to_manage, agency_to_view, is_editor, person
from hmis_portal.models import PortalSettings
from hmis_portal.web.visits import client_ip
from onboarding.access import go_live
from onboarding.application import revisions
from onboarding.application.check import Show
from onboarding.application.lapsed import Lapsed, lapsed
from onboarding.effects.application import is_signed
from onboarding.forms.application.acts import SendForm
from onboarding.journey import feedback
from onboarding.journey.workdays import add_business_days
from onboarding.models import Application, Mou, Revision, RevisionPdf
from onboarding.mou import agreement, party
from onboarding.review import checks, outcomes
from onboarding.review.check import Check
from onboarding.review.remarks_read import PlacedRemark, with_changes
from onboarding.sections import completeness
from onboarding.sections.answers import Answers
from onboarding.services import perform
from onboarding.views.application.pages import application_of, frame
from onboarding.workflow import ApplicationVerb


@dataclass(frozen=True)
class SendPage:
    """What the page shows; its template reads the fields by their names."""

    form: SendForm
    missing: list[completeness.MissingIn]
    lapsed: Lapsed | None
    mou: Mou | None
    signed: bool
    renamed: list[str]
    blocking: list[str]
    checks: list[Check]
    managers_missing: int
    show: Show = Show.CLOSED


@require_http_methods(["GET", "HEAD", "POST"])
def submit(request: HttpRequest, agency_id: UUID) -> HttpResponse:
    """The one act that sends the application with the signed MOU."""
    agency = agency_to_manage(request.user, agency_id)
    application = application_of(agency)
    sent = reverse("onboarding:submitted", args=[agency.pk])
    if request.method == "POST":
        if application.state == Application.State.CHANGES:
            perform(application, ApplicationVerb.RESUBMIT, by=person(request), ip=client_ip(request))
        else:
            perform(application, ApplicationVerb.SUBMIT, by=person(request), ip=client_ip(request))
        return redirect(sent)
    if not application.is_editable:
        return redirect(sent)
    mou = agreement.latest(agency)
    form = SendForm()
    form.cancel_url = reverse("onboarding:check_answers", args=[agency.pk])
    answers = Answers(application, agency)
    unmet = outcomes.outcomes_of(answers)
    shown = SendPage(
        form=form,
        missing=completeness.by_section(completeness.missing(answers)),
        lapsed=lapsed(answers),
        mou=mou,
        signed=is_signed(mou),
        renamed=party.against(mou),
        blocking=outcomes.against_approval(unmet),
        checks=checks.of_application(
            answers, mou, area=checks.area_of(answers), staff=answers.staff, outcomes=unmet
        ),
        managers_missing=go_live.managers_missing(agency),
    )
    return render(
        request,
        "onboarding/application/submit.html",
        {**frame(request, agency, application), **_remarks_before_sending(answers), **vars(shown)},
    )


def _remarks_before_sending(answers: Answers) -> dict[str, list[PlacedRemark]]:
    """What the reviewer asked and nobody answered; and what was answered with "Changed" where nothing is."""
    last = answers.application.revisions.order_by("-number").first()
    asked: list[PlacedRemark] = []
    if last is not None and answers.application.state == Application.State.CHANGES:
        asked = with_changes(answers.application, revisions.sent(last), revisions.snapshot(answers))
    return {
        "remarks_left": [remark for remark in asked if remark.reply is None],
        "said_changed": [remark for remark in asked if remark.says_changed and not remark.changed],
    }


def _asks_how_it_was(request: HttpRequest, agency: Agency) -> str:
    """The moment of which this person may say how it was; "" for none."""
    moment = feedback.Moment.SENDING
    return moment if is_editor(request.user, agency) and feedback.asks(agency, moment) else ""


@dataclass(frozen=True)
class SentPage:
    """What the page shows; its template reads the fields by their names."""

    revision: Revision
    pdf: RevisionPdf | None
    answered_by: date
    waiting: bool
    asked: str


@require_safe
def submitted(request: HttpRequest, agency_id: UUID) -> HttpResponse:
    """The confirmation, which can be opened again at any time."""
    agency = agency_to_view(request.user, agency_id)
    application = application_of(agency)
    revision = (
        application.revisions.order_by("-number")
        .select_related("submitted_by", "pdf__document")
        .defer("snapshot")
        .first()
    )
    if revision is None:
        return redirect("onboarding:application", agency.pk)
    day = timezone.localdate(revision.submitted_at)
    shown = SentPage(
        revision=revision,
        pdf=getattr(revision, "pdf", None),
        answered_by=add_business_days(day, PortalSettings.load().review_days),
        waiting=application.state in Application.SENT,
        asked=_asks_how_it_was(request, agency),
    )
    return render(
        request,
        "onboarding/application/submitted.html",
        {**frame(request, agency, application), **vars(shown)},
    )
