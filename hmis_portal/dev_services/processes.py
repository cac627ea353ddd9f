"""Processes, ports and private files, as both servers need them."""

import contextlib
import ctypes
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

START_SECONDS = 60
STOP_SECONDS = 20


class ServiceError(Exception):
    """A server could not be started; the message says why and what to do."""


class Busy(ServiceError):
    """Another process runs the servers of this folder."""


def end_with_parent(number: signal.Signals) -> None:
    """Ask the kernel to send this process the signal when its parent is killed (Linux only)."""
    if sys.platform.startswith("linux"):
        ctypes.CDLL(None).prctl(1, int(number))  # PR_SET_PDEATHSIG


def die_with_parent(number: signal.Signals) -> Callable[[], None]:
    """The same for a child about to be started: pass it as `preexec_fn`."""
    parent = os.getpid()

    def prepare() -> None:
        end_with_parent(number)
        if os.getppid() != parent:  # killed in between
            os.kill(os.getpid(), number)

    return prepare


def end(process: subprocess.Popen[bytes] | None, pid: int, signals: tuple[signal.Signals, ...]) -> None:
    """Send one signal after the other until the process is gone."""
    pid = process.pid if process else pid
    for number in signals:
        if not pid or (process is not None and process.poll() is not None) or not exists(pid):
            return
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, number)
        deadline = time.monotonic() + STOP_SECONDS
        while time.monotonic() < deadline:
            if process.poll() is not None if process else not exists(pid):
                return
            time.sleep(0.05)


def exists(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return command_of(pid) != "<defunct>"


def command_of(pid: int) -> str:
    """The command line of a process; "<defunct>" for one that is dead but not collected, unknown off Linux."""
    if not Path("/proc/self").exists():
        return "postgres"
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        return (
            "<defunct>"
            if state == "Z"
            else Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace")
        )
    except OSError:
        return "<defunct>"


def free_port(usual: int) -> int:
    """The usual port, else a random one below those that the kernel gives to outgoing connections (32768 and above).

    Of those, one that is free now may be taken before the server starts, or by whoever tries to connect to it.
    """
    for port in (usual or _random_port(), *(_random_port() for _ in range(50))):
        with contextlib.closing(socket.socket()) as listener:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            with contextlib.suppress(OSError):
                listener.bind(("127.0.0.1", port))
                return port
    raise ServiceError("No free port on 127.0.0.1.")


def _random_port() -> int:
    return 15_000 + secrets.randbelow(15_000)


def secret(path: Path) -> str:
    """The text of a private file, made at first use."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(24))
    return path.read_text()


def tail(path: Path, lines: int = 20) -> str:
    try:
        return "\n".join(path.read_text(errors="replace").splitlines()[-lines:])
    except OSError:
        return ""
