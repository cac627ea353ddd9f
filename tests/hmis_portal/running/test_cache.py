"""The cache while Redis cannot be reached: an empty one, and quickly."""

import os
import pickle
import re
import socket
from pathlib import Path

import pgtrigger
import pytest
import redis
from django.db import connection
from django.urls import reverse

from hmis_portal import documents
from hmis_portal.models import PortalSettings, StoredDocument, forget_settings
from hmis_portal.running import as_json
from hmis_portal.running.cache import PatientRedisCache
from tests.racing import within


@pytest.fixture
def away() -> PatientRedisCache:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    return PatientRedisCache(f"redis://127.0.0.1:{port}/0", {})


def test_it_answers_as_an_empty_cache_without_waiting(away: PatientRedisCache) -> None:
    def ask() -> list[object]:
        away.set("a", 1)
        said = [away.get("a", "nothing"), away.add("lock", 1), away.delete("a"), away.get_many(["a", "b"])]
        return [*said, "a" in away]

    assert within(2, ask) == ["nothing", True, False, {}, False]


def test_it_is_an_ordinary_cache_otherwise() -> None:
    cache = PatientRedisCache(os.environ["REDIS_URL"], {"KEY_PREFIX": "test-cache"})
    cache.set("a", {"b": 1}, 500)
    assert cache.get("a") == {"b": 1}
    assert cache.add("a", 2) is False
    assert cache.delete("a") is True
    assert cache.get("a") is None


@pytest.mark.parametrize("value", ["words", 7, True, None, 1.5, b"\x00%PDF", [1, "two"], {"a": [None]}])
def test_what_is_kept_comes_back(value) -> None:
    cache = PatientRedisCache(os.environ["REDIS_URL"], {"KEY_PREFIX": "test-cache"})
    cache.set("kept", value, 500)
    assert cache.get("kept") == value
    assert type(cache.get("kept")) is type(value)


def test_it_counts() -> None:
    cache = PatientRedisCache(os.environ["REDIS_URL"], {"KEY_PREFIX": "test-cache"})
    cache.set("count", 1, 500)
    assert cache.incr("count") == 2
    assert cache.get("count") == 2


class Harm:
    """What an attacker pickles: reading it runs a command."""

    def __init__(self, traces: Path) -> None:
        self.traces = traces

    def __reduce__(self):
        return os.system, (f"touch {self.traces}",)


def test_a_pickle_that_somebody_planted_in_redis_runs_nothing(tmp_path: Path) -> None:
    cache = PatientRedisCache(os.environ["REDIS_URL"], {"KEY_PREFIX": "test-cache"})
    client = redis.Redis.from_url(os.environ["REDIS_URL"])
    traces = tmp_path / "was-here"
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        client.set(cache.make_and_validate_key("settings"), pickle.dumps(Harm(traces), protocol), ex=5)
        assert cache.get("settings", "nothing") == "nothing"
        assert cache.get_many(["settings"]) == {}
    assert not traces.exists()
    pickle.loads(pickle.dumps(Harm(traces)))  # the trap would have closed
    assert traces.exists()


def test_workers_take_json_alone() -> None:
    from hmis_portal.celery import app

    assert (app.conf.accept_content, app.conf.task_serializer) == (["json"], "json")


def test_nothing_of_the_portal_reads_pickles() -> None:
    code = [
        path
        for app in ("hmis_portal", "agencies", "training", "onboarding")
        for path in Path(app).rglob("*.py")
    ]
    assert len(code) > 300
    assert [path for path in code if re.search(r"\b(pickle|marshal|shelve|dill)\b", path.read_text())] == []


def test_the_settings_row_is_the_same_out_of_the_cache(db, django_assert_num_queries) -> None:
    PortalSettings.objects.update_or_create(pk=1, defaults={"hmis_name": "Harbor HMIS", "retention_years": 7})
    forget_settings()
    first = PortalSettings.load()
    with django_assert_num_queries(0):
        again = PortalSettings.load()
    assert as_json.columns(again) == as_json.columns(first)
    again.hmis_name = "Another"
    again.save()  # as a row that is there
    assert PortalSettings.objects.get().hmis_name == "Another"


