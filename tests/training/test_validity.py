"""The date rules, sentence by sentence of the training policy (numbers in the names)."""

from datetime import UTC, date, datetime, timedelta

import pytest

from tests.training.facts import DUE, YEARLY, fact
from training.validity import (
    IN_FORCE,
    Fact,
    Policy,
    Rule,
    Span,
    State,
    best,
    judge,
    local_date,
    passes,
    valid_through,
    window_opens,
)

FIXED = Policy(valid_months=12, rule=Rule.FIXED, anniversary=date(2024, 3, 31), window_days=90)


def state(today: date, **kwargs) -> State:
    return judge(today=today, due_on=kwargs.pop("due_on", DUE), **kwargs).state


def test_11_completion_rule():
    assert valid_through(YEARLY, date(2026, 2, 15)) == date(2027, 2, 14)


@pytest.mark.parametrize(
    ("done", "through"),
    [
        (date(2026, 2, 15), date(2027, 3, 31)),
        (date(2026, 1, 10), date(2027, 3, 31)),
        (date(2026, 6, 10), date(2027, 3, 31)),
        (date(2027, 2, 20), date(2028, 3, 31)),
        (date(2025, 12, 15), date(2026, 3, 31)),
        (date(2025, 12, 30), date(2026, 3, 31)),  # the last day before the window
        (date(2025, 12, 31), date(2027, 3, 31)),  # the window's first day
        (date(2026, 3, 31), date(2027, 3, 31)),  # the anniversary itself
        (date(2026, 4, 1), date(2027, 3, 31)),
    ],
)
def test_12_fixed_rule(done, through):
    assert valid_through(FIXED, done) == through


def test_12_first_time_with_a_campaign_date():
    done = date(2025, 11, 20)
    campaign = date(2026, 1, 31)
    assert valid_through(FIXED, done, first_time=True, campaign_on=campaign) == date(2027, 1, 31)
    assert valid_through(FIXED, done, first_time=False, campaign_on=campaign) == date(2026, 3, 31)
    late = date(2026, 2, 1)
    assert valid_through(FIXED, late, first_time=True, campaign_on=campaign) == date(2027, 3, 31)


def test_12_a_fixed_rule_needs_its_calendar():
    with pytest.raises(ValueError, match="anniversary"):
        Policy(valid_months=12, rule=Rule.FIXED)
    with pytest.raises(ValueError, match="months"):
        Policy(rule=Rule.FIXED, anniversary=date(2026, 1, 1))


def test_12_a_two_year_calendar_and_a_leap_day():
    two_years = Policy(valid_months=24, rule=Rule.FIXED, anniversary=date(2024, 2, 29), window_days=30)
    assert valid_through(two_years, date(2025, 5, 1)) == date(2026, 2, 28)
    assert valid_through(two_years, date(2026, 2, 1)) == date(2028, 2, 29)


def test_13_the_windows_opening_is_a_stored_fact():
    done = fact(date(2026, 2, 15))
    assert done.window_opens_on == date(2027, 2, 14) - timedelta(days=60)
    assert state(date(2026, 12, 15), facts=[done]) == State.VALID
    assert state(date(2026, 12, 16), facts=[done]) == State.RENEW_BY


def test_14_the_last_good_day_is_inclusive():
    assert valid_through(YEARLY, date(2023, 2, 12)) == date(2024, 2, 11)
    done = fact(date(2023, 2, 12))
    assert judge(today=date(2024, 2, 11), due_on=DUE, facts=[done]).in_force
    assert not judge(today=date(2024, 2, 12), due_on=DUE, facts=[done]).in_force


@pytest.mark.parametrize(
    ("done", "months", "through"),
    [
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2024, 2, 29), 48, date(2028, 2, 28)),
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2026, 1, 30), 1, date(2026, 2, 28)),
        (date(2026, 3, 31), 6, date(2026, 9, 30)),
        (date(2025, 12, 31), 2, date(2026, 2, 28)),
        (date(2026, 3, 1), 12, date(2027, 2, 28)),
        (date(2027, 3, 1), 12, date(2028, 2, 29)),
    ],
)
def test_15_calendar_months(done, months, through):
    assert valid_through(Policy(valid_months=months), done) == through


