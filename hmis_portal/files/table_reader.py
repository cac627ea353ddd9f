"""Reads one table, as a reader for `isolated`. What a workbook says of its own size is not asked.

Written against the format (ECMA-376, part 1, 18.2 to 18.9) and not with openpyxl, which gives nothing for a formula that
was never calculated, as for an empty cell, and stops at faults in fills and views that no reader of values needs.
"""

import csv
import datetime as dt
import functools
import io
import math
import posixpath
import re
import zipfile
from collections.abc import Iterable, Iterator
from typing import Any
from xml.etree import ElementTree

SECONDS, MEMORY = 6, 512 * 1024 * 1024
MOST_ROWS, MOST_COLUMNS, LONGEST_CELL = 20_000, 60, 5000
# Of what each part may unpack to, and of what is handed on: a list of 20,000 accounts stays below.
MOST_PART, MOST_TEXT, MOST_SHEETS, MOST_MERGED = 16 * 1024 * 1024, 10 * 1024 * 1024, 20, 2000
MOST_CELLS, MOST_DOUBTS, MOST_PARTS = 200_000, 20_000, 2000
# The built-in number formats that show a date (18.8.30).
DATE_FORMATS = frozenset((*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)))
NO_DATE = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]|_.|General', re.IGNORECASE)
UNKNOWN = "#N/A"
ERRORS = (
    "#NULL!",
    "#DIV/0!",
    "#VALUE!",
    "#REF!",
    "#NAME?",
    "#NUM!",
    "#N/A",
    "#GETTING_DATA",
    "#SPILL!",
    "#CALC!",
)
SHORTENED = re.compile(r"-?\d(?:[.,]\d+)?E\+?\d+", re.IGNORECASE)  # 8.60556E+09
QUOTED_TEXT = re.compile(r'="([^"]*)"')  # ="0123", by which a CSV keeps the noughts of a number
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")


class TooLarge(Exception):
    """The table is too large; the arguments are what of, and the limit."""


class Left:
    """What may still be handed on of one file: more where more rows may come."""

    def __init__(self, rows: int = MOST_ROWS) -> None:
        self.rows = rows
        self.most_text, self.most_cells = MOST_TEXT * rows // MOST_ROWS, MOST_CELLS * rows // MOST_ROWS
        self.text, self.cells, self.doubts = self.most_text, self.most_cells, MOST_DOUBTS

    def take(self, row: list[str], doubts: int) -> None:
        self.text -= sum(map(len, row))
        self.cells -= len(row)
        self.doubts -= doubts
        if self.text < 0:
            raise TooLarge("text", self.most_text)
        if self.cells < 0:
            raise TooLarge("cells", self.most_cells)
        if self.doubts < 0:
            raise TooLarge("doubts", MOST_DOUBTS)


class Sheet:
    """The rows of one sheet that hold anything, and what is doubtful in them."""

    def __init__(self, name: str, left: Left) -> None:
        self.name, self.left, self.hidden = name, left, 0
        self.rows: list[tuple[int, list[str]]] = []
        self.doubts: list[tuple[int, int, str, str]] = []

    def add(self, number: int, cells: Iterable[tuple[int, str, str]], *, hidden: bool = False) -> None:
        """Cells are (column, text, what is doubtful)."""
        row: list[str] = []
        doubts = []
        for column, text, doubt in cells:
            shown, doubt = _told(text, doubt)
            if not shown and not doubt:
                continue
            if column >= MOST_COLUMNS:
                raise TooLarge("columns", MOST_COLUMNS)
            row += [""] * (column + 1 - len(row))
            row[column] = shown
            if doubt:
                doubts.append((len(self.rows), column, doubt, shown[:60]))
        if not row:
            return
        if len(self.rows) > self.left.rows:
            raise TooLarge("rows", self.left.rows)
        self.left.take(row, len(doubts))
        self.rows.append((number, row))
        self.doubts += doubts
        self.hidden += hidden


