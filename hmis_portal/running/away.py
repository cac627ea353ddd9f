"""A part that is away (storage, disk, memory, database, timestamp authority) is no fault of what is being made.

Work that a part held up is waited for and never given up; only what fails while all parts are well is somebody's to
look at. An error tells its part by its kind; where it does not, the parts are asked themselves.
"""

from __future__ import annotations

import errno
import mmap
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from enum import StrEnum
from pathlib import Path

import psycopg
import structlog
from django.db import InterfaceError, OperationalError

log = structlog.get_logger(__name__)
LEAST_DISK = 16 * 1024 * 1024  # free where temporary files are made
LEAST_MEMORY = 128 * 1024 * 1024  # what rendering one document may need


class Part(StrEnum):
    STORAGE = "storage"
    DISK = "disk"
    MEMORY = "memory"
    DATABASE = "database"
    TIMESTAMP = "timestamp authority"
    SEAL_KEY = "seal key"


class PartAway(Exception):
    """A part cannot be used now. What was asked of it is as good as before, and is asked again later."""

    def __init__(self, part: Part, words: str) -> None:
        super().__init__(part, words)
        self.part, self.words = part, words

    def __str__(self) -> str:
        return self.words


KINDS: dict[type[BaseException], Part] = {
    MemoryError: Part.MEMORY,
    OperationalError: Part.DATABASE,
    InterfaceError: Part.DATABASE,
    psycopg.OperationalError: Part.DATABASE,
}
ERRNOS = {
    **dict.fromkeys((errno.ENOSPC, errno.EDQUOT), Part.DISK),
    **dict.fromkeys((errno.ENOMEM, errno.EAGAIN), Part.MEMORY),
    **dict.fromkeys((errno.EIO, errno.EROFS, errno.ESTALE, errno.ENOTCONN, errno.ENODEV, errno.EMFILE), Part.STORAGE),
}  # fmt: skip
PROBES: dict[Part, Callable[[], Part | None]] = {}


def part_of(error: BaseException) -> Part | None:
    """The part whose absence made this error; None when every part is well, so that the fault lies elsewhere."""
    for cause in _causes(error):
        if isinstance(cause, PartAway):
            return cause.part
        if isinstance(cause, OSError) and cause.errno in ERRNOS:
            return ERRNOS[cause.errno]
        for kind, part in KINDS.items():
            if isinstance(cause, kind):
                return part
    return look()


def look() -> Part | None:
    """Ask the parts that tell by themselves; the first that is away, None when all are well."""
    for probe in PROBES.values():
        if part := probe():
            log.warning("part_away", part=part.value)
            return part
    return None


def _causes(error: BaseException) -> Iterator[BaseException]:
    cause: BaseException | None = error
    for _depth in range(10):
        if cause is None:
            return
        yield cause
        cause = cause.__cause__ or (None if cause.__suppress_context__ else cause.__context__)


def _disk() -> Part | None:
    try:
        return Part.DISK if shutil.disk_usage(tempfile.gettempdir()).free < LEAST_DISK else None
    except OSError:  # no folder for temporary files at all
        return Part.DISK


def _memory() -> Part | None:
    try:
        mmap.mmap(-1, LEAST_MEMORY).close()  # a limit of the process shows here
    except (OSError, MemoryError, ValueError):
        return Part.MEMORY
    return Part.MEMORY if min(_free_memory(), default=LEAST_MEMORY) < LEAST_MEMORY else None


def _free_memory() -> Iterator[int]:
    """Bytes that the machine and the container (cgroup v2) still have, where they can be read."""
    with suppress(OSError, ValueError, KeyError):
        lines = Path("/proc/meminfo").read_text().splitlines()
        yield int(dict(line.split(":", 1) for line in lines)["MemAvailable"].split()[0]) * 1024
    with suppress(OSError, ValueError, KeyError):
        group = Path("/sys/fs/cgroup")
        most = int((group / "memory.max").read_text())
        stat = dict(line.split() for line in (group / "memory.stat").read_text().splitlines())
        yield most - int((group / "memory.current").read_text()) + int(stat["inactive_file"])


PROBES[Part.DISK] = _disk
PROBES[Part.MEMORY] = _memory
