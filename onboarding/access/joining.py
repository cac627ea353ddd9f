"""What everybody on the roster of an agency in training is given: an account, courses, an access row. Safe to repeat."""

import structlog
from django.db import transaction

from agencies.models import Agency, Person, Staff, User
from agencies.services.invitations import invite_holder, invite_staff
from hmis_portal.web.errors import DomainError
from hmis_portal.what_if import clock
from onboarding.models import Access
from training import services as training_services
from training.models import Because, CourseRule

log = structlog.get_logger(__name__)
# Invited in one go: a counter-signature does not wait for 500 people, nor does a worker run out of its time.
AT_ONCE = 50


def open_rows(agency: Agency) -> None:
    """One access row for each current staff member; a row that exists stays."""
    missing = Staff.objects.current().filter(agency=agency, access=None)
    Access.objects.bulk_create([Access(staff=staff) for staff in missing], ignore_conflicts=True)


def invite_new(agency: Agency, *, by: User | None) -> list[Staff]:
    """Accounts for the people on the roster who have none, AT_ONCE at most; the next run goes on.

    One who cannot be invited does not hold up the others.
    """
    invited: list[Staff] = []
    for staff in Staff.objects.begun(clock.today()).filter(agency=agency, user=None):
        if len(invited) == AT_ONCE:
            break
        try:
            with transaction.atomic():
                invite_staff(staff=staff, by=by)
            invited.append(staff)
        except DomainError as error:
            log.warning("staff_not_invited", staff=staff.pk, reason=str(error))
    return invited


def invite_off_roster(agency: Agency, *, by: User | None) -> list[Person]:
    """Accounts for those who hold a position that brings a briefing and are not on the roster."""
    briefed = CourseRule.objects.filter(applies_to=CourseRule.AppliesTo.POSITION, course__active=True)
    people = Person.objects.off_roster().filter(
        agency=agency, user=None, contacts__position__in=briefed.values("position")
    )
    invited = []
    for person in people.distinct():
        try:
            with transaction.atomic():
                invite_holder(person=person, by=by)
            invited.append(person)
        except DomainError as error:
            log.warning("holder_not_invited", person=person.pk, reason=str(error))
    return invited


def welcome_new(agency: Agency) -> bool:
    """People listed after training began, or whose start date has come, get the same: an invitation, courses, access row.

    Whether others may still wait for it.
    """
    invited = [staff.pk for staff in invite_new(agency, by=None)]
    begun = Staff.objects.begun(clock.today()).filter(agency=agency, user__isnull=False)
    without_courses = begun.filter(starts_later=True).exclude(
        pk__in=Because.objects.filter(staff__isnull=False).values("staff")
    )
    for staff in begun.filter(pk__in=invited) | without_courses:
        training_services.assign(staff=staff, by=None)
    invite_off_roster(agency, by=None)
    training_services.assign_off_roster(agency, by=None)
    open_rows(agency)
    return len(invited) == AT_ONCE
