"""Tables that people upload and download: CSV and XLSX in, CSV and XLSX out.

Reading takes a file that `UploadField` accepted, and gives text cells, with what is doubtful about them; it happens in
a process with limits (`table_reader`). Writing makes cells that begin like a formula harmless; reading takes that mark
away again.
"""

import csv
import io
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, NamedTuple, Self

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from hmis_portal import documents
from hmis_portal.files import foreign, letters, table_reader
from hmis_portal.files.foreign import Unreadable

__all__ = ["Table", "Unreadable", "csv_bytes", "read", "response", "xlsx_bytes"]
HEADING_WITHIN = 20  # rows, which a title and remarks may stand in before the headings
FORMULA = re.compile(r"'*[=+\-@\t\r]")
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

DOUBTS = {
    "formula": gettext_lazy(
        "contains a formula that was not calculated. Open the file in Excel, save it, and select it again"
    ),
    "error": gettext_lazy("contains the error %(more)s. Type the value, or mend the formula"),
    "letters": gettext_lazy("has letters that cannot be read. Save the file as CSV UTF-8 or as Excel (XLSX)"),
    "merged": gettext_lazy("is merged with %(more)s. Unmerge the cells and fill in each"),
    "long": gettext_lazy("is longer than %(most)s characters"),
    "shortened": gettext_lazy("contains %(more)s, a number that was shortened. Type the whole number"),
    "broken": gettext_lazy("cannot be read. Type its value again"),
}


@dataclass
class Table:
    """Rows of text cells, their headings first and empty rows left out; each with its number in the file.

    A doubt is (place in `rows`, column, what is wrong with that cell, as the end of a sentence).
    """

    rows: list[list[str]]
    numbers: list[int]
    doubts: list[tuple[int, int, str]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)  # what a person should know of how the file was read

    def kept(self) -> dict[str, Any]:
        """For a JSON column; `of` makes the table from it."""
        return asdict(self)

    @classmethod
    def of(cls, stored: Mapping[str, Any]) -> Self:
        rows = stored["rows"]
        doubts = [(place, column, doubt) for place, column, doubt in stored.get("doubts", ())]
        return cls(rows, stored.get("numbers") or [*range(1, len(rows) + 1)], doubts, stored.get("notes", []))

    def cell(self, place: int, column: int) -> str:
        """The name of a cell, such as D5."""
        return f"{get_column_letter(column + 1)}{self.numbers[place]}"

    def doubtful(self) -> dict[int, dict[int, str]]:
        """Place of a row → its columns in doubt, each with what is wrong with it."""
        by_row: dict[int, dict[int, str]] = defaultdict(dict)
        for place, column, doubt in self.doubts:
            by_row[place][column] = doubt
        return by_row


def read(
    file: UploadedFile[bytes],
    kind: str,
    known: Callable[[Sequence[str]], int],
    *,
    most_rows: int = table_reader.MOST_ROWS,
) -> Table:
    """A CSV, or the sheet of an XLSX that is meant. Raises Unreadable.

    `known` tells how many of a row's cells are headings that are understood: by it the row of the headings is found, and
    which visible sheet is meant.
    """
    file.seek(0)
    data, guessed = file.read(), ""
    if kind == "csv":
        text = letters.decode(data)
        if text.text.lstrip().startswith("<"):
            raise Unreadable(
                _("The selected file is a web page or XML. Save it as CSV UTF-8 and select the new file")
            )
        data, guessed = text.text.encode("utf-8", "surrogatepass"), text.guessed
    sheets, unseen = _asked(data, kind, most_rows)
    if not sheets:
        raise Unreadable(_("The selected file has no rows"))
    best = max(
        sheets, key=lambda sheet: max((known(row) for _n, row in sheet["rows"][:HEADING_WITHIN]), default=0)
    )
    first = best["rows"][:HEADING_WITHIN]
    heading = max(range(len(first)), key=lambda place: known(first[place][1]))
    return _table(
        best, heading, [*_unseen(unseen), *_notes(best, heading, sheets if kind == "xlsx" else [], guessed)]
    )


def _unseen(names: Sequence[str]) -> list[str]:
    quoted = ", ".join(f"“{letters.shown(name)[:40]}”" for name in names)
    return [_("Hidden sheets are not read: %(names)s.") % {"names": quoted}] if names else []


def _asked(data: bytes, kind: str, most_rows: int) -> tuple[list[dict[str, Any]], list[str]]:
    """The sheets of the file that have rows, and the names of those that are hidden."""
    answer = foreign.ask(table_reader, data, about=kind, rows=most_rows)
    if answer is None:
        raise Unreadable(
            _("The selected file is too large to read. Copy the rows into a new file and select that")
        )
    if "error" in answer:
        raise Unreadable(
            _(
                "The selected file could not be read as an Excel workbook. Open it, save it again as Excel (XLSX) or as "
                "CSV UTF-8, and select the new file"
            )
        )
    if "refused" in answer:
        raise Unreadable(_refusal(answer["refused"], answer["most"]))
    return [sheet for sheet in answer["sheets"] if sheet["rows"]], answer["unseen"]


