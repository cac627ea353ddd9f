"""What changes training: giving courses, recording what was done, waiving, voiding, judging uploaded proof.

Every function works in one transaction under the lock of the person's row, writes the audit record, and tells the
app above by `requirements_met` whenever a person's standing may have changed.
"""

import hashlib
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import partial

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from agencies.models import Agency, Staff, User
from hmis_portal import audit, documents
from hmis_portal.errors import GuardFailed, WrongState
from hmis_portal.signing import acts, services
from hmis_portal.signing.models import TextVersion
from hmis_portal.tasks import publish as queue
from training import agreement, certificates, emails, tasks, validity
from training.assignments import announce, assign, cancel_reminders, courses_for
from training.models import (
    Because,
    Completion,
    CompletionVoid,
    Course,
    Evidence,
    OpenTraining,
    Requirement,
    UserAgreement,
    Waiver,
)

__all__ = ["assign", "courses_for"]  # kept in assignments, called here by the other apps

CONTENT_TYPES = {
    "pdf": "application/pdf",
    "png": "image/png",
    "jpeg": "image/jpeg",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}


# --- who needs what -----------------------------------------------------------------------------------------


def open_training(agency: Agency, by: User | None) -> None:
    """The application is approved and the MOU executed: give every listed person their courses. Safe to repeat."""
    with transaction.atomic():
        _opened, created = OpenTraining.objects.get_or_create(agency=agency, defaults={"opened_by": by})
        if created:
            audit.record(by=by, verb="training opened", obj=agency, agency_id=agency.pk)
        for staff in agency.staff.current().filter(user__isnull=False).order_by("user"):
            assign(staff=staff, by=by)


def close_training(agency: Agency, by: User | None, reason: str = "") -> None:
    """The agency leaves: its people's requirements close, what they did stays."""
    with transaction.atomic():
        removed, _rows = OpenTraining.objects.filter(agency=agency).delete()
        if removed:
            audit.record(by=by, verb="training closed", obj=agency, agency_id=agency.pk, reason=reason)
        for staff in agency.staff.filter(user__isnull=False).order_by("user"):
            assign(staff=staff, by=by)


def reassign_everyone() -> None:
    """The rules of a course changed: workers bring every open agency's people in line, each in its own task."""
    for agency_id in OpenTraining.objects.values_list("agency_id", flat=True):
        transaction.on_commit(partial(queue, tasks.reassign, str(agency_id)))


def ask_newer_version(course: Course, *, by: User, due_on: date, reason: str) -> int:
    """Raise a course's version. Who has done an earlier one keeps it until the new due date, never less.

    Returns the number of people who are asked.
    """
    if due_on <= timezone.localdate():
        raise GuardFailed(
            _("Choose a due date in the future: nobody loses what they have done from one day to the next.")
        )
    with transaction.atomic():
        course = Course.objects.select_for_update().get(pk=course.pk)
        course.version += 1
        course.save(update_fields=["version"])
        rows = list(
            Requirement.objects.open().select_for_update().filter(course=course, version__lt=course.version)
        )
        for row in rows:
            reasons = list(row.reasons.all())
            row.closed_on, row.closed_because = timezone.localdate(), Requirement.Closed.NEWER_VERSION
            row.save(update_fields=["closed_on", "closed_because"])
            cancel_reminders([row])
            newer = Requirement.objects.create(
                person_id=row.person_id,
                course=course,
                staff_id=row.staff_id,
                version=course.version,
                assigned_on=timezone.localdate(),
                due_on=max(due_on, row.due_on),
            )
            Because.objects.bulk_create(
                Because(requirement=newer, staff_id=one.staff_id, reason=one.reason) for one in reasons
            )
        audit.record(
            by=by,
            verb="newer version required",
            obj=course,
            before=str(course.version - 1),
            after=str(course.version),
            reason=reason,
            data={"people": len(rows), "due_on": due_on.isoformat()},
        )
    return len(rows)


def say_registered(requirement: Requirement, *, by: User) -> None:
    """The person has registered for the course: shown as in progress, it completes nothing."""
    with transaction.atomic():
        row = Requirement.objects.select_for_update().get(pk=requirement.pk)
        if row.closed_on is not None:
            raise WrongState(_("This course is no longer asked of you."))
        if row.registered_on is not None:
            raise WrongState(_("You already told us that you registered for this course."))
        row.registered_on = timezone.localdate()
        row.save(update_fields=["registered_on"])
        audit.record(by=by, verb="registered", obj=row)


