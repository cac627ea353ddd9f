"""Completions as the date rules read them."""

from datetime import date

from training.validity import (
    Fact,
    Policy,
    valid_through,
    window_opens,
)

YEARLY = Policy(valid_months=12, window_days=60, grace_days=14)
DUE = date(2026, 1, 31)


def fact(done: date, policy: Policy = YEARLY, **kwargs) -> Fact:
    through = valid_through(policy, done)
    return Fact(done, through, window_opens(policy, through), **kwargs)
