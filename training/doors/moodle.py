"""Moodle's REST web service: who is enrolled in a course, who completed it when, with which grade.

The functions are `core_enrol_get_enrolled_users`, `core_user_get_users_by_field`,
`core_completion_get_course_completion_status` and `gradereport_user_get_grade_items`; the token's service must have
all four. A course there is known by its number (MappedCourse.key), a person by user name and e-mail address.
"""

import json
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests
from django.conf import settings
from django.utils.translation import gettext as _

WAIT = (10, 30)  # seconds until it answers at all, and between two pieces of an answer
LARGEST = 8 * 1024 * 1024
PEOPLE = 25  # of one course, asked for at a time: two calls each, within the time of one task
NO_CRITERIA = {"nocriteriaset", "completionnotenabled", "nocriteria"}


class MoodleFault(Exception):
    """What went wrong, in a sentence for the HMIS Admin; it never holds the token."""


class MoodleRefuses(MoodleFault):
    """Moodle answered, and said no; `code` is its own."""

    def __init__(self, words: str, code: str) -> None:
        super().__init__(words)
        self.code = code


@dataclass(frozen=True)
class Learner:
    number: int
    user_name: str
    email: str
    name: str


@dataclass(frozen=True)
class Graded:
    """A course that somebody completed there; `done_at` and `graded_at` in seconds since 1970, 0 where it is not said."""

    course: int
    learner: Learner
    done_at: int
    score: int | None
    graded_at: int

    @property
    def prefix(self) -> str:
        """With what the identity of each result of this learner in this course begins."""
        return f"{self.course}-{self.learner.number}-"


class Moodle:
    """One learning site, by the address and token of the settings."""

    def __init__(self) -> None:
        if not is_set_up():
            raise MoodleFault(
                _("No Moodle is set up: PORTAL_MOODLE_URL and PORTAL_MOODLE_TOKEN_FILE name it.")
            )
        self.address = f"{settings.MOODLE_URL.rstrip('/')}/webservice/rest/server.php"
        self.session = requests.Session()

    def learners(self, course: int, begin: int) -> list[Learner]:
        """Up to PEOPLE of those enrolled, from the place `begin` in Moodle's order; none: there are no more."""
        rows = self._list(
            "core_enrol_get_enrolled_users",
            courseid=course,
            options=[
                {"name": "limitfrom", "value": begin},
                {"name": "limitnumber", "value": PEOPLE},
                {"name": "sortby", "value": "id"},
            ],
        )
        hidden = [row["id"] for row in rows if not row.get("email")]
        known = {row["id"]: row for row in self._users(hidden)}
        return [_learner({**row, **known.get(row["id"], {})}) for row in rows]

    def _users(self, numbers: Sequence[int]) -> list[dict[str, Any]]:
        """With their addresses, which a course does not show to everybody."""
        if not numbers:
            return []
        return self._list("core_user_get_users_by_field", field="id", values=list(numbers))

    def results(self, course: int, learners: Iterable[Learner]) -> Iterator[Graded]:
        """One for each who completed the course there; who did not has no result yet."""
        for learner in learners:
            done_at = self._completed_at(course, learner.number)
            if done_at is not None:
                yield Graded(course, learner, done_at, *self._grade(course, learner.number))

    def _completed_at(self, course: int, learner: int) -> int | None:
        """Seconds since 1970 (0: complete, and nobody knows when); None where it is not complete."""
        try:
            answer = self._call(
                "core_completion_get_course_completion_status", courseid=course, userid=learner
            )
        except MoodleRefuses as refusal:
            if refusal.code in NO_CRITERIA:
                return None
            raise
        status = _mapping(answer).get("completionstatus") or {}
        if not status.get("completed"):
            return None
        times = [int(row.get("timecompleted") or 0) for row in status.get("completions", [])]
        return max(times, default=0)

    def _grade(self, course: int, learner: int) -> tuple[int | None, int]:
        """The whole percent of the course's grade, never rounded up, and when it was given (0: not said)."""
        answer = _mapping(self._call("gradereport_user_get_grade_items", courseid=course, userid=learner))
        for grades in answer.get("usergrades", []):
            for item in grades.get("gradeitems", []):
                if item.get("itemtype") != "course" or item.get("graderaw") is None:
                    continue
                least, most = float(item.get("grademin") or 0), float(item.get("grademax") or 0)
                if most > least:
                    # Moodle's numbers are decimal fractions: 80 of 100 may come as 79.99999999999999.
                    share = (float(item["graderaw"]) - least) / (most - least) * 100
                    percent = min(max(math.floor(share + 1e-6), 0), 100)
                    return percent, int(item.get("gradedategraded") or 0)
        return None, 0

    def _list(self, function: str, **params: object) -> list[dict[str, Any]]:
        answer = self._call(function, **params)
        if not isinstance(answer, list):
            raise MoodleFault(
                _("Moodle answered %(function)s in a way that is not known.") % {"function": function}
            )
        return answer

    def _call(self, function: str, **params: object) -> Any:
        fields = {
            "wstoken": token(), "wsfunction": function, "moodlewsrestformat": "json", **dict(_fields(params)),
        }  # fmt: skip
        facts = {"function": function}
        try:
            with self.session.post(
                self.address, data=fields, timeout=WAIT, stream=True, allow_redirects=False
            ) as answer:
                data = answer.raw.read(LARGEST + 1, decode_content=True)
                status = answer.status_code
        except requests.Timeout:
            raise MoodleFault(_("Moodle did not answer %(function)s in time.") % facts) from None
        except (requests.RequestException, OSError, ValueError):
            raise MoodleFault(_("Moodle cannot be reached (%(function)s).") % facts) from None
        if status != 200:
            raise MoodleFault(
                _("Moodle answered %(function)s with the status %(status)d.") % {**facts, "status": status}
            )
        return _read(data, function)


