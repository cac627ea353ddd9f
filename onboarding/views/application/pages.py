"""The application as a whole: task list, check answers, send, confirmation, and the acts that end or begin one."""

from dataclasses import replace
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from agencies.models import Agency, User
from agencies.permissions import agency_to_manage, agency_to_view, is_editor, is_manager, person
from hmis_portal import documents
from hmis_portal.models import PortalSettings
from hmis_portal.web.visits import client_ip
from onboarding import together
from onboarding.access import go_live
from onboarding.application import check, opening, revisions
from onboarding.application.lapsed import lapsed
from onboarding.application.status_line import status_line
from onboarding.effects.application import is_executed, is_signed
from onboarding.forms.application.acts import SendForm
from onboarding.journey import feedback, whose_turn
from onboarding.journey.facts import Facts, gather
from onboarding.journey.turn import what_became_of
from onboarding.journey.workdays import add_business_days
from onboarding.models import Application, Revision, SectionKey
from onboarding.mou import agreement, bound, party
from onboarding.review import checks, outcomes
from onboarding.review.remarks_read import PlacedRemark, placed_remarks, with_changes
from onboarding.sections import catalogue, completeness
from onboarding.sections.answers import Answers
from onboarding.selectors import latest_application
from onboarding.services import perform
from onboarding.workflow import ApplicationVerb

CLOSED = (Application.State.DECLINED, Application.State.WITHDRAWN)


@require_safe
def application(request: HttpRequest, agency_id: UUID) -> HttpResponse:
    """The task list; before an application exists, the page that starts one."""
    agency = agency_to_view(request.user, agency_id)
    application = latest_application(agency)
    if application is None:
        return render(
            request,
            "onboarding/application/start.html",
            {"agency": agency, "may_start": is_manager(request.user, agency)},
        )
    answers = Answers(application, agency)
    statuses = completeness.current(answers)
    is_complete = completeness.complete(statuses)
    facts = gather(agency, application, done=is_complete)
    editable = application.is_editable and is_editor(request.user, agency)
    remarks = placed_remarks(application)
    doers = together.assigned(application) if editable else {}
    tasks = [
        _task(
            section,
            replace(statuses[section.key], asked=facts.asked[section.key]),
            answers,
            editable=editable,
            does=_who_does(doers.get(section.key), person(request)),
        )
        for section in catalogue.SECTIONS
    ]
    context = {
        **frame(request, agency, application, facts),
        "tasks": tasks,
        "notes": together.open_notes(application) if editable else [],
        "done": is_complete,
        "total": len(tasks),
        "has_to_answer": bool(facts.asked),
        "signed": is_signed(facts.mou_to_act_on),
        "unsigned_words": _unsigned_words(facts),
        "remarks": remarks,
        "last_revision": application.revisions.order_by("-number").defer("snapshot").first()
        if application.submitted_at
        else None,
        "may_delete": opening.may_be_deleted(application),
        "may_reopen": application.state in CLOSED,
        "out_of_date": bound.is_out_of_date(application),
        "may_withdraw": application.is_open
        or (application.state == Application.State.APPROVED and not is_executed(application)),
    }
    return render(request, "onboarding/application/application.html", context)


def _unsigned_words(facts: Facts) -> str:
    words = _("The application is sent together with the signed MOU, which is not signed yet.")
    return what_became_of(facts.mou) if facts.mou and facts.mou_came_to_nothing else words


def frame(
    request: HttpRequest, agency: Agency, application: Application, facts: Facts | None = None
) -> dict[str, Any]:
    """What every page of the application shows; `facts` where the page has them."""
    facts = facts or gather(agency, application)
    return {
        "agency": agency,
        "application": application,
        "status_line": status_line(application, whose_turn.of_agency(facts, person(request))),
        "may_edit": application.is_editable and is_editor(request.user, agency),
        "may_manage": is_manager(request.user, agency),
    }


def _task(
    section: catalogue.Section,
    status: completeness.Status,
    answers: Answers,
    *,
    editable: bool,
    does: str,
) -> dict[str, str]:
    """A row of the task list. What was sent can be read section by section, and shows no status of its own."""
    blocked = status.key == "blocked" and editable
    # Readiness begins with its list of pages, where sites stand too.
    begins = status.key == "new" and editable and section.key != SectionKey.READINESS
    url = section.first_url(answers) if begins else section.url(answers.agency.pk)
    kind, text = (status.look, status.text) if editable else ("plain", _("Read"))
    return {
        "title": f"{section.letter}. {section.title}",
        "url": "" if blocked else url,
        "status_kind": kind,
        "status_text": text,
        "hint": " ".join(filter(None, ["" if blocked else str(section.hint), does])),
        "why": status.why if blocked else "",
    }


def _who_does(doer: User | None, reader: User) -> str:
    if doer is None:
        return ""
    return _("You do this.") if doer == reader else _("%(who)s does this.") % {"who": doer}


@require_POST
def start(request: HttpRequest, agency_id: UUID) -> HttpResponse:
    agency = agency_to_manage(request.user, agency_id)
    opening.start(agency=agency, by=person(request), ip=client_ip(request))
    return redirect("onboarding:application", agency.pk)


