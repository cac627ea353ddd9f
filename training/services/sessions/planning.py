"""When and where a course is given: planned once or week by week, changed, called off; and everybody is told."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from agencies.models import User
from hmis_portal import audit
from hmis_portal.running.zone import portal_zone
from hmis_portal.text.words import date_words
from hmis_portal.web.errors import GuardFailed, WrongState
from training import emails
from training.events import TrainingEvent
from training.models import Course, Session, Signup
from training.papers import calendars
from training.services.needed import needed
from training.services.sessions.booking import promote, who_has_another
from training.services.sessions.locking import locked

MOST_REPEATED = 52
TOLD = (Signup.State.BOOKED, Signup.State.WAITING)


@dataclass(frozen=True)
class Plan:
    """A session as a trainer types it: times are the clock's in the state, `ends` before `starts` is refused."""

    day: date
    starts: time
    ends: time
    place: str
    link: str
    capacity: int
    trainer: User | None

    def instants(self, day: date) -> tuple[datetime, datetime]:
        """When it begins and ends that day; a time that the clock skips on it, in spring, is refused."""
        if self.ends <= self.starts:
            raise GuardFailed(_("Choose an end that is after the beginning."))
        start, end = (datetime.combine(day, hour, tzinfo=portal_zone()) for hour in (self.starts, self.ends))
        for moment in (start, end):
            if moment.astimezone(UTC).astimezone(portal_zone()).time() != moment.time():
                words = _("On %(day)s the clocks go forward and this time does not exist. Choose another.")
                raise GuardFailed(words % {"day": date_words(day)})
        return start.astimezone(UTC), end.astimezone(UTC)


def plan(course: Course, wanted: Plan, *, by: User, weeks: int = 1, every: int = 1) -> list[Session]:
    """`weeks` sessions, one `every` so many weeks, each at the same hour of the state's clock."""
    if not course.is_given_in_sessions:
        raise GuardFailed(_("“%(course)s” is not passed by attending a session.") % {"course": course})
    days = days_of(wanted, weeks, every)
    series = uuid4() if len(days) > 1 else None
    with transaction.atomic():
        sessions = [_made(course, wanted, day, series) for day in days]
        for session in sessions:
            audit.record(by=by, verb=TrainingEvent.SESSION_PLANNED, obj=session, data=_facts(session))
    return sessions


def days_of(wanted: Plan, weeks: int, every: int) -> list[date]:
    return [wanted.day + timedelta(weeks=every * number) for number in range(min(weeks, MOST_REPEATED))]


def plan_of(session: Session) -> Plan:
    """As it stands, in the terms in which it is typed."""
    starts, ends = (moment.astimezone(portal_zone()) for moment in (session.starts_at, session.ends_at))
    return Plan(
        starts.date(),
        starts.time(),
        ends.time(),
        session.place,
        session.link,
        session.capacity,
        session.trainer,
    )


def later_of(session: Session) -> QuerySet[Session]:
    """Those to come that were planned together with it."""
    rows = (
        Session.objects.to_come().filter(starts_at__gt=session.starts_at).select_related("course", "trainer")
    )
    return rows.filter(series=session.series) if session.series else rows.none()


def carried(session: Session, plan: Plan, later: Iterable[Session]) -> list[tuple[Session, Plan]]:
    """The later ones with what `plan` changes of this one; another day moves each by as many days."""
    own = plan_of(session)
    changed = {
        name: value for name, value in vars(plan).items() if name != "day" and value != getattr(own, name)
    }
    plans = [(following, plan_of(following)) for following in later]
    return [
        (following, replace(before, day=before.day + (plan.day - own.day), **changed))
        for following, before in plans
    ]


def others_of_trainer(plans: Iterable[Plan], *, but: Collection[Session] = ()) -> list[Session]:
    """What else the trainer gives at one of these times."""
    at_the_time = Q(pk__in=[])
    for plan in plans:
        if plan.trainer:
            starts_at, ends_at = plan.instants(plan.day)
            at_the_time |= Q(trainer=plan.trainer, starts_at__lt=ends_at, ends_at__gt=starts_at)
    rows = Session.objects.filter(at_the_time, cancelled_at=None).select_related("course")
    return [other for other in rows if other not in but]


