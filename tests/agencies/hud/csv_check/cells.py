"""R3, R4 and R25: the headers, and each cell by itself."""

import re
from collections.abc import Iterator, Mapping
from datetime import datetime

from agencies.hud.lists import Codes, Column, columns, headers
from tests.agencies.hud.csv_check.base import BEDS, Fault, Row

_SHAPES = {
    "UserPhone": r"[2-9][0-9]{2}[2-9][0-9]{2}[0-9]{4}",
    "SourceContactPhone": r"[2-9][0-9]{2}[2-9][0-9]{2}[0-9]{4}",
    "UserExtension": r"[0-9]{1,5}",
    "SourceContactExtension": r"[0-9]{1,5}",
    "CoCCode": r"[A-Z]{2}-[0-9]{3}",
    "Geocode": r"[0-9]{6}",
    "ZIP": r"[0-9]{5}",
}


def check_headers(files: Mapping[str, str]) -> Iterator[Fault]:
    for name, line in headers().items():
        if name not in files:
            yield Fault(3, name, 0, "", "the file is missing")
        elif re.split(r"\r?\n", files[name], maxsplit=1)[0] != line:
            yield Fault(3, name, 0, "", "the header is not HUD's")
    for name in files.keys() - headers().keys():
        yield Fault(3, name, 0, "", "no file of the standard has this name")


def check_cells(found: Mapping[str, list[Row]], codes: Codes) -> Iterator[Fault]:
    for file, rows in found.items():
        for number, row in enumerate(rows, 1):
            if None in row or None in row.values():
                yield Fault(3, file, number, "", "the row has more or fewer columns than the header")
                continue
            for column in columns()[file]:
                value = row[column.name]
                for rule, text in _cell(value, column, codes):
                    yield Fault(rule, file, number, column.name, f"{text}: {value!r}")


def _cell(value: str, column: Column, codes: Codes) -> Iterator[tuple[int, str]]:
    if value == "":
        if not column.nullable or column.name in BEDS:
            yield 4, "must not be empty"
        return
    if column.type == "string" and column.max_length and len(value) > column.max_length:
        yield 4, "too long"
    if column.type == "integer" and not re.fullmatch(r"[0-9]+", value):
        yield 4, "no whole number"
    if column.type in ("date", "datetime"):
        shape = "%Y-%m-%d" if column.type == "date" else "%Y-%m-%d %H:%M:%S"
        try:
            if datetime.strptime(value, shape).strftime(shape) != value:
                yield 4, "date not in HUD's form"
        except ValueError:
            yield 4, "no date"
    if column.name in _SHAPES and not re.fullmatch(_SHAPES[column.name], value):
        yield 4, "wrong shape"
    if column.list and (column.list, value) not in codes and (f"{column.list}.retired", value) not in codes:
        yield 4, "not in HUD's list"
    if column.type == "string" and set(value) & set("<>[]{}"):
        yield 25, "has a character that HUD strips"
