"""The portal's own servers, health check, settings and lock file."""

import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
import redis as redis_client
import time_machine
from celery.schedules import crontab
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from hmis_portal import dev_services
from hmis_portal.dev_services import BASE_DIR
from hmis_portal.dev_services.postgres import Postgres
from hmis_portal.dev_services.processes import Busy, exists
from hmis_portal.running import health, pulse
from onboarding import rights
from tests.cast import remember_second_factor
from tests.hmis_portal.running.environment import WORKING


@pytest.fixture
def no_addresses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DATABASE_URL")
    monkeypatch.delenv("REDIS_URL")


@pytest.fixture
def folder(tmp_path_factory: pytest.TempPathFactory, no_addresses: None) -> Iterator[Path]:
    """A data folder with a space in its path, reachable by the user who runs PostgreSQL."""
    from tests import servers

    scratch = servers.scratch_folder()
    scratch.chmod(0o755)
    yield scratch / "two words"
    servers.remove(scratch)


def test_data_outlives_a_stop(folder: Path) -> None:
    services = dev_services.start(folder, durable=False)
    try:
        with psycopg.connect(services.database_url, autocommit=True) as database:
            database.execute("CREATE TABLE kept (word text)")
            database.execute("INSERT INTO kept VALUES ('été')")
        queue = redis_client.Redis.from_url(services.redis_url)
        queue.set("kept", "yes")
        settings = {name: queue.config_get(name)[name] for name in ("appendonly", "maxmemory-policy")}
        queue.close()
    finally:
        services.stop()
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(services.database_url)
    services = dev_services.start(folder, durable=False)
    try:
        with psycopg.connect(services.database_url) as database:
            assert database.execute("SELECT upper(word) FROM kept").fetchone() == ("ÉTÉ",)
        queue = redis_client.Redis.from_url(services.redis_url)
        assert queue.get("kept") == b"yes"
        queue.close()
    finally:
        services.stop()
    assert settings == {"appendonly": "yes", "maxmemory-policy": "noeviction"}


def test_postgresql_has_a_socket_for_tests_where_its_path_is_short_enough() -> None:
    with tempfile.TemporaryDirectory() as folder:
        near, far = Path(folder, "postgres"), Path(folder, "a" * 90, "postgres")
        far.parent.mkdir()
        assert "@:5433/portal?host=%2F" in Postgres(near, durable=False).url(5433)
        assert "@127.0.0.1:5433/portal" in Postgres(far, durable=False).url(5433)
        assert "@127.0.0.1:5433/portal" in Postgres(near).url(5433)


def test_both_servers_start_again_right_after_a_power_cut(folder: Path) -> None:
    services = dev_services.start(folder)
    try:
        assert services.postgres is not None
        assert services.redis is not None
        with psycopg.connect(services.database_url, autocommit=True) as database:
            database.execute("CREATE TABLE kept (word text)")
        services.postgres.kill()
        services.redis.kill()
        services.redis.start()
        services.database_url = services.postgres.start()
        with psycopg.connect(services.database_url) as database:
            assert database.execute("SELECT count(*) FROM kept").fetchone() == (0,)
    finally:
        services.stop()


def test_a_pid_file_that_names_a_stranger_does_not_stop_the_start(folder: Path) -> None:
    services = dev_services.start(folder, durable=False)
    assert services.postgres is not None
    pid_file = services.postgres.data / "postmaster.pid"
    stale = pid_file.read_text().splitlines()
    services.stop()
    pid_file.write_text("\n".join([str(os.getpid()), *stale[1:]]))
    services = dev_services.start(folder, durable=False)
    services.stop()


def test_a_second_starter_is_refused_or_shares(folder: Path) -> None:
    services = dev_services.start(folder, durable=False)
    try:
        with pytest.raises(Busy):
            dev_services.start(folder, durable=False)
        shared = dev_services.start(folder, durable=False, share=True)
        assert (shared.database_url, shared.redis_url) == (services.database_url, services.redis_url)
        shared.stop()
        with psycopg.connect(services.database_url):
            pass  # still there: a guest does not stop the host's servers
    finally:
        services.stop()


