"""The door to somebody's file: here whatever a foreign parser raises becomes a sentence for the person who chose the
file, and a line in the log.

`reading` goes around code that opens and reads such a file in this process (a zip's list of names, an image);
`ask` has a reader look at it in a process with limits of its own (`isolated`), for what can cost time and memory.
`cause` names what a file is when it is not what was asked for.
"""

import json
import subprocess
import sys
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import IO, Any, Protocol

import structlog
from django.utils.translation import gettext as _

from hmis_portal.files import isolated

log = structlog.get_logger(__name__)
OLE = (
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # the container of Office files before 2007, and of locked ones since
)
OPEN_DOCUMENT = b"application/vnd.oasis.opendocument."


class Unreadable(Exception):
    """The file cannot be read; the message is a sentence for the person who chose it."""


@contextmanager
def reading(about: str, sentence: str) -> Iterator[None]:
    """Around the opening and reading of somebody's file, and nothing else: raises Unreadable with this sentence.

    A foreign parser raises what it likes over bytes it did not foresee (NotImplementedError, AttributeError,
    zlib.error, RecursionError, MemoryError ...), so that every exception is meant.
    """
    try:
        yield
    except Unreadable:
        raise
    except Exception as error:
        log.info("file_not_read", about=about, error=type(error).__name__)
        raise Unreadable(sentence) from error


class Reader(Protocol):
    """A module that `isolated` can run; its limits are seconds of the processor and bytes of memory."""

    __file__: str | None
    SECONDS: int
    MEMORY: int


def ask(reader: Reader, data: bytes, *, about: str, **asked: Any) -> Any:
    """What a reader says about this file; None when it did not answer within its limits."""
    question = json.dumps({"about": about, **asked}).encode() + b"\n" + data
    try:
        done = subprocess.run(  # noqa: S603
            [sys.executable, "-I", isolated.__file__, str(reader.__file__)],
            input=question,
            capture_output=True,
            timeout=reader.SECONDS + 5,
            check=True,
        )
        answer = json.loads(done.stdout)
    except (subprocess.SubprocessError, ValueError) as error:
        log.info("file_not_read", about=about, error=type(error).__name__)
        return None
    if isinstance(answer, Mapping) and "error" in answer:
        log.info("file_not_read", about=about, error=answer["error"])
    return answer


def zip_names(file: IO[bytes]) -> frozenset[str]:
    """The names in a zip; none when it cannot be opened."""
    file.seek(0)
    try:
        with reading("zip", ""), zipfile.ZipFile(file) as archive:
            return frozenset(archive.namelist())
    except Unreadable:
        return frozenset()
    finally:
        file.seek(0)


def cause(file: IO[bytes], wanted: str) -> str:
    """What a file of the wrong kind is, where that is known, and what to do; "" otherwise.

    `wanted` are the kinds asked for, in words: "CSV or Excel (XLSX)".
    """
    file.seek(0)
    data = file.read()
    file.seek(0)
    if data.startswith(OLE) and _holds(data, "EncryptedPackage"):
        return _("The selected file is locked with a password. Save it without one and select the new file")
    if what := _old_office(data) if data.startswith(OLE) else _other_office(file):
        return _("The selected file is %(what)s. Save it as %(wanted)s and select the new file") % {
            "what": what,
            "wanted": wanted,
        }
    return ""


def _holds(data: bytes, name: str) -> bool:
    return name.encode("utf-16-le") in data or name.encode() in data


def _old_office(data: bytes) -> str:
    if _holds(data, "Workbook") or "Book".encode("utf-16-le") in data:
        return _("an old Excel workbook (.xls)")
    if _holds(data, "WordDocument"):
        return _("an old Word document (.doc)")
    return _("of an old Office format")


def _other_office(file: IO[bytes]) -> str:
    names = zip_names(file)
    if "xl/workbook.bin" in names:
        return _("a binary Excel workbook (.xlsb)")
    if any(name.endswith(".iwa") for name in names):
        return _("of Apple Numbers or Pages")
    if "mimetype" in names and OPEN_DOCUMENT in file.read(200):
        file.seek(0)
        return _("an OpenDocument file")
    return ""