def _told(text: str, doubt: str) -> tuple[str, str]:
    """What is not known is #N/A, so that nobody takes it for an empty cell or the whole one, here or in another file."""
    text = CONTROL.sub("", text).strip()
    if doubt or not text:
        return text[:60] if doubt in ("", "error") else UNKNOWN, doubt
    if len(text) > LONGEST_CELL:
        return UNKNOWN, "long"
    if quoted := QUOTED_TEXT.fullmatch(text):
        return quoted[1].strip(), ""
    if text.startswith("="):
        # In doubt, and yet what was typed: a file with errors gives it back, marked as text. Whoever uploads that file
        # again without a change says that it is text, and sees it before anything is recorded.
        return text, "formula"
    if text.upper() in ERRORS:
        return text, "error"
    return text, "shortened" if SHORTENED.fullmatch(text) else ""


def read_csv(data: bytes, rows: int) -> list[Sheet]:
    """The table once for each mark that may separate its columns: which is right, the headings tell."""
    text = data.decode("utf-8", "surrogatepass").lstrip("\ufeff")
    if match := re.match(r"\s*\"?sep=(.)\"?[ ,;\t]*(?:\r\n|\r|\n|$)", text, re.IGNORECASE):
        return [_csv(text[match.end() :], match[1], rows)]
    beginning = text[:20_000]
    read: list[Sheet] = []
    refused: list[TooLarge] = []
    for mark in [mark for mark in ",;\t|" if mark in beginning] or [","]:
        try:
            read.append(_csv(text, mark, rows))
        except TooLarge as error:
            refused.append(error)
    if refused and all(len(row) == 1 for sheet in read for _number, row in sheet.rows):
        raise refused[0]
    return read


def _csv(text: str, mark: str, rows: int) -> Sheet:
    sheet = Sheet("", Left(rows))
    number = 0
    try:
        for number, row in enumerate(
            csv.reader(io.StringIO(text, newline=""), delimiter=mark, strict=True), start=1
        ):
            sheet.add(number, ((column, cell, "") for column, cell in enumerate(row)))
    except csv.Error:
        raise TooLarge("quotes", number + 1) from None
    return sheet


