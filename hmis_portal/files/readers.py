"""The processes that read files for this one: for each reader one that stands ready and forks for each file (`isolated`)."""

import atexit
import contextlib
import os
import socket
import subprocess
import sys
import time
from typing import Protocol

from hmis_portal.files import isolated

# What a process needs to start: no secret, no address of the database.
KEPT = ("PATH", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH")
IDLE_SECONDS = 60  # 25 MB that nobody asks for


class Reader(Protocol):
    """A module that `isolated` can run; its limits are seconds of the processor and bytes of memory."""

    __file__: str | None
    SECONDS: int
    MEMORY: int


class Ready:
    """The process of one reader, as long as it lives; it ends when its door is closed."""

    def __init__(self, path: str) -> None:
        self.door, its = socket.socketpair()
        with contextlib.ExitStack() as unless_started, its:
            unless_started.enter_context(self.door)
            self.process = subprocess.Popen(  # noqa: S603
                [sys.executable, "-I", isolated.__file__, path, str(IDLE_SECONDS)],
                stdin=its.fileno(),
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                cwd="/",
                env={name: value for name, value in os.environ.items() if name in KEPT},
                start_new_session=True,
            )
            unless_started.pop_all()

    def end(self) -> None:
        self.door.close()
        self.process.wait()


_ready: dict[str, Ready] = {}


def answer(reader: Reader, question: bytes) -> bytes:
    """What a fork of the reader's process answers. Raises TimeoutError or ConnectionError when it does not, within its limits,
    and any other OSError when no process can be started.
    """
    until = time.monotonic() + reader.SECONDS + 5
    connection, its = socket.socketpair()
    with connection:
        with its:
            _hand_over(str(reader.__file__), its)
        connection.settimeout(reader.SECONDS + 5)
        connection.sendall(question)
        connection.shutdown(socket.SHUT_WR)
        parts = []
        while part := connection.recv(1024 * 1024):
            parts.append(part)
            connection.settimeout(max(until - time.monotonic(), 0.001))
        return b"".join(parts)


def _hand_over(path: str, connection: socket.socket) -> None:
    """To a fork of its own. The process may have ended, when nobody had asked for a while: another takes its place."""
    try:
        socket.send_fds(_ready[path].door, [b"."], [connection.fileno()])
    except (KeyError, OSError):
        if path in _ready:
            _ready.pop(path).end()
        _ready[path] = Ready(path)
        socket.send_fds(_ready[path].door, [b"."], [connection.fileno()])


@atexit.register
def end() -> None:
    while _ready:
        _ready.popitem()[1].end()
