"""A condition of an approval: reported as done with what shows it, the answer to that, and how it ends.

More time for one is in `more_time`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Prefetch, Q, QuerySet
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
    """Every condition of the agency's approvals that count, and what was withdrawn; each with its reports, open first."""
    counts = Q(application__in=bound.approved()) | Q(ended_as=Condition.Ended.WITHDRAWN)
    rows = Condition.objects.filter(counts, application__agency=agency)
    conditions = with_reports(rows.select_related("met_by", "ended_by", "time_asked_by", "application"))
    return sorted(conditions, key=lambda condition: (not condition.is_open, condition.due_on, condition.pk))


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


def _row(condition: Condition, today: date) -> ConditionRow:
    day = date_words(condition.due_on)
    if condition.met_at:
        return ConditionRow(condition, "done", _("Met"), False)
    if condition.ended_at:
        return ConditionRow(condition, "plain", condition.get_ended_as_display(), False)
    if condition.waiting_report:
        return ConditionRow(condition, "waiting", _("Reported as done"), False)
    if condition.due_on < today:
        return ConditionRow(condition, "problem", _("Overdue since %(day)s") % {"day": day}, True)
    return ConditionRow(condition, "turn", _("Due %(day)s") % {"day": day}, True)


def locked_open(pk: int) -> Condition:
    """To be changed now. Raises WrongState for one that ended, in words that say how."""
    rows = Condition.objects.select_for_update(of=("self",)).select_related("application__agency")
    condition = rows.get(pk=pk)
    if condition.met_at:
        raise WrongState(_("This condition was marked as met already. Nothing was changed."))
    if condition.ended_at:
        words = _("This condition is no longer asked for: %(how)s. Nothing was changed.")
        raise WrongState(words % {"how": condition.get_ended_as_display()})
    return condition


def report(condition: Condition, *, text: str, file: Any, by: User) -> ConditionReport:
    """The agency says what was done, with a file that shows it; the HMIS Admins are told. One report waits at a time.

    The file is stored before anything is locked: a slow storage holds up nobody else.
    """
    attached = {}
    if file:
        attached = {"document": documents.keep(file), "filename": documents.safe_name(file.name or "")}
        attached["scan"] = Upload.Scan.of(found_clean=file.found_clean)
    with transaction.atomic():
        locked = locked_open(condition.pk)
        if locked.waiting_report:
            raise WrongState(
                _("This condition was reported as done already. The report waits for an answer.")
            )
        condition_report = ConditionReport.objects.create(
            condition=locked, text=text, reported_by=by, **attached
        )
        data = (
            {"filename": condition_report.filename, "sha256": condition_report.document.sha256}
            if condition_report.document
            else {}
        )
        record(locked, OnboardingEvent.CONDITION_REPORTED, by=by, reason=text, data=data)
        emails.condition_reported(condition_report)
    return condition_report


@transaction.atomic
def send_back(condition: Condition, *, text: str, by: User) -> None:
    """What was reported does not do: the agency reads why, and may report again."""
    locked = locked_open(condition.pk)
    waiting = locked.waiting_report
    if waiting is None:
        raise WrongState(_("No report on this condition waits for an answer. Nothing was changed."))
    _answer(waiting, accepted=False, text=text, by=by)
    record(locked, OnboardingEvent.CONDITION_SENT_BACK, by=by, reason=text)


@transaction.atomic
def mark_met(pk: int, *, by: User) -> None:
    """A report that waits is accepted with it. An agency whose go-live it held up may go live now."""
    locked = locked_open(pk)
    locked.met_by, locked.met_at = by, timezone.now()
    _end(locked, ["met_by", "met_at"])
    record(locked, OnboardingEvent.CONDITION_MET, by=by, after="met")
    if waiting := locked.waiting_report:
        _answer(waiting, accepted=True, text="", by=by)
    recompute.later(locked.application.agency_id)


@transaction.atomic
def waive(condition: Condition, *, reason: str, by: User) -> None:
    """No longer asked of the agency, which reads why. A report that waits is answered first."""
    locked = locked_open(condition.pk)
    if locked.waiting_report:
        raise WrongState(_("The agency reported this condition as done. Answer the report first."))
    _end_without(locked, Condition.Ended.WAIVED, OnboardingEvent.CONDITION_WAIVED, by=by, reason=reason)
    emails.condition_waived(locked)
    recompute.later(locked.application.agency_id)


def withdraw_all(application: Application, *, by: User | None, reason: str) -> None:
    """The approval that asked for them is gone: nothing is deleted, and nothing is asked for until it is decided anew."""
    for condition in application.conditions.select_for_update().filter(Condition.OPEN):
        _end_without(
            condition, Condition.Ended.WITHDRAWN, OnboardingEvent.CONDITION_WITHDRAWN, by=by, reason=reason
        )


def take_up_again(application: Application, *, by: User | None) -> None:
    """What was withdrawn and reported before is open again with its reports; the rest an approval asks for anew."""
    withdrawn = application.conditions.filter(ended_as=Condition.Ended.WITHDRAWN, reports__isnull=False)
    for condition in application.conditions.select_for_update().filter(pk__in=withdrawn):
        condition.ended_as, condition.ended_by, condition.ended_at, condition.ended_reason = (
            "",
            None,
            None,
            "",
        )
        condition.save(update_fields=["ended_as", "ended_by", "ended_at", "ended_reason"])
        record(condition, OnboardingEvent.CONDITION_TAKEN_UP_AGAIN, by=by)


def _end_without(
    condition: Condition, how: Condition.Ended, verb: OnboardingEvent, *, by: User | None, reason: str
) -> None:
    condition.ended_as, condition.ended_reason = how, reason
    condition.ended_by, condition.ended_at = by, timezone.now()
    _end(condition, ["ended_as", "ended_reason", "ended_by", "ended_at"])
    record(condition, verb, by=by, after=how, reason=reason)


def _end(condition: Condition, fields: list[str]) -> None:
    """Nothing is asked about its day any more."""
    condition.save(update_fields=[*fields, *condition.forget_time()])


def _answer(waiting: ConditionReport, *, accepted: bool, text: str, by: User) -> None:
    waiting.accepted, waiting.answer = accepted, text
    waiting.answered_by, waiting.answered_at = by, timezone.now()
    waiting.save(update_fields=["accepted", "answer", "answered_by", "answered_at"])
    emails.condition_answered(waiting)


def record(
    condition: Condition,
    verb: OnboardingEvent,
    *,
    by: User | None,
    before: str = "",
    after: str = "",
    reason: str = "",
    data: Mapping[str, object] | None = None,
) -> None:
    audit.record(
        by=by, verb=verb, obj=condition, agency_id=condition.application.agency_id, before=before, after=after,
        reason=reason, data=data,
    )  # fmt: skip
