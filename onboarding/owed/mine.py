"""What one person is to do, out of what all their agencies owe: given to them, their own, or of their role."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from uuid import UUID

from django.utils.translation import gettext as _

from agencies import permissions, selectors
from agencies.models import Agency, AgencyRole, Staff, User
from onboarding.journey.facts import Facts, gather_all
from onboarding.journey.holder import Holder
from onboarding.models import Assignment
from onboarding.owed.line import Line
from onboarding.owed.sources import lines_of


@dataclass(frozen=True)
class Share:
    """One agency of a person: the lines that are theirs, and those that are with others."""

    facts: Facts
    roles: tuple[str, ...]
    mine: list[Line]
    others: list[Line]

    @property
    def agency(self) -> Agency:
        return self.facts.agency

    @property
    def manages(self) -> bool:
        return AgencyRole.MANAGER in self.roles

    @property
    def edits(self) -> bool:
        return self.manages or AgencyRole.EDITOR in self.roles


def shares(person: User) -> list[Share]:
    """By agency, in a number of queries that does not grow with them; also of an agency where one is on the roster alone."""
    roles_at = dict(permissions.memberships(person))
    for row in Staff.objects.current().filter(user=person).select_related("agency"):
        roles_at.setdefault(row.agency, [])
    facts = gather_all(roles_at)
    assigned = _given([share.application.pk for share in facts.values() if share.application])
    shares_of = []
    for agency, roles in roles_at.items():
        share = Share(facts[agency.pk], tuple(roles), [], [])
        for line in lines_of(share.facts):
            holder = assigned.get((agency.pk, line.key), line.user_id)
            is_mine = line.of_agency and _is_of(line, share, holder, person)
            (share.mine if is_mine else share.others).append(_read_by(line, person))
        shares_of.append(share)
    return shares_of


def _given(applications: Collection[UUID]) -> dict[tuple[UUID, str], int]:
    """Which colleague has which line. Whoever no longer works for the agency has none."""
    rows = Assignment.objects.filter(application__in=applications)
    rows_given = list(rows.values_list("application__agency", "task", "person"))
    acting = selectors.acting_for({row[0] for row in rows_given})
    return {(agency, task): person for agency, task, person in rows_given if (agency, person) in acting}


def _is_of(line: Line, share: Share, holder: int | None, person: User) -> bool:
    """What nobody has in hand is the editors' where it is of that kind, and a manager's in any case."""
    if holder is not None:
        return holder == person.pk
    return share.manages or (share.edits and line.holder == Holder.EDITOR)


def _read_by(line: Line, person: User) -> Line:
    """One's own readiness stands on one's own page, with why not; also for who may not see the agency's."""
    if line.user_id != person.pk or line.holder != Holder.STAFF:
        return line
    return replace(line, own=True, title=_("You are not ready for the HMIS yet"), text="")
