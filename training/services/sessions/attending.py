"""Who was there: by the code on the trainer's screen, and by the trainer's list, which alone completes the course."""

from collections.abc import Collection

from django.core import signing
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from agencies.models import User
from hmis_portal import audit
from hmis_portal.web.errors import GuardFailed, WrongState
from training import permissions
from training.events import TrainingEvent
from training.models import Completion, Session, Signup
from training.services.recording import Recorded, Result, record_all
from training.services.sessions.locking import locked

State = Signup.State
SALT = "training.session.here"
# The code on the screen is made anew each minute. It stays good for as long as it takes to sign in on a phone.
CODE_SECONDS = 15 * 60


def code_of(session: Session) -> str:
    """What the screen shows now."""
    return signing.dumps(session.pk, salt=SALT)


def check_in(session: Session, *, person: User, code: str) -> Signup:
    """The person stands before the screen. The trainer's list has the last word."""
    try:
        shown_for = signing.loads(code, salt=SALT, max_age=CODE_SECONDS)
    except signing.BadSignature as error:
        raise WrongState(_("This code is no longer good. Scan the one on the screen now.")) from error
    if shown_for != session.pk:
        raise WrongState(_("This code belongs to another session."))
    with transaction.atomic():
        session = locked(session)
        if not session.door_is_open:
            raise WrongState(
                _("Coming in is noted from half an hour before the session until half an hour after.")
            )
        signup = session.signups.filter(person=person).first()
        if signup is None or signup.state not in (State.BOOKED, State.ATTENDED):
            raise GuardFailed(
                _("You have no seat in this session. Tell the trainer, who can put you on the list.")
            )
        if signup.here_at is None:
            signup.here_at = timezone.now()
            signup.save(update_fields=["here_at", "changed_at"])
    return signup


def record_attendance(
    session: Session, *, present: Collection[int], others: Collection[User] = (), by: User
) -> list[Completion]:
    """Each one's course is completed on the session's day; who has a seat and is not among them was absent.

    `present`: ids of sign-ups; `others`: people who were there and had no place, or had given theirs back.

    Safe to repeat: who was recorded as present stays so, since a completion is voided with a reason, not unticked.
    """
    with transaction.atomic():
        session = locked(session)
        if session.cancelled_at is not None:
            raise WrongState(_("This session was called off."))
        if not session.course.is_given_in_sessions:
            words = _(
                "“%(course)s” is not passed by attending any more. Enter what each person scored instead."
            )
            raise GuardFailed(words % {"course": session.course})
        if not session.has_begun:
            raise GuardFailed(_("The session has not begun. Attendance is recorded from its first minute."))
        present = {*present, *(_taken_in(session, other).pk for other in others)}
        signups = list(
            session.signups.exclude(state=State.CANCELLED).select_related("person").order_by("person")
        )
        attended = [signup for signup in signups if signup.pk in present and signup.state != State.ATTENDED]
        if reasons := permissions.against_oneself(by, [signup.person for signup in attended]):
            raise GuardFailed(reasons)
        answers = record_all([_result(session, signup) for signup in attended], by=by)
        refused = [answer for answer in answers if isinstance(answer, GuardFailed)]
        if refused:
            raise GuardFailed(dict.fromkeys(words for answer in refused for words in answer.messages))
        absent = [signup for signup in signups if signup.state == State.BOOKED and signup.pk not in present]
        Signup.objects.filter(pk__in=[signup.pk for signup in attended]).update(state=State.ATTENDED)
        Signup.objects.filter(pk__in=[signup.pk for signup in absent]).update(state=State.ABSENT)
        data = {"attended": len(attended), "absent": len(absent)}
        audit.record(by=by, verb=TrainingEvent.ATTENDANCE_RECORDED, obj=session, data=data)
    return [answer.completion for answer in answers if isinstance(answer, Recorded)]


def _taken_in(session: Session, person: User) -> Signup:
    signup, _created = session.signups.get_or_create(person=person, defaults={"state": State.BOOKED})
    if signup.state == State.CANCELLED:
        signup.state = State.BOOKED
        signup.save(update_fields=["state", "changed_at"])
    return signup


def _result(session: Session, signup: Signup) -> Result:
    """On the day on which the session began, also where it ends after midnight or is recorded before its end."""
    return Result(
        person=signup.person,
        course=session.course,
        completed_at=session.starts_at,
        source=Completion.Source.SESSION,
        external_id=f"session-{session.pk}-{signup.person_id}",
        source_time=session.starts_at.isoformat(),
    )
