"""The two files of the IRS, read row by row: exempt organizations (EO BMF extract) and automatic revocations.

The first is CSV with headings, for one state (`eo_ct.csv`), a region or in four parts for the country; the second has
bars between twelve columns and no headings. Neither says how its letters are written: UTF-8, or Latin-1 line by line.
"""

import csv
import datetime as dt
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from django.utils.translation import gettext as _

from agencies.models import RegisterLoad
from hmis_portal.running.tries import NoTryHelps
from hmis_portal.text import typed

Kind = RegisterLoad.Kind
LONGEST_LINE = 100_000  # bytes; real lines have some 200
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
EXEMPT = ("EIN", "NAME", "CITY", "STATE", "SUBSECTION", "STATUS", "SORT_NAME")
# What the IRS says of the file of revocations, which has no line of headings.
REVOKED = (
    "EIN",
    "NAME",
    "DBA",
    "STREET",
    "CITY",
    "STATE",
    "ZIP",
    "COUNTRY",
    "EXEMPTION",
    "REVOKED",
    "POSTED",
    "REINSTATED",
)
MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")


class NotTheFile(NoTryHelps):
    """The file is not what it should be; the message says where and why."""


class RegisterRow(NamedTuple):
    """A row as it is kept, in the order of `RegisterEntry`."""

    ein: str
    name: str
    other_name: str
    city: str
    region: str
    status: str
    subsection: str
    revoked_on: dt.date | None
    posted_on: dt.date | None
    reinstated_on: dt.date | None


@dataclass(frozen=True)
class Shape:
    """What the first line says of a file."""

    kind: Kind
    comma: str
    columns: tuple[str, ...]
    has_headings: bool


def shape_of(head: bytes) -> Shape:
    """By the beginning of a file. Raises NotTheFile when it is neither list."""
    first = next((line for line in head.split(b"\n") if line.strip()), b"").strip(b"\r")
    comma = "|" if first.count(b"|") > first.count(b",") else ","
    cells = [cell.strip() for cell in next(_parted([_text(first)], comma), [])]
    headings = tuple(cell.upper() for cell in cells)
    if set(EXEMPT) <= set(headings):
        return Shape(Kind.EXEMPT, comma, headings, has_headings=True)
    width = len(cells) - (cells[-1:] == [""] and len(cells) == len(REVOKED) + 1)
    if width == len(REVOKED):
        if headings[0] == "EIN":
            return Shape(Kind.REVOKED, comma, REVOKED, has_headings=True)
        if _is_day(cells[9]) and cells[9]:
            return Shape(Kind.REVOKED, comma, REVOKED, has_headings=False)
    raise NotTheFile(
        _(
            "This is neither the IRS’s list of exempt organizations, whose first line begins with EIN,NAME,ICO, nor its "
            "list of automatic revocations, which has twelve columns with | between them"
        )
    )


def rows(chunks: Iterable[bytes], shape: Shape) -> Iterator[RegisterRow]:
    """Each row of a file of which never more than a piece is held. Raises NotTheFile at the first that is none."""
    read = _exempt if shape.kind == Kind.EXEMPT else _revoked
    lines = _Lines(chunks)
    places = {name: place for place, name in enumerate(shape.columns)}
    width, wide = len(shape.columns), len(shape.columns) + 1
    cells_of_lines = _parted(lines, shape.comma)
    if shape.has_headings:
        next(cells_of_lines, None)
    for cells in cells_of_lines:
        if len(cells) != width and not (len(cells) == wide and not cells[-1]):
            words = _("Line %(line)d has %(count)d columns, where %(right)d belong")
            raise lines.fault(words, count=len(cells), right=width)
        yield read(cells, places, lines)


