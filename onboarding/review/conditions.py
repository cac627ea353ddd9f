"""A condition of an approval from the agency's side: reported as done with what shows it, and the answer to that."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Prefetch, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from agencies.models import Agency, User
from hmis_portal import audit, documents
from hmis_portal.text.words import date_words
from hmis_portal.web.errors import WrongState
from onboarding import emails
from onboarding.access import recompute
from onboarding.events import OnboardingEvent
from onboarding.models import Application, Condition, ConditionReport, Upload
from onboarding.mou import bound


def of_agency(agency: Agency) -> list[Condition]:
    """Every condition of the agency's approvals that count, each with its reports; what is open first."""
    rows = Condition.objects.filter(application__agency=agency, application__in=bound.approved())
    conditions = with_reports(rows.select_related("met_by", "application"))
    return sorted(
        conditions, key=lambda condition: (condition.met_at is not None, condition.due_on, condition.pk)
    )


def with_reports(rows: QuerySet[Condition]) -> QuerySet[Condition]:
    people = ConditionReport.objects.select_related("reported_by", "answered_by", "document")
    return rows.prefetch_related(Prefetch("reports", queryset=people))


@dataclass(frozen=True)
class ConditionRow:
    """A condition in the words of the agency's pages."""

    condition: Condition
    status_kind: str
    status_text: str
    may_report: bool


def rows_of(agency: Agency) -> list[ConditionRow]:
    """The conditions of an agency with the status word of each."""
    today = timezone.localdate()
    return [_row(condition, today) for condition in of_agency(agency)]


def open_rows(application: Application | None) -> list[ConditionRow]:
    """Those of the latest application that are still open; no query before it is decided."""
    if application is None or application.decided_at is None:
        return []
    return [row for row in rows_of(application.agency) if row.condition.met_at is None]


def _row(condition: Condition, today: date) -> ConditionRow:
    day = date_words(condition.due_on)
    if condition.met_at:
        return ConditionRow(condition, "done", _("Met"), False)
    if condition.waiting_report:
        return ConditionRow(condition, "waiting", _("Reported as done"), False)
    if condition.due_on < today:
        return ConditionRow(condition, "problem", _("Overdue since %(day)s") % {"day": day}, True)
    return ConditionRow(condition, "turn", _("Due %(day)s") % {"day": day}, True)


def _locked(pk: int) -> Condition:
    rows = Condition.objects.select_for_update(of=("self",)).select_related("application__agency")
    return rows.get(pk=pk)


def report(condition: Condition, *, text: str, file: Any, by: User) -> ConditionReport:
    """The agency says what was done, with a file that shows it; the HMIS Admins are told. One report waits at a time.

    The file is stored before anything is locked: a slow storage holds up nobody else.
    """
    kept = {}
    if file:
        kept = {"document": documents.keep(file), "filename": documents.safe_name(file.name or "")}
        kept["scan"] = Upload.Scan.CLEAN if file.found_clean else Upload.Scan.NOT_SCANNED
    with transaction.atomic():
        locked = _locked(condition.pk)
        if locked.met_at:
            raise WrongState(_("This condition was marked as met already. Nothing was changed."))
        if locked.waiting_report:
            raise WrongState(
                _("This condition was reported as done already. The report waits for an answer.")
            )
        made = ConditionReport.objects.create(condition=locked, text=text, reported_by=by, **kept)
        data = {"filename": made.filename, "sha256": made.document.sha256} if made.document else {}
        _record(locked, OnboardingEvent.CONDITION_REPORTED, by=by, reason=text, data=data)
        emails.condition_reported(made)
    return made


@transaction.atomic
def send_back(condition: Condition, *, text: str, by: User) -> None:
    """What was reported does not do: the agency reads why, and may report again."""
    locked = _locked(condition.pk)
    waiting = locked.waiting_report
    if waiting is None:
        raise WrongState(_("No report on this condition waits for an answer. Nothing was changed."))
    _answer(waiting, accepted=False, text=text, by=by)
    _record(locked, OnboardingEvent.CONDITION_SENT_BACK, by=by, reason=text)


@transaction.atomic
def mark_met(pk: int, *, by: User) -> bool:
    """Once; a report that waits is accepted with it. An agency whose go-live it held up may go live now."""
    locked = _locked(pk)
    if locked.met_at:
        return False
    locked.met_by, locked.met_at = by, timezone.now()
    locked.save(update_fields=["met_by", "met_at"])
    _record(locked, OnboardingEvent.CONDITION_MET, by=by, after="met")
    if waiting := locked.waiting_report:
        _answer(waiting, accepted=True, text="", by=by)
    recompute.later(locked.application.agency_id)
    return True


def _answer(waiting: ConditionReport, *, accepted: bool, text: str, by: User) -> None:
    waiting.accepted, waiting.answer = accepted, text
    waiting.answered_by, waiting.answered_at = by, timezone.now()
    waiting.save(update_fields=["accepted", "answer", "answered_by", "answered_at"])
    emails.condition_answered(waiting)


def _record(condition: Condition, verb: OnboardingEvent, *, by: User, **more: Any) -> None:
    audit.record(by=by, verb=verb, obj=condition, agency_id=condition.application.agency_id, **more)
