"""Where people stand, computed from facts in a fixed number of queries, with the reason for every yes and no."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import date
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.core.validators import slug_re
from django.db.models import (
    BigIntegerField,
    Count,
    DateField,
    DateTimeField,
    Exists,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
)
from django.db.models.functions import JSONObject
from django.utils import timezone

from agencies.models import Agency, Person, Staff, User
from hmis_portal.models.keys import among
from hmis_portal.models.written import Given, Keys, WrittenQuery
from hmis_portal.what_if import clock
from training import validity
from training.models import (
    Because,
    Completion,
    Course,
    Evidence,
    OpenTraining,
    PracticeCase,
    Requirement,
    Session,
    Signup,
    Waiver,
)
from training.requirements.items import (
    CoursesStatus,
    Item,
    OpenRequirement,
    PositionStatus,
    Reason,
    StaffStatus,
)
from training.requirements.judging import Judge
from training.validity import State

ASKED = (*OpenRequirement._fields[:-1], "course_id")


@WrittenQuery
def _open_rows() -> QuerySet[Requirement, Any]:
    """Open requirements of these people with what else is known about them on a day."""
    day = Given("day", DateField())
    same = {"person": OuterRef("person"), "course": OuterRef("course")}
    waivers = (
        Waiver.objects.standing().filter(first_on__lte=day, last_on__gte=day, **same).order_by("-last_on")
    )
    booked = Signup.objects.filter(
        person=OuterRef("person"),
        session__course=OuterRef("course"),
        state=Signup.State.BOOKED,
        session__cancelled_at=None,
    )
    reasons = Because.objects.filter(requirement=OuterRef("pk"))
    return (
        Requirement.objects.open()
        .filter(among("person", Keys("people", BigIntegerField())))
        .annotate(
            because=ArraySubquery(
                reasons.values(value=JSONObject(**dict(zip(Reason._fields, Reason._fields, strict=True))))
            ),
            waived_through=Subquery(waivers.values("last_on")[:1]),
            proof_waits=Exists(Evidence.objects.pending().filter(**same)),
            has_begun=Exists(booked) | Exists(PracticeCase.objects.waiting().filter(**same)),
            has_dates=Exists(
                Session.objects.to_come(Given("now", DateTimeField())).filter(course=OuterRef("course"))
            ),
        )
        .order_by("course__position", "pk")
        .values_list(
            *ASKED, "because", "waived_through", "proof_waits", "has_begun",
            "person__hmis_signed_in_on", "person__hmis_listed_on",
        )
    )  # fmt: skip


def items_of(people: Collection[int], *, today: date | None = None) -> dict[int, list[Item]]:
    """Every open requirement of these people (ids), judged on a day: three queries, whatever their number.

    No row becomes an object of a model, since a large agency has thousands.
    """
    items: dict[int, list[Item]] = defaultdict(list)
    if not people:
        return items
    day = today or clock.today()
    rows = _open_rows(people=list(people), day=day, now=timezone.now())
    judge = Judge(people, day)  # afterwards, so that it knows the courses of all rows
    for *asked, course, because, waived, proof_waits, started, signed_in_on, listed_on in rows:
        row = OpenRequirement._make([*asked, judge.courses[course]])
        status = judge.status(
            row, validity.Usage(signed_in_on, listed_on), waived, proof_waits=proof_waits, started=started
        )
        items[row.person_id].append(Item(row, status, day, tuple(Reason(**reason) for reason in because)))
    return items


def to_record(
    *, course: Course | None, agency: str, due: date | None, without_done: bool
) -> QuerySet[Requirement]:
    """Open requirements whose result somebody else enters, the earliest due first. `agency`: a part of its name.

    `without_done` leaves out what a completion clearly meets; the rest is for `items_of` to judge.
    """
    day = clock.today()
    rows = Requirement.objects.open().exclude(course__passes_with=Course.PassesWith.SIGNATURE)
    if course:
        rows = rows.filter(course=course)
    if due:
        rows = rows.filter(due_on__lte=due)
    if agency:
        named = Q(staff__agency__legal_name__icontains=agency) | Q(
            holder__agency__legal_name__icontains=agency
        )
        rows = rows.filter(Exists(Because.objects.filter(named, requirement=OuterRef("pk"))))
    if without_done:
        good = Completion.objects.standing().filter(
            Q(valid_through=None) | Q(window_opens_on__gt=day, valid_through__gte=day),
            person=OuterRef("person"), course=OuterRef("course"), version__gte=OuterRef("version"), passed=True,
        )  # fmt: skip
        rows = rows.exclude(Exists(good), course__idle_months=None)
    return rows.order_by("due_on", "pk")


def statuses(staff: Sequence[Staff], *, today: date | None = None) -> list[StaffStatus]:
    """Where each of these staff rows stands, in their order; a fixed number of queries."""
    items = items_of({row.user_id for row in staff if row.user_id is not None}, today=today)
    opened = set(
        OpenTraining.objects.filter(agency__in={row.agency_id for row in staff}).values_list(
            "agency_id", flat=True
        )
    )
    return [_staff_status(row, row.agency_id in opened, items.get(row.user_id or 0, [])) for row in staff]


def _staff_status(row: Staff, opened: bool, items: Sequence[Item]) -> StaffStatus:
    own = tuple(item for item in items if any(reason.staff_id == row.pk for reason in item.reasons))
    return StaffStatus(staff=row, opened=opened, items=own)


def own_statuses(person: User, items: Sequence[Item]) -> list[StaffStatus]:
    """Where a person stands in each agency they work for, with what is asked of them."""
    rows = list(
        Staff.objects.current()
        .filter(user=person)
        .select_related("agency__open_training", "user__learning_account")
        .order_by("agency__legal_name")
    )
    return [_staff_status(row, hasattr(row.agency, "open_training"), items) for row in rows]


def status_of(staff: Staff, *, today: date | None = None) -> StaffStatus:
    """Where one staff member stands in its agency."""
    return statuses([staff], today=today)[0]


def agency_statuses(agency: Agency, *, today: date | None = None) -> list[StaffStatus]:
    """Where each current staff member of an agency stands; a fixed number of queries."""
    return statuses(list(Staff.objects.current().filter(agency=agency)), today=today)


def team_statuses(person: User, *, today: date | None = None) -> list[StaffStatus]:
    """Where each of those stands who name this person's address as their supervisor's, in whatever agency."""
    rows = Staff.objects.current().filter(supervisor_email__iexact=person.email).exclude(user=person)
    return statuses(list(rows), today=today)


def catalogue() -> list[Course]:
    """Courses in use with the rules that say who needs them."""
    return list(Course.objects.active().prefetch_related("rules"))


def own_positions(items: Sequence[Item]) -> list[PositionStatus]:
    """Of what is asked of one person, that which positions bring where no roster lists them."""
    held = {reason.holder_id for item in items for reason in item.reasons if reason.holder_id}
    return _of_positions(_with_positions(Person.objects.filter(pk__in=held)), items) if held else []


def agency_positions(agency: Agency) -> list[PositionStatus]:
    """Who holds a position of an agency that brings courses, and is not on its roster."""
    people = _with_positions(Person.objects.off_roster().filter(agency=agency, user__isnull=False))
    items = items_of({row.user_id for row in people if row.user_id})
    return _of_positions(people, [item for of_one in items.values() for item in of_one])


def _with_positions(people: QuerySet[Person]) -> list[Person]:
    return list(people.select_related("agency__open_training").prefetch_related("contacts"))


def _of_positions(people: Iterable[Person], items: Sequence[Item]) -> list[PositionStatus]:
    statuses = []
    for row in people:
        own = tuple(item for item in items if any(reason.holder_id == row.pk for reason in item.reasons))
        if own:
            opened = hasattr(row.agency, "open_training")
            statuses.append(PositionStatus(holder=row, opened=opened, items=own))
    return statuses


def next_step(statuses: Sequence[CoursesStatus]) -> Item | None:
    """The one thing to do first: what holds up access, the earliest deadline before the others."""
    open_items = [
        item
        for status in statuses
        for item in status.items
        if item.is_open and item.status.state != State.EVIDENCE_PENDING
    ]
    return min(
        open_items,
        key=lambda item: (not item.requirement.course.mandatory, item.status.deadline or date.max),
        default=None,
    )


def agreement_item(staff: Staff) -> Item | None:
    """Where a staff member stands with the user agreement of this agency."""
    return next((item for item in status_of(staff).items if item.requirement.staff_id == staff.pk), None)


def sessions_to_come(course: Course | None = None) -> QuerySet[Session]:
    """Sessions that one can still sign up for, of one course or of all; each with `seats_left`."""
    booked = Count("signups", filter=Q(signups__state=Signup.State.BOOKED))
    rows = Session.objects.to_come().select_related("course").annotate(seats_left=F("capacity") - booked)
    return (rows.filter(course=course) if course else rows).order_by("starts_at", "pk")


def course_called(slug: str) -> Course | None:
    return Course.objects.active().filter(slug=slug).first() if slug_re.fullmatch(slug) else None


def places_of(person_id: int, sessions: Iterable[Session]) -> dict[int, Signup]:
    """A person's places in these sessions, by the session's key; what was given back is none."""
    rows = Signup.objects.filter(person=person_id, session__in=[session.pk for session in sessions])
    return {row.session_id: row for row in rows.exclude(state=Signup.State.CANCELLED)}


def own_sessions(person: User) -> list[Signup]:
    """A person's seats, and places on waiting lists, in what is still to come."""
    states = [Signup.State.BOOKED, Signup.State.WAITING]
    rows = person.signups.filter(
        state__in=states, session__ends_at__gt=timezone.now(), session__cancelled_at=None
    )
    return list(rows.select_related("session__course").order_by("session__starts_at"))
