"""The door of files: the rows of a CSV or Excel table become attempts, by what somebody said of its columns."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hmis_portal.files.tables import Table, Unreadable
from hmis_portal.text.words import date_words
from training.doors import moments
from training.doors.attempts import Attempt
from training.doors.moments import Order
from training.models import Course

MOST_ROWS = 10_000
ERRORS = gettext_lazy("Errors")


# In small letters, the headings by which a column is guessed in files of other programs.
HEADINGS = {
    "email": ("email", "e-mail", "email address", "e-mail address", "mail"),
    "account": ("username", "user name", "user id", "login", "account", "learner id"),
    "portal_id": ("portal id", "portal number"),
    "name": ("name", "full name", "learner", "student", "user", "participant"),
    "course": ("course", "course name", "course title", "course id", "training", "activity"),
    "completed": (
        "completed", "completed on", "completed at", "completion date", "date completed", "date", "completion time",
        "finished",
    ),
    "score": ("score", "score (percent)", "grade", "percent", "final score", "result (percent)"),
    "result": ("result", "status", "passed", "completion status", "outcome"),
    "external_id": ("result id", "record id", "completion id", "attempt id", "transaction id", "id"),
}  # fmt: skip
COLUMNS = {
    "email": gettext_lazy("E-mail address"),
    "account": gettext_lazy("Account at the source"),
    "portal_id": gettext_lazy("Number in the portal"),
    "name": gettext_lazy("Name (only shown)"),
    "course": gettext_lazy("Course"),
    "completed": gettext_lazy("Completed on"),
    "score": gettext_lazy("Score"),
    "result": gettext_lazy("Passed or not"),
    "external_id": gettext_lazy("Number of the result"),
}
PERSON = ("email", "account", "portal_id")
PASSED = {"passed", "pass", "completed", "complete", "yes", "true", "y", "successful", "success", "attended"}
FAILED = {"failed", "fail", "not passed", "no", "false", "n", "unsuccessful"}
# Neither: a person who registered or looked has completed nothing (TRAINING 9).
NOT_ENDED = {
    "in progress", "inprogress", "not started", "notstarted", "incomplete", "not completed", "enrolled", "registered",
    "viewed", "assigned", "started", "not attempted", "pending",
}  # fmt: skip
_PERCENT = re.compile(r"(\d{1,3}(?:[.,]\d+)?) ?(%|percent)?", re.IGNORECASE)
_OUT_OF = re.compile(r"(\d{1,9}(?:\.\d+)?) ?(?:/|out of|of) ?(\d{1,9}(?:\.\d+)?)", re.IGNORECASE)


@dataclass(frozen=True)
class Parsed:
    """One row: an attempt, or why it is none. `left_out`: it says that nothing ended."""

    attempt: Attempt | None = None
    words: str = ""
    left_out: bool = False


def plain(heading: str) -> str:
    return " ".join(heading.replace("_", " ").split()).casefold().rstrip(":*")


def guess(headings: Sequence[str], remembered: Mapping[str, str]) -> dict[str, str]:
    """Which heading is what: as it was said of this source before, else by its words."""
    by_words = {
        plain(heading): heading for heading in reversed(headings) if heading and heading != str(ERRORS)
    }
    columns: dict[str, str] = {}
    for name, headings_of in HEADINGS.items():
        first = [plain(remembered[name])] if name in remembered else []
        known = next((key for key in (*first, *headings_of) if key in by_words), None)
        if known is not None and by_words[known] not in columns.values():
            columns[name] = by_words[known]
    return columns


def known(row: Sequence[str]) -> int:
    """How many cells of a row are headings that are understood."""
    return len(guess(row, {}))


def check_headings(table: Table) -> None:
    """Raises Unreadable where a heading cannot be told, or the file has no row below."""
    for place, column, doubt in table.doubts:
        if place == 0:
            words = _("The heading in %(cell)s of the selected file %(doubt)s.")
            raise Unreadable(words % {"cell": table.cell(0, column), "doubt": doubt})
    if len(table.rows) < 2:
        raise Unreadable(_("The selected file has no row below its headings"))


def attempts(
    table: Table, columns: Mapping[str, str], order: Order, course: Course | None
) -> Iterator[Parsed]:
    """Each row below the headings, in order."""
    headings = table.rows[0]
    places = {name: headings.index(heading) for name, heading in columns.items() if heading in headings}
    doubtful = table.doubtful()
    for number, cells in enumerate(table.rows[1:], start=1):
        row = {name: cells[place].strip() if place < len(cells) else "" for name, place in places.items()}
        wrong = [
            f"{table.cell(number, place)} {doubtful[number][place]}."
            for place in places.values()
            if place in doubtful.get(number, {})
        ]
        yield Parsed(words=" ".join(wrong)) if wrong else _parsed(row, order, course)


def _parsed(row: Mapping[str, str], order: Order, course: Course | None) -> Parsed:
    result = plain(row.get("result", ""))
    if result in NOT_ENDED:
        return Parsed(words=_("It says “%(result)s”: nothing was completed.") % row, left_out=True)
    wrong = []
    if result and result not in PASSED | FAILED:
        wrong.append(_("“%(result)s” does not say whether it was passed. Write Passed or Failed.") % row)
    if not any(row.get(name) for name in PERSON):
        wrong.append(_("It names no person by an address, account or number."))
    if course is None and not row.get("course"):
        wrong.append(_("It names no course."))
    score, bad_score = score_of(row.get("score", ""))
    when = moments.read(row.get("completed", ""), order)
    wrong += [words for words in (bad_score, _bad_date(row.get("completed", ""), when)) if words]
    if wrong:
        return Parsed(words=" ".join(wrong))
    return Parsed(
        Attempt(
            course=course.slug if course else row["course"],
            course_name=course.title if course else row["course"],
            portal_id=row.get("portal_id", ""),
            account=row.get("account", "")[:254],
            email=row.get("email", "")[:254],
            name=row.get("name", "")[:200],
            completed_at=when.at,
            completed_on=when.on,
            source_time=row.get("completed", "")[:60],
            score=score,
            passed=result not in FAILED,
            external_id=row.get("external_id", ""),
        )
    )


def _bad_date(text: str, when: moments.When) -> str:
    if when.ambiguous:
        month, day = (moments.read(text, order).on for order in (Order.MONTH_FIRST, Order.DAY_FIRST))
        words = _("“%(date)s” can be read as %(one)s or as %(other)s. Say how this file writes days.")
        return words % {"date": text, "one": _day(month), "other": _day(day)}
    if when.on or when.at:
        return ""
    return _("“%(date)s” is no date.") % {"date": text} if text else _("The date of completion is missing.")


def _day(day: date | None) -> str:
    return date_words(day) if day else _("another day")


def score_of(text: str) -> tuple[int | None, str]:
    """A score in whole percent, never rounded up, and what is wrong with it."""
    if not text or text in ("-", "–"):
        return None, ""
    percent = None
    if match := _OUT_OF.fullmatch(text):
        percent = 100 * float(match[1]) / float(match[2]) if float(match[2]) else None
    elif match := _PERCENT.fullmatch(text):
        number = float(match[1].replace(",", "."))
        if number == 1 and not match[2]:
            return None, _(
                "“%(score)s” can be read as 1 percent or as 100 percent. Write “1 percent” or “100 percent”."
            ) % {"score": text}
        percent = (
            number * 100 if 0 < number < 1 and not match[2] else number
        )  # how workbooks keep a percentage
    if percent is None or percent > 100:
        return None, _("“%(score)s” is no score from 0 to 100 percent.") % {"score": text}
    return int(percent + 1e-9), ""


def error_rows(table: Table, errors: Sequence[str]) -> Iterator[list[str]]:
    """The file as it was uploaded, each row in its place, with what is wrong in a last column."""
    keep = [index for index, heading in enumerate(table.rows[0]) if heading != str(ERRORS)]
    before = 0
    for place, (number, cells) in enumerate(zip(table.numbers, table.rows, strict=True)):
        yield from [[]] * min(number - before - 1, MOST_ROWS)
        before = number
        shown = [cells[index] if index < len(cells) else "" for index in keep]
        yield [*shown, errors[place - 1] if place else str(ERRORS)]
