"""What the files of the HMIS side share: columns found by their headings, and days as such files write them."""

import datetime as dt
import re
from collections.abc import Mapping, Sequence

from hmis_portal.text.typed import letters

Names = Mapping[str, Sequence[str]]  # field → how its heading may read


def places(headings: Sequence[str], names: Names) -> dict[str, int]:
    """Field → its column: the first heading that reads like one of its names."""
    read = {letters(heading): place for place, heading in reversed(list(enumerate(headings)))}
    columns = {}
    for field, ways in names.items():
        column = next((read[letters(way)] for way in ways if letters(way) in read), None)
        if column is not None:
            columns[field] = column
    return columns


def cell(cells: Sequence[str], place: int | None) -> str:
    return cells[place].strip() if place is not None and place < len(cells) else ""


def day_of(text: str) -> dt.date | None:
    """2026-11-22 or 11/22/2026, with or without a time; None when it is neither."""
    if match := re.fullmatch(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[ T].*)?", text):
        year, month, day = match.groups()
    elif match := re.fullmatch(r"(\d{1,2})/(\d{1,2})/(\d{4})(?: .*)?", text):
        month, day, year = match.groups()
    else:
        return None
    try:
        return dt.date(int(year), int(month), int(day))
    except ValueError:
        return None
