"""The servers under the tests, and a whole portal (web, worker, beat) for browser and fault tests."""

import contextlib
import email
import email.message
import email.policy
import json
import os
import re
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, BinaryIO

import psycopg

from hmis_portal.dev_services import BASE_DIR
from hmis_portal.dev_services.postgres import as_role, make_role
from hmis_portal.dev_services.processes import die_with_parent, free_port, tail
from hmis_portal.dev_services.redis_server import Redis
from hmis_portal.typesetting import fonts

SETTINGS = "hmis_portal.settings"
# A round of sweeps takes a tenth of a second of the processor: they come often only in tests that wait for them, and else
# as in production.
SWEEP_SECONDS, SELDOM = 5, 30
# What is waited for comes in seconds. A machine that is slow, busy or stands still for a while is no fault of the portal.
PATIENCE = 180
# Web and workers of the live portal run with a role that owns nothing.
RUNTIME_ROLE, RUNTIME_PASSWORD = "portal_run", "of-the-tests-alone"


def prepare_environment(scratch: Path) -> None:
    """What settings read: documents and seal keys of the tests live in a folder that goes away."""
    os.environ.update(
        DJANGO_SETTINGS_MODULE=SETTINGS,
        PORTAL_DOCUMENTS_DIR=str(scratch / "documents"),
        PORTAL_SEAL_DIR=str(scratch / "seal"),
        # Playwright keeps an event loop in the main thread; the tests never use the ORM from a coroutine.
        DJANGO_ALLOW_ASYNC_UNSAFE="1",
    )
    for name in list(os.environ):
        if name.startswith("PORTAL_") and name not in ("PORTAL_DOCUMENTS_DIR", "PORTAL_SEAL_DIR"):
            del os.environ[name]
    os.environ.pop("EMAIL_URL", None)
    fonts.build()
    (BASE_DIR / "staticfiles").mkdir(exist_ok=True)


def apart_from_the_others(worker: str) -> None:
    """Each process of the tests (gw0, gw1 …) has documents, seal keys and a cache of its own: nobody counts, changes or
    empties what is another's. Settings are named here, for they must not be loaded before."""
    for folder in ("PORTAL_DOCUMENTS_DIR", "PORTAL_SEAL_DIR"):
        os.environ[folder] += f"-{worker}"
    number = int(worker.removeprefix("gw")) + 1
    os.environ["REDIS_URL"] = re.sub(r"/0$", f"/{number}", os.environ["REDIS_URL"])
    os.environ["DJANGO_SETTINGS_MODULE"] = SETTINGS


