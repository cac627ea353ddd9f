"""Who needs what: a person's open requirements follow their present work, and the app above is told."""

from collections.abc import Iterable
from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Prefetch, Q, QuerySet
from django.utils.translation import gettext as _

from agencies.models import Agency, Contact, Person, Staff, User
from hmis_portal import audit
from hmis_portal.models import Message, PortalSettings
from hmis_portal.what_if import clock
from training import emails
from training.events import TrainingEvent
from training.models import Because, Course, CourseRule, LearningAccount, Notice, Requirement
from training.papers import agreement
from training.selectors import items_of
from training.signals import learning_account_news, requirements_met

# (course id, staff id or None): a requirement's identity for one person. {staff row, or who holds a position without
# one: reason}: why it is there.
Need = tuple[int, int | None]
Source = Staff | Person
Needs = dict[Need, dict[Source, str]]
_WITH_SOURCES = Prefetch("reasons", Because.objects.select_related("staff", "holder"))


def assign(*, staff: Staff, by: User | None) -> list[Requirement]:
    """Bring a person's open requirements in line with their present work everywhere; returns the new ones.

    A course required twice is one row with two reasons. Rows whose reasons are gone close; completions stay.
    """
    return [] if staff.user_id is None else align(staff.user_id, by=by, also=staff)


def assign_off_roster(agency: Agency, *, by: User | None) -> None:
    """The same for whoever holds a position of the agency and is not on its roster, or no longer."""
    has_been = Because.objects.filter(holder__agency=agency, requirement__closed_on=None)
    off_roster = Person.objects.off_roster().filter(agency=agency)
    asked = Person.objects.filter(Q(pk__in=has_been.values("holder")) | Q(pk__in=off_roster))
    asked = asked.filter(user__isnull=False)
    for user_id in asked.order_by("user").values_list("user", flat=True):
        align(user_id, by=by)


def reassign(agency_id: UUID) -> None:
    """Bring the requirements of all of an agency's people in line with the rules. Safe to repeat."""
    current = Staff.objects.current().filter(agency=agency_id, user__isnull=False)
    for staff in current.order_by("user"):
        assign(staff=staff, by=None)
    assign_off_roster(Agency.objects.get(pk=agency_id), by=None)


def align(user_id: int, *, by: User | None, also: Staff | None = None) -> list[Requirement]:
    """The same for whoever has the account, wherever they work; `also` is told of besides."""
    with transaction.atomic():
        person = User.objects.select_for_update().get(pk=user_id)
        needs = _needs_of(person)
        open_rows = Requirement.objects.open().filter(person=person).prefetch_related(_WITH_SOURCES)
        rows: dict[Need, Requirement] = {(row.course_id, row.staff_id): row for row in open_rows}
        for need, row in rows.items():
            if need not in needs:
                _close(row, by=by)
        courses = Course.objects.in_bulk([course_id for course_id, _staff in needs.keys() - rows.keys()])
        new = [
            _open(person, courses[need[0]], need[1], reasons, by=by)
            for need, reasons in needs.items()
            if need not in rows
        ]
        for need, row in rows.items():
            if need in needs:
                _set_reasons(row, needs[need])
        _ask_for_account(person, new)
        _tell_of_new(person, new)
        announce(person, also=also)
    return new


def courses_for(staff: Staff) -> dict[Course, str]:
    """The courses that a staff row brings, with the reason: what the roster shows at once."""
    reasons: dict[Course, str] = {}
    types = {code for code in staff.projects.values_list("project_type", flat=True) if code is not None}
    positions = set(
        Contact.objects.filter(person=staff.person_id).values_list("position", flat=True)
        if staff.person_id
        else ()
    )
    for rule in _rules():
        reason = _reason(rule, staff, types, positions)
        if reason and rule.course not in reasons:
            reasons[rule.course] = reason
    return reasons


def briefings_of(person: Person) -> dict[Course, str]:
    """The courses that a person's positions bring, with the reason; the agreement is of a line of the roster alone."""
    held = set(person.contacts.values_list("position", flat=True))
    reasons: dict[Course, str] = {}
    for rule in _rules():
        if rule.applies_to == CourseRule.AppliesTo.POSITION and rule.position in held:
            reasons.setdefault(rule.course, _of_position(rule))
    return {course: reason for course, reason in reasons.items() if not course.is_agreement}


def _rules() -> QuerySet[CourseRule]:
    rules = CourseRule.objects.filter(course__active=True)
    return rules.select_related("course").order_by("course__position", "pk")


def _of_position(rule: CourseRule) -> str:
    return _("Position: %(position)s") % {"position": rule.get_position_display()}


def _reason(rule: CourseRule, staff: Staff, types: set[int], positions: set[str]) -> str:
    """Why this rule gives the course to this person; empty when it does not."""
    match rule.applies_to:
        case CourseRule.AppliesTo.EVERYONE:
            return _("Everyone")
        case CourseRule.AppliesTo.LOGS_IN if staff.logs_in:
            return _("Everyone who signs in to the HMIS")
        case CourseRule.AppliesTo.ROLE if rule.role == staff.hmis_role:
            return _("Role: %(role)s") % {"role": staff.get_hmis_role_display()}
        case CourseRule.AppliesTo.POSITION if rule.position in positions:
            return _of_position(rule)
        case CourseRule.AppliesTo.PROJECT_TYPE if staff.logs_in and types & set(rule.project_types):
            return _("The type of your projects")
    return ""


