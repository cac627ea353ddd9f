"""What was done: a completion is written once, and voided rather than changed."""

import hashlib
from dataclasses import dataclass
from datetime import date, datetime, time

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from agencies.models import Staff, User
from hmis_portal import audit
from hmis_portal.web.errors import GuardFailed, WrongState
from training import emails, permissions, validity
from training.events import TrainingEvent
from training.models import Completion, CompletionVoid, Course, Requirement
from training.papers import certificates
from training.requirements.assignments import announce, cancel_reminders
from training.selectors import items_of
from training.services.needed import needed


@dataclass(frozen=True)
class Recorded:
    """`known` is True when this very completion was recorded before, and nothing was written."""

    completion: Completion
    known: bool


def record_completion(
    *,
    person: User,
    course: Course,
    completed_on: date | None = None,
    completed_at: datetime | None = None,
    by: User | None,
    source: str = Completion.Source.TRAINER,
    external_id: str = "",
    source_time: str = "",
    score: int | None = None,
    passed: bool = True,
    note: str = "",
    staff: Staff | None = None,
    version: int | None = None,
) -> Recorded:
    """Write down that a person took a course; its validity runs from the day it was completed.

    Give the instant where the source has one, else the day. The same source and identity again is a no-op; without
    an identity, so is the same result of the same time, unless it was voided.
    Raises GuardFailed for a day in the future or before the course existed, for a course that only a signature
    completes, and for a person who records for themselves.
    """
    if source != Completion.Source.SIGNATURE and (reasons := permissions.against_oneself(by, [person])):
        raise GuardFailed(reasons)
    completed_at = completed_at or _noon(completed_on)
    day = completed_on or validity.local_date(completed_at)
    _check_completion(course, day, source, staff)
    good = passed and validity.passes(score, course.min_score)
    with transaction.atomic():
        person = User.objects.select_for_update().get(pk=person.pk)
        if external_id:
            identity = external_id
            known = Completion.objects.filter(source=source, external_id=identity).first()
        else:
            attempts = _attempts(person, source, completion_key(source, person, course, completed_at))
            identity = attempts.next_key
            known = attempts.same(passed=good, score=score, version=version or course.version)
        if known is not None:
            return Recorded(known, known=True)
        through = _valid_through(person, course, day) if good else None
        completion = Completion.objects.create(
            person=person,
            course=course,
            staff=staff,
            version=version or course.version,
            completed_at=completed_at,
            completed_on=day,
            source_time=source_time[:60],
            score=score,
            passed=good,
            valid_through=through,
            window_opens_on=validity.window_opens(course.policy, through),
            source=source,
            external_id=identity,
            note=note,
            recorded_by=by,
        )
        _follow_up(completion, by)
    return Recorded(completion, known=False)


def _noon(day: date | None) -> datetime:
    if day is None:
        raise ValueError("A completion needs a day or an instant.")
    return datetime.combine(day, time(12), tzinfo=validity.STATE_ZONE)


def _follow_up(completion: Completion, by: User | None) -> None:
    """What comes with a completion: its certificate, the record, an end to reminders, and news for the journey."""
    certificates.issue(completion)
    through = completion.valid_through
    audit.record(
        by=by,
        verb=TrainingEvent.COMPLETION_RECORDED,
        obj=completion,
        agency_id=completion.staff.agency_id if completion.staff else None,
        after="passed" if completion.passed else "not passed",
        reason=completion.note,
        data={
            "source": completion.source,
            "completed_on": completion.completed_on.isoformat(),
            "valid_through": through.isoformat() if through else None,
        },
    )
    if completion.passed:
        open_now = Requirement.objects.open()
        cancel_reminders(
            open_now.filter(person=completion.person, course=completion.course, staff=completion.staff)
        )
    else:
        _tell_not_passed(completion)
    announce(completion.person)


def _tell_not_passed(attempt: Completion) -> None:
    """The person hears of it where it is the last word on a course that is asked of them."""
    for item in items_of([attempt.person_id])[attempt.person_id]:
        if item.requirement.course_id == attempt.course_id and item.status.state == validity.State.FAILED:
            emails.not_passed(attempt, item.requirement.due_on)


def completion_key(source: str, person: User, course: Course, completed_at: datetime) -> str:
    """The identity of a completion whose source gives none."""
    text = "|".join(
        [source, str(person.pk), course.slug, completed_at.astimezone(validity.STATE_ZONE).isoformat()]
    )
    return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True)
class _Attempts:
    """What one source says of one person, course and time: a resit of the day and a record after a void are rows too."""

    key: str
    rows: tuple[Completion, ...]

    @property
    def next_key(self) -> str:
        return f"{self.key}-{len(self.rows) + 1}" if self.rows else self.key

    def same(self, *, passed: bool, score: int | None, version: int) -> Completion | None:
        """The attempt that counts and has this very result."""
        result = (passed, score, version)
        counting = (row for row in self.rows if not hasattr(row, "void"))
        return next((row for row in counting if (row.passed, row.score, row.version) == result), None)


def _attempts(person: User, source: str, key: str) -> _Attempts:
    attempts = Completion.objects.filter(person=person, source=source, external_id__startswith=key)
    return _Attempts(key, tuple(attempts.select_related("void")))


def _check_completion(course: Course, day: date, source: str, staff: Staff | None) -> None:
    if course.is_agreement and (source != Completion.Source.SIGNATURE or staff is None):
        raise GuardFailed(
            _("“%(course)s” is completed only by the person's own signature in the portal.")
            % {"course": course}
        )
    if day > timezone.localdate():
        raise GuardFailed(_("Enter a date of completion that is not in the future."))
    if course.exists_since and day < course.exists_since:
        raise GuardFailed(_("“%(course)s” did not exist yet on that day.") % {"course": course})


def _valid_through(person: User, course: Course, day: date) -> date | None:
    earlier = Completion.objects.standing().filter(
        person=person, course=course, passed=True, completed_on__lt=day
    )
    return validity.valid_through(
        course.policy, day, first_time=not earlier.exists(), campaign_on=course.campaign_on
    )


def void(completion: Completion, *, by: User, reason: str) -> CompletionVoid:
    """Say that a completion does not count. It stays in the transcript, with the reason."""
    reason = needed(reason, _("Say why the completion does not count."))
    if reasons := permissions.against_oneself(by, [completion.person]):
        raise GuardFailed(reasons)
    with transaction.atomic():
        person = User.objects.select_for_update().get(pk=completion.person_id)
        try:
            with transaction.atomic():
                made = CompletionVoid.objects.create(completion=completion, reason=reason, voided_by=by)
        except IntegrityError as error:
            raise WrongState(_("This completion was already voided.")) from error
        audit.record(
            by=by,
            verb=TrainingEvent.COMPLETION_VOIDED,
            obj=completion,
            before="counted",
            after="voided",
            reason=reason,
        )
        announce(person)
    return made
