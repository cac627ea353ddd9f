"""`make run`: servers, schema, two Celery workers, beat and the web server as one thing that starts and stops.

Started as `python -m hmis_portal.dev_services.run`, before any settings, which need the servers' addresses.
"""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from types import FrameType

from hmis_portal import dev_services
from hmis_portal.dev_services import BASE_DIR, Services
from hmis_portal.dev_services.processes import (
    STOP_SECONDS,
    ServiceError,
    die_with_parent,
    end_with_parent,
    secret,
    tail,
)
from hmis_portal.typesetting import fonts

VAR_DIR = BASE_DIR / "var"
LOG_DIR = VAR_DIR / "log"
LOG_BYTES = 5_000_000
DEMO_DOMAIN = "@demo.example"
DEMO_ACCOUNTS = [
    ("director", "agency director"),
    ("coordinator", "HMIS Data Coordinator"),
    ("signatory", "authorized signatory"),
    ("staff", "staff member"),
    ("admin", "HMIS Admin"),
    ("lead", "Lead signatory"),
    ("trainer", "trainer"),
    ("auditor", "auditor"),
]
READY_SECONDS = 240


class Stop(BaseException):
    """Ctrl-C, a request to end, or the end of whoever started this."""


def main() -> int:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _stop)
    if "MAKELEVEL" in os.environ:
        end_with_parent(signal.SIGTERM)  # when `make` itself is killed, end as if by Ctrl-C
    portal = Portal(_port())
    try:
        portal.start()
        portal.watch()
    except Stop:
        say("\nStopping…")
    except ServiceError as problem:
        say(str(problem))
        return 1
    finally:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        portal.stop()
    say("Stopped.")
    return 0


