"""The door to somebody's file: here whatever a foreign parser raises becomes a sentence for the person who chose the
file, and a line in the log.

`ask` has a reader look at it in a process with limits of its own (`isolated`): the one way for every kind of file.
`reading` goes around the little that is read in this process (the JSON of a browser).
`within` asks what a zip is of; `cause` names what a file is when it is not what was asked for.
"""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import IO, Any

import structlog
from django.utils.translation import gettext as _

from hmis_portal.files import office_reader, readers
from hmis_portal.files.readers import Reader

log = structlog.get_logger(__name__)
OLE = office_reader.OLE  # the container of Office files before 2007, and of locked ones since


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


def ask(reader: Reader, data: bytes, *, about: str, **asked: object) -> Any:
    """What a reader says about this file; None when it did not answer within its limits.

    Raises OSError when no process can be started: that is no fault of the file.
    """
    question = json.dumps({"about": about, **asked}).encode() + b"\n" + data
    try:
        answer = json.loads(readers.answer(reader, question).decode("utf-8", "surrogatepass"))
    except (TimeoutError, ConnectionError, ValueError) as error:
        log.info("file_not_read", about=about, error=type(error).__name__)
        return None
    if isinstance(answer, Mapping) and "error" in answer:
        log.info("file_not_read", about=about, error=answer["error"])
    return answer


def within(file: IO[bytes]) -> Mapping[str, Any]:
    """What a zip holds: its `kind`, the `program` it is of and whether it has `macros`; all empty when it cannot be opened.

    Raises Unreadable when it would cost too much to look into it.
    """
    file.seek(0)
    answer = ask(office_reader, file.read(), about="zip")
    file.seek(0)
    if answer is None:
        raise Unreadable(_("The selected file is too large to read. Save it smaller and select the new file"))
    if "refused" in answer:
        raise Unreadable(too_much(answer))
    return {"kind": "", "program": "", "macros": False} if "error" in answer else answer


def too_much(answer: Mapping[str, Any]) -> str:
    """What a reader refused, as a sentence."""
    most = answer["most"]
    if answer["refused"] == "parts":
        return _(
            "The selected file must be made of %(most)s parts or fewer. Save it as PDF and select the new file"
        ) % {"most": f"{most:,}"}
    return _(
        "The selected file unpacks to too much: more than %(most)s MB. Save it as PDF and select the new file"
    ) % {"most": most // (1024 * 1024)}


def cause(file: IO[bytes], wanted: str, program: str) -> str:
    """What a file of the wrong kind is, where that is known, and what to do; "" otherwise.

    `wanted` are the kinds asked for, in words: "CSV or Excel (XLSX)"; `program` is what `within` said.
    """
    file.seek(0)
    data = file.read()
    file.seek(0)
    if data.startswith(OLE) and _holds(data, "EncryptedPackage"):
        return _("The selected file is locked with a password. Save it without one and select the new file")
    if program_name := _old_office(data) if data.startswith(OLE) else _other_office(program):
        return _("The selected file is %(what)s. Save it as %(wanted)s and select the new file") % {
            "what": program_name,
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


def _other_office(program: str) -> str:
    return {
        "xlsb": _("a binary Excel workbook (.xlsb)"),
        "iwork": _("of Apple Numbers or Pages"),
        "opendocument": _("an OpenDocument file"),
    }.get(program, "")
