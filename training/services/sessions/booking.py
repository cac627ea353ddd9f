"""Who gets a seat: first come, first served, and a seat that comes free goes to who has waited longest."""

from collections.abc import Collection, Iterable

from django.db import transaction
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from agencies.models import Person, Staff, User
from hmis_portal import audit
from hmis_portal.text.words import full_stop
from hmis_portal.web.errors import GuardFailed, WrongState
from training import emails, selectors
from training.events import TrainingEvent
from training.models import Course, Requirement, Session, Signup
from training.papers import calendars
from training.services.sessions.locking import lock_people, locked

State = Signup.State


def sign_up(session: Session, *, person: User) -> Signup:
    """A seat, or a place on the waiting list where none is free. One who needs the course and has the time."""
    with transaction.atomic():
        session = locked(session)
        person = lock_people([person.pk])[person.pk]
        _check(session, person)
        signup = Signup.objects.filter(session=session, person=person).first()
        if signup is None:
            signup = Signup(session=session, person=person)
        elif signup.state != State.CANCELLED:
            raise WrongState(_("You already signed up for this session."))
        else:
            signup.sequence += 1
            signup.signed_up_at = timezone.now()
        signup.session = session
        signup.state = State.BOOKED if free_seats(session) > 0 else State.WAITING
        signup.save()
        audit.record(by=person, verb=TrainingEvent.SIGNED_UP, obj=signup, after=signup.state)
        _tell(signup)
    return signup


def give_back(signup: Signup, *, by: User) -> None:
    """The person cannot come; the seat goes to who waits for it."""
    with transaction.atomic():
        session = locked(signup.session)
        signup = Signup.objects.select_related("person").get(pk=signup.pk)
        signup.session = session
        if session.cancelled_at is not None:
            raise WrongState(_("This session was called off."))
        if signup.state not in (State.BOOKED, State.WAITING):
            raise WrongState(_("You gave this place back already."))
        if session.has_begun:
            raise WrongState(_("The session has begun. Tell the trainer if you could not come."))
        if _freed(signup, by=by) == State.BOOKED:
            emails.session_given_back(signup, calendars.stored(signup, calendars.Method.CANCEL))
        promote(session)


def give_back_of_leavers() -> None:
    """The seats of who has left, or is not asked for the course any more, go to who waits for them. Safe to repeat."""
    for pk, session_id in _of_leavers().values_list("pk", "session").order_by("session", "pk"):
        with transaction.atomic():
            session = locked(Session(pk=session_id))
            signup = _of_leavers().select_related("person").filter(pk=pk).first()
            if signup is None:
                continue
            signup.session = session
            lines = _lines_left(signup)
            reason = _("The person has left.") if lines else _("The course is no longer asked of the person.")
            before = _freed(signup, by=None, reason=reason)
            told_by_agency = any(line.leaving_notice == Staff.LeavingNotice.AGENCY for line in lines)
            if before == State.BOOKED and not told_by_agency:
                file = calendars.stored(signup, calendars.Method.CANCEL)
                emails.session_given_back(signup, file, left=bool(lines), unasked=not lines)
            promote(session)


def _of_leavers() -> QuerySet[Signup]:
    """Places in sessions to come of people of whom the course is not asked. One that is retired is still held for who works."""
    person = {"user": OuterRef("person"), "agency__open_training__isnull": False}
    asked = Requirement.objects.open().filter(person=OuterRef("person"), course=OuterRef("session__course"))
    rows = Signup.objects.filter(
        state__in=[State.BOOKED, State.WAITING], session__in=Session.objects.to_come()
    )
    works = Exists(Staff.objects.current().filter(**person)) | Exists(
        Person.objects.off_roster().filter(**person)
    )
    return rows.exclude(Exists(asked)).exclude(works, session__course__active=False)


def _lines_left(signup: Signup) -> list[Staff]:
    """The lines of rosters with whose end the last was asked of the person; none of who works on."""
    closed = Requirement.objects.filter(person=signup.person_id, closed_on__isnull=False)
    of_course = closed.alias(own=Q(course=signup.session.course_id))
    last = of_course.order_by("-closed_on", "-own", "closed_because").first()
    if last is None or last.closed_because != Requirement.Closed.LEFT:
        return []
    return [because.staff for because in last.reasons.select_related("staff") if because.staff]