def test_a_page_fetches_the_settings_once(cast, reference, client_of, monkeypatch) -> None:
    fetched, fetch = [], as_json.MemoryCache.get
    monkeypatch.setattr(
        as_json.MemoryCache, "get", lambda self, key, *args, **more: (fetched.append(key), fetch(self, key, *args, **more))[1]
    )  # fmt: skip
    admin = client_of(cast.admin)
    for name in ("Harbor HMIS", "Nutmeg HMIS"):
        PortalSettings.objects.update_or_create(pk=1, defaults={"hmis_name": name})
        fetched.clear()
        assert name in admin.get(reverse("admin:index")).text  # and the next page has what was saved since
        assert fetched.count(PortalSettings.CACHE_KEY) == 1


def test_readiness_questions_are_read_once(cast, reference, django_assert_num_queries, monkeypatch) -> None:
    from agencies.models import Agency
    from onboarding.models import Application, ReadinessVersion
    from onboarding.sections.answers import Answers

    application = Application(readiness_version=ReadinessVersion.objects.get())
    first = Answers(application, Agency()).questions
    with django_assert_num_queries(0):
        assert Answers(application, Agency()).questions == first
        assert any(question.meanings for question in first)
    monkeypatch.setattr("hmis_portal.running.cache._identity", "restored")
    with django_assert_num_queries(2):  # where the number may be another version's
        assert Answers(application, Agency()).questions == first


def _restored(model, old, new):
    """What a restore does to numbers: the row that had `old` has another number, and `old` belongs to another row."""
    with connection.cursor() as cursor, pgtrigger.ignore():
        cursor.execute(f"UPDATE {model._meta.db_table} SET id = id + 1000000 WHERE id = %s", [old])
        cursor.execute(f"UPDATE {model._meta.db_table} SET id = %s WHERE id = %s", [old, new])


def test_after_a_restore_the_public_form_is_never_somebody_elses_upload(client, db):
    from hmis_portal.signing import reference

    reference.load()
    page = reverse("onboarding:mou_current_pdf")
    blank = client.get(page).content
    assert blank.startswith(b"%PDF")
    form = StoredDocument.objects.get()
    private = documents.store(b"%PDF-1.7 the tax papers of another agency", content_type="application/pdf")
    _restored(StoredDocument, form.pk, private.pk)
    assert client.get(page).content == blank
    with pgtrigger.ignore():
        StoredDocument.objects.filter(sha256=form.sha256).delete()  # made after the dump was taken
    assert client.get(page).content == blank


def test_after_a_restore_an_answer_about_a_file_is_not_about_another(client, db, cast):
    from hmis_portal.signing.verifying import uploads
    from tests.mou import sign_on_paper

    scan = sign_on_paper(cast).request.parties.first().act.scan
    token = uploads.receive(documents.read(scan.document))
    assert uploads.answer(token).scan == scan
    with connection.cursor() as cursor, pgtrigger.ignore():
        cursor.execute(
            "UPDATE signing_paperscan SET sha256 = %s WHERE id = %s", ["0" * 64, scan.pk]
        )  # another scan has its number now
    found = uploads.answer(token)
    assert (found.answer, found.scan) == (uploads.Answer.UNSURE, None)


def test_every_key_names_the_database_it_was_filled_from(db, monkeypatch):
    from django.core.cache import cache as default_cache

    from hmis_portal.running import cache

    monkeypatch.setattr(cache, "_identity", "")
    connection.connection.portal_identity = None  # as a new connection has none
    cache.learn_identity(connection=connection)
    key = default_cache.make_key("a")
    with connection.cursor() as cursor:
        cursor.execute("SELECT system_identifier FROM pg_control_system()")
        assert str(cursor.fetchone()[0]) in key
        cursor.execute("SELECT 'hmis_portal_storeddocument'::regclass::oid")
        assert str(cursor.fetchone()[0]) in key


def test_a_database_restored_from_a_dump_has_an_identity_of_its_own(db):
    """Its tables are made anew, in the same server and under the same name."""
    from hmis_portal.running.cache import WHO

    with connection.cursor() as cursor:
        cursor.execute(WHO)
        before = cursor.fetchone()
        cursor.execute("ALTER TABLE hmis_portal_storeddocument RENAME TO old_one")
        cursor.execute("CREATE TABLE hmis_portal_storeddocument (LIKE old_one)")
        cursor.execute(WHO)
        assert cursor.fetchone() != before
