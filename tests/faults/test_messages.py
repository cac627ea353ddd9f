"""Messages survive the loss of the worker and of the queue: none is lost, each is sent once."""

import time

import pytest

from tests.servers import RUNTIME_ROLE

pytestmark = pytest.mark.fault

MESSAGES = 12
SENT = "SELECT count(*) FROM hmis_portal_message WHERE \"to\" LIKE %s AND status = 'sent'"
# What closing an account sends, recorded in one transaction each, as the views do.
CLOSE = """
from django.db import transaction
from agencies import emails
from agencies.models import User
for number in range({count}):
    with transaction.atomic():
        address = f"{who}{{number}}@faults.example"
        emails.account_closed(User.objects.create_user(address), address=address)
"""


def send(portal, who: str, count: int = MESSAGES) -> None:
    portal.shell(CLOSE.format(who=who, count=count))


def arrived(portal, who: str) -> list[str]:
    return [str(message["To"]) for message in portal.outbox() if str(message["To"]).startswith(who)]


def all_sent(portal, who: str) -> bool:
    return portal.rows(SENT, f"{who}%") == [(MESSAGES,)]


def test_messages_recorded_while_the_queue_is_away_follow_when_it_is_back(breakable_portal) -> None:
    portal = breakable_portal
    portal.stop_redis()
    send(portal, "away")
    assert arrived(portal, "away") == []
    portal.start_redis()
    portal.wait_for(lambda: all_sent(portal, "away"), "the messages to follow")
    assert sorted(arrived(portal, "away")) == sorted(f"away{n}@faults.example" for n in range(MESSAGES))


def test_a_worker_keeps_its_connection_to_the_database_from_one_task_to_the_next(live_portal) -> None:
    def begun() -> int:
        """How many sessions of the live portal the server has begun."""
        return live_portal.rows("SELECT sessions FROM pg_stat_database WHERE datname = current_database()")[
            0
        ][0]

    send(live_portal, "before")
    live_portal.wait_for(lambda: all_sent(live_portal, "before"), "the messages before")
    before = begun()
    send(live_portal, "kept")
    live_portal.wait_for(lambda: all_sent(live_portal, "kept"), "every message to be sent")
    assert begun() - before < MESSAGES / 2


def test_a_worker_whose_connection_was_ended_sends_at_the_first_try(live_portal) -> None:
    ended = live_portal.rows(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE datname = current_database() AND usename = %s AND state = 'idle'",
        RUNTIME_ROLE,
    )
    assert len(ended) >= 2  # of web and worker at least
    send(live_portal, "ended", 1)
    tried = "SELECT status, attempts FROM hmis_portal_message WHERE \"to\" = 'ended0@faults.example'"
    live_portal.wait_for(lambda: live_portal.rows(tried)[0][0] == "sent", "the message to be sent")
    assert live_portal.rows(tried) == [("sent", 1)]


def test_messages_are_sent_once_when_the_worker_is_killed(breakable_portal, rounds, record_trial) -> None:
    portal = breakable_portal
    lost = doubled = 0
    for number in range(rounds):
        who = f"killed{number}x"
        send(portal, who)
        time.sleep(0.05 * (number % 5))
        portal.worker.kill()
        portal.worker.start()
        portal.wait_for(lambda who=who: all_sent(portal, who), "every message to be sent")
        seen = arrived(portal, who)
        lost += MESSAGES - len(set(seen))
        doubled += len(seen) - len(set(seen))
    record_trial("messages, worker killed", rounds=rounds, lost=lost, doubled=doubled)
    # A kill between the mail server's "yes" and the commit sends that one message again: no more than one a kill.
    assert lost == 0
    assert doubled <= rounds
