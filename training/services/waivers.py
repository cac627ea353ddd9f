"""Courses that are not asked of a person for some days."""

from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from agencies.models import User
from hmis_portal import audit
from hmis_portal.web.errors import GuardFailed, WrongState
from training import permissions
from training.events import TrainingEvent
from training.models import Course, Waiver
from training.requirements.assignments import announce
from training.services.needed import needed


def waive(*, person: User, course: Course, first_on: date, last_on: date, reason: str, by: User) -> Waiver:
    """Do not ask a course of a person for some days. The user agreement cannot be waived."""
    reason = needed(reason, _("Say why the course is waived."))
    if reasons := permissions.against_oneself(by, [person]):
        raise GuardFailed(reasons)
    if course.is_agreement:
        raise GuardFailed(_("The user agreement cannot be waived: everyone signs their own."))
    if last_on < first_on:
        raise GuardFailed(_("The last day of the waiver must not be before its first day."))
    with transaction.atomic():
        person = User.objects.select_for_update().get(pk=person.pk)
        waiver = Waiver.objects.create(
            person=person, course=course, first_on=first_on, last_on=last_on, reason=reason, granted_by=by
        )
        audit.record(
            by=by,
            verb=TrainingEvent.COURSE_WAIVED,
            obj=waiver,
            before="asked",
            after=_span(waiver),
            reason=reason,
        )
        announce(person)
    return waiver


def end_waiver(waiver: Waiver, *, by: User, reason: str) -> None:
    reason = needed(reason, _("Say why the waiver is taken back."))
    if reasons := permissions.against_oneself(by, [waiver.person]):
        raise GuardFailed(reasons)
    with transaction.atomic():
        person = User.objects.select_for_update().get(pk=waiver.person_id)
        row = Waiver.objects.select_for_update().get(pk=waiver.pk)
        if row.ended_at is not None:
            raise WrongState(_("This waiver was already taken back."))
        row.ended_at, row.ended_by = timezone.now(), by
        row.save(update_fields=["ended_at", "ended_by"])
        audit.record(
            by=by,
            verb=TrainingEvent.WAIVER_TAKEN_BACK,
            obj=row,
            before=_span(row),
            after="asked",
            reason=reason,
        )
        announce(person)


def _span(waiver: Waiver) -> str:
    return f"{waiver.first_on.isoformat()} to {waiver.last_on.isoformat()}"
