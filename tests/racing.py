"""Acts that happen at the same time, each on a connection of its own; and acts that must not take long."""

import threading
import time

from django.db import connection

PATIENCE = 120  # seconds for what comes at once, on a machine that may stand still for a while
WAITED_FOR = """
SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY (pg_blocking_pids(pid)))
"""


def at_once(*acts):
    """Run each in a thread of its own, all let go together; what each returned or raised."""
    gate, results = threading.Barrier(len(acts)), [None] * len(acts)

    def run(place, act):
        try:
            gate.wait(PATIENCE)
            results[place] = act()
        except Exception as error:  # the test looks at it
            results[place] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    return results


def until_somebody_waits():
    """Returns when another connection waits for a lock of this transaction."""
    deadline = time.monotonic() + PATIENCE
    while not _somebody_waits():
        assert time.monotonic() < deadline, "Nobody waits for what this transaction has locked."
        time.sleep(0.05)


def _somebody_waits():
    with connection.cursor() as cursor:
        cursor.execute(WAITED_FOR)
        return cursor.fetchone()[0]


def within(seconds, act):
    """What the act returns, done within so many seconds: a busy machine slows one try, a wait in the act all three."""
    for _try in range(3):
        begin = time.monotonic()
        result = act()
        took = time.monotonic() - begin
        if took < seconds:
            return result
    raise AssertionError(f"It took {took:.1f} seconds, not less than {seconds}.")
