"""Sessions: planned by trainers, booked by people, and what attending one completes.

Who changes a session or a place in it holds the lock of the session's row, then of the persons' rows in the order of
their keys; so n + 1 people at once get n seats, and nobody is promised two seats at the same time.
"""

from training.services.sessions.attending import check_in, code_of, record_attendance
from training.services.sessions.booking import (
    clashes,
    free_seats,
    give_back,
    give_back_of_leavers,
    promote_everywhere,
    sign_up,
    who_needs,
)
from training.services.sessions.planning import (
    Plan,
    call_off,
    call_off_series,
    change,
    change_series,
    later_of,
    plan,
)

__all__ = [
    "Plan",
    "call_off",
    "call_off_series",
    "change",
    "change_series",
    "check_in",
    "clashes",
    "code_of",
    "free_seats",
    "give_back",
    "give_back_of_leavers",
    "later_of",
    "plan",
    "promote_everywhere",
    "record_attendance",
    "sign_up",
    "who_needs",
]