def test_15_once_is_for_good():
    assert valid_through(Policy(), date(2026, 1, 1)) is None
    assert window_opens(Policy(window_days=60), None) is None
    done = Fact(date(2001, 1, 1), None)
    assert judge(today=date(2060, 1, 1), due_on=DUE, facts=[done]).state == State.VALID


def test_16_the_day_is_connecticuts():
    assert local_date(datetime(2026, 1, 1, 3, 30, tzinfo=UTC)) == date(2025, 12, 31)
    assert local_date(datetime(2026, 7, 1, 3, 59, tzinfo=UTC)) == date(2026, 6, 30)
    assert local_date(datetime(2026, 7, 1, 4, 0, tzinfo=UTC)) == date(2026, 7, 1)
    with pytest.raises(ValueError, match="time zone"):
        local_date(datetime(2026, 1, 1))


def test_1_done_before_the_assignment_counts_while_valid():
    assert state(date(2026, 1, 5), facts=[fact(date(2025, 6, 1))]) == State.VALID


def test_3_and_4_the_latest_last_good_day_wins():
    first = fact(date(2026, 2, 15), FIXED)  # in the window: through 2027-03-31
    older = fact(date(2025, 12, 15), FIXED)  # arrives later, through 2026-03-31
    assert best([first, older]) is first
    assert best([older, first]) is first
    once = Fact(date(2020, 1, 1), None)
    assert best([first, once]) is once
    assert best([]) is None


def test_6_a_failed_attempt_satisfies_nothing():
    failed = Fact(date(2026, 1, 10), None, passed=False)
    assert best([failed]) is None
    assert state(date(2026, 1, 11), facts=[failed]) == State.FAILED
    assert passes(80, 80)
    assert not passes(79, 80)
    assert not passes(None, 80)
    assert passes(None, None)


def test_6_a_failed_attempt_of_an_earlier_cycle_is_history():
    failed, passed = Fact(date(2024, 1, 9), None, passed=False), fact(date(2024, 1, 10))
    assert state(date(2025, 6, 1), facts=[failed, passed]) == State.LAPSED
    retry = Fact(date(2025, 5, 1), None, passed=False)
    assert state(date(2025, 6, 1), facts=[failed, passed, retry]) == State.FAILED
    assert (
        state(date(2025, 1, 5), facts=[passed, Fact(date(2024, 12, 1), None, passed=False)]) == State.RENEW_BY
    )


def test_7_a_raised_version_has_its_own_due_date():
    old = fact(date(2025, 9, 1), version=1)
    before = judge(today=DUE, due_on=DUE, facts=[old], version=2)
    assert (before.state, before.in_force, before.deadline) == (State.RENEW_BY, True, DUE)
    after = judge(today=DUE + timedelta(days=1), due_on=DUE, facts=[old], version=2)
    assert (after.state, after.in_force, after.holds) == (State.OVERDUE, False, False)
    new = fact(date(2026, 1, 20), version=2)
    assert judge(today=date(2026, 6, 1), due_on=DUE, facts=[old, new], version=2).state == State.VALID


def test_9_having_registered_is_no_completion():
    status = judge(today=date(2026, 1, 5), due_on=DUE, started=True)
    assert (status.state, status.in_force) == (State.IN_PROGRESS, False)


VALID_ONE = fact(date(2026, 1, 10))
LAPSED_ONE = fact(date(2024, 1, 1))
FAILED_ONE = Fact(date(2026, 2, 20), None, passed=False)
WAIVED_NOW = Span(date(2026, 2, 1), date(2026, 3, 31))


