"""A person's way into the HMIS, by agency: training, agreement, access; for themselves, and for the roster."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from agencies import roster
from agencies.models import Staff, User
from agencies.roster import Status
from onboarding.access.hmis.roles import Roles
from onboarding.models import Access
from training import selectors
from training.requirements.items import Item, StaffStatus

TONES = {
    Access.State.NOT_READY: "plain",
    Access.State.READY: "waiting",
    Access.State.GRANTED: "done",
    Access.State.SUSPENDED: "problem",
    Access.State.ENDED: "plain",
}


@dataclass(frozen=True)
class PersonAccess:
    """A person on one roster; `access` is None until the agency's training begins."""

    status: StaffStatus
    access: Access | None
    roles: Sequence[str]  # in the HMIS's words

    @property
    def staff(self) -> Staff:
        return self.status.staff

    @property
    def agreement(self) -> Item | None:
        return next((item for item in self.status.items if item.requirement.course.is_agreement), None)

    @property
    def state_kind(self) -> str:
        return TONES[Access.State(self.access.state)] if self.access else "plain"

    @property
    def state_text(self) -> str:
        if not self.staff.logs_in:
            return _("No access to the HMIS asked for")
        return str(self.access.get_state_display()) if self.access else _("Not ready")

    @property
    def reasons(self) -> Sequence[str]:
        """Why not, or not any more."""
        if not self.staff.logs_in or (self.access and self.access.state == Access.State.GRANTED):
            return []
        return [str(reason) for reason in self.access.reasons] if self.access else self.status.reasons

    @property
    def may_sign_in(self) -> bool:
        return self.access is not None and self.access.state == Access.State.GRANTED

    @property
    def next_url(self) -> str:
        """Where the one thing to do first stands open."""
        item = self.next_step
        return f"{reverse('training:mine')}?open={item.requirement.pk}#{item.anchor}" if item else ""

    @property
    def next_step(self) -> Item | None:
        return selectors.next_step([self.status])


def own_access(person: User) -> list[PersonAccess]:
    """Of each roster this person is on; a number of queries that does not grow with them."""
    items = selectors.items_of([person.pk])[person.pk]
    statuses = selectors.own_statuses(person, items)
    if not statuses:
        return []
    rows = Access.objects.filter(staff__in=[status.staff.pk for status in statuses])
    rows = rows.select_related("staff").prefetch_related("staff__projects__funders")
    access = {row.staff_id: row for row in rows}
    roles = Roles.load()
    return [
        PersonAccess(status, row, roles.of(row.staff).roles if row else ())
        for status in statuses
        for row in [access.get(status.staff.pk)]
    ]


def of_roster(rows: Sequence[Staff]) -> dict[int, list[Status]]:
    """For the lines of the roster; those who left have their access alone."""
    access = {row.staff_id: row for row in Access.objects.filter(staff__in=rows)} if rows else {}
    lines = {}
    for status in selectors.statuses(rows):
        access_of_person = PersonAccess(status, access.get(status.staff.pk), ())
        lines[status.staff.pk] = [*_learning(access_of_person), *_access(access_of_person)]
    return lines


def _learning(person: PersonAccess) -> list[Status]:
    if person.staff.left_on or not person.status.items:
        return []
    lines = [Status(_("Training"), "done" if person.status.met else "waiting", person.status.progress_words)]
    if item := person.agreement:
        lines.append(Status(_("Agreement"), item.tone, item.label))
    return lines


def _access(person: PersonAccess) -> list[Status]:
    if person.access is None or not person.staff.logs_in:
        return []
    details = [person.access.account_name]
    if person.access.to_do:
        to_do = Access.ToDo(person.access.to_do).label
        details.append(_("The HMIS Admin is to do: %(what)s") % {"what": to_do})
    return [Status(_("Access"), person.state_kind, person.state_text, ". ".join(filter(None, details)))]


roster.add(of_roster)
