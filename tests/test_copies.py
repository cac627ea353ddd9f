"""States of the database that are made once and copied (tests/copies.py)."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone

from agencies.models import Agency
from hmis_portal import documents
from hmis_portal.models import StoredDocument
from tests.cast import make_cast
from tests.copies import Copies, _rows

pytestmark = pytest.mark.django_db(transaction=True)  # each state is made in a transaction of its own
WORDS = "It’s “100 %” {of braces}, \\ and \n a new line"


def change() -> Agency:
    """Adds rows, changes one, removes one, keeps a document and sends a letter."""
    agency = Agency.objects.get(ein="061234567")
    agency.mission = WORDS
    agency.save(update_fields=["mission"])
    agency.cans.clear()
    documents.store(b"%PDF-1.4 of the copy", content_type="application/pdf")
    mail.send_mail("Subject", "Text", None, ["dana@harbor.example"])
    return agency


def stand(kept: dict[Any, Any], made: list[str], *, meddle: bool = False) -> tuple[Any, ...]:
    """The cast and the change, made or copied in a transaction that is undone: all that can be seen of them."""

    def make() -> Agency:
        made.append("made")
        return change()

    mail.outbox.clear()
    with transaction.atomic():
        copies = Copies(kept)
        cast = copies.once(make_cast)
        if meddle:
            Agency.objects.filter(pk=cast.other_agency.pk).update(mission="Meddled with")
        agency = copies.once(make)
        assert Agency.objects.get(pk=agency.pk).mission == agency.mission == WORDS
        (document,) = StoredDocument.objects.all()
        assert documents.read(document) == b"%PDF-1.4 of the copy"
        default_storage.delete(document.path)
        seen = cast.agency.pk, cast.director.email, _rows(), [one.subject for one in mail.outbox]
        transaction.set_rollback(True)
    return seen


def test_a_copy_is_what_was_made_the_first_time() -> None:
    kept: dict[Any, Any] = {}
    made: list[str] = []
    first = stand(kept, made)
    assert stand(kept, made) == first
    assert made == ["made"]


def test_nothing_is_copied_onto_another_state_or_other_settings_or_at_another_time(
    settings: Any, tmp_path: Path
) -> None:
    kept: dict[Any, Any] = {}
    made: list[str] = []
    stand(kept, made)
    stand(kept, made, meddle=True)
    assert made == ["made"] * 2
    for moment in ("2026-01-05T15:00:00Z", "2026-01-05T15:00:01Z"):
        with time_machine.travel(moment, tick=False):
            first = stand(kept, made)
            assert stand(kept, made) == first
    assert made == ["made"] * 4
    settings.ADMIN_SECOND_FACTOR = True
    stand(kept, made)
    assert stand(kept, made) == stand(kept, made)
    assert made == ["made"] * 5
    settings.SEAL_DIR = tmp_path
    stand(kept, made)
    stand(kept, made)
    assert made == ["made"] * 7


def test_where_the_clock_was_moved_and_goes_on_nothing_in_a_copy_is_of_the_future() -> None:
    kept: dict[Any, Any] = {}
    made: list[str] = []
    found = []
    for moment in ("2026-01-05T15:00:00Z", "2026-01-05T15:00:00Z", "2026-01-05T16:00:00Z"):
        with time_machine.travel(moment):
            found.append(stand(kept, made))
            latest = max(kept.ready for kept in kept.values())
            assert latest <= timezone.now() < latest + timedelta(minutes=1)
    assert found[0] == found[1] != found[2]
    assert made == ["made"] * 2


def test_a_state_is_copied_onto_the_very_one_that_it_was_made_on() -> None:
    kept: dict[Any, Any] = {}
    made: list[str] = []

    def make() -> Any:
        made.append(moment)
        return cast.agency.pk

    for moment in ("15:00:00", "15:00:01", "15:00:00"):
        with time_machine.travel(f"2026-01-05T{moment}Z") as clock, transaction.atomic():
            copies = Copies(kept)
            cast = copies.once(make_cast)
            clock.move_to("2026-01-05T15:01:00Z")
            assert copies.once(make) == cast.agency.pk
            transaction.set_rollback(True)
    assert made == ["15:00:00", "15:00:01"]
