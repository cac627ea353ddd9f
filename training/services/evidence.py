"""Uploaded proof: it counts once somebody else has accepted it."""

from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from agencies.models import User
from hmis_portal import audit, documents
from hmis_portal.web.errors import GuardFailed, WrongState
from training import emails
from training.events import TrainingEvent
from training.models import Completion, Course, Evidence
from training.services.needed import needed, score_missing
from training.services.recording import Result, record_completion


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
    document = documents.store(data, content_type=documents.CONTENT_TYPES[kind])
    with transaction.atomic():
        User.objects.select_for_update().get(pk=person.pk)
        same = Evidence.objects.pending().filter(person=person, course=course, document=document).first()
        if same is not None:
            raise WrongState(_("This file is already waiting to be checked."))
        evidence = Evidence.objects.create(
            person=person,
            course=course,
            document=document,
            filename=documents.safe_name(filename)[:150],
            claimed_on=claimed_on,
            uploaded_by=by,
        )
        audit.record(
            by=by,
            verb=TrainingEvent.PROOF_UPLOADED,
            obj=evidence,
            after=Evidence.State.PENDING,
            data={"sha256": document.sha256},
        )
    return evidence


def accept_evidence(
    evidence: Evidence, *, by: User, completed_on: date, score: int | None = None, reason: str = ""
) -> Completion:
    """Accept a paper with the real day of completion, which alone decides how long it is good."""
    with transaction.atomic():
        row = _pending(evidence, by)
        if missing := score_missing(row.course, score):
            raise GuardFailed(missing)
        recorded = record_completion(
            Result(
                person=row.person,
                course=row.course,
                completed_on=completed_on,
                score=score,
                source=Completion.Source.EVIDENCE,
                external_id=f"evidence-{row.pk}",
                note=reason,
            ),
            by=by,
        )
        if not recorded.completion.passed:
            raise GuardFailed(
                _(
                    "The score on the paper is below the course's least score. Do not accept it; say so instead."
                )
            )
        _decide(row, Evidence.State.ACCEPTED, by=by, reason=reason, completion=recorded.completion)
        emails.evidence_accepted(row, recorded.completion.valid_through)
    return recorded.completion


def refuse_evidence(evidence: Evidence, *, by: User, reason: str) -> None:
    """Do not accept a paper, and say why."""
    reason = needed(reason, _("Say why the proof is not accepted."))
    with transaction.atomic():
        row = _pending(evidence, by)
        _decide(row, Evidence.State.REFUSED, by=by, reason=reason)
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


def _decide(
    row: Evidence, state: str, *, by: User, reason: str, completion: Completion | None = None
) -> None:
    before = row.state
    row.state, row.decided_by, row.decided_at, row.decision_note = state, by, timezone.now(), reason
    row.completion = completion
    row.save(update_fields=["state", "decided_by", "decided_at", "decision_note", "completion"])
    audit.record(by=by, verb=TrainingEvent.PROOF_DECIDED, obj=row, before=before, after=state, reason=reason)
