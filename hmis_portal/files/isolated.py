"""Has a reader look at files, each in a process of its own with limits, and knows nothing of the portal.

    python -I isolated.py READER.py IDLE_SECONDS, with a Unix socket for its input

Through that socket comes one connection for each file: a fork reads a line of JSON {"about": …} and then the file's bytes
from it, writes as JSON what the reader returns, or {"error": name}, and ends. The process that forks never sees a file: it
only keeps loaded what a reader needs, and ends when nobody has asked for IDLE_SECONDS or is left to ask.

The reader is a module that imports nothing of the portal either, with its limits `SECONDS` and `MEMORY` (bytes), the
`LIBRARIES` it needs, and `read(data, about)`, which may take more of what the line asks. A hostile file can at most end
the fork: it writes no file, and its answer is bounded too.
"""

import contextlib
import importlib
import json
import logging
import os
import resource
import runpy
import signal
import socket
import sys
from collections.abc import Mapping
from typing import Any

MOST_ANSWER = 48 * 1024 * 1024  # bytes; the largest is a photo made anew


def main() -> None:
    reader = runpy.run_path(sys.argv[1])
    for library in reader.get("LIBRARIES", ()):
        importlib.import_module(library)
    logging.disable(logging.CRITICAL)
    signal.signal(signal.SIGCHLD, lambda *_: _bury(os.WNOHANG))
    door = socket.socket(fileno=sys.stdin.fileno())
    door.settimeout(float(sys.argv[2]))
    while True:
        try:
            _, files, _, _ = socket.recv_fds(door, 1, 1)
        except TimeoutError:
            door.shutdown(socket.SHUT_RD)  # who comes from now on is told so; who came before is still heard
            continue
        if not files:
            return _bury(0)
        if not os.fork():
            door.close()
            _answer(reader, socket.socket(fileno=files[0]))
            os._exit(0)
        os.close(files[0])


def _bury(how: int) -> None:
    """Wait for the forks, so that what they cost is added up."""
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-1, how)[0]:
            pass


def _answer(reader: Mapping[str, Any], connection: socket.socket) -> None:
    memory, seconds = reader["MEMORY"], reader["SECONDS"]
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    signal.alarm(seconds + 5)
    with connection, connection.makefile("rwb") as file:
        asked = json.loads(file.readline())
        data = file.read()
        try:
            answer: object = reader["read"](data, **asked)
        except Exception as error:  # whatever a hostile file provokes is an answer
            answer = {"error": type(error).__name__}
        answer_bytes = json.dumps(answer, ensure_ascii=False).encode("utf-8", "surrogatepass")
        file.write(answer_bytes if len(answer_bytes) <= MOST_ANSWER else b'{"error": "answer too long"}')


if __name__ == "__main__":
    main()