def _needs_of(person: User) -> Needs:
    """What a person needs for all their work in agencies whose training is open."""
    needs: Needs = {}
    begun = Staff.objects.begun(clock.today())
    for row in begun.filter(user=person, agency__open_training__isnull=False):
        for course, reason in courses_for(row).items():
            need = (course.pk, row.pk if course.is_agreement else None)
            needs.setdefault(need, {})[row] = reason
    off_roster = Person.objects.off_roster().filter(user=person, agency__open_training__isnull=False)
    for holder in off_roster:
        for course, reason in briefings_of(holder).items():
            needs.setdefault((course.pk, None), {})[holder] = reason
    return needs


def _open(
    person: User, course: Course, staff_id: int | None, reasons: dict[Source, str], *, by: User | None
) -> Requirement:
    today = clock.today()
    days = course.due_days if course.due_days is not None else PortalSettings.load().training_due_days
    # Nobody is late before the first day of work for which the course is asked.
    begins = min(
        (source.start_date if isinstance(source, Staff) else today for source in reasons), default=today
    )
    row = Requirement.objects.create(
        person=person,
        course=course,
        staff_id=staff_id,
        version=course.version,
        assigned_on=today,
        due_on=max(today + timedelta(days=days), begins),
    )
    _set_reasons(row, reasons)
    for source in reasons:
        if course.is_agreement and isinstance(source, Staff):
            agreement.issue(source, by=by)
    why = "; ".join(sorted(set(reasons.values())))
    audit.record(
        by=by,
        verb=TrainingEvent.COURSE_ASSIGNED,
        obj=row,
        agency_id=next(iter(reasons)).agency_id,
        reason=why,
    )
    return row


def _set_reasons(row: Requirement, reasons: dict[Source, str]) -> None:
    """What is written already stays as it is: everybody's reasons are looked at with each change in their agency."""
    known = {because.source: because for because in row.reasons.all()}
    for source, because in known.items():
        if source not in reasons:
            because.delete()
        elif because.reason != reasons[source]:
            because.reason = reasons[source]
            because.save(update_fields=["reason"])
    Because.objects.bulk_create(
        Because(
            requirement=row,
            reason=reason,
            **({"staff": source} if isinstance(source, Staff) else {"holder": source}),
        )
        for source, reason in reasons.items()
        if source not in known
    )


def _close(row: Requirement, *, by: User | None) -> None:
    reasons = list(row.reasons.all())
    gone = bool(reasons) and all(reason.staff and reason.staff.left_on is not None for reason in reasons)
    row.closed_on = clock.today()
    row.closed_because = Requirement.Closed.LEFT if gone else Requirement.Closed.NOT_NEEDED
    row.save(update_fields=["closed_on", "closed_because"])
    cancel_reminders([row])
    agency_id = reasons[0].source.agency_id if reasons else None
    audit.record(
        by=by,
        verb=TrainingEvent.COURSE_CLOSED,
        obj=row,
        agency_id=agency_id,
        reason=row.get_closed_because_display(),
    )


def _ask_for_account(person: User, new: list[Requirement]) -> None:
    """The first course that is taken at the learning site asks for an account there."""
    taken_there = any(not row.course.is_agreement for row in new)
    if not taken_there or not PortalSettings.load().learning_accounts:
        return
    account, created = LearningAccount.objects.get_or_create(person=person)
    if created:
        audit.record(by=None, verb=TrainingEvent.LEARNING_ACCOUNT_ASKED, obj=account)
        learning_account_news.send(sender=LearningAccount, person=person, made=False)


def _tell_of_new(person: User, new: list[Requirement]) -> None:
    """One message for all courses given at once, naming those that the person does not already hold."""
    if not new:
        return
    ids = {row.pk for row in new}
    to_do = [
        item
        for item in items_of([person.pk])[person.pk]
        if item.requirement.pk in ids and not item.status.in_force
    ]
    if to_do:
        emails.assigned(person, to_do)


def announce(person: User, also: Staff | None = None) -> None:
    """Tell the app above about each agency in which this person works, and about a row that was just left."""
    rows = list(Staff.objects.current().filter(user=person))
    if also is not None and also not in rows:
        rows.append(also)
    for row in rows:
        requirements_met.send(sender=Staff, staff=row)


def announce_all(people: Iterable[int]) -> None:
    """The same for many people (ids)."""
    for row in Staff.objects.current().filter(user__in=set(people)):
        requirements_met.send(sender=Staff, staff=row)


def cancel_reminders(rows: Iterable[Requirement]) -> None:
    """What is not sent yet and no longer true is not sent."""
    closed = {row.pk for row in rows}
    waiting = Notice.objects.filter(requirement__in=closed, message__status=Message.Status.QUEUED)
    for message in Message.objects.filter(pk__in=waiting.values("message")):
        about = set(Notice.objects.filter(message=message).values_list("requirement", flat=True))
        if about <= closed:
            message.status = Message.Status.CANCELLED
            message.save(update_fields=["status"])
