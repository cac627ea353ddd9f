"""The date rules as properties: what holds for every policy and every day."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from tests.training.facts import DUE, fact
from training.validity import Policy, Rule, add_months, judge, valid_through

days = st.dates(date(2015, 1, 1), date(2045, 12, 31))
completion_policies = st.builds(
    Policy, valid_months=st.integers(1, 60), window_days=st.integers(0, 90), grace_days=st.integers(0, 60)
)
fixed_policies = st.builds(
    Policy,
    valid_months=st.sampled_from([6, 12, 24, 36]),
    rule=st.just(Rule.FIXED),
    anniversary=days,
    window_days=st.integers(0, 150),
)
policies = st.one_of(completion_policies, fixed_policies)


@given(days, st.integers(0, 120))
def test_months_land_in_their_month_or_on_the_first_of_the_next(day, months):
    later = add_months(day, months)
    distance = (later.year - day.year) * 12 + later.month - day.month
    assert (distance == months and later.day == day.day) or (
        distance == months + 1 and later.day == 1 and day.day > 28
    )


@given(policies, days, days)
def test_doing_it_later_never_shortens(policy, one, other):
    early, late = sorted([one, other])
    assert valid_through(policy, early) <= valid_through(policy, late)


@given(policies, days)
def test_a_completion_is_good_on_its_own_day_and_for_no_more_than_two_periods(policy, done):
    through = valid_through(policy, done)
    assert through >= done
    assert through < add_months(done, 2 * policy.valid_months)


@given(policies, st.lists(days, min_size=1, max_size=6), days)
def test_the_order_in_which_facts_arrive_does_not_matter(policy, dates, today):
    facts = [fact(day, policy) for day in dates]
    forward = judge(today=today, due_on=DUE, facts=facts, grace_days=policy.grace_days)
    assert forward == judge(today=today, due_on=DUE, facts=facts[::-1], grace_days=policy.grace_days)


@given(policies, st.lists(days, max_size=5), days, days)
def test_one_more_completion_never_takes_validity_away(policy, dates, extra, today):
    facts = [fact(day, policy) for day in dates]
    before = judge(today=today, due_on=DUE, facts=facts, grace_days=policy.grace_days)
    after = judge(today=today, due_on=DUE, facts=[*facts, fact(extra, policy)], grace_days=policy.grace_days)
    assert not (before.in_force and not after.in_force)
    assert not (before.holds and not after.holds)
    if before.valid_through:
        assert after.valid_through >= before.valid_through


@given(policies, st.lists(days, max_size=4), days, days, st.booleans(), st.booleans())
def test_what_is_in_force_holds(policy, dates, today, due_on, pending, started):
    facts = [fact(day, policy) for day in dates]
    status = judge(
        today=today,
        due_on=due_on,
        facts=facts,
        grace_days=policy.grace_days,
        evidence_pending=pending,
        started=started,
    )
    assert status.holds or not status.in_force
    if not any(done <= today for done in dates):
        assert not status.in_force