def is_set_up() -> bool:
    return bool(settings.MOODLE_URL and (settings.MOODLE_TOKEN or settings.MOODLE_TOKEN_FILE))


def token() -> str:
    """Read anew each time, so that a new one in the file needs no restart."""
    if not settings.MOODLE_TOKEN_FILE:
        return str(settings.MOODLE_TOKEN)
    try:
        return Path(settings.MOODLE_TOKEN_FILE).read_text().strip()
    except (OSError, ValueError):
        raise MoodleFault(_("The file of Moodle’s token cannot be read.")) from None


def _read(data: bytes, function: str) -> Any:
    if len(data) > LARGEST:
        raise MoodleFault(_("Moodle’s answer to %(function)s is too long.") % {"function": function})
    try:
        answer = json.loads(data)
    except (ValueError, RecursionError):
        words = _("Moodle answered %(function)s with a web page or something else that is no data.")
        raise MoodleFault(words % {"function": function}) from None
    if isinstance(answer, dict) and answer.get("exception"):
        code, why = str(answer.get("errorcode", "")), str(answer.get("message", ""))
        words = _("Moodle refuses %(function)s: %(why)s (%(code)s).")
        raise MoodleRefuses(words % {"function": function, "why": why[:200], "code": code[:60]}, code)
    return answer


def _fields(params: Mapping[str, object], prefix: str = "") -> Iterator[tuple[str, str]]:
    """Lists and mappings as PHP reads them: values[0]=7&options[0][name]=limitfrom."""
    for key, value in params.items():
        name = f"{prefix}[{key}]" if prefix else key
        if isinstance(value, list):
            value = {str(place): item for place, item in enumerate(value)}
        if isinstance(value, dict):
            yield from _fields(value, name)
        else:
            yield name, str(value)


def _mapping(answer: object) -> dict[str, Any]:
    return answer if isinstance(answer, dict) else {}


def _learner(row: Mapping[str, Any]) -> Learner:
    return Learner(
        int(row["id"]),
        str(row.get("username") or ""),
        str(row.get("email") or ""),
        str(row.get("fullname") or ""),
    )
