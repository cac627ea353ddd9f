"""Whoever is named in section A is told once of each position: what it asks of them, and what it brings."""

from collections.abc import Iterable
from dataclasses import dataclass

from agencies import permissions, trust
from agencies.models import Agency, Contact, Person, Position, User
from hmis_portal.models import PortalSettings
from onboarding import emails
from onboarding.forms.sections.positions import DUTIES
from onboarding.models import Application, SectionKey, SectionWork
from onboarding.sections import short_pages
from training.models import Course, CourseRule


@dataclass(frozen=True)
class Duty:
    key: str
    position: str
    asks: str
    courses: tuple[Course, ...]


def tell_named(application: Application, *, by: User, positions: Iterable[str]) -> None:
    """Once every position's page is saved, one message a person; none to oneself. The caller holds the agency's lock.

    `here` are the positions on the page that is being saved. Before somebody of the HMIS has looked at the agency, only
    as many people are told as it may invite.
    """
    works = SectionWork.objects.filter(application=application, completed_at__isnull=False)
    saved = {
        *works.values_list("section", flat=True),
        *(f"{SectionKey.PEOPLE}.{position}" for position in positions),
    }
    if not {page.draft for page in short_pages.PEOPLE} <= saved:
        return
    agency = application.agency
    held: dict[Person, list[Contact]] = {}
    for contact in agency.contacts.all():
        held.setdefault(contact.person, []).append(contact)
    left = _left(agency, by)
    for person, contacts in held.items():
        new = [contact for contact in contacts if contact.position not in person.told_of]
        own = person.user_id == by.pk or person.email == by.email
        if not new or not person.email or (not own and not person.told_of and left <= 0):
            continue
        person.told_of = [*person.told_of, *(contact.position for contact in new)]
        person.save(update_fields=["told_of"])
        if not own:
            left -= 1
            emails.named(agency, person, _duties(contact.position for contact in new), by=by)


def _left(agency: Agency, by: User) -> int:
    if permissions.is_hmis_staff(by) or trust.is_known(agency):
        return len(Position)
    told_people = Person.objects.filter(agency=agency, told_of__len__gt=0)
    return PortalSettings.load().invitations_before_review - told_people.count()


def _duties(positions: Iterable[str]) -> list[Duty]:
    rules = CourseRule.objects.filter(applies_to=CourseRule.AppliesTo.POSITION, course__active=True)
    brings: dict[str, list[Course]] = {}
    for rule in rules.select_related("course").order_by("course__position", "pk"):
        brings.setdefault(rule.position, []).append(rule.course)
    return [
        Duty(position, str(Position(position).label), str(DUTIES[position]), tuple(brings.get(position, ())))
        for position in positions
    ]
