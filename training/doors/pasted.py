"""Lines as they are pasted from a spreadsheet: whose, and where they differ from the others' the day, result and score."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from hmis_portal.text import typed
from training.doors import moments
from training.doors.attempts import course_key
from training.models import Course

_CELLS = re.compile(r"\s*[\t;,|]\s*|\s{2,}")
_COMMA_OF_A_DATE = re.compile(r"(?<=\d),\s+(?=\d{4}(?![\d-]))")  # June 2, 2026
_SCORE = re.compile(r"(\d{1,3})(?:[.,]\d+)? ?%?")
PASSED = {"passed", "pass", "yes", "y"}
FAILED = {"failed", "fail", "no", "n"}
LONGEST_ADDRESS = 254


@dataclass(frozen=True)
class Line:
    """`day` in its own letters, "" and `course` None: as the form says."""

    email: str
    day: str = ""
    score: int | None = None
    passed: bool = True
    course: Course | None = None


def read(text: str, courses: Mapping[str, Course]) -> tuple[list[Line], list[str]]:
    """The lines, each person once in a course (the last says it), and a sentence for each cell that is nothing known.

    `courses` by their keys, as `attempts.course_key` makes them.
    """
    lines: dict[tuple[str, int | None], Line] = {}
    wrong = []
    for number, row in enumerate(text.splitlines(), 1):
        cells = [cell.strip() for cell in _CELLS.split(_COMMA_OF_A_DATE.sub(" ", row)) if cell.strip()]
        if not cells:
            continue
        line, unknown = _line(cells, courses)
        if "@" not in line.email or len(line.email) > LONGEST_ADDRESS:
            words = _("Line %(number)d: “%(cell)s” is no e-mail address.")
            wrong.append(words % {"number": number, "cell": cells[0][:80]})
        lines[line.email, line.course.pk if line.course else None] = line
        wrong += [
            _("Line %(number)d: “%(cell)s” is no day, result, score or course.")
            % {"number": number, "cell": cell}
            for cell in unknown
        ]
    return list(lines.values()), wrong


def _line(cells: list[str], courses: Mapping[str, Course]) -> tuple[Line, list[str]]:
    cells_read: dict[str, bool | int | str | Course] = {}
    unknown = []
    for cell in cells[1:]:
        score = _SCORE.fullmatch(cell)
        word = cell.casefold()
        if score and int(score[1]) <= 100:
            cells_read["score"] = int(score[1])
        elif word in PASSED | FAILED:
            cells_read["passed"] = word in PASSED
        elif course := courses.get(course_key(cell)):
            cells_read["course"] = course
        else:
            if moments.read(cell) == moments.When():
                unknown.append(cell)
            cells_read["day"] = cell
    return Line(typed.email(cells[0]), **cells_read), unknown  # type: ignore[arg-type]
