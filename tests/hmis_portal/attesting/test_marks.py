"""The mark of a row says what the row says, as the database gives it back, and nothing else."""

import pytest
from django.core.exceptions import ImproperlyConfigured
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hmis_portal import audit
from hmis_portal.attesting import keys, marks
from hmis_portal.events import PortalEvent
from hmis_portal.models import AuditEvent, PortalSettings

WORDS = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=60)
NUMBERS = st.integers(-(2**60), 2**60) | st.floats(allow_nan=False, allow_infinity=False, width=32)
DATA = st.recursive(
    st.none() | st.booleans() | NUMBERS | WORDS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(WORDS, inner, max_size=4),
    max_leaves=12,
)
ADDRESSES = st.ip_addresses().map(str) | st.sampled_from(
    ["::ffff:192.0.2.7", "2001:DB8::1", "2001:0db8:0:0::1"]
)


def record(**values):
    return audit.record(by=None, verb=PortalEvent.CHANGED_SETTINGS, obj=PortalSettings.load(), **values)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(reason=WORDS, ip=ADDRESSES | st.none(), data=st.dictionaries(WORDS, DATA, max_size=4))
def test_whatever_is_recorded_reads_as_it_was_marked(db, reason, ip, data) -> None:
    event = record(reason=reason, ip=ip, data=data)
    assert marks.holds(event)
    assert marks.holds(AuditEvent.objects.get(pk=event.pk))


@pytest.mark.parametrize(
    "change",
    [
        {"verb": "reviewed"}, {"reason": "another"}, {"reason": ""}, {"ip": None}, {"data": {}}, {"data": {"a": 2}},
        {"actor_name": "Dana"}, {"target_id": "2"}, {"before": "x"},
    ],
)  # fmt: skip
def test_a_row_that_says_something_else_does_not_hold(db, change) -> None:
    event = record(reason="as agreed", ip="192.0.2.7", data={"a": 1})
    for name, value in change.items():
        setattr(event, name, value)
    assert not marks.holds(event)


def test_a_mark_is_the_only_one_of_its_kind(db) -> None:
    assert len({record().mark for _ in range(5)}) == 5


def test_a_key_is_changed_and_the_earlier_one_still_reads(db, settings) -> None:
    first, second = keys.new_key(1), keys.new_key(2)
    settings.EVIDENCE_KEYS = first
    old = record()
    settings.EVIDENCE_KEYS = f"{second},{first}"
    new = record()
    assert (old.mark[:2], new.mark[:2]) == ("1:", "2:")
    assert marks.holds(old)
    assert marks.holds(new)
    settings.EVIDENCE_KEYS = second
    assert not marks.holds(old)


def test_no_mark_and_nonsense_hold_nothing(db) -> None:
    event = record()
    for mark in ("", ":", "1", "1:a", "1:a:b", "x:a:b", "9" * 90, event.mark[:-1], event.mark + "0"):
        event.mark = mark
        assert not marks.holds(event)


@pytest.mark.parametrize(
    "given_key", ["secret", "0:" + "x" * 64, "1:short", "1:" + "x" * 64 + ",1:" + "y" * 64]
)
def test_a_key_that_is_none_stops_the_start(settings, given_key) -> None:
    settings.EVIDENCE_KEYS = given_key
    with pytest.raises(ImproperlyConfigured, match="portal evidence_key"):
        keys.check_configured()


def test_a_key_file_that_others_read_stops_the_start(settings, tmp_path) -> None:
    path = tmp_path / "evidence-key"
    path.write_text(keys.new_key(1) + "\n")
    settings.EVIDENCE_KEYS_FILE, settings.TESTING = str(path), False
    path.chmod(0o644)
    with pytest.raises(ImproperlyConfigured, match="others than its owner may read it"):
        keys.check_configured()
    path.chmod(0o600)
    keys.check_configured()


def test_without_a_key_the_start_stops(settings) -> None:
    settings.EVIDENCE_KEYS_FILE = ""
    with pytest.raises(ImproperlyConfigured, match="Set PORTAL_EVIDENCE_KEYS"):
        keys.check_configured()
