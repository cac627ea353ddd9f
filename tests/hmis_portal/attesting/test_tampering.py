"""Random tampering by the database's owner, with the triggers off: each kind has its own finding."""

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hmis_portal import audit, documents
from hmis_portal.attesting import chain
from hmis_portal.events import PortalEvent
from hmis_portal.models import AuditEvent, ChainLink, PortalSettings
from hmis_portal.signing import tasks
from hmis_portal.signing.verifying import anchors, integrity
from onboarding import rights
from tests.cast import remember_second_factor

ROWS = 9
AUDIT, LINKS = "hmis_portal_auditevent", "hmis_portal_chainlink"
SWAP_ROWS = (
    f"UPDATE {AUDIT} SET id = -1 WHERE id = %s",
    f"UPDATE {AUDIT} SET id = %s WHERE id = %s",
    f"UPDATE {AUDIT} SET id = %s WHERE id = -1",
)
COPY = (
    f"INSERT INTO {AUDIT} (at, actor_name, verb, target_type, target_id, target_name, before, after, reason, data, mark)"
    f" SELECT at, actor_name, %s, target_type, target_id, target_name, before, after, reason, data, %s FROM {AUDIT} WHERE id = %s"
)


def record(number: int) -> AuditEvent:
    settings_row = PortalSettings.load()
    return audit.record(
        by=None,
        verb=PortalEvent.CHANGED_SETTINGS,
        obj=settings_row,
        reason=f"reason {number}",
        data={"number": number},
    )


@pytest.fixture
def recorded(db, storage):
    """A record that is chained and anchored: two rows from before there were marks, then marked ones."""
    for number in range(2):
        _insert_unmarked(f"reason {number}")
    assert chain.begin() == 2
    assert chain.begin() is None
    rows = [record(number) for number in range(2, ROWS)]
    assert chain.extend() == []
    anchors.cast()
    return [event.pk for event in [*AuditEvent.objects.filter(mark="").order_by("pk"), *rows]]


@pytest.fixture
def storage(tmp_path, settings):
    default = {**settings.STORAGES["default"], "OPTIONS": {"location": str(tmp_path)}}
    settings.STORAGES = {**settings.STORAGES, "default": default}
    documents.store(b"a document of its own", content_type="text/plain")


def _insert_unmarked(reason: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {AUDIT} (at, actor_name, verb, target_type, target_id, target_name, before, after, reason, data)"
            " VALUES (now(), '', 'changed settings', 'hmis_portal.portalsettings', '1', '', '', '', %s, '{}')",
            [reason],
        )


def changed(run, rows, one, other) -> None:
    run(f"UPDATE {AUDIT} SET reason = reason || '!' WHERE id = %s", rows[one])


def changed_mark(run, rows, one, other) -> None:
    run(f"UPDATE {AUDIT} SET mark = '1:00:00' WHERE id = %s", rows[one])


def removed(run, rows, one, other) -> None:
    run(f"DELETE FROM {AUDIT} WHERE id = %s", rows[one])


def reordered(run, rows, one, other) -> None:
    run(SWAP_ROWS[0], rows[one])
    run(SWAP_ROWS[1], rows[one], rows[other])
    run(SWAP_ROWS[2], rows[other])


def inserted(run, rows, one, other) -> None:
    run(COPY, "approved", "", rows[one])


def inserted_with_a_mark_of_another(run, rows, one, other) -> None:
    run(
        COPY,
        PortalEvent.CHANGED_SETTINGS,
        AuditEvent.objects.get(pk=rows[2 + one % 6]).mark,
        rows[2 + one % 6],
    )


def link_removed(run, rows, one, other) -> None:
    run(f"DELETE FROM {LINKS} WHERE sequence = %s", 1 + one)


def link_changed(run, rows, one, other) -> None:
    run(f"UPDATE {LINKS} SET row_mark = row_mark || '0' WHERE sequence = %s", 2 + one)


def links_reordered(run, rows, one, other) -> None:
    run(f"UPDATE {LINKS} SET sequence = 1000 WHERE sequence = %s", 2 + one)
    run(f"UPDATE {LINKS} SET sequence = %s WHERE sequence = %s", 2 + one, 2 + other)
    run(f"UPDATE {LINKS} SET sequence = %s WHERE sequence = 1000", 2 + other)


def link_inserted(run, rows, one, other) -> None:
    run(
        f"INSERT INTO {LINKS} (sequence, at, kind, row, row_mark, previous, mark) SELECT max(sequence) + 1, now(),"
        f" 'hmis_portal.auditevent', '999999', '1:0:0', '1:0:0', '1:0:{one}' FROM {LINKS}"
    )


