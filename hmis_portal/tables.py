"""Tables that people upload and download: CSV and XLSX in, CSV and XLSX out.

Reading takes a file that `UploadField` accepted, and gives text cells. Writing makes cells that begin like a formula
harmless; reading takes that mark away again.
"""

import csv
import datetime as dt
import io
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse
from django.utils.translation import gettext as _
from openpyxl import Workbook, load_workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.utils.exceptions import InvalidFileException

from hmis_portal import documents

MOST_ROWS, MOST_COLUMNS, LONGEST_CELL = 5000, 60, 5000
# What an XLSX may unpack to: a workbook of the size above stays far below, a zip bomb does not.
MOST_UNPACKED, MOST_PARTS = 60 * 1024 * 1024, 500
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class Unreadable(Exception):
    """The file is not a table that can be read; the message is a sentence for the person who chose it."""


def read(file: UploadedFile, kind: str) -> list[list[str]]:
    """The rows of a CSV or of an XLSX's first sheet, as text, empty ones left out. Raises Unreadable."""
    rows = list(_rows(read_xlsx(file) if kind == "xlsx" else read_csv(file)))
    if not rows:
        raise Unreadable(_("The selected file has no rows"))
    return rows


def _rows(found: Iterable[Sequence[str]]) -> Iterator[list[str]]:
    for number, row in enumerate(found):
        if number > MOST_ROWS:
            raise Unreadable(
                _("The selected file must have %(most)s rows or fewer") % {"most": f"{MOST_ROWS:,}"}
            )
        if len(row) > MOST_COLUMNS:
            raise Unreadable(
                _("The selected file must have %(most)s columns or fewer") % {"most": MOST_COLUMNS}
            )
        cells = [_told(cell) for cell in row]
        if any(len(cell) > LONGEST_CELL for cell in cells):
            raise Unreadable(
                _("A cell of the selected file must be %(most)s characters or fewer")
                % {"most": f"{LONGEST_CELL:,}"}
            )
        if any(cells):
            yield cells


def _told(cell: str) -> str:
    text = cell.replace("\x00", "").strip()
    return text[1:] if text.startswith("'") and text[1:2] in FORMULA_STARTS else text


def read_csv(file: UploadedFile) -> Iterator[list[str]]:
    file.seek(0)
    data = file.read()
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("cp1252", errors="replace")
    first = text.splitlines()[0] if text.strip() else ""
    delimiter = max(",;\t", key=first.count)
    try:
        yield from csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    except csv.Error as error:
        raise Unreadable(_("The selected file could not be read as CSV")) from error


def read_xlsx(file: UploadedFile) -> Iterator[list[str]]:
    file.seek(0)
    check_parts(file)
    file.seek(0)
    try:
        book = load_workbook(file, read_only=True, data_only=True, keep_links=False)
        for number, row in enumerate(
            book.worksheets[0].iter_rows(values_only=True, max_col=MOST_COLUMNS + 1)
        ):
            if number > MOST_ROWS * 2:  # a sheet of formatted but empty rows
                break
            yield _without_tail([_cell(value) for value in row])
    except (
        InvalidFileException,
        KeyError,
        ValueError,
        IndexError,
        zipfile.BadZipFile,
        SyntaxError,
        OSError,
    ) as error:
        raise Unreadable(_("The selected file could not be read as an Excel workbook")) from error


def check_parts(file: UploadedFile) -> None:
    """Refuse a workbook with macros, or one that unpacks to more than any honest one."""
    try:
        with zipfile.ZipFile(file) as archive:
            parts = archive.infolist()
    except zipfile.BadZipFile as error:
        raise Unreadable(_("The selected file could not be read as an Excel workbook")) from error
    if any(part.filename.lower().endswith(("vbaproject.bin", ".bin.rels")) for part in parts):
        raise Unreadable(_("The selected file has macros. Save it as a workbook without macros (.xlsx)"))
    if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED:
        raise Unreadable(_("The selected file unpacks to too much. Copy the rows into a new workbook"))


def _without_tail(cells: list[str]) -> list[str]:
    while cells and not cells[-1]:
        cells.pop()
    return cells


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, dt.datetime):
        return value.date().isoformat() if value.time() == dt.time() else value.isoformat(" ")
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return value.isoformat() if isinstance(value, dt.date) else str(value)


def harmless(cell: Any) -> str:
    """A cell that no spreadsheet runs as a formula."""
    text = str(cell)
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


def csv_bytes(rows: Iterable[Iterable[Any]]) -> bytes:
    out = io.StringIO(newline="")
    csv.writer(out).writerows([harmless(cell) for cell in row] for row in rows)
    return out.getvalue().encode("utf-8-sig")  # with the mark by which Excel knows UTF-8


def xlsx_bytes(sheets: Iterable[tuple[str, Iterable[Iterable[Any]]]]) -> bytes:
    """A workbook of text cells; `sheets` are pairs of title and rows."""
    book = Workbook(write_only=True)
    for title, rows in sheets:
        sheet = book.create_sheet(title[:31])
        for row in rows:
            cells = [WriteOnlyCell(sheet, value=_printable(cell)) for cell in row]
            for cell in cells:
                cell.data_type = "s"  # text, whatever it begins with
            sheet.append(cells)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _printable(cell: Any) -> str:
    return "".join(letter for letter in harmless(cell) if letter >= " " or letter in "\t\n")


def response(data: bytes, *, filename: str) -> HttpResponse:
    """A download of a CSV or XLSX, by the end of its name."""
    content_type = XLSX if filename.endswith(".xlsx") else "text/csv; charset=utf-8"
    return documents.download(data, content_type, filename=filename)
