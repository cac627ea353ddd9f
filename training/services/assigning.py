"""Who is asked to take what."""

from collections.abc import Collection
from datetime import date
from functools import partial
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from agencies.models import Agency, User
from hmis_portal import audit, queue
from hmis_portal.signing.models import TextVersion
from hmis_portal.web.errors import GuardFailed, WrongState
from training.events import TrainingEvent
from training.models import Because, Course, OpenTraining, Requirement
from training.requirements.assignments import assign, assign_off_roster, cancel_reminders


def open_training(agency: Agency, by: User | None) -> None:
    """The application is approved and the MOU executed: give every listed person their courses. Safe to repeat."""
    with transaction.atomic():
        _opened, created = OpenTraining.objects.get_or_create(agency=agency, defaults={"opened_by": by})
        if created:
            audit.record(by=by, verb=TrainingEvent.TRAINING_OPENED, obj=agency, agency_id=agency.pk)
        for staff in agency.staff.begun(timezone.localdate()).filter(user__isnull=False).order_by("user"):
            assign(staff=staff, by=by)
        assign_off_roster(agency, by=by)


def close_training(agency: Agency, by: User | None, reason: str = "") -> None:
    """The agency leaves: its people's requirements close, what they did stays."""
    with transaction.atomic():
        removed, _rows = OpenTraining.objects.filter(agency=agency).delete()
        if removed:
            audit.record(
                by=by, verb=TrainingEvent.TRAINING_CLOSED, obj=agency, agency_id=agency.pk, reason=reason
            )
        for staff in agency.staff.filter(user__isnull=False).order_by("user"):
            assign(staff=staff, by=by)
        assign_off_roster(agency, by=by)


def reassign_everyone() -> None:
    """The rules of a course changed: workers bring every open agency's people in line, each in its own task."""
    for agency_id in OpenTraining.objects.values_list("agency_id", flat=True):
        transaction.on_commit(partial(queue.publish, "training.tasks.reassign", str(agency_id)))


@transaction.atomic
def ask_newer_version(course: Course, *, by: User, due_on: date, reason: str) -> int:
    """Raise a course's version. Who has done an earlier one keeps it until the new due date, never less.

    Returns the number of people who are asked.
    """
    if due_on <= timezone.localdate():
        raise GuardFailed(
            _("Choose a due date in the future: nobody loses what they have done from one day to the next.")
        )
    if course.is_agreement:
        raise GuardFailed(
            _("Publish a newer text of the user agreement, and choose there who signs it by when.")
        )
    course = raise_version(course)
    asked = ask_again(course, due_on=due_on)
    audit.record(
        by=by,
        verb=TrainingEvent.NEWER_VERSION_REQUIRED,
        obj=course,
        before=str(course.version - 1),
        after=str(course.version),
        reason=reason,
        data={"people": asked, "due_on": due_on.isoformat()},
    )
    return asked


def raise_version(course: Course) -> Course:
    course = Course.objects.select_for_update(no_key=True).get(pk=course.pk)
    course.version += 1
    course.save(update_fields=["version"])
    return course


def ask_again(course: Course, *, due_on: date, agencies: Collection[UUID] | None = None) -> int:
    """The course's version of today instead of an earlier one, of people of these agencies or of all; how many."""
    earlier = Requirement.objects.open().filter(course=course, version__lt=course.version)
    if agencies is not None:
        because = Because.objects.filter(Q(staff__agency__in=agencies) | Q(holder__agency__in=agencies))
        earlier = earlier.filter(pk__in=because.values("requirement"))
    rows = list(earlier.select_for_update().order_by("person", "pk"))
    replace(rows, course, due_on)
    return len(rows)


def replace(
    rows: list[Requirement], course: Course, due_on: date, *, text: TextVersion | None = None
) -> None:
    """Open rows, which are locked, give way to rows of the course's version; a number of queries that does not grow."""
    today = timezone.localdate()
    closing = {"closed_on": today, "closed_because": Requirement.Closed.NEWER_VERSION}
    Requirement.objects.filter(pk__in=[row.pk for row in rows]).update(**closing)
    cancel_reminders(rows)
    newer = Requirement.objects.bulk_create(
        Requirement(
            person_id=row.person_id,
            course=course,
            staff_id=row.staff_id,
            version=course.version,
            assigned_on=today,
            due_on=max(due_on, row.due_on),
            text=text,
        )
        for row in rows
    )
    new_of = {row.pk: new for row, new in zip(rows, newer, strict=True)}
    Because.objects.bulk_create(
        Because(
            requirement=new_of[because.requirement_id],
            staff_id=because.staff_id,
            holder_id=because.holder_id,
            reason=because.reason,
        )
        for because in Because.objects.filter(requirement__in=rows)
    )


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
        audit.record(by=by, verb=TrainingEvent.REGISTERED, obj=row)
