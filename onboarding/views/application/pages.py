"""The application as a whole: its task list and check answers, and the page that begins one."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from agencies.models import Agency, User
from agencies.permissions import agency_to_manage, agency_to_view, is_editor, is_manager, person
from hmis_portal.web.task_row import TaskRow
from hmis_portal.web.visits import client_ip
from onboarding.application import check, opening
from onboarding.application.revisions import AnswerDifference
from onboarding.application.status_line import StatusLine, status_line
from onboarding.effects.application import is_executed, is_signed
from onboarding.journey import whose_turn
from onboarding.journey.facts import Facts, gather
from onboarding.journey.turns.turn import what_became_of
from onboarding.models import Application, Note, Revision, SectionKey
from onboarding.mou import bound, party
from onboarding.review.remarks_read import PlacedRemark, placed_remarks
from onboarding.sections import catalogue, completeness
from onboarding.sections.answers import Answers
from onboarding.sections.status import Status, StatusKey
from onboarding.selectors import latest_application
from onboarding.together import notes, sharing

CLOSED = (Application.State.DECLINED, Application.State.WITHDRAWN)


@dataclass(frozen=True)
class Frame:
    """What every page of the application shows; its template reads the fields by their names."""

    agency: Agency
    application: Application
    status_line: StatusLine
    may_edit: bool
    may_manage: bool


@dataclass(frozen=True)
class TaskList:
    tasks: list[TaskRow]
    notes: Iterable[Note]
    done: int
    total: int
    has_to_answer: bool
    signed: bool
    unsigned_words: str
    remarks: list[PlacedRemark]
    last_revision: Revision | None
    may_delete: bool
    may_reopen: bool
    out_of_date: bool
    may_withdraw: bool


@dataclass(frozen=True)
class CheckPage:
    show: check.Show
    offered: list[check.Show]
    parts: Sequence[check.ShownSection]
    differences: list[AnswerDifference]
    missing: list[completeness.MissingIn]
    signed: bool
    renamed: list[str]


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
    doers = sharing.assigned(application) if editable else {}
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
    shown = TaskList(
        tasks=tasks,
        notes=notes.open_notes(application) if editable else [],
        done=is_complete,
        total=len(tasks),
        has_to_answer=bool(facts.asked),
        signed=is_signed(facts.mou_to_act_on),
        unsigned_words=_unsigned_words(facts),
        remarks=remarks,
        last_revision=application.revisions.order_by("-number").defer("snapshot").first()
        if application.submitted_at
        else None,
        may_delete=opening.may_be_deleted(application),
        may_reopen=application.state in CLOSED,
        out_of_date=bound.is_out_of_date(application),
        may_withdraw=application.is_open
        or (application.state == Application.State.APPROVED and not is_executed(application)),
    )
    return render(
        request,
        "onboarding/application/application.html",
        {**frame(request, agency, application, facts), **vars(shown)},
    )


def _unsigned_words(facts: Facts) -> str:
    words = _("The application is sent together with the signed MOU, which is not signed yet.")
    return what_became_of(facts.mou) if facts.mou and facts.mou_came_to_nothing else words


def frame(
    request: HttpRequest, agency: Agency, application: Application, facts: Facts | None = None
) -> dict[str, object]:
    """The context that every page of the application begins with; `facts` where the page has them."""
    facts = facts or gather(agency, application)
    shown = Frame(
        agency=agency,
        application=application,
        status_line=status_line(application, whose_turn.of_agency(facts, person(request))),
        may_edit=application.is_editable and is_editor(request.user, agency),
        may_manage=is_manager(request.user, agency),
    )
    return vars(shown)


def _task(
    section: catalogue.Section,
    status: Status,
    answers: Answers,
    *,
    editable: bool,
    does: str,
) -> TaskRow:
    """A row of the task list. What was sent can be read section by section, and shows no status of its own."""
    blocked = status.key == StatusKey.BLOCKED and editable
    # Readiness begins with its list of pages, where sites stand too.
    begins = status.key == StatusKey.NEW and editable and section.key != SectionKey.READINESS
    url = section.first_url(answers) if begins else section.url(answers.agency.pk)
    kind, text = (status.look, status.text) if editable else ("plain", _("Read"))
    return TaskRow(
        title=f"{section.letter}. {section.title}",
        url="" if blocked else url,
        status_kind=kind,
        status_text=text,
        hint=" ".join(filter(None, ["" if blocked else str(section.hint), does])),
        why=status.why if blocked else "",
    )


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
    statuses = completeness.current(answers)
    facts = gather(agency, application, done=completeness.complete(statuses))
    mou = facts.mou_to_act_on
    missing = completeness.missing(answers, statuses) if editable else []
    offered = check.offered(application, editable=editable)
    show = next((choice for choice in offered if choice == request.GET.get("show")), check.Show.CLOSED)
    only_changed = show == check.Show.CHANGED
    opened = request.GET.get("open", "")
    shown = CheckPage(
        show=show,
        offered=offered,
        parts=[]
        if only_changed
        else check.parts(answers, missing, asked=facts.asked, show=show, opened=opened),
        differences=check.changed(answers, application) if only_changed else [],
        missing=completeness.by_section(missing),
        signed=not editable or is_signed(mou),
        renamed=party.against(mou) if editable else [],
    )
    return render(
        request,
        "onboarding/application/check.html",
        {**frame(request, agency, application, facts), **vars(shown)},
    )