def end_cut_off(run, rows, one, other) -> None:
    run(f"DELETE FROM {LINKS} WHERE sequence > %s", 1 + one)
    run(f"DELETE FROM {AUDIT} WHERE id >= %s", rows[one])


def links_cut_off(run, rows, one, other) -> None:
    run(f"DELETE FROM {LINKS} WHERE sequence > %s", 1 + one)


def all_begun_anew(run, rows, one, other) -> None:
    run(f"DELETE FROM {LINKS}")
    chain.begin()


KINDS = {
    changed: "record_changed",
    changed_mark: "record_changed",
    removed: "record_removed",
    reordered: "record_reordered",
    inserted: "record_inserted",
    inserted_with_a_mark_of_another: "record_inserted",
    link_removed: "record_removed",
    link_changed: "record_changed",
    links_reordered: "record_reordered",
    link_inserted: "record_inserted",
    end_cut_off: "record_cut",
    links_cut_off: "record_cut",
    all_begun_anew: "record_cut",
}


def test_a_record_that_nobody_touched_is_whole(recorded, found) -> None:
    assert found() == []
    record(ROWS)
    assert found() == []
    assert ChainLink.objects.count() == ROWS + 2


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    harm=st.sampled_from(list(KINDS)),
    places=st.lists(st.integers(0, ROWS - 1), min_size=2, max_size=2, unique=True),
)
def test_each_kind_of_tampering_has_its_own_finding(recorded, found, as_owner, harm, places) -> None:
    with transaction.atomic():
        harm(as_owner, recorded, *places)
        verbs = found()
        assert KINDS[harm] in verbs, (harm.__name__, verbs)
        transaction.set_rollback(True)
    assert found() == []


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    harms=st.lists(
        st.tuples(st.sampled_from([changed, removed, inserted]), st.integers(0, ROWS - 1)),
        min_size=2, max_size=4, unique_by=lambda one: one[1],
    )
)  # fmt: skip
def test_none_of_several_hides_another(recorded, found, as_owner, harms) -> None:
    with transaction.atomic():
        for harm, place in harms:
            harm(as_owner, recorded, place, 0)
        assert sorted(found()) == sorted(KINDS[harm] for harm, _place in harms)
        transaction.set_rollback(True)


def test_what_was_found_is_told_once_and_stands_on_the_desk_until_it_is_whole(
    recorded, as_owner, cast, client_of
) -> None:
    rights.load()
    chain.extend()
    client = client_of(cast.auditor)
    remember_second_factor(client, cast.auditor)
    words = "that is no longer as it was kept"
    as_owner(f"UPDATE {AUDIT} SET reason = 'forged' WHERE id = %s", recorded[4])
    tasks.check_documents()
    tasks.check_documents()
    event = AuditEvent.objects.get(verb="record_changed")
    assert "is not the one that was recorded" in event.reason
    assert words in client.get(reverse("admin:index")).text
    as_owner(f"UPDATE {AUDIT} SET reason = 'reason 4' WHERE id = %s", recorded[4])
    tasks.check_documents()
    assert integrity.outstanding() == {}
    assert words not in client.get(reverse("admin:index")).text


def test_a_forged_row_is_told_within_a_sweep(recorded, as_owner) -> None:
    inserted(as_owner, recorded, 3, 0)
    tasks.lengthen_chain()
    tasks.lengthen_chain()
    assert AuditEvent.objects.filter(verb="record_inserted").count() == 1
    with pytest.raises(SystemExit):
        call_command("check_documents")
    as_owner(f"DELETE FROM {AUDIT} WHERE verb = 'approved'")
    call_command("check_documents")
    assert integrity.outstanding() == {}


def test_an_anchor_that_somebody_wrote_is_found(recorded, found, tmp_path) -> None:
    path = next((tmp_path / "anchors").iterdir())
    path.write_text(path.read_text().replace("link", "pink", 1))
    assert found() == ["record_changed"]


def test_a_chain_is_not_begun_a_second_time_behind_the_operators_back(recorded, as_owner) -> None:
    as_owner(f"DELETE FROM {LINKS}")
    with pytest.raises(CommandError, match="the database has no chain"):
        call_command("portal", "attest")
    tasks.lengthen_chain()
    assert not ChainLink.objects.exists()
    call_command("portal", "attest", "--again")
    assert ChainLink.objects.exists()


def test_the_anchor_goes_by_mail_to_whom_the_setting_names(
    recorded, settings, cast, mailoutbox, commits
) -> None:
    settings.ANCHOR_MAIL = ["auditors", "archive@state.example"]
    rights.load()
    record(99)
    with commits():
        tasks.cast_anchor()
        tasks.cast_anchor()
    assert sorted(message.to[0] for message in mailoutbox) == sorted(
        [cast.auditor.email, "archive@state.example"]
    )
    assert chain.last().mark in mailoutbox[0].body