def _made(course: Course, plan: Plan, day: date, series: UUID | None) -> Session:
    starts_at, ends_at = plan.instants(day)
    return Session.objects.create(
        course=course,
        starts_at=starts_at,
        ends_at=ends_at,
        place=plan.place,
        link=plan.link,
        capacity=plan.capacity,
        trainer=plan.trainer,
        series=series,
    )


def change(session: Session, plan: Plan, *, by: User) -> Session:
    """Who holds or waits for a seat is told of another time, place or link; fewer seats send nobody away."""
    with transaction.atomic():
        session = locked(session)
        if not session.is_to_come:
            raise WrongState(_("This session was called off, or has begun. It cannot be changed any more."))
        before = _facts(session)
        starts_at, ends_at = plan.instants(plan.day)
        where = (session.starts_at, session.ends_at, session.place, session.link)
        session.starts_at, session.ends_at = starts_at, ends_at
        session.place, session.link = plan.place, plan.link
        session.capacity, session.trainer = plan.capacity, plan.trainer
        moved = where != (starts_at, ends_at, plan.place, plan.link)
        session.sequence += moved
        session.save(
            update_fields=["starts_at", "ends_at", "place", "link", "capacity", "trainer", "sequence"]
        )
        changed = {name: [before[name], now] for name, now in _facts(session).items() if before[name] != now}
        if not changed:
            return session
        audit.record(by=by, verb=TrainingEvent.SESSION_CHANGED, obj=session, data={"changed": changed})
        if moved:
            told = list(_to_tell(session))
            elsewhere = who_has_another({signup.person_id for signup in told}, session)
            for signup in told:
                file = calendars.of_seat(signup, calendars.Method.REQUEST)
                emails.session_changed(signup, file, elsewhere=signup.person_id in elsewhere)
        promote(session)
    return session


def change_series(session: Session, plan: Plan, *, by: User) -> list[Session]:
    """The same for it and the later ones of its series, all or none."""
    with transaction.atomic():
        _lock_with_later(session)
        pairs = [(session, plan), *carried(session, plan, later_of(session))]
        return [change(member, wanted, by=by) for member, wanted in pairs]


def call_off_series(session: Session, *, by: User, reason: str) -> int:
    """It and the later ones of its series, all or none; how many."""
    with transaction.atomic():
        _lock_with_later(session)
        sessions = [session, *later_of(session)]
        for member in sessions:
            call_off(member, by=by, reason=reason)
    return len(sessions)


def _lock_with_later(session: Session) -> None:
    """In one order for everybody, before any person's row."""
    rows = Session.objects.filter(Q(pk=session.pk) | Q(pk__in=later_of(session).values("pk")))
    list(rows.select_for_update().order_by("pk"))


def call_off(session: Session, *, by: User, reason: str) -> None:
    """Everybody who holds or waits for a seat is told, with the reason; their calendars take it out."""
    reason = needed(reason, _("Say why the session is called off."))
    with transaction.atomic():
        session = locked(session)
        if session.cancelled_at is not None:
            raise WrongState(_("This session was already called off."))
        if session.has_begun:
            raise WrongState(_("This session has begun."))
        session.cancelled_at, session.cancelled_because = timezone.now(), reason
        session.sequence += 1
        session.save(update_fields=["cancelled_at", "cancelled_because", "sequence"])
        audit.record(by=by, verb=TrainingEvent.SESSION_CALLED_OFF, obj=session, reason=reason)
        for signup in _to_tell(session):
            emails.session_called_off(signup, calendars.of_seat(signup, calendars.Method.CANCEL))


def _to_tell(session: Session) -> Iterator[Signup]:
    for signup in session.signups.filter(state__in=TOLD).select_related("person").order_by("pk"):
        signup.session = session
        yield signup


def _facts(session: Session) -> dict[str, str | int]:
    return {
        "starts_at": session.starts_at.isoformat(),
        "ends_at": session.ends_at.isoformat(),
        "place": session.place,
        "link": session.link,
        "capacity": session.capacity,
        "trainer": str(session.trainer or ""),
    }
