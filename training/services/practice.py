"""A practice case is handed in, and returned with remarks or passed by somebody else."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from agencies.models import User
from hmis_portal import audit, documents
from hmis_portal.web.errors import GuardFailed, WrongState
from training import emails
from training.events import TrainingEvent
from training.models import Completion, Course, PracticeCase
from training.services.needed import needed
from training.services.recording import Result, record_completion

State = PracticeCase.State


def hand_in(
    *, person: User, course: Course, text: str, data: bytes = b"", kind: str = "", filename: str = ""
) -> PracticeCase:
    """`kind` is what the bytes are: pdf, png, jpeg or docx; no bytes: the text alone. One waits at a time."""
    if not course.has_practice_case:
        raise GuardFailed(_("“%(course)s” is not passed by a practice case.") % {"course": course})
    document = documents.store(data, content_type=documents.CONTENT_TYPES[kind]) if data else None
    with transaction.atomic():
        User.objects.select_for_update().get(pk=person.pk)
        if PracticeCase.objects.waiting().filter(person=person, course=course).exists():
            raise WrongState(_("Your practice case is already waiting for a trainer."))
        case = PracticeCase.objects.create(
            person=person, course=course, text=text, document=document,
            filename=documents.safe_name(filename)[:150] if document else "",
        )  # fmt: skip
        audit.record(by=person, verb=TrainingEvent.PRACTICE_HANDED_IN, obj=case, after=State.WAITING)
    return case


def give_back(case: PracticeCase, *, by: User, remarks: str) -> None:
    remarks = needed(remarks, _("Say what is to be done otherwise."))
    with transaction.atomic():
        case = _waiting(case, by)
        _decide(case, State.RETURNED, by=by, remarks=remarks)
        emails.practice_returned(case)


def let_pass(case: PracticeCase, *, by: User, remarks: str = "") -> Completion:
    """The course is completed on the day on which the case was handed in."""
    with transaction.atomic():
        case = _waiting(case, by)
        if not case.course.has_practice_case:
            words = _(
                "“%(course)s” is not passed by a practice case any more. Return it, and say how it is passed."
            )
            raise GuardFailed(words % {"course": case.course})
        case.completion = record_completion(
            Result(
                person=case.person,
                course=case.course,
                completed_at=case.handed_in_at,
                source=Completion.Source.PRACTICE,
                external_id=f"practice-{case.pk}",
                note=remarks[:500],
            ),
            by=by,
        ).completion
        _decide(case, State.PASSED, by=by, remarks=remarks)
        emails.practice_passed(case)
    return case.completion


def _waiting(case: PracticeCase, by: User) -> PracticeCase:
    User.objects.select_for_update().get(pk=case.person_id)
    rows = PracticeCase.objects.select_for_update(of=("self",)).select_related("person", "course")
    case = rows.get(pk=case.pk)
    if case.state != State.WAITING:
        raise WrongState(
            _("This case was already looked through: %(state)s.") % {"state": case.get_state_display()}
        )
    if by.pk == case.person_id:
        raise GuardFailed(_("Somebody else has to look through your practice case."))
    return case


def _decide(case: PracticeCase, state: str, *, by: User, remarks: str) -> None:
    case.state, case.remarks, case.decided_by, case.decided_at = state, remarks, by, timezone.now()
    case.save(update_fields=["state", "remarks", "decided_by", "decided_at", "completion"])
    audit.record(
        by=by,
        verb=TrainingEvent.PRACTICE_LOOKED_THROUGH,
        obj=case,
        before=State.WAITING,
        after=state,
        reason=remarks,
    )