class Workbook:
    def __init__(self, data: bytes) -> None:
        self.archive = zipfile.ZipFile(io.BytesIO(data))
        if len(self.archive.infolist()) > MOST_PARTS:
            raise TooLarge("parts", MOST_PARTS)
        self.book = self._tree("xl/workbook.xml")
        properties = next(_all(self.book, "workbookPr"), None)
        of_1904 = properties is not None and properties.get("date1904") in ("1", "true")
        self.epoch = dt.datetime(1904, 1, 1) if of_1904 else dt.datetime(1899, 12, 30)
        self.relations = {relation.get("Id", ""): relation for relation in self._relations()}
        self.texts = self._texts()
        self.dates = self._dates()

    def _part(self, name: str) -> io.BytesIO:
        with self.archive.open(name) as part:
            data = part.read(MOST_PART + 1)
        if len(data) > MOST_PART:
            raise TooLarge("part", MOST_PART)
        return io.BytesIO(data)

    def _tree(self, name: str) -> ElementTree.Element:
        return ElementTree.parse(self._part(name)).getroot()  # noqa: S314 (a process with limits)

    def _each(self, part: str, *names: str) -> Iterator[ElementTree.Element]:
        """The elements of these names, one at a time; none is kept."""
        above: list[ElementTree.Element] = []
        for event, element in ElementTree.iterparse(self._part(part), ("start", "end")):  # noqa: S314
            if event == "start":
                above.append(element)
                continue
            above.pop()
            if _name(element) in names:
                yield element
                above[-1].clear()

    def _relations(self) -> list[ElementTree.Element]:
        name = "xl/_rels/workbook.xml.rels"
        return list(self._tree(name)) if name in self.archive.namelist() else []

    def _related(self, kind: str) -> str:
        """The name of the part of this kind."""
        named = (
            relation.get("Target", "")
            for relation in self.relations.values()
            if relation.get("Type", "").endswith(f"/{kind}")
        )
        return _inside(next(named, f"{kind}.xml"))

    def _texts(self) -> list[str]:
        name = self._related("sharedStrings")
        return (
            [_text(element) for element in self._each(name, "si")] if name in self.archive.namelist() else []
        )

    def _dates(self) -> frozenset[int]:
        """The places among the formats of cells that show a date. A broken list of styles shows none."""
        try:
            styles = self._tree(self._related("styles"))
            own = {
                element.get("numFmtId"): element.get("formatCode", "") for element in _all(styles, "numFmt")
            }
            formats = [element for group in _all(styles, "cellXfs") for element in group]
        except (KeyError, ElementTree.ParseError):
            return frozenset()
        return frozenset(
            place for place, element in enumerate(formats) if _shows_date(element.get("numFmtId", ""), own)
        )

    def hidden_sheets(self) -> list[str]:
        """The names of those that nobody sees; they are not read."""
        hidden = [
            element for element in _all(self.book, "sheet") if element.get("state", "visible") != "visible"
        ]
        return [element.get("name", "") for element in hidden[:MOST_SHEETS]]

    def sheets(self, rows: int) -> list[Sheet]:
        """Those that a person sees."""
        left = Left(rows)
        seen = [
            element for element in _all(self.book, "sheet") if element.get("state", "visible") == "visible"
        ]
        sheets = []
        for place, element in enumerate(seen[:MOST_SHEETS], start=1):
            key = next((value for name, value in element.attrib.items() if name.endswith("}id")), "")
            relation = self.relations.get(key)
            target = f"worksheets/sheet{place}.xml" if relation is None else relation.get("Target", "")
            kind = "/worksheet" if relation is None else relation.get("Type", "")
            if kind.endswith("/worksheet"):  # a chart may have a sheet of its own
                sheets.append(self._sheet(Sheet(element.get("name", ""), left), _inside(target)))
        return sheets

    def _sheet(self, sheet: Sheet, name: str) -> Sheet:
        number = 0
        merged: list[str] = []
        for element in self._each(name, "row", "mergeCell"):
            if _name(element) == "row":
                number = int(element.get("r") or number + 1)
                sheet.add(number, self._cells(element), hidden=element.get("hidden") in ("1", "true"))
            elif len(merged) < MOST_MERGED:
                merged.append(element.get("ref", ""))
        _merge(sheet, merged)
        return sheet

    def _cells(self, row: ElementTree.Element) -> Iterator[tuple[int, str, str]]:
        column = -1
        for cell in row:
            if _name(cell) == "c":
                named = _column(cell.get("r", ""))
                column = named if named >= 0 else column + 1
                yield column, *self._value(cell)

    def _value(self, cell: ElementTree.Element) -> tuple[str, str]:
        """The text of a cell as it was stored, and what is doubtful about it."""
        kind, parts = cell.get("t", "n"), {_name(part): part for part in cell}
        if kind == "inlineStr":
            return (_text(parts["is"]) if "is" in parts else ""), ""
        written = (parts["v"].text or "") if "v" in parts else ""
        if not written and kind != "str":  # a formula that gives an empty text says so
            return "", "formula" if "f" in parts else ""
        try:
            if kind == "s":
                return self.texts[int(written)], ""
            if kind == "b":
                return ("TRUE" if written.strip() == "1" else "FALSE"), ""
            if kind == "n" and written.strip():
                return self._number(float(written), int(cell.get("s") or 0)), ""
        except (ValueError, IndexError, OverflowError):
            return written, "broken"
        return _unescaped(written), "error" if kind == "e" else ""

    def _number(self, number: float, style: int) -> str:
        if not math.isfinite(number):
            raise ValueError
        if style not in self.dates:
            return str(int(number)) if number.is_integer() else repr(number)
        # Excel's year 1900 has a February 29.
        days = number + 1 if number < 60 and self.epoch.year == 1899 else number
        if not 1 <= days < 2_958_466:
            raise ValueError
        at = self.epoch + dt.timedelta(seconds=round(days * 86_400))
        return at.date().isoformat() if at.time() == dt.time() else at.isoformat(" ")