def test_servers_end_with_the_process_that_started_them(folder: Path) -> None:
    program = (
        "import pathlib, sys, time; from hmis_portal import dev_services\n"
        "s = dev_services.start(pathlib.Path(sys.argv[1]), durable=False)\n"
        "print(s.postgres.pid, s.redis.pid or s.redis.process.pid, flush=True); time.sleep(600)"
    )
    starter = subprocess.Popen(
        [sys.executable, "-c", program, str(folder)], cwd=BASE_DIR, stdout=subprocess.PIPE, text=True
    )
    assert starter.stdout is not None
    pids = [int(word) for word in starter.stdout.readline().split()]
    starter.kill()
    starter.wait()
    starter.stdout.close()
    deadline = time.monotonic() + 120
    while any(exists(pid) for pid in pids) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not any(exists(pid) for pid in pids)


def test_addresses_given_are_used_and_nothing_is_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgres://somewhere/else")
    monkeypatch.setenv("REDIS_URL", "redis://somewhere")
    services = dev_services.start(tmp_path / "none")
    assert (services.database_url, services.redis_url) == ("postgres://somewhere/else", "redis://somewhere")
    assert services.postgres is services.redis is None
    assert not (tmp_path / "none").exists()


@pytest.fixture
def all_at_work() -> Iterator[None]:
    from django.core.cache import cache

    pulse._said.clear()
    for program in pulse.Program:
        pulse.say(program)
    yield
    pulse._said.clear()
    cache.delete_many([pulse._key(program) for program in pulse.Program])


def test_healthz_is_open_to_everyone_and_makes_no_session(client, db, all_at_work) -> None:
    answer = client.get("/healthz")
    assert answer.status_code == 200
    assert answer.json() == {
        "status": "ok", "database": "ok", "queue": "ok", "migrations": "ok", "beat": "ok", "worker": "ok", "uploads": "ok",
    }  # fmt: skip
    assert not answer.cookies
    assert "no-store" in answer["Cache-Control"]
    assert client.post("/healthz").status_code == 405


def test_healthz_says_when_the_queue_is_away(client, db, settings) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json()["queue"], answer.json()["database"]) == (
        503,
        "unreachable",
        "ok",
    )


def test_healthz_and_the_desk_say_when_beat_or_a_worker_is_silent(
    client, client_of, cast, all_at_work
) -> None:
    """Nobody is sent away for it: pages are served without them."""
    rights.load()
    admin = client_of(cast.admin)
    remember_second_factor(admin, cast.admin)
    assert "Not at work for some minutes" not in admin.get(reverse("admin:index")).text
    with time_machine.travel(timezone.now() + timedelta(minutes=10)):
        pulse._said.clear()
        pulse.say(pulse.Program.WORKER)
        answer = client.get("/healthz")
        said = answer.json()
        assert (answer.status_code, said["status"]) == (200, "degraded")
        assert (said["beat"], said["worker"], said["uploads"]) == ("silent", "ok", "silent")
        page = admin.get(reverse("admin:index")).text
        assert "the scheduler (beat), the worker for uploaded files" in page


@pytest.fixture
def beat(tmp_path: Path, db: None) -> Any:
    from hmis_portal.celery import app
    from hmis_portal.running.beat import SteadyScheduler

    class Heard(SteadyScheduler):
        """What it would send."""

        def apply_entry(self, entry: Any, producer: Any = None) -> None:
            heard.append(entry.name)

        producer = None

    heard: list[str] = []
    scheduler = Heard(app, schedule_filename=str(tmp_path / "beat"))
    scheduler.heard = heard
    scheduler.tick()
    return scheduler


@pytest.mark.parametrize("moved", [timedelta(hours=-1), timedelta(days=2)])
def test_beat_goes_on_after_the_clock_was_moved(beat, moved: timedelta, monkeypatch) -> None:
    sweeps = {name for name in beat.schedule if name.startswith(("sweep", "pulse"))}
    assert sweeps <= set(beat.heard)
    steady = time.monotonic()
    with time_machine.travel(timezone.now() + moved):
        for seconds in (31, 62, 93):
            beat.heard.clear()
            monkeypatch.setattr("hmis_portal.running.beat.time.monotonic", lambda now=steady + seconds: now)
            beat.tick()
            assert sweeps <= set(beat.heard)
            beat.heard.clear()
            beat.tick()
            assert beat.heard == []


