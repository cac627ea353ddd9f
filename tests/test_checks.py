"""Django's own checks of the project find nothing, not even a warning: what always warns is soon read by nobody."""

from django.core.checks import run_checks


def test_the_checks_say_nothing() -> None:
    assert run_checks() == []
