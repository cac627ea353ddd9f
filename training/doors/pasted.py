"""Lines as they are pasted from a spreadsheet: whose, and where they differ from the others' the day, result and score."""

import re
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from hmis_portal.text import typed
from training.doors import moments

_CELLS = re.compile(r"\s*[\t;,|]\s*|\s{2,}")
_SCORE = re.compile(r"(\d{1,3})(?:[.,]\d+)? ?%?")
PASSED = {"passed", "pass", "yes", "y"}
FAILED = {"failed", "fail", "no", "n"}


@dataclass(frozen=True)
class Line:
    """`day` None: as the form says; `doubtful`: it has a day that can be read in two ways, and is held."""

    email: str
    day: date | None = None
    doubtful: bool = False
    score: int | None = None
    passed: bool = True


def read(text: str) -> tuple[list[Line], list[str]]:
    """The lines, each person once (the last says it), and a sentence for each cell that is nothing known."""
    lines: dict[str, Line] = {}
    wrong = []
    for number, row in enumerate(text.splitlines(), 1):
        cells = [cell.strip() for cell in _CELLS.split(row.replace(", ", " ")) if cell.strip()]
        if not cells:
            continue
        line, unknown = _line(cells)
        lines[line.email] = line
        wrong += [
            _("Line %(number)d: “%(cell)s” is no day, result or score.") % {"number": number, "cell": cell}
            for cell in unknown
        ]
    return list(lines.values()), wrong


def _line(cells: list[str]) -> tuple[Line, list[str]]:
    cells_read: dict[str, date | bool | int | None] = {}
    unknown = []
    for cell in cells[1:]:
        score = _SCORE.fullmatch(cell)
        word = cell.casefold()
        if score and int(score[1]) <= 100:
            cells_read["score"] = int(score[1])
        elif word in PASSED | FAILED:
            cells_read["passed"] = word in PASSED
        else:
            when = moments.read(cell)
            day = when.on or (when.at.date() if when.at else None)
            if day is None and not when.ambiguous:
                unknown.append(cell)
            cells_read |= {"day": day, "doubtful": when.ambiguous}
    return Line(typed.email(cells[0]), **cells_read), unknown  # type: ignore[arg-type]