@pytest.mark.parametrize(
    ("expected", "kwargs"),
    [
        (State.WAIVED, {"waivers": [WAIVED_NOW], "facts": [VALID_ONE, FAILED_ONE], "evidence_pending": True}),
        (State.VALID, {"facts": [VALID_ONE, FAILED_ONE], "evidence_pending": True}),
        (State.RENEW_BY, {"facts": [fact(date(2025, 3, 20)), FAILED_ONE], "evidence_pending": True}),
        (
            State.IN_GRACE,
            {"facts": [fact(date(2025, 2, 20)), FAILED_ONE], "evidence_pending": True, "grace_days": 14},
        ),
        (
            State.EVIDENCE_PENDING,
            {"facts": [LAPSED_ONE, FAILED_ONE], "evidence_pending": True, "started": True},
        ),
        (State.FAILED, {"facts": [LAPSED_ONE, FAILED_ONE], "started": True}),
        (State.LAPSED, {"facts": [LAPSED_ONE], "started": True}),
        (State.OVERDUE, {"started": True}),
        (State.IN_PROGRESS, {"started": True, "due_on": date(2026, 3, 1)}),
        (State.NOT_STARTED, {"due_on": date(2026, 3, 1)}),
    ],
)
def test_states_in_the_order_of_the_policy(expected, kwargs):
    status = judge(today=date(2026, 3, 1), **{"due_on": DUE, **kwargs})
    assert status.state == expected
    assert status.in_force == (expected in IN_FORCE)


def test_17_an_open_window_is_still_valid():
    assert judge(today=date(2027, 1, 1), due_on=DUE, facts=[VALID_ONE]).in_force


def test_18_in_grace_access_stays_and_does_not_open():
    day = date(2027, 1, 10)  # VALID_ONE is good through 9 January 2027
    status = judge(today=day, due_on=DUE, facts=[VALID_ONE], grace_days=14)
    assert (status.state, status.in_force, status.holds) == (State.IN_GRACE, False, True)
    assert status.grace_through == date(2027, 1, 23)


def test_19_suspends_at_the_start_of_the_day_after_grace_and_a_completion_restores():
    last, next_day = date(2027, 1, 23), date(2027, 1, 24)
    assert judge(today=last, due_on=DUE, facts=[VALID_ONE], grace_days=14).holds
    gone = judge(today=next_day, due_on=DUE, facts=[VALID_ONE], grace_days=14)
    assert (gone.state, gone.holds) == (State.LAPSED, False)
    again = fact(next_day)
    assert judge(today=next_day, due_on=DUE, facts=[VALID_ONE, again], grace_days=14).in_force


def test_20_a_first_timer_has_no_grace():
    late = judge(today=DUE + timedelta(days=1), due_on=DUE, grace_days=30)
    assert (late.state, late.in_force, late.holds) == (State.OVERDUE, False, False)
    early = judge(today=DUE, due_on=DUE, grace_days=30)
    assert (early.in_force, early.holds) == (False, True)


def test_21_a_course_new_to_a_role_does_not_suspend_before_it_is_due():
    once_had = fact(date(2020, 1, 1))
    status = judge(today=DUE, due_on=DUE, facts=[once_had])
    assert (status.state, status.in_force, status.holds) == (State.LAPSED, False, True)
    assert status.deadline == DUE


def test_33_a_waiver_lapses_by_itself():
    assert state(date(2026, 3, 31), waivers=[WAIVED_NOW]) == State.WAIVED
    assert state(date(2026, 4, 1), waivers=[WAIVED_NOW]) == State.OVERDUE
    assert state(date(2026, 1, 30), waivers=[WAIVED_NOW]) == State.NOT_STARTED


def test_a_day_in_the_past_knows_nothing_of_what_came_later():
    assert state(date(2026, 1, 9), facts=[VALID_ONE]) == State.NOT_STARTED


def test_a_lapsed_course_is_lapsed_also_when_it_was_failed_before_it_was_passed_on_one_day():
    day = date(2025, 2, 1)
    facts = [Fact(day, None, passed=False), Fact(day, date(2026, 1, 31))]
    assert state(date(2026, 3, 1), facts=facts) == State.LAPSED
