"""A message that cannot be sent is counted, paused, given up and shown, whatever it fails of; nothing else waits for it."""

from datetime import timedelta

import pytest
import time_machine
from django.core import mail as outbox
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from hmis_portal import documents, tasks
from hmis_portal.models import Message, MessageDocument
from hmis_portal.running import tries
from onboarding import rights
from tests.cast import remember_second_factor


@pytest.fixture
def message(db):
    return _message("first@messages.example")


def _message(to, **fields):
    return Message.objects.create(
        key=to, name="agencies/account_closed", to=to, subject="Closed", body_text="x", body_html="x",
        next_try_at=timezone.now(), **fields,
    )  # fmt: skip


def _attach(message):
    for words in (b"another document", b"what goes with it"):
        document = documents.store(words, content_type="application/pdf")
    MessageDocument.objects.create(message=message, document=document, filename="with.pdf")
    return document


def _sweep_for(hours, *, every=20):
    begin = timezone.now()
    for minutes in range(0, hours * 60, every):
        with time_machine.travel(begin + timedelta(minutes=minutes + 1)):
            tasks.sweep_messages()


@pytest.mark.parametrize("fault", ["a link that nobody makes", "an attachment that is gone"])
def test_a_message_that_cannot_be_made_is_counted_given_up_and_stands_on_the_desk(
    message, fault, cast, client_of
):
    if fault == "a link that nobody makes":
        Message.objects.update(link_kind="no such kind", link_object="1")
    else:
        document = _attach(message)
        documents.default_storage.delete(document.path)
    tasks.deliver(str(message.pk))
    message.refresh_from_db()
    assert (message.status, message.attempts) == ("queued", 1)
    assert message.error
    assert message.next_try_at - message.tried_at == timedelta(minutes=2)
    _sweep_for(60)
    message.refresh_from_db()
    assert (message.status, message.attempts) == ("failed", 12)
    rights.load()
    desk = client_of(cast.admin)
    remember_second_factor(desk, cast.admin)
    assert "first@messages.example" in desk.get(reverse("admin:index")).text
    Message.objects.update(link_kind="")
    MessageDocument.objects.all().delete()
    listed = reverse("admin:hmis_portal_message_changelist")
    desk.post(listed, {"action": "send_again", "_selected_action": [message.pk]})
    message.refresh_from_db()
    assert (message.status, message.error) == ("sent", "")


def test_a_message_waits_for_a_storage_that_is_away_and_leaves_when_it_is_back(message, storage_away):
    _attach(message)
    with storage_away():
        _sweep_for(80, every=240)
        message.refresh_from_db()
        assert (message.status, message.attempts, message.waits_for) == ("queued", 0, "storage")
    assert message.next_try_at - message.tried_at <= timedelta(seconds=20)
    with time_machine.travel(message.next_try_at):
        tasks.sweep_messages()
    assert [one.to for one in outbox.outbox] == [["first@messages.example"]]


def test_a_message_that_kills_its_worker_each_time_is_given_up(message):
    rows = Message.objects.filter(pk=message.pk)
    begin = timezone.now()
    tried = 0
    for minutes in range(60):
        with time_machine.travel(begin + timedelta(minutes=minutes)):
            tried += tries.begin(rows)  # and the worker is gone
    message.refresh_from_db()
    assert (message.status, tried) == ("failed", 2 * Message.MOST_TRIES)
    assert "The worker ended each time" in message.error


def test_the_oldest_message_leaves_first(db):
    for number in (3, 1, 2):
        one = _message(f"{number}@messages.example")
        Message.objects.filter(pk=one.pk).update(created_at=timezone.now() - timedelta(minutes=10 - number))
    tasks.sweep_messages()
    assert [one.to[0][0] for one in outbox.outbox] == ["1", "2", "3"]


def test_no_lock_is_held_while_the_mail_server_is_spoken_to(message, monkeypatch):
    """The row is taken in a short transaction of its own, before; the rest is done without a lock."""
    seen = []
    locmem = outbox.get_connection().__class__
    real = locmem.send_messages

    def spoken(self, messages):
        seen.append(len(connection.savepoint_ids))
        return real(self, messages)

    monkeypatch.setattr(locmem, "send_messages", spoken)
    depth = len(connection.savepoint_ids)
    tasks.deliver(str(message.pk))
    assert seen == [depth]