class _Lines:
    """The lines that are not empty, as text, and the number of the one that was read last."""

    def __init__(self, chunks: Iterable[bytes]) -> None:
        self.chunks = chunks
        self.number = 0
        self.is_unended = (
            False  # the last line, where no line break follows: whole, or where the file was cut off
        )

    def __iter__(self) -> Iterator[str]:
        rest = b""
        for chunk in self.chunks:
            *whole, rest = (rest + chunk).split(b"\n")
            for line in whole:
                yield from self._line(line)
            if len(rest) > LONGEST_LINE:
                self.number += 1
                raise self.fault(_("Line %(line)d does not end: this is no list with a row on each line"))
        self.is_unended = True
        yield from self._line(rest)

    def _line(self, line: bytes) -> Iterator[str]:
        self.number += 1
        text = _text(line.rstrip(b"\r"))
        if CONTROL.search(text):
            raise self.fault(_("Line %(line)d is not text: save the file as it was downloaded"))
        if text.strip():
            yield text

    def fault(self, words: str, **more: str | int) -> NotTheFile:
        if self.is_unended:
            words = _("The file is cut off in line %(line)d: download it again")
        return NotTheFile(words % {"line": self.number, **more})


def _text(line: bytes) -> str:
    line = line.removeprefix(b"\xef\xbb\xbf")
    try:
        return line.decode()
    except UnicodeDecodeError:
        return line.decode("latin-1")


def _parted(lines: Iterable[str], comma: str) -> Iterator[list[str]]:
    """Cells line by line. Between bars a quotation mark is one; a line of CSV that leaves one open is a fault."""
    if comma == "|":
        return (line.split("|") for line in lines)
    return (_cells_of_csv(line) for line in lines)


def _cells_of_csv(line: str) -> list[str]:
    try:
        return next(csv.reader([line], strict=True)) if '"' in line else line.split(",")
    except csv.Error:
        return []


def _exempt(cells: list[str], places: dict[str, int], lines: _Lines) -> RegisterRow:
    ein, name, city, region, subsection, status, other = [cells[places[column]].strip() for column in EXEMPT]
    return RegisterRow(
        _ein(ein, lines), name[:200], other[:200], city[:60], region[:30], status[:2].zfill(2) if status else "",
        subsection[:10].lstrip("0"), None, None, None,
    )  # fmt: skip


def _revoked(cells: list[str], places: dict[str, int], lines: _Lines) -> RegisterRow:
    ein, name, other, _street, city, region, _zip, _country, kind, *days = [
        cell.strip() for cell in cells[:12]
    ]
    revoked_on, posted_on, reinstated_on = [_day(day, lines) for day in days]
    if revoked_on is None:
        raise lines.fault(_("Line %(line)d has no day of revocation"))
    return RegisterRow(
        _ein(ein, lines), name[:200], other[:200], city[:60], region[:30], "", kind[:10].lstrip("0"),
        revoked_on, posted_on, reinstated_on,
    )  # fmt: skip


def _ein(cell: str, lines: _Lines) -> str:
    ein = cell if len(cell) == 9 else typed.letters(cell)
    if len(ein) != 9 or not (ein.isascii() and ein.isdigit()):
        words = _(
            "Line %(line)d has no EIN of nine digits (“%(cell)s”). Spreadsheets take away the zeros at the beginning: load "
            "the file as it was downloaded"
        )
        raise lines.fault(words, cell=cell[:20])
    return ein


def _is_day(cell: str) -> bool:
    try:
        _read_day(cell)
    except ValueError:
        return False
    return True


def _day(cell: str, lines: _Lines) -> dt.date | None:
    try:
        return _read_day(cell)
    except ValueError as error:
        words = _("Line %(line)d has “%(cell)s” where a day like 15-MAY-2010 belongs")
        raise lines.fault(words, cell=cell[:20]) from error


def _read_day(cell: str) -> dt.date | None:
    """15-MAY-2010, as the IRS writes it. Raises ValueError."""
    if not cell:
        return None
    day, month, year = cell.split("-")
    return dt.date(int(year), MONTHS.index(month.upper()) + 1, int(day))
