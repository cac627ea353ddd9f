"""Whom a line concerns: a colleague who has it, the person it is about, or whoever holds the role; and a reminder of it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from agencies import permissions
from agencies.models import Agency, AgencyRole, User
from hmis_portal import audit
from onboarding import emails
from onboarding.events import OnboardingEvent
from onboarding.owed.line import Line

Roles = Mapping[User, Iterable[str]]


@dataclass(frozen=True)
class Concerned:
    """Who is to see to the lines of one agency."""

    roles: Roles
    assigned: Mapping[str, User]

    def by(self, line: Line) -> list[User]:
        """Nobody of the agency for what others owe it."""
        if not line.of_agency:
            return []
        if line.key in self.assigned:
            return [self.assigned[line.key]]
        if line.user_id:
            return list(User.objects.filter(pk=line.user_id, is_active=True))
        return [user for user, held in self.roles.items() if AgencyRole.MANAGER in held]


def concerned(agency: Agency, assigned: Mapping[str, User]) -> Concerned:
    return Concerned(dict(permissions.people_with_roles(agency)), assigned)


@transaction.atomic
def remind(
    agency: Agency, line: Line, *, lines: Iterable[Line], people: Concerned, by: User
) -> tuple[list[User], list[User]]:
    """Tell whom the line concerns of all that concerns them, each once a day; who was told, and who was already today."""
    reminded: list[User] = []
    already: list[User] = []
    for person in people.by(line):
        if person == by:
            continue
        theirs = [line for line in lines if person in people.by(line)]
        own = person not in people.roles
        sent = emails.owed_reminder(agency, theirs, to=person, by=by, day=timezone.localdate(), own=own)
        (reminded if sent else already).append(person)
    if reminded:
        names = ", ".join(map(str, reminded))
        audit.record(
            by=by, verb=OnboardingEvent.REMINDED_OF_WHAT_IS_OWED, obj=agency, agency_id=agency.pk,
            data={"line": line.key, "people": names},
        )  # fmt: skip
    return reminded, already