# --- what was done ------------------------------------------------------------------------------------------


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

    Give the instant where the source has one, else the day. The same source and identity again is a no-op.
    Raises GuardFailed for a day in the future or before the course existed, and for a course that only a
    signature completes.
    """
    if completed_at is None:
        if completed_on is None:
            raise ValueError("A completion needs a day or an instant.")
        completed_at = datetime.combine(completed_on, time(12), tzinfo=validity.STATE_ZONE)
    day = completed_on or validity.local_date(completed_at)
    _check_completion(course, day, source, staff)
    identity = external_id or completion_key(source, person, course, completed_at)
    with transaction.atomic():
        person = User.objects.select_for_update().get(pk=person.pk)
        known = Completion.objects.filter(source=source, external_id=identity).first()
        if known is not None:
            return Recorded(known, known=True)
        good = passed and validity.passes(score, course.min_score)
        through = _valid_through(person, course, day) if good else None
        done = Completion.objects.create(
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
        certificates.issue(done)
        audit.record(
            by=by,
            verb="completion recorded",
            obj=done,
            agency_id=staff.agency_id if staff else None,
            after="passed" if good else "not passed",
            reason=note,
            data={
                "source": source,
                "completed_on": day.isoformat(),
                "valid_through": through.isoformat() if through else None,
            },
        )
        if good:
            cancel_reminders(Requirement.objects.open().filter(person=person, course=course, staff=staff))
        announce(person)
    return Recorded(done, known=False)


def completion_key(source: str, person: User, course: Course, completed_at: datetime) -> str:
    """The identity of a completion whose source gives none."""
    text = "|".join(
        [source, str(person.pk), course.slug, completed_at.astimezone(validity.STATE_ZONE).isoformat()]
    )
    return hashlib.sha256(text.encode()).hexdigest()


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
    reason = _needed(reason, _("Say why the completion does not count."))
    with transaction.atomic():
        person = User.objects.select_for_update().get(pk=completion.person_id)
        try:
            with transaction.atomic():
                made = CompletionVoid.objects.create(completion=completion, reason=reason, voided_by=by)
        except IntegrityError as error:
            raise WrongState(_("This completion was already voided.")) from error
        audit.record(
            by=by, verb="completion voided", obj=completion, before="counted", after="voided", reason=reason
        )
        announce(person)
    return made


def waive(*, person: User, course: Course, first_on: date, last_on: date, reason: str, by: User) -> Waiver:
    """Do not ask a course of a person for some days. The user agreement cannot be waived."""
    reason = _needed(reason, _("Say why the course is waived."))
    if course.is_agreement:
        raise GuardFailed(_("The user agreement cannot be waived: everyone signs their own."))
    if last_on < first_on:
        raise GuardFailed(_("The last day of the waiver must not be before its first day."))
    with transaction.atomic():
        person = User.objects.select_for_update().get(pk=person.pk)
        made = Waiver.objects.create(
            person=person, course=course, first_on=first_on, last_on=last_on, reason=reason, granted_by=by
        )
        span = f"{first_on.isoformat()} to {last_on.isoformat()}"
        audit.record(by=by, verb="course waived", obj=made, after=span, reason=reason)
        announce(person)
    return made


def end_waiver(waiver: Waiver, *, by: User, reason: str) -> None:
    reason = _needed(reason, _("Say why the waiver is taken back."))
    with transaction.atomic():
        person = User.objects.select_for_update().get(pk=waiver.person_id)
        row = Waiver.objects.select_for_update().get(pk=waiver.pk)
        if row.ended_at is not None:
            raise WrongState(_("This waiver was already taken back."))
        row.ended_at, row.ended_by = timezone.now(), by
        row.save(update_fields=["ended_at", "ended_by"])
        audit.record(by=by, verb="waiver taken back", obj=row, reason=reason)
        announce(person)


# --- the user agreement -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Signing:
    """What the request says about the person who signs."""

    ip: str | None
    browser: str
    authenticated_at: datetime | None


def sign_agreement(
    waiting: UserAgreement, *, by: User, typed_name: str, read_sha256: str, signing: Signing
) -> Completion:
    """Sign the user agreement; the act, its evidence and the completion are one transaction.

    Raises GuardFailed when the name, the consent or the fresh sign-in is missing, WrongState when it was signed.
    """
    with transaction.atomic():
        User.objects.select_for_update().get(pk=by.pk)
        row = (
            UserAgreement.objects.select_for_update(of=("self",))
            .select_related("staff", "request__version")
            .get(pk=waiting.pk)
        )
        if row.replaced_at is not None or row.request.version.state != TextVersion.State.PUBLISHED:
            raise WrongState(_("There is a newer text of the agreement. Read that one, then sign."))
        party = services.party(row.request, agreement.ROLE)
        acts.consent(party, by=by, ip=signing.ip, browser=signing.browser, test_file_opened=True)
        act = acts.sign(party, by=by, typed_name=typed_name, read_sha256=read_sha256, **vars(signing))
        recorded = record_completion(
            person=by,
            course=_agreement_course(),
            completed_at=act.signed_at,
            by=by,
            source=Completion.Source.SIGNATURE,
            external_id=f"act-{act.pk}",
            staff=row.staff,
        )
        row.completion = recorded.completion
        row.save(update_fields=["completion"])
        audit.record(
            by=by, verb="user agreement signed", obj=row, agency_id=row.staff.agency_id, ip=signing.ip,
            data={"reference": row.request.reference, "act": str(act.pk)},
        )  # fmt: skip
    return recorded.completion


def prepare_agreement(staff: Staff, *, by: User) -> UserAgreement:
    """Put the current text before the person, for the first time or to renew."""
    if not Requirement.objects.open().filter(staff=staff, course=_agreement_course()).exists():
        raise WrongState(_("No user agreement is asked of you for this agency now."))
    return agreement.issue(staff, by=by)


def _agreement_course() -> Course:
    return Course.objects.get(passes_with=Course.PassesWith.SIGNATURE)


# --- uploaded proof -----------------------------------------------------------------------------------------


def upload_evidence(
    *, person: User, course: Course, data: bytes, kind: str, filename: str, claimed_on: date, by: User
) -> Evidence:
    """Keep a paper that says a course was completed. It counts for nothing until somebody else accepts it.

    `kind` is what the bytes are: pdf, png, jpeg or docx.
    """
    if course.is_agreement or not course.evidence_allowed:
        raise GuardFailed(_("Proof cannot be uploaded for “%(course)s”.") % {"course": course})
    if claimed_on > timezone.localdate():
        raise GuardFailed(_("Enter a date of completion that is not in the future."))
    with transaction.atomic():
        document = documents.store(data, content_type=CONTENT_TYPES[kind])
        User.objects.select_for_update().get(pk=person.pk)
        same = Evidence.objects.pending().filter(person=person, course=course, document=document).first()
        if same is not None:
            raise WrongState(_("This file is already waiting to be checked."))
        made = Evidence.objects.create(
            person=person,
            course=course,
            document=document,
            filename=documents.safe_name(filename)[:150],
            claimed_on=claimed_on,
            uploaded_by=by,
        )
        audit.record(
            by=by,
            verb="proof uploaded",
            obj=made,
            after=Evidence.State.PENDING,
            data={"sha256": document.sha256},
        )
    return made


def accept_evidence(
    evidence: Evidence, *, by: User, completed_on: date, score: int | None = None, note: str = ""
) -> Completion:
    """Accept a paper with the real day of completion, which alone decides how long it is good."""
    with transaction.atomic():
        row = _pending(evidence, by)
        recorded = record_completion(
            person=row.person,
            course=row.course,
            completed_on=completed_on,
            score=score,
            by=by,
            source=Completion.Source.EVIDENCE,
            external_id=f"evidence-{row.pk}",
            note=note,
        )
        if not recorded.completion.passed:
            raise GuardFailed(
                _(
                    "The score on the paper is below the course's least score. Do not accept it; say so instead."
                )
            )
        _decide(row, Evidence.State.ACCEPTED, by=by, note=note, completion=recorded.completion)
    return recorded.completion


def refuse_evidence(evidence: Evidence, *, by: User, note: str) -> None:
    """Do not accept a paper, and say why."""
    note = _needed(note, _("Say why the proof is not accepted."))
    with transaction.atomic():
        row = _pending(evidence, by)
        _decide(row, Evidence.State.REFUSED, by=by, note=note)
        emails.evidence_refused(row)


def _pending(evidence: Evidence, by: User) -> Evidence:
    # The person's row is locked first, as everywhere, so that two acts on one person cannot wait for each other.
    User.objects.select_for_update().get(pk=evidence.person_id)
    row = (
        Evidence.objects.select_for_update(of=("self",))
        .select_related("person", "course")
        .get(pk=evidence.pk)
    )
    if row.state != Evidence.State.PENDING:
        raise WrongState(_("This proof was already decided: %(state)s.") % {"state": row.get_state_display()})
    if by.pk in {row.uploaded_by_id, row.person_id}:
        raise GuardFailed(
            _("Somebody else has to check this proof: not the person, and not who uploaded it.")
        )
    return row


def _decide(row: Evidence, state: str, *, by: User, note: str, completion: Completion | None = None) -> None:
    before = row.state
    row.state, row.decided_by, row.decided_at, row.decision_note = state, by, timezone.now(), note
    row.completion = completion
    row.save(update_fields=["state", "decided_by", "decided_at", "decision_note", "completion"])
    audit.record(by=by, verb="proof decided", obj=row, before=before, after=state, reason=note)


# --- shared -------------------------------------------------------------------------------------------------


def _needed(text: str, message: str) -> str:
    text = text.strip()
    if not text:
        raise GuardFailed(message)
    return text[:500]