def _inside(target: str) -> str:
    """The name in the archive of what the workbook names."""
    return posixpath.normpath(posixpath.join("xl", target)).removeprefix("/")


def _name(element: ElementTree.Element) -> str:
    """Without its namespace: "transitional" and "strict" workbooks differ in it."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def _all(tree: ElementTree.Element, name: str) -> Iterator[ElementTree.Element]:
    return (element for element in tree.iter() if _name(element) == name)


def _text(element: ElementTree.Element) -> str:
    """Of a text in runs, without how it is pronounced."""
    pieces = [
        (piece.text or "")
        for run in (element, *(part for part in element if _name(part) == "r"))
        for piece in run
        if _name(piece) == "t"
    ]
    return _unescaped("".join(pieces))


def _unescaped(text: str) -> str:
    return ESCAPED.sub(lambda match: chr(int(match[1], 16)), text) if "_x" in text else text


def _column(reference: str) -> int:
    """From 0; -1 when the reference names none."""
    letters = re.match(r"[A-Z]{0,3}", reference)
    return (
        functools.reduce(
            lambda column, letter: column * 26 + ord(letter) - 64, letters[0] if letters else "", 0
        )
        - 1
    )


def _shows_date(number: str, own: dict[str | None, str]) -> bool:
    if number in own:
        return bool(re.search("[dmyhs]", NO_DATE.sub("", own[number].split(";")[0]), re.IGNORECASE))
    return number.isdecimal() and int(number) in DATE_FORMATS


def _merge(sheet: Sheet, merged: Iterable[str]) -> None:
    """A cell under a merged one is not empty: what it should hold is not told."""
    for reference in merged:
        if not (match := re.fullmatch(r"([A-Z]+)(\d+):([A-Z]+)(\d+)", reference)):
            continue
        first, last = _column(match[1]), min(_column(match[3]), MOST_COLUMNS - 1)
        top, bottom = int(match[2]), int(match[4])
        for place, (number, cells) in enumerate(sheet.rows):
            for column in range(first, last + 1) if top <= number <= bottom else ():
                cells += [""] * (column + 1 - len(cells))
                if (number, column) != (top, first) and not cells[column]:
                    sheet.left.take([UNKNOWN], 1)
                    cells[column] = UNKNOWN
                    sheet.doubts.append((place, column, "merged", f"{match[1]}{match[2]}"))


def read(data: bytes, about: str, rows: int = MOST_ROWS) -> dict[str, Any]:
    """{"sheets": [{"name", "rows", "doubts", "hidden"}], "unseen": [name of a hidden sheet]}, or {"refused": what, "most": limit}.

    `about` is "xlsx" or "csv"; a CSV comes as UTF-8, with surrogates where a byte could not be told. Rows are
    [number in the file, [text, …]] without the empty ones, doubts [place in rows, column, what, more]. Raises what the
    parsers raise.
    """
    unseen: list[str] = []
    try:
        if about == "xlsx":
            book = Workbook(data)
            sheets, unseen = book.sheets(rows), book.hidden_sheets()
        else:
            sheets = read_csv(data, rows)
    except TooLarge as refused:
        return {"refused": refused.args[0], "most": refused.args[1]}
    names = ("name", "rows", "doubts", "hidden")
    return {"sheets": [{name: getattr(sheet, name) for name in names} for sheet in sheets], "unseen": unseen}