def _freed(signup: Signup, *, by: User | None, reason: str = "") -> str:
    """The place is nobody's any more; what it was."""
    before, signup.state = signup.state, State.CANCELLED
    signup.sequence += 1
    signup.save(update_fields=["state", "sequence", "changed_at"])
    audit.record(
        by=by,
        verb=TrainingEvent.SEAT_GIVEN_BACK,
        obj=signup,
        before=before,
        after=signup.state,
        reason=reason,
    )
    return before


def change_places(one: Signup, other: Signup, *, by: User) -> None:
    """Two accounts of one person hold places in one session: `other` takes that of `one`, and the other way round."""
    with transaction.atomic():
        session = locked(one.session)
        one.state, other.state = other.state, one.state
        one.signed_up_at, other.signed_up_at = other.signed_up_at, one.signed_up_at
        for row in (one, other):
            row.session = session
            row.sequence += 1
            row.save(update_fields=["state", "signed_up_at", "sequence", "changed_at"])
        before, after = one.state, other.state
        audit.record(by=by, verb=TrainingEvent.SEAT_GIVEN, obj=other, before=before, after=after)
        _tell(other)


def promote(session: Session) -> list[Signup]:
    """Give free seats to those who wait, the longest first, who still need the course and have the time.

    The session is locked; before its first minute only.
    """
    free = free_seats(session)
    if free <= 0 or not session.is_to_come:
        return []
    waiting = list(session.signups.filter(state=State.WAITING).order_by("signed_up_at", "pk"))
    lock_people({signup.person_id for signup in waiting})
    people = {signup.person_id for signup in waiting}
    able = who_needs(people, session.course) - who_has_another(people, session)
    promoted = [signup for signup in waiting if signup.person_id in able][:free]
    for signup in promoted:
        signup.session = session
        signup.state = State.BOOKED
        signup.sequence += 1
        signup.save(update_fields=["state", "sequence", "changed_at"])
        audit.record(
            by=None, verb=TrainingEvent.SEAT_GIVEN, obj=signup, before=State.WAITING, after=State.BOOKED
        )
        _tell(signup)
    return promoted


def promote_everywhere() -> None:
    """Who was passed over for a seat at the same time gets the free one once that other seat is gone."""
    booked = Count("signups", filter=Q(signups__state=State.BOOKED))
    waiting = Count("signups", filter=Q(signups__state=State.WAITING))
    rows = Session.objects.to_come().annotate(booked=booked, waiting=waiting)
    for session in rows.filter(waiting__gt=0, booked__lt=F("capacity")):
        with transaction.atomic():
            promote(locked(session))


def free_seats(session: Session) -> int:
    """Below zero where the number of seats was lowered after people had booked."""
    return session.capacity - session.signups.filter(state=State.BOOKED).count()


def who_needs(people: Collection[int], course: Course) -> set[int]:
    """Those of whom the course is asked now or soon."""
    items = selectors.items_of(people)
    return {
        person
        for person, own in items.items()
        if any(item.is_open and item.requirement.course_id == course.pk for item in own)
    }


def who_has_another(people: Collection[int], session: Session) -> set[int]:
    """Those who hold a seat elsewhere at the same time."""
    return set(clashes(people, session).values_list("person_id", flat=True))


def clashes(people: Iterable[int], session: Session) -> QuerySet[Signup]:
    at_the_same_time = Q(session__starts_at__lt=session.ends_at, session__ends_at__gt=session.starts_at)
    return Signup.objects.filter(
        at_the_same_time, person__in=people, state=State.BOOKED, session__cancelled_at=None
    ).exclude(session=session)


def _check(session: Session, person: User) -> None:
    if session.cancelled_at is not None:
        raise WrongState(_("This session was called off."))
    if session.has_begun:
        raise WrongState(_("This session has begun. Choose a later one."))
    if person.pk not in who_needs([person.pk], session.course):
        raise GuardFailed(full_stop(_("“%(course)s” is not asked of you now") % {"course": session.course}))
    other = clashes([person.pk], session).select_related("session__course").first()
    if other is not None:
        words = _("You have a seat at the same time: %(session)s. Give that one back first.")
        raise GuardFailed(words % {"session": other.session})


def _tell(signup: Signup) -> None:
    """What became of a place, with the file that a calendar takes over; who only waits gets none."""
    match signup.state:
        case State.WAITING:
            emails.session_waiting(signup)
        case _:
            emails.session_booked(signup, calendars.stored(signup, calendars.Method.REQUEST))
