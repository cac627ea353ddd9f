"""The date rules of training: pure functions of dates, without a database.

Two dates are easily confused, so they are named once: `valid_through` is the *last good day*, inclusive, in the
portal's time zone; a deadline (`due_on`) is the last day on which the work is in time. Instants are UTC.
"""

import calendar
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum

from django.utils import timezone

FOREVER = date.max


class Rule(StrEnum):
    COMPLETION = "completion"
    FIXED = "fixed"


class State(StrEnum):
    WAIVED = "waived"
    VALID = "valid"
    RENEW_BY = "renew_by"
    IN_GRACE = "in_grace"
    EVIDENCE_PENDING = "evidence_pending"
    FAILED = "failed"
    LAPSED = "lapsed"
    OVERDUE = "overdue"
    IN_PROGRESS = "in_progress"
    NOT_STARTED = "not_started"


IN_FORCE = frozenset({State.WAIVED, State.VALID, State.RENEW_BY})


@dataclass(frozen=True)
class Policy:
    """How long a completion is good. `anniversary` is any one date of the fixed rule's calendar."""

    valid_months: int | None = None
    rule: Rule = Rule.COMPLETION
    anniversary: date | None = None
    window_days: int = 0
    grace_days: int = 0
    min_score: int | None = None
    idle_months: int | None = None

    def __post_init__(self) -> None:
        if self.rule == Rule.FIXED and not (self.valid_months and self.anniversary):
            raise ValueError("The fixed rule needs a number of months and an anniversary.")


@dataclass(frozen=True)
class Fact:
    """One attempt at a course that was not voided; `valid_through` None means that it does not lapse."""

    completed_on: date
    valid_through: date | None
    window_opens_on: date | None = None
    passed: bool = True
    version: int = 1


@dataclass(frozen=True)
class Span:
    """A waiver's days, both inclusive."""

    first: date
    last: date


@dataclass(frozen=True)
class Status:
    """Where one person stands with one required course on one day.

    `in_force` opens access; `holds` is weaker: an access that is already open is not yet suspended because of
    this course (in grace, or a course that a new role brought and that is not due yet).
    """

    state: State
    in_force: bool
    holds: bool
    completed_on: date | None = None
    valid_through: date | None = None
    renew_from: date | None = None
    grace_through: date | None = None
    deadline: date | None = None
    waived_through: date | None = None

    def days_left(self, today: date) -> int | None:
        """Days until the deadline; negative once it has passed."""
        return (self.deadline - today).days if self.deadline else None


@dataclass(frozen=True)
class Usage:
    """The last sign-in to the HMIS, as its list of some later day says. Without a list the idle rule is off."""

    signed_in_on: date | None = None
    listed_on: date | None = None


def unless_idle(policy: Policy, fact: Fact, usage: Usage) -> Fact:
    """A completion lapses once the HMIS was not used for so many months; what happened after the list is not known."""
    if not (fact.passed and policy.idle_months and usage.signed_in_on and usage.listed_on):
        return fact
    again_from = add_months(max(usage.signed_in_on, fact.completed_on), policy.idle_months)
    if usage.listed_on < again_from:
        return fact
    through = min(again_from - timedelta(days=1), fact.valid_through or FOREVER)
    return replace(fact, valid_through=through, window_opens_on=None)


def local_date(instant: datetime) -> date:
    """The calendar day of an instant in the state (2026-01-01T03:30Z is still 31 December there)."""
    if instant.tzinfo is None:
        raise ValueError("An instant needs a time zone.")
    return timezone.localdate(instant)


def add_months(day: date, months: int) -> date:
    """Calendar months later; a day that does not exist becomes the first of the month after."""
    year, month0 = divmod(day.year * 12 + day.month - 1 + months, 12)
    if day.day > calendar.monthrange(year, month0 + 1)[1]:
        return date(year, month0 + 1, 1) + timedelta(days=calendar.monthrange(year, month0 + 1)[1])
    return date(year, month0 + 1, day.day)


def same_day(base: date, months: int) -> date:
    """The day so many months after (or before) `base`, or the last of a month that lacks it: a last day stays one."""
    year, month0 = divmod(base.year * 12 + base.month - 1 + months, 12)
    return date(year, month0 + 1, min(base.day, calendar.monthrange(year, month0 + 1)[1]))


