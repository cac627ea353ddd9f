"""One required course of one person, and a person's status in one agency, in words with the reason."""

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from agencies.models import Person, Staff
from hmis_portal.text.words import date_words
from hmis_portal.what_if import clock
from training.models import Course
from training.validity import State, Status

LABELS: dict[State, object] = {
    State.WAIVED: gettext_lazy("Waived"),
    State.VALID: gettext_lazy("Completed"),
    State.RENEW_BY: gettext_lazy("Renew soon"),
    State.IN_GRACE: gettext_lazy("In grace"),
    State.EVIDENCE_PENDING: gettext_lazy("Proof being checked"),
    State.FAILED: gettext_lazy("Not passed yet"),
    State.LAPSED: gettext_lazy("Lapsed"),
    State.OVERDUE: gettext_lazy("Overdue"),
    State.IN_PROGRESS: gettext_lazy("In progress"),
    State.NOT_STARTED: gettext_lazy("Not yet started"),
}
# The kinds of the tag `status`.
TONES: dict[State, str] = {
    State.WAIVED: "done",
    State.VALID: "done",
    State.RENEW_BY: "turn",
    State.IN_GRACE: "problem",
    State.EVIDENCE_PENDING: "waiting",
    State.FAILED: "problem",
    State.LAPSED: "problem",
    State.OVERDUE: "problem",
    State.IN_PROGRESS: "waiting",
    State.NOT_STARTED: "plain",
}


class Reason(NamedTuple):
    """Of a requirement: `Because`, without its rows."""

    staff_id: int | None
    holder_id: int | None
    reason: str


class OpenRequirement(NamedTuple):
    """What a list knows of an open requirement; the course is the same object for all who are asked to take it."""

    pk: int
    person_id: int
    staff_id: int | None
    version: int
    assigned_on: date
    due_on: date
    registered_on: date | None
    has_dates: bool
    course: Course

    @property
    def course_id(self) -> int:
        return self.course.pk


@dataclass(frozen=True)
class Item:
    """One required course of one person, judged on one day."""

    requirement: OpenRequirement
    status: Status
    today: date
    reasons: tuple[Reason, ...] = ()

    @property
    def course_title(self) -> str:
        return self.requirement.course.title

    @property
    def label(self) -> str:
        return str(LABELS[self.status.state])

    @property
    def tone(self) -> str:
        return TONES[self.status.state]

    @property
    def is_open(self) -> bool:
        """Whether the person has something to do now or soon."""
        return self.status.state not in {State.WAIVED, State.VALID}

    @property
    def anchor(self) -> str:
        """The row's id on the person's page."""
        return f"course-{self.requirement.pk}"

    @property
    def can_register(self) -> bool:
        return self.requirement.registered_on is None and self.status.state in {
            State.NOT_STARTED,
            State.OVERDUE,
        }

    @property
    def can_upload(self) -> bool:
        return self.requirement.course.evidence_allowed and self.status.state != State.EVIDENCE_PENDING

    @property
    def why(self) -> str:
        """What about the person's work brings this course."""
        return "; ".join(dict.fromkeys(reason.reason for reason in self.reasons))

    @property
    def sentence(self) -> str:
        """Why this course counts today, or why it does not."""
        status = self.status
        through = date_words(status.valid_through) if status.valid_through else ""
        due = date_words(self.requirement.due_on)
        match status.state:
            case State.WAIVED:
                return _("Not asked of you through %(day)s.") % {"day": date_words(status.waived_through)}
            case State.VALID:
                return (
                    _("Valid through %(day)s.") % {"day": through}
                    if through
                    else _("Done. It does not lapse.")
                )
            case State.RENEW_BY if (
                status.deadline
                and status.deadline == self.requirement.due_on
                and status.valid_through != status.deadline
            ):
                return _("A newer version is asked of you by %(day)s.") % {"day": due}
            case State.RENEW_BY:
                return _("Valid through %(day)s. Take it again by then.") % {"day": through}
            case State.IN_GRACE:
                left = (status.grace_through - self.today).days + 1 if status.grace_through else 0
                days = ngettext("%(left)d day", "%(left)d days", left) % {"left": left}
                return _("Was valid through %(day)s. Access stays for %(days)s more.") % {
                    "day": through,
                    "days": days,
                }
            case State.EVIDENCE_PENDING:
                return _("Your proof is waiting to be checked. It does not count until then.")
            case State.FAILED:
                return _("The last attempt was not passed. Due %(day)s.") % {"day": due}
            case State.LAPSED:
                return _("Was valid through %(day)s.") % {"day": through}
            case State.OVERDUE:
                return _("Was due %(day)s.") % {"day": due}
        return _("Due %(day)s.") % {"day": due}


@dataclass(frozen=True, kw_only=True)
class CoursesStatus:
    """How far somebody is with what is asked of them in one agency today.

    `met`: access may open. `holds`: an access that is open may stay. Both look at mandatory courses alone.
    """

    opened: bool
    items: tuple[Item, ...] = ()

    @cached_property
    def mandatory(self) -> list[Item]:
        return [item for item in self.items if item.requirement.course.mandatory]

    @cached_property
    def met(self) -> bool:
        return self.opened and bool(self.mandatory) and all(item.status.in_force for item in self.mandatory)

    @property
    def holds(self) -> bool:
        return self.opened and bool(self.mandatory) and all(item.status.holds for item in self.mandatory)

    @property
    def done(self) -> int:
        return sum(item.status.in_force for item in self.items)

    @property
    def progress_words(self) -> str:
        total = len(self.items)
        return ngettext("%(done)d of %(total)d course done", "%(done)d of %(total)d courses done", total) % {
            "done": self.done,
            "total": total,
        }

    @property
    def unmet(self) -> list[Item]:
        return [item for item in self.mandatory if not item.status.in_force]

    @property
    def label(self) -> str:
        if self.met:
            return _("Everything done")
        if any(item.status.state in {State.OVERDUE, State.LAPSED, State.IN_GRACE} for item in self.mandatory):
            return _("Needs attention")
        return _("In progress") if self.done else _("Not yet started")

    @property
    def tone(self) -> str:
        if self.met:
            return "done"
        return {_("Needs attention"): "problem", _("In progress"): "waiting"}.get(self.label, "plain")


@dataclass(frozen=True, kw_only=True)
class StaffStatus(CoursesStatus):
    """Of one staff member."""

    staff: Staff

    @property
    def reasons(self) -> list[str]:
        """One sentence for each thing that still stands between this person and access; empty when met."""
        if not self.opened:
            return [_("Training has not been opened for the agency yet.")]
        if self.staff.starts_after(clock.today()):
            words = _("Starts on %(day)s: the invitation and the courses come that day.")
            return [words % {"day": date_words(self.staff.start_date)}]
        if self.staff.user_id is None:
            return [_("The person has not been invited to the portal yet.")]
        if not self.mandatory:
            return [_("No courses have been assigned yet.")]
        return [f"{item.course_title}: {item.sentence}" for item in self.unmet]


@dataclass(frozen=True, kw_only=True)
class PositionStatus(CoursesStatus):
    """Of who holds positions and is not on the roster."""

    holder: Person

    @property
    def positions(self) -> str:
        return ", ".join(str(contact.get_position_display()) for contact in self.holder.contacts.all())