def test_a_days_tasks_come_once_a_day_also_after_the_clock_was_put_back_by_two(beat) -> None:
    daily = {name for name, entry in beat.schedule.items() if isinstance(entry.schedule, crontab)}
    begin = timezone.now()
    with time_machine.travel(begin + timedelta(days=2)):
        beat.tick()
    beat.heard.clear()
    beat.tick()  # put right again
    for hours in range(1, 25):  # each hour of the day comes once
        with time_machine.travel(begin + timedelta(hours=hours)):
            beat.tick()
    assert sorted(name for name in beat.heard if name in daily) == sorted(daily)


def test_the_portal_says_within_five_seconds_that_its_database_is_away(tmp_path: Path) -> None:
    """A page that asks who this is, before any view: the portal's own words, not the server's."""
    program = """
import time, django
from django.conf import settings
settings.STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
django.setup()
from django.test import Client
from django.urls import get_resolver
get_resolver().url_patterns  # as in a portal at work
client = Client(raise_request_exception=False, headers={"host": "portal.example", "x-forwarded-proto": "https"})
client.cookies[settings.SESSION_COOKIE_NAME] = "a" * 32
begin = time.monotonic()
answer = client.get("/start/", secure=True)
print(answer.status_code, time.monotonic() - begin < 5, "The portal is not available right now" in answer.text)
"""
    seal = tmp_path / "seal.pem"
    seal.touch()
    environment = {
        **os.environ,
        **WORKING,
        "PORTAL_SEAL_CA_FILE": str(seal),
        "DJANGO_SETTINGS_MODULE": "hmis_portal.settings",
    }
    for _try in range(3):  # a busy machine slows one
        done = subprocess.run(
            [sys.executable, "-c", program], cwd=BASE_DIR, env=environment, capture_output=True, text=True
        )
        if done.stdout.split("\n")[-2:-1] == ["503 True True"]:
            return
    pytest.fail(f"{done.stdout}\n{done.stderr[-3000:]}")


def test_limits_in_time_of_the_s3_client() -> None:
    show = (
        "from django.conf import settings as s; c = s.STORAGES['default']['OPTIONS']['client_config']; "
        "print(c.connect_timeout, c.read_timeout, c.retries['total_max_attempts'])"
    )
    environment = {
        **os.environ,
        **WORKING,
        "PORTAL_S3_BUCKET": "papers",
        "DJANGO_SETTINGS_MODULE": "hmis_portal.settings",
    }
    done = subprocess.run(
        [sys.executable, "-c", show], cwd=BASE_DIR, env=environment, capture_output=True, text=True
    )
    assert done.stdout.split() == ["3", "10", "2"], done.stderr


def test_healthz_says_when_a_migration_is_missing(client, db, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "_migrated", False)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'sessions'")
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json()["migrations"]) == (503, "pending")


def load_settings(**changes: str) -> subprocess.CompletedProcess[str]:
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    given = {name: value for name, value in {**kept, **WORKING, **changes}.items() if value}
    show = (
        "import json; from django.conf import settings as s; print(json.dumps({n: getattr(s, n) for n in "
        "('DEBUG', 'BASE_URL', 'SESSION_COOKIE_SECURE', 'SECURE_HSTS_SECONDS', 'ALLOWED_HOSTS')}))"
    )
    environment = {**given, "DJANGO_SETTINGS_MODULE": "hmis_portal.settings"}
    return subprocess.run(
        [sys.executable, "-c", show], cwd=BASE_DIR, env=environment, capture_output=True, text=True
    )


def test_production_settings_are_safe_by_default() -> None:
    done = load_settings()
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {
        "DEBUG": False, "BASE_URL": "https://portal.example", "SESSION_COOKIE_SECURE": True,
        "SECURE_HSTS_SECONDS": 31536000, "ALLOWED_HOSTS": ["portal.example"],
    }  # fmt: skip