def application_of(agency: Agency) -> Application:
    application = latest_application(agency)
    if application is None:
        raise Http404
    return application


@require_safe
def check_answers(request: HttpRequest, agency_id: UUID) -> HttpResponse:
    """Everything on one page, sections closed, what is missing first."""
    agency = agency_to_view(request.user, agency_id)
    application = application_of(agency)
    answers = Answers(application, agency)
    editable = application.is_editable and is_editor(request.user, agency)
    facts = gather(agency, application, done=completeness.complete(completeness.statuses(answers)))
    mou = facts.mou_to_act_on
    missing = completeness.missing(answers) if editable else []
    offered = check.offered(application, editable=editable)
    show = next((one for one in offered if one == request.GET.get("show")), check.Show.CLOSED)
    only_changed = show == check.Show.CHANGED
    opened = request.GET.get("open", "")
    context = {
        **frame(request, agency, application, facts),
        "show": show,
        "offered": offered,
        "parts": []
        if only_changed
        else check.parts(answers, missing, asked=facts.asked, show=show, opened=opened),
        "differences": check.changed(answers, application) if only_changed else [],
        "missing": completeness.by_section(missing),
        "signed": not editable or is_signed(mou),
        "renamed": party.against(mou) if editable else [],
    }
    return render(request, "onboarding/application/check.html", context)


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
    context = {
        **frame(request, agency, application),
        "form": form,
        "missing": completeness.by_section(completeness.missing(answers)),
        "lapsed": lapsed(answers),
        "mou": mou,
        "signed": is_signed(mou),
        "renamed": party.against(mou),
        **_remarks_before_sending(answers),
        "blocking": outcomes.against_approval(unmet),
        "checks": checks.of_application(
            answers, mou, area=checks.area_of(answers), staff=answers.staff, outcomes=unmet
        ),
        "managers_missing": go_live.managers_missing(agency),
    }
    return render(request, "onboarding/application/submit.html", context)


def _remarks_before_sending(answers: Answers) -> dict[str, list[PlacedRemark]]:
    """What the reviewer asked and nobody answered; and what was answered with "Changed" where nothing is."""
    last = answers.application.revisions.order_by("-number").first()
    asked: list[PlacedRemark] = []
    if last is not None and answers.application.state == Application.State.CHANGES:
        asked = with_changes(answers.application, revisions.sent(last), revisions.snapshot(answers))
    return {
        "remarks_left": [one for one in asked if one.reply is None],
        "said_changed": [one for one in asked if one.says_changed and not one.changed],
    }


def _asks_how_it_was(request: HttpRequest, agency: Agency) -> str:
    """The moment of which this person may say how it was; "" for none."""
    moment = feedback.Moment.SENDING
    return moment if is_editor(request.user, agency) and feedback.asks(agency, moment) else ""


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
    context = {
        **frame(request, agency, application),
        "revision": revision,
        "pdf": getattr(revision, "pdf", None),
        "answered_by": add_business_days(day, PortalSettings.load().review_days),
        "waiting": application.state in Application.SENT,
        "asked": _asks_how_it_was(request, agency),
    }
    return render(request, "onboarding/application/submitted.html", context)


@require_safe
def revision(request: HttpRequest, agency_id: UUID, number: int) -> HttpResponse:
    """What was sent, as it was sent, and what changed since the revision before."""
    agency = agency_to_view(request.user, agency_id)
    application = application_of(agency)
    shown = _revision(application, number)
    before = application.revisions.filter(number=number - 1).first()
    context = {
        **frame(request, agency, application),
        "revision": shown,
        "numbers": list(application.revisions.values_list("number", flat=True)),
        "pdf": getattr(shown, "pdf", None),
        "sections": revisions.sent(shown)["sections"],
        "differences": revisions.compare(revisions.sent(before), revisions.sent(shown)) if before else [],
        "before": before,
    }
    return render(request, "onboarding/application/revision.html", context)


@require_safe
def revision_pdf(request: HttpRequest, agency_id: UUID, number: int) -> HttpResponse:
    agency = agency_to_view(request.user, agency_id)
    shown = _revision(application_of(agency), number)
    made = getattr(shown, "pdf", None)
    if made is None:
        raise Http404
    return documents.response(made.document, filename=revisions.filename(shown), inline=True)


def _revision(application: Application, number: int) -> Revision:
    sent = application.revisions.select_related("submitted_by", "pdf__document", "application")
    return get_object_or_404(sent, number=number)


@require_safe
def changes(request: HttpRequest, agency_id: UUID) -> HttpResponse:
    """What the reviewer asked to change, in the reviewer's words, and what changed since it was sent."""
    agency = agency_to_view(request.user, agency_id)
    application = application_of(agency)
    last = application.revisions.order_by("-number").first()
    if last is None or application.state != Application.State.CHANGES:
        return redirect("onboarding:application", agency.pk)
    before, now = revisions.sent(last), revisions.snapshot(Answers(application, agency))
    context = {
        **frame(request, agency, application),
        "remarks": with_changes(application, before, now),
        "differences": revisions.compare(before, now),
        "revision": last,
    }
    return render(request, "onboarding/application/changes.html", context)