def _refusal(what: str, most: int) -> str:
    if what == "quotes":
        return _(
            "A quotation mark in row %(row)s of the selected file, or in the rows after it, is not closed. Close it, or "
            "save the file as Excel (XLSX)"
        ) % {"row": most}
    size = f"{most // (1024 * 1024)} MB"
    return {
        "rows": _("The selected file must have %(most)s rows or fewer"),
        "columns": _("The selected file must have %(most)s columns or fewer"),
        "part": _(
            "The selected file unpacks to too much: more than %(size)s. Copy the rows into a new workbook"
        ),
        "parts": _(
            "The selected file must be made of %(most)s parts or fewer. Copy the rows into a new workbook"
        ),
        "cells": _(
            "The selected file must have %(most)s filled cells or fewer. Copy the rows into a new file"
        ),
        "doubts": _(
            "More than %(most)s cells of the selected file cannot be read. Open it in Excel, save it, and select it again"
        ),
        "text": _("The selected file has too much text: more than %(size)s. Copy the rows into a new file"),
    }[what] % {"most": f"{most:,}", "size": size}


def _table(sheet: Mapping[str, Any], heading: int, notes: list[str]) -> Table:
    table = Table([], [], notes=notes)
    for place, (number, cells) in enumerate(sheet["rows"][heading:]):
        table.numbers.append(number)
        table.rows.append([letters.shown(_told(cell)) for cell in cells])
        table.doubts += [
            (place, column, _doubt("letters", ""))
            for column, cell in enumerate(cells)
            if letters.in_doubt(cell)
        ]
    table.doubts += [
        (place - heading, column, _doubt(what, letters.shown(more)))
        for place, column, what, more in sheet["doubts"]
        if place >= heading
    ]
    if without := _without_heading(table):
        notes.append(_("Not read, as no heading stands above them: %s.") % without)
    return table


def _without_heading(table: Table) -> str:
    headings = table.rows[0]
    columns = [
        table.cell(place, column)
        for place, row in enumerate(table.rows)
        for column, cell in enumerate(row)
        if cell and not (column < len(headings) and headings[column])
    ]
    return ", ".join(columns[:20]) + (", …" if len(columns) > 20 else "")


def _doubt(what: str, more: str) -> str:
    return DOUBTS[what] % {"more": more, "most": f"{table_reader.LONGEST_CELL:,}"}


def _notes(best: Mapping[str, Any], heading: int, sheets: list[dict[str, Any]], guessed: str) -> list[str]:
    notes = []
    if others := [sheet["name"][:40] for sheet in sheets if sheet is not best]:
        names = ", ".join(f"“{name}”" for name in others)
        notes.append(
            _("Only the sheet “%(name)s” is read. Not read: %(others)s.")
            % {"name": best["name"][:40], "others": names}
        )
    if heading:
        number = best["rows"][heading][0]
        notes.append(
            _("The headings are in row %(number)s. What stands above them is not read.") % {"number": number}
        )
    if best["hidden"]:
        notes.append(_("Hidden rows of the sheet are read too: %(number)s.") % {"number": best["hidden"]})
    if guessed:
        notes.append(
            _(
                "The file does not say how its letters are written; they are read as %(name)s. Check the names with accents."
            )
            % {"name": guessed}
        )
    return notes


def _told(cell: str) -> str:
    return cell[1:] if cell.startswith("'") and FORMULA.match(cell) else cell


def harmless(cell: object) -> str:
    """A cell that no spreadsheet runs as a formula."""
    text = str(cell)
    return f"'{text}" if FORMULA.match(text) else text


def csv_bytes(rows: Iterable[Iterable[object]]) -> bytes:
    out = io.StringIO(newline="")
    csv.writer(out).writerows([harmless(cell) for cell in row] for row in rows)
    return out.getvalue().encode("utf-8-sig")  # with the mark by which Excel knows UTF-8


class DropDown(NamedTuple):
    """What the cells of a column offer below its heading; `formula` names the cells that hold it, for row 2."""

    column: int
    formula: str
    only: bool = True  # nothing else may be typed


def xlsx_bytes(
    sheets: Iterable[tuple[str, Iterable[Iterable[object]]]], drop_downs: Iterable[DropDown] = ()
) -> bytes:
    """A workbook of text cells, none where there is None; `sheets` are pairs of title and rows, the first with lists."""
    book = Workbook(write_only=True)
    for title, rows in sheets:
        sheet = book.create_sheet(title[:31])
        for row in rows:
            sheet.append([None if cell is None else _text_cell(sheet, cell) for cell in row])
    for column, formula, only in drop_downs:
        letter = get_column_letter(column + 1)
        offered = DataValidation("list", formula1=formula, allow_blank=True, showErrorMessage=only)
        offered.add(f"{letter}2:{letter}{table_reader.MOST_ROWS + 1}")
        book.worksheets[0].data_validations.append(offered)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _text_cell(sheet: Any, value: Any) -> Any:
    cell = WriteOnlyCell(sheet, value=_printable(value))
    cell.data_type = "s"  # text, whatever it begins with
    return cell


def _printable(cell: object) -> str:
    return "".join(letter for letter in harmless(cell) if letter >= " " or letter in "\t\n")


def response(data: bytes, *, filename: str) -> HttpResponse:
    """A download of a CSV or XLSX, by the end of its name."""
    content_type = XLSX if filename.endswith(".xlsx") else "text/csv; charset=utf-8"
    return documents.download(data, content_type, filename=filename)