def test_the_root_of_the_seal_keys_is_made_before_there_is_a_key(tmp_path: Path) -> None:
    environment = {
        **os.environ,
        **WORKING,
        "PORTAL_SEAL_CA_FILE": "",
        "DJANGO_SETTINGS_MODULE": "hmis_portal.settings",
    }
    root, key = tmp_path / "ROOT.pem", tmp_path / "SEAL.pem"
    for arguments in (["seal_root", str(root)], ["seal_key", str(root), str(key)]):
        done = subprocess.run(
            [sys.executable, "manage.py", "portal", *arguments],
            cwd=BASE_DIR, env=environment, capture_output=True, text=True,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr[-2000:]
    assert "PRIVATE KEY" in key.read_text()
    environment["PORTAL_EVIDENCE_KEYS_FILE"] = ""
    done = subprocess.run(
        [sys.executable, "manage.py", "portal", "evidence_key", "3"],
        cwd=BASE_DIR, env=environment, capture_output=True, text=True,
    )  # fmt: skip
    assert re.fullmatch(r"3:[\w-]{64}\n", done.stdout), done.stderr[-2000:]


def test_hsts_speaks_for_subdomains_only_when_that_is_set() -> None:
    show = "from django.conf import settings as s; print(s.SECURE_HSTS_SECONDS, s.SECURE_HSTS_INCLUDE_SUBDOMAINS, s.SECURE_HSTS_PRELOAD)"
    for given, wanted in (("", "31536000 False False"), ("on", "31536000 True True")):
        environment = {**os.environ, **WORKING, "DJANGO_SETTINGS_MODULE": "hmis_portal.settings"}
        environment |= {"PORTAL_HSTS_SUBDOMAINS": given} if given else {}
        done = subprocess.run(
            [sys.executable, "-c", show], cwd=BASE_DIR, env=environment, capture_output=True, text=True
        )
        assert done.stdout.strip() == wanted, done.stderr


def test_the_readme_names_every_line_of_an_installation() -> None:
    readme = (BASE_DIR / "README.md").read_text()
    place = readme.index("## On more than one machine")
    lines = [readme.index(words, place) for words in (
        "portal seal_root", "portal seal_key", "portal fonts", "manage.py migrate", "portal load_reference",
        "collectstatic", "gunicorn hmis_portal.wsgi",
    )]  # fmt: skip
    assert lines == sorted(lines)
    assert "PORTAL_TRUST_PROXY" in readme[place:]


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"PORTAL_SECRET_KEY": ""}, "Set PORTAL_SECRET_KEY to a long random string"),
        ({"PORTAL_SECRET_KEY": "x" * 49}, "PORTAL_SECRET_KEY has 49 characters"),
        ({"REDIS_URL": "redis://127.0.0.1:1/0"}, "REDIS_URL names no password"),
        ({"PORTAL_CLAMD_ADDRESS": ""}, "PORTAL_CLAMD_ADDRESS is “”: set it to the virus scanner"),
        ({"PORTAL_CLAMD_ADDRESS": "clamd"}, "or to none to take files that no scanner has seen"),
        ({"PORTAL_LIMIT_UPLOADS": "often"}, "PORTAL_LIMIT_UPLOADS is “often”: set it to limits such as"),
        ({"PORTAL_ALLOWED_HOSTS": ""}, "Set PORTAL_ALLOWED_HOSTS to the portal's host names"),
        ({"PORTAL_EVIDENCE_KEYS_FILE": ""}, "`manage.py portal evidence_key` makes it"),
        ({"DATABASE_URL": ""}, "Set DATABASE_URL to a PostgreSQL address"),
        ({"DATABASE_URL": "sqlite:///portal.db"}, "DATABASE_URL must name a PostgreSQL database"),
    ],
)
def test_a_wrong_setting_stops_the_start_with_a_sentence(changes: dict[str, str], sentence: str) -> None:
    done = load_settings(**changes)
    assert done.returncode != 0
    assert sentence in done.stderr.splitlines()[-1]


def test_a_wrong_port_stops_the_start_with_a_sentence() -> None:
    for port in ("http", "70000"):
        done = subprocess.run(
            [sys.executable, "-m", "hmis_portal.dev_services.run"], cwd=BASE_DIR, env={**os.environ, "PORT": port},
            capture_output=True, text=True,
        )  # fmt: skip
        assert done.returncode == 1
        assert done.stderr.strip() == f"PORT must be a number between 1 and 65535, not '{port}'."