class Portal:
    """Everything one `make run` starts, in order; stopped in the opposite order."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.url = os.environ.get("PORTAL_BASE_URL") or f"http://localhost:{self.port}"
        self.services: Services | None = None
        self.programs: dict[str, subprocess.Popen[bytes]] = {}
        self.environment: dict[str, str] = {}

    def start(self) -> None:
        _require_free(self.port)
        LOG_DIR.mkdir(parents=True, exist_ok=True)
        (BASE_DIR / "staticfiles").mkdir(exist_ok=True)
        fonts.build()
        self.services = dev_services.start()
        self.environment = {
            "PORTAL_DEBUG": "1",
            "PORTAL_DEMO_PASSWORD": secret(VAR_DIR / "demo-password"),
            **self.services.environment(),
            "PORTAL_BASE_URL": self.url,
        }
        say("Preparing the database…")
        owner = {"DATABASE_OWNER_URL": self.services.database_url}
        if self.services.postgres is not None:
            self.environment["DATABASE_URL"] = self.services.postgres.runtime_url(self.services.database_url)
        else:
            owner = {name: self.environment.pop(name) for name in owner if name in self.environment}
        self._finish("prepare", "manage.py", "portal", "--verbosity", "0", "prepare", more=owner)
        self._launch(
            "worker",
            "-m",
            "celery",
            "-A",
            "hmis_portal",
            "worker",
            "--loglevel",
            "INFO",
            "--concurrency",
            "1",
        )
        self._launch("uploads", "-m", "celery", "-A", "hmis_portal", "worker", "--loglevel", "INFO",
                     "--queues", "uploads", "--pool", "solo", "--hostname", "uploads@%h")  # fmt: skip
        self._launch("beat", "-m", "celery", "-A", "hmis_portal", "beat", "--loglevel", "INFO",
                     "--schedule", str(VAR_DIR / "beat-schedule"), "--pidfile=")  # fmt: skip
        self._launch("web", "-m", "gunicorn", "hmis_portal.wsgi", "--bind", f"127.0.0.1:{self.port}", "--no-control-socket",
                     "--preload", "--worker-class", "gthread", "--workers", "2", "--threads", "4")  # fmt: skip
        self._wait_until_ready()
        self._greet()

    def watch(self) -> None:
        while True:
            self._check()
            time.sleep(0.5)

    def stop(self) -> None:
        for name in ("web", "beat", "uploads", "worker"):
            if process := self.programs.get(name):
                _end_group(process)
        if self.services is not None:
            self.services.stop()

    def _finish(self, name: str, *arguments: str, more: dict[str, str]) -> None:
        process = self._launch(name, *arguments, log=False, more=more)
        code = process.wait()
        del self.programs[name]
        if code:
            raise ServiceError("The database could not be prepared; the reason stands above.")

    def _launch(
        self, name: str, *arguments: str, log: bool = True, more: dict[str, str] | None = None
    ) -> subprocess.Popen[bytes]:
        """`more`: what this program alone is told in its environment."""
        path = LOG_DIR / f"{name}.log"
        with contextlib.suppress(OSError):
            if path.stat().st_size > LOG_BYTES:
                path.replace(path.with_suffix(".log.1"))
        with path.open("ab") as output:
            # A session of its own: Ctrl-C reaches this process alone, which then ends the rest in order.
            process = subprocess.Popen(  # noqa: S603
                [sys.executable, *arguments], cwd=BASE_DIR, env={**self.environment, **(more or {})}, stdin=subprocess.DEVNULL,
                stdout=output if log else None, stderr=output if log else None,
                start_new_session=True, preexec_fn=die_with_parent(signal.SIGTERM),
            )  # fmt: skip
        self.programs[name] = process
        return process

    def _check(self) -> None:
        for name, process in self.programs.items():
            if process.poll() is not None:
                path = LOG_DIR / f"{name}.log"
                raise ServiceError(f"{tail(path)}\nThe {name} process ended; its log is {path}.")
        servers = (self.services.postgres, self.services.redis) if self.services else ()
        for what, server in zip(("PostgreSQL", "Redis"), servers, strict=False):
            if server is not None and server.process is not None and server.process.poll() is not None:
                raise ServiceError(f"{tail(server.log)}\nThe {what} server ended; its log is {server.log}.")

    def _wait_until_ready(self) -> None:
        deadline = time.monotonic() + READY_SECONDS
        while time.monotonic() < deadline:
            self._check()
            with (
                contextlib.suppress(OSError),
                urllib.request.urlopen(f"http://127.0.0.1:{self.port}/healthz", timeout=5),
            ):
                return
            time.sleep(0.2)
        raise ServiceError(
            f"{tail(LOG_DIR / 'web.log')}\nThe portal did not answer within {READY_SECONDS} seconds."
        )

    def _greet(self) -> None:
        say(f"\nThe portal runs at {self.url}")
        if self.environment["PORTAL_DEBUG"] == "1":
            say(f"\nDemo accounts, all with the password {self.environment['PORTAL_DEMO_PASSWORD']}")
            for name, role in DEMO_ACCOUNTS:
                say(f"  {name + DEMO_DOMAIN:<28} {role}")
        say(f"\nLogs are in {LOG_DIR}. Ctrl-C stops everything.")


def say(text: str) -> None:
    print(text, flush=True)  # noqa: T201


def _port() -> int:
    text = os.environ.get("PORT") or "8000"
    if not text.isdecimal() or not 0 < int(text) < 65536:
        raise SystemExit(f"PORT must be a number between 1 and 65535, not {text!r}.")
    return int(text)


def _require_free(port: int) -> None:
    with contextlib.closing(socket.socket()) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(("127.0.0.1", port))
        except OSError as problem:
            raise ServiceError(
                f"Port {port} cannot be used ({problem.strerror}): try `make run PORT={port + 1}`."
            ) from problem


def _stop(number: int, frame: FrameType | None) -> None:
    raise Stop


def _end_group(process: subprocess.Popen[bytes]) -> None:
    """Let it finish what it does, then end whatever is left of it and its children."""
    if process.poll() is None:
        process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(STOP_SECONDS)
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


if __name__ == "__main__":
    sys.exit(main())