def _coming_same_day(base: date, period: int, day: date) -> int:
    """How many months after `base` the first fixed day on or after `day` is."""
    months = (day.year - base.year) * 12 + day.month - base.month
    months -= months % period
    return months if same_day(base, months) >= day else months + period


def valid_through(
    policy: Policy, completed_on: date, *, first_time: bool = False, campaign_on: date | None = None
) -> date | None:
    """The last good day of a completion, or None when the course is taken once.

    Fixed rule: done within the window before an anniversary counts for the period after it, done earlier only up
    to it. Someone who takes the course for the first time for a campaign is good for a period from its date.
    """
    if policy.valid_months is None:
        return None
    if policy.rule == Rule.COMPLETION or policy.anniversary is None:
        return add_months(completed_on, policy.valid_months) - timedelta(days=1)
    period = policy.valid_months
    if first_time and campaign_on is not None and completed_on <= campaign_on:
        return same_day(campaign_on, period)
    months = _coming_same_day(policy.anniversary, period, completed_on)
    if completed_on >= same_day(policy.anniversary, months) - timedelta(days=policy.window_days):
        months += period
    return same_day(policy.anniversary, months)


def window_opens(policy: Policy, through: date | None) -> date | None:
    """The first day on which a renewal is asked for; stored when the completion is, so policy cannot move it."""
    return through - timedelta(days=policy.window_days) if through and policy.window_days else None


def best(facts: Iterable[Fact]) -> Fact | None:
    """Of several completions the one with the latest last good day; the later done where they are equal."""
    passed = [fact for fact in facts if fact.passed]
    return max(passed, key=lambda fact: (fact.valid_through or FOREVER, fact.completed_on), default=None)


def passes(score: int | None, min_score: int | None) -> bool:
    """A course with a least score is not passed without one."""
    return min_score is None or (score is not None and score >= min_score)


def judge(
    *,
    today: date,
    due_on: date,
    facts: Sequence[Fact] = (),
    waivers: Sequence[Span] = (),
    grace_days: int = 0,
    version: int = 1,
    evidence_pending: bool = False,
    started: bool = False,
) -> Status:
    """The one place where a state is decided, in the order of the policy. Voided completions are not passed in.

    `version` is the one the requirement asks for: what was done of an earlier version counts until `due_on`.
    """
    known = [fact for fact in facts if fact.completed_on <= today]
    counted = _counting(known, version, earlier_too=today <= due_on)
    through = counted.valid_through if counted else None
    outdated = counted is not None and counted.version < version
    deadline: date | None = due_on
    if counted and not outdated:
        deadline = max(through, due_on) if through and through < today else through
    grace_through = through + timedelta(days=grace_days) if through else None
    renew_from = counted.window_opens_on if counted else None
    waived_through = max((span.last for span in waivers if span.first <= today <= span.last), default=None)

    def result(state: State, holds: bool, until: date | None = deadline) -> Status:
        return Status(
            state=state,
            in_force=state in IN_FORCE,
            holds=holds,
            completed_on=counted.completed_on if counted else None,
            valid_through=through,
            renew_from=renew_from,
            grace_through=grace_through,
            deadline=until,
            waived_through=waived_through,
        )

    if waived_through:
        return result(State.WAIVED, True, max(waived_through, deadline) if deadline else None)
    if counted and (through is None or today <= through):
        window_open = renew_from is not None and today >= renew_from
        return result(State.RENEW_BY if window_open or outdated else State.VALID, True)
    if grace_through and today <= grace_through:
        return result(State.IN_GRACE, True, through)
    in_time = today <= due_on
    if evidence_pending:
        return result(State.EVIDENCE_PENDING, in_time)
    return result(_not_in_force(known, counted, in_time=in_time, started=started), in_time)


def _counting(known: Sequence[Fact], version: int, *, earlier_too: bool) -> Fact | None:
    """The completion that counts: the best of the version asked for, else the best of any where those count too."""
    counted = best(fact for fact in known if fact.version >= version)
    return best(known) if counted is None and earlier_too else counted


def _not_in_force(known: Sequence[Fact], counted: Fact | None, *, in_time: bool, started: bool) -> State:
    """What the last try says, else the completion that ended, else the date."""
    last_passed = max((fact.completed_on for fact in known if fact.passed), default=date.min)
    if any(not fact.passed and fact.completed_on > last_passed for fact in known):
        return State.FAILED
    if counted:
        return State.LAPSED
    if not in_time:
        return State.OVERDUE
    return State.IN_PROGRESS if started else State.NOT_STARTED
