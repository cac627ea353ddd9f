"""Where people stand, computed from facts in a fixed number of queries, with the reason for every yes and no."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Prefetch
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from agencies.models import Agency, Staff, User
from training import validity
from training.models import (
    Because,
    Certificate,
    Completion,
    CourseEquivalence,
    Evidence,
    OpenTraining,
    Requirement,
    Signup,
    Waiver,
)
from training.validity import State, Standing

LABELS: dict[State, str] = {
    State.WAIVED: "Waived",
    State.VALID: "Completed",
    State.RENEW_BY: "Renew soon",
    State.IN_GRACE: "In grace",
    State.EVIDENCE_PENDING: "Proof being checked",
    State.FAILED: "Not passed yet",
    State.LAPSED: "Lapsed",
    State.OVERDUE: "Overdue",
    State.IN_PROGRESS: "In progress",
    State.NOT_STARTED: "Not yet started",
}
# The kinds of components/status.html.
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


def words(day: date) -> str:
    """November 22, 2026."""
    return date_format(day, "F j, Y")


@dataclass(frozen=True)
class Item:
    """One required course of one person, judged on one day."""

    requirement: Requirement
    standing: Standing
    today: date
    reasons: tuple[Because, ...] = ()

    @property
    def course_title(self) -> str:
        return self.requirement.course.title

    @property
    def label(self) -> str:
        return _(LABELS[self.standing.state])

    @property
    def tone(self) -> str:
        return TONES[self.standing.state]

    @property
    def is_open(self) -> bool:
        """Whether the person has something to do now or soon."""
        return self.standing.state not in {State.WAIVED, State.VALID}

    @property
    def sentence(self) -> str:
        """Why this course counts today, or why it does not."""
        one = self.standing
        through = words(one.valid_through) if one.valid_through else ""
        due = words(self.requirement.due_on)
        match one.state:
            case State.WAIVED:
                return _("Not asked of you through %(day)s.") % {"day": words(one.deadline)} if one.deadline else _("Waived.")
            case State.VALID:
                return _("Valid through %(day)s.") % {"day": through} if through else _("Done. It does not lapse.")
            case State.RENEW_BY if one.deadline and one.deadline == self.requirement.due_on and one.valid_through != one.deadline:
                return _("A newer version is asked of you by %(day)s.") % {"day": due}
            case State.RENEW_BY:
                return _("Valid through %(day)s. Take it again by then.") % {"day": through}
            case State.IN_GRACE:
                left = (one.grace_through - self.today).days + 1 if one.grace_through else 0
                days = ngettext("%(left)d day", "%(left)d days", left) % {"left": left}
                return _("Was valid through %(day)s. Access stays for %(days)s more.") % {"day": through, "days": days}
            case State.EVIDENCE_PENDING:
                return _("Your proof is waiting to be checked. It does not count until then.")
            case State.FAILED:
                return _("The last attempt was not passed. Due %(day)s.") % {"day": due}
            case State.LAPSED:
                return _("Was valid through %(day)s.") % {"day": through}
            case State.OVERDUE:
                return _("Was due %(day)s.") % {"day": due}
        return _("Due %(day)s.") % {"day": due}


@dataclass(frozen=True)
class StaffStanding:
    """Where one staff member stands in one agency today.

    `met`: access may open. `holds`: an access that is open may stay. Both look at mandatory courses alone.
    """

    staff: Staff
    opened: bool
    items: tuple[Item, ...] = ()

    @property
    def mandatory(self) -> list[Item]:
        return [item for item in self.items if item.requirement.course.mandatory]

    @property
    def met(self) -> bool:
        return self.opened and bool(self.mandatory) and all(item.standing.in_force for item in self.mandatory)

    @property
    def holds(self) -> bool:
        return self.opened and bool(self.mandatory) and all(item.standing.holds for item in self.mandatory)

    @property
    def done(self) -> int:
        return sum(item.standing.in_force for item in self.items)

    @property
    def unmet(self) -> list[Item]:
        return [item for item in self.mandatory if not item.standing.in_force]

    @property
    def reasons(self) -> list[str]:
        """One sentence for each thing that still stands between this person and access; empty when met."""
        if not self.opened:
            return [_("Training has not been opened for the agency yet.")]
        if self.staff.user_id is None:
            return [_("The person has not been invited to the portal yet.")]
        if not self.mandatory:
            return [_("No courses have been assigned yet.")]
        return [f"{item.course_title}: {item.sentence}" for item in self.unmet]

    @property
    def label(self) -> str:
        if self.met:
            return _("All in force")
        if any(item.standing.state in {State.OVERDUE, State.LAPSED, State.IN_GRACE} for item in self.mandatory):
            return _("Needs attention")
        return _("In progress") if self.done else _("Not yet started")

    @property
    def tone(self) -> str:
        if self.met:
            return "done"
        return {_("Needs attention"): "problem", _("In progress"): "waiting"}.get(self.label, "plain")


@dataclass
class _Facts:
    """Everything that is known about some people, by person and course."""

    completions: dict[tuple[int, int, int | None], list[validity.Fact]] = field(default_factory=lambda: defaultdict(list))
    waivers: dict[tuple[int, int], list[validity.Span]] = field(default_factory=lambda: defaultdict(list))
    pending: set[tuple[int, int]] = field(default_factory=set)
    booked: set[tuple[int, int]] = field(default_factory=set)
    equivalences: list[CourseEquivalence] = field(default_factory=list)

    def facts_for(self, row: Requirement) -> list[validity.Fact]:
        found = list(self.completions[row.person_id, row.course_id, row.staff_id])
        for rule in self.equivalences:
            if rule.course_id != row.course_id:
                continue
            for fact in self.completions[row.person_id, rule.by_id, None]:
                if fact.completed_on >= rule.from_on and (rule.until_on is None or fact.completed_on <= rule.until_on):
                    found.append(_translated(fact, row))
        return found


def _translated(fact: validity.Fact, row: Requirement) -> validity.Fact:
    """A completion of an equivalent course, judged by the policy of the course that it satisfies."""
    if not fact.passed:
        return fact
    policy = row.course.policy
    through = validity.valid_through(policy, fact.completed_on)
    return validity.Fact(fact.completed_on, through, validity.window_opens(policy, through), version=row.version)


def _facts(people: Collection[int], today: date) -> _Facts:
    facts = _Facts(equivalences=list(CourseEquivalence.objects.all()))
    for done in Completion.objects.standing().filter(person__in=people):
        facts.completions[done.person_id, done.course_id, done.staff_id].append(done.fact)
    for waiver in Waiver.objects.standing().filter(person__in=people, first_on__lte=today, last_on__gte=today):
        facts.waivers[waiver.person_id, waiver.course_id].append(validity.Span(waiver.first_on, waiver.last_on))
    facts.pending.update(Evidence.objects.pending().filter(person__in=people).values_list("person_id", "course_id"))
    facts.booked.update(
        Signup.objects.filter(person__in=people, state=Signup.State.BOOKED, session__cancelled_at=None).values_list(
            "person_id", "session__course_id"
        )
    )
    return facts


def items_of(people: Collection[int], *, today: date | None = None) -> dict[int, list[Item]]:
    """Every open requirement of these people (ids), judged on a day: seven queries, whatever their number."""
    day = today or timezone.localdate()
    facts = _facts(people, day)
    found: dict[int, list[Item]] = defaultdict(list)
    rows = (
        Requirement.objects.open()
        .filter(person__in=people)
        .select_related("course", "person")
        .prefetch_related(Prefetch("reasons", queryset=Because.objects.all()))
        .order_by("course__position", "pk")
    )
    for row in rows:
        key = (row.person_id, row.course_id)
        standing = validity.judge(
            today=day,
            due_on=row.due_on,
            facts=facts.facts_for(row),
            waivers=facts.waivers[key],
            grace_days=row.course.grace_days,
            version=row.version,
            evidence_pending=key in facts.pending,
            started=row.registered_on is not None or key in facts.booked,
        )
        found[row.person_id].append(Item(row, standing, day, tuple(row.reasons.all())))
    return found


def standings(staff: Sequence[Staff], *, today: date | None = None) -> list[StaffStanding]:
    """Where each of these staff rows stands, in their order; a fixed number of queries."""
    items = items_of({row.user_id for row in staff if row.user_id is not None}, today=today)
    opened = set(OpenTraining.objects.filter(agency__in={row.agency_id for row in staff}).values_list("agency_id", flat=True))
    return [
        StaffStanding(
            staff=row,
            opened=row.agency_id in opened,
            items=tuple(
                item
                for item in items.get(row.user_id or 0, [])
                if any(reason.staff_id == row.pk for reason in item.reasons)
            ),
        )
        for row in staff
    ]


def standing(staff: Staff, *, today: date | None = None) -> StaffStanding:
    """Where one staff member stands in its agency."""
    return standings([staff], today=today)[0]


def agency_standing(agency: Agency, *, today: date | None = None) -> list[StaffStanding]:
    """Where each current staff member of an agency stands; a fixed number of queries."""
    rows = list(Staff.objects.current().filter(agency=agency).select_related("user"))
    return standings(rows, today=today)


def transcript(person: User) -> list[Completion]:
    """Everything a person ever did, voided and failed attempts too, the latest first."""
    return list(
        Completion.objects.filter(person=person)
        .select_related("course", "certificate", "void", "staff__agency")
        .order_by("-completed_on", "-pk")
    )


def certificate_state(certificate: Certificate, *, today: date | None = None) -> tuple[str, str]:
    """("valid" | "lapsed" | "voided", a sentence): what anyone who holds the number may know."""
    day = today or timezone.localdate()
    done = certificate.completion
    if hasattr(done, "void"):
        return "voided", _("This certificate was withdrawn. Do not rely on it.")
    if done.valid_through is None:
        return "valid", _("The course was completed. It does not lapse.")
    if day > done.valid_through:
        return "lapsed", _("This certificate is genuine. It was valid through %(day)s.") % {"day": words(done.valid_through)}
    return "valid", _("This certificate is genuine and valid through %(day)s.") % {"day": words(done.valid_through)}


def in_force(items: Iterable[Item]) -> int:
    return sum(item.standing.in_force for item in items)
