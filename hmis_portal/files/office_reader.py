"""Looks into one zip, as a reader for `isolated`: which program's file it is, and whether a Word file opens to its end and
does nothing by itself once somebody opens it."""

import io
import re
import zipfile
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote
from xml.etree import ElementTree
from xml.parsers import expat

SECONDS = 10
MEMORY = 512 * 1024 * 1024
MOST_PARTS, MOST_UNPACKED, MOST_DEPTH = 2000, 300 * 1024 * 1024, 2
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # the container of macros and of objects of other programs
VBA = "_VBA_PROJECT".encode("utf-16-le")  # a name in that container
OPEN_DOCUMENT = b"application/vnd.oasis.opendocument."
# Relations between parts, by the end of their type (ECMA-376, part 1, 11.3 and 15.2).
MACROS = ("/vbaProject",)
OBJECTS = ("/oleObject", "/control", "/activeXControlBinary", "/aFChunk")


class TooMuch(Exception):
    """Too much of something; the arguments are what, and the limit."""


def _opened(data: bytes) -> zipfile.ZipFile:
    archive = zipfile.ZipFile(io.BytesIO(data))
    if len(archive.infolist()) > MOST_PARTS:
        raise TooMuch("parts", MOST_PARTS)
    return archive


def _to_be_unpacked(data: bytes) -> zipfile.ZipFile:
    """No part gives more than the archive says of it."""
    archive = _opened(data)
    if sum(part.file_size for part in archive.infolist()) > MOST_UNPACKED:
        raise TooMuch("unpacked", MOST_UNPACKED)
    return archive


def zipped(data: bytes) -> dict[str, object]:
    """The kind of Office file, or the program that it is of, and whether there are macros by the name of a part."""
    archive = _opened(data)
    names = set(archive.namelist())
    kind = "docx" if "word/document.xml" in names else "xlsx" if "xl/workbook.xml" in names else ""
    program = ""
    if "xl/workbook.bin" in names:
        program = "xlsb"
    elif any(name.endswith(".iwa") for name in names):
        program = "iwork"
    elif "mimetype" in names and OPEN_DOCUMENT in data[:200]:
        program = "opendocument"
    macros = any(_last(name) == "vbaproject.bin" for name in names)
    return {"kind": kind, "program": program, "macros": macros}


def docx(data: bytes) -> dict[str, object]:
    """Every part of a Word file unpacks as the archive says, and the main one is a Word document."""
    with _to_be_unpacked(data) as archive:
        parts = archive.infolist()
        if any(part.flag_bits & 1 for part in parts):
            return {"locked": True}
        if broken := archive.testzip():
            return {"error": f"broken part {broken[:80]}"}
        archive.getinfo("[Content_Types].xml")
        roots: list[str] = []
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.StartElementHandler = lambda name, _given: roots.append(name) if not roots else None
        parser.Parse(archive.read("word/document.xml"), True)
        if not roots[0].endswith(" document"):
            return {"error": "no Word document"}
        if min(part.header_offset for part in parts) > 0:  # something else stands before this archive
            return {"unsafe": "mixed"}
        unsafe = set(_unsafe(archive, 1))
    return {
        "pages": 1,
        "unsafe": next((kind for kind in ("macros", "remote", "embedded") if kind in unsafe), ""),
    }


def _unsafe(archive: zipfile.ZipFile, depth: int) -> Iterator[str]:
    """What would run, or be fetched from elsewhere, when somebody opens the file: judged by what the parts are."""
    for part in archive.infolist():
        with archive.open(part) as opened:
            head = opened.read(8)
        if _last(part.filename) == "vbaproject.bin":
            yield "macros"
        elif head == OLE:
            yield "macros" if VBA in archive.read(part) else "embedded"
        elif head.startswith(b"MZ"):
            yield "embedded"
        elif head.startswith(b"PK\x03\x04"):  # the numbers behind a chart are a workbook in the document
            if depth == MOST_DEPTH:
                yield "embedded"
            else:
                with _to_be_unpacked(archive.read(part)) as inner:
                    yield from _unsafe(inner, depth + 1)
        elif part.filename.lower().endswith(".rels"):
            yield from _related(ElementTree.fromstring(archive.read(part)))  # noqa: S314 (a process with limits)
        elif part.filename.lower() == "[content_types].xml" and b"macroenabled" in archive.read(part).lower():
            yield "macros"


def _related(relations: ElementTree.Element) -> Iterator[str]:
    for relation in relations.iter():
        kind, target = relation.get("Type", ""), relation.get("Target", "")
        if kind.endswith(MACROS):
            yield "macros"
        elif kind.endswith(OBJECTS):
            yield "embedded"
        elif (
            relation.get("TargetMode") == "External"
            and not kind.endswith("/hyperlink")
            and _elsewhere(target)
        ):
            yield "remote"


def _elsewhere(target: str) -> bool:
    """Whether opening this asks another computer. Word writes the path of a template on the author's own disk as well."""
    target = unquote(target).strip().replace("\\", "/").lower()
    if target.startswith("file:"):
        path = target.removeprefix("file:")
        slashes = len(path) - len(path.lstrip("/"))
        return slashes not in (0, 1, 3)
    return target.startswith("//") or bool(re.match(r"[a-z][a-z0-9+.-]+:", target))


def _last(name: str) -> str:
    return name.lower().rsplit("/", 1)[-1]


READERS = {"zip": zipped, "docx": docx}


def read(data: bytes, about: str) -> dict[str, Any]:
    """{"kind": "docx", "program": "", "macros": False}; of a Word file {"pages": 1, "unsafe": what}; {"locked": True},
    {"refused": what, "most": limit} or {"error": …}. Raises what the parsers raise; KeyError for another kind of file."""
    try:
        return READERS[about](data)
    except TooMuch as refused:
        return {"refused": refused.args[0], "most": refused.args[1]}