class LivePortal:
    """gunicorn, two Celery workers and beat, started as in production, on a database and queue of their own.

    `manage`, `shell` and `outbox` look inside; `worker`, `uploads`, `beat`, `web` and `redis` can be killed and restarted.
    """

    def __init__(self, database_url: str, folder: Path) -> None:
        self.database_url, self.folder = database_url, folder
        self.redis = Redis(folder / "redis", durable=True)
        self.redis_url = self.redis.start(port=_port_of_its_own())
        self.port = _port_of_its_own()
        self.base_url = f"http://localhost:{self.port}"
        self.mail_folder = folder / "mail"
        self.mail_folder.mkdir()
        self.environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "tests.live_settings",
            "DATABASE_URL": as_role(database_url, RUNTIME_ROLE, RUNTIME_PASSWORD),
            "REDIS_URL": self.redis_url,
            "PORTAL_DEBUG": "1",
            "PORTAL_BASE_URL": self.base_url,
            "PORTAL_SWEEP_SECONDS": str(SWEEP_SECONDS),
            "PORTAL_DOCUMENTS_DIR": str(folder / "documents"),
            "PORTAL_SEAL_DIR": str(folder / "seal"),
            "PORTAL_DEMO_PASSWORD": "correct horse battery staple",
            "EMAIL_URL": f"filemail:///{self.mail_folder}",
            "PYTHONWARNINGS": "default",
        }
        python = sys.executable
        make_role(database_url, RUNTIME_ROLE, RUNTIME_PASSWORD)
        self.owner_environment = {**self.environment, "DATABASE_OWNER_URL": database_url}
        self.manage("portal", "prepare", "--no-seed")
        self.web = Program("web", [python, "-m", "gunicorn", "hmis_portal.wsgi", "--bind", f"127.0.0.1:{self.port}",
                                   "--preload", "--workers", "2", "--no-control-socket", "--timeout", "60"], self)  # fmt: skip
        self.worker = Program("worker", [python, "-m", "celery", "-A", "hmis_portal", "worker", "--concurrency", "1",
                                         "--loglevel", "INFO"], self)  # fmt: skip
        self.uploads = Program("uploads", [python, "-m", "celery", "-A", "hmis_portal", "worker", "--loglevel", "INFO",
                                           "--queues", "uploads", "--pool", "solo", "--hostname", "uploads@%h"], self)  # fmt: skip
        self.beat = Beat("beat", [python, "-m", "celery", "-A", "hmis_portal", "beat", "--schedule",
                                  str(folder / "beat-schedule")], self)  # fmt: skip
        self._connection = psycopg.connect(database_url, autocommit=True)
        self.inside = Inside("inside", [python, "-m", "tests.inside"], self)
        try:
            for program in (self.web, self.worker, self.uploads, self.beat):
                program.start()
            self.wait_for(self.healthy, "the portal to answer")
        except BaseException:
            self.stop()
            raise

    def healthy(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.base_url}/healthz", timeout=5) as answer:
                return answer.status == 200
        except OSError:
            return False

    def manage(self, *arguments: str, input: str | None = None) -> str:
        """Run one management command against the live database; returns what it printed."""
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=BASE_DIR, env=self.owner_environment, input=input, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, (
            f"manage.py {' '.join(arguments)}:\n{done.stdout[-4000:]}\n{done.stderr[-4000:]}"
        )
        return done.stdout

    def shell(self, code: str) -> Any:
        """Run Python inside the live portal; what `code` assigns to `answer` comes back through JSON."""
        if not self.inside.running():
            self.inside.start()
        said = self.inside.ask(code)
        assert "answer" in said, f"{code}\n{said['error']}\n{self.logs()}"
        return said["answer"]

    def rows(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        """What a query finds in the live database; quick enough to be asked in a loop."""
        return self._connection.execute(query.encode(), values).fetchall()

    def outbox(self, to: str = "") -> list[email.message.EmailMessage]:
        """Every e-mail the worker has sent, oldest first; one that is being written is not sent yet."""
        messages = []
        for path in sorted(self.mail_folder.iterdir(), key=lambda path: path.stat().st_mtime_ns):
            messages += _messages(path, path.stat().st_size)
        return [message for message in messages if to in str(message["To"])]

    def wait_for(self, condition: Callable[[], Any], what: str) -> Any:
        """The first true answer of `condition`; fails with the logs when there is none in time."""
        deadline = time.monotonic() + PATIENCE
        while not (answer := condition()):
            assert time.monotonic() < deadline, f"Waited {PATIENCE} seconds for {what}.\n{self.logs()}"
            time.sleep(0.2)
        return answer

    def logs(self) -> str:
        return "\n".join(f"--- {path.name}\n{tail(path, 40)}" for path in sorted(self.folder.glob("*.log")))

    def sweep_often(self) -> None:
        """From now on: as often as the workers believe."""
        if self.beat.sweep_seconds != SWEEP_SECONDS:
            self.beat.kill()
            self.beat.sweep_seconds = SWEEP_SECONDS
            self.beat.start()

    def stop_redis(self) -> None:
        """Take the queue away as a power cut would; `start_redis` brings it back on the same address."""
        self.redis.kill()

    def start_redis(self) -> None:
        self.redis.start(port=int(self.redis_url.rpartition(":")[2].partition("/")[0]))

    def restore(self) -> None:
        """After a test that killed something: everything runs again."""
        if self.redis.process is None:
            self.start_redis()
        for program in (self.web, self.worker, self.uploads, self.beat):
            if not program.running():
                program.start()
        self.wait_for(self.healthy, "the portal to answer again")

    def stop(self) -> None:
        for program in (self.inside, self.web, self.beat, self.uploads, self.worker):
            program.kill()
        self.redis.kill()
        self._connection.close()


class Program:
    """One process of the live portal; what it logs goes to a file."""

    def __init__(self, name: str, command: list[str], portal: LivePortal) -> None:
        self.name, self.command, self.portal = name, command, portal
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        assert not self.running(), f"{self.name} is running already"
        with (self.portal.folder / f"{self.name}.log").open("ab") as log:
            self.process = subprocess.Popen(
                self.command, cwd=BASE_DIR, env=self._environment(), start_new_session=True,
                preexec_fn=die_with_parent(signal.SIGTERM), **self._streams(log),
            )  # fmt: skip

    def _streams(self, log: BinaryIO) -> dict[str, Any]:
        return {"stdin": subprocess.DEVNULL, "stdout": log, "stderr": log}

    def _environment(self) -> dict[str, str]:
        return self.portal.environment

    def running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def kill(self) -> None:
        """End it and its children at once, in the middle of whatever they do."""
        if self.process is not None:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            self.process = None


class Beat(Program):
    sweep_seconds = SELDOM

    def _environment(self) -> dict[str, str]:
        return {**self.portal.environment, "PORTAL_SWEEP_SECONDS": str(self.sweep_seconds)}


class Inside(Program):
    """The process that answers `LivePortal.shell`, a line for a line (see tests/inside.py)."""

    def _streams(self, log: BinaryIO) -> dict[str, Any]:
        return {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": log}

    def _environment(self) -> dict[str, str]:
        """The tests' own hand in the database, which may set what the portal itself must not."""
        return {**self.portal.environment, "DATABASE_URL": self.portal.database_url}

    def ask(self, code: str) -> dict[str, Any]:
        """{"answer": …}, or {"error": the traceback}."""
        assert self.process is not None
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps(code).encode() + b"\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        return json.loads(line) if line else {"error": "The program that answers has ended."}

    def kill(self) -> None:
        if self.process is not None and self.process.stdin is not None and self.process.stdout is not None:
            self.process.stdin.close()
            self.process.stdout.close()
        super().kill()


@cache
def _messages(path: Path, _size: int) -> list[email.message.EmailMessage]:
    """Those in a file, read anew only when it has grown: the outbox is looked into in a loop."""
    *whole, _rest = path.read_bytes().split(b"\n" + b"-" * 79 + b"\n")
    return [email.message_from_bytes(one.lstrip(), policy=email.policy.default) for one in whole]  # type: ignore[misc]


def _port_of_its_own() -> int:
    """Where no other server of ours looks for one: it stays free until the portal starts, and while its queue is away."""
    return free_port(30_000 + secrets.randbelow(2_700))


def scratch_folder() -> Path:
    return Path(tempfile.mkdtemp(prefix="portal-tests-"))


def remove(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
