"""What every door parses to."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from typing import Any, Self

from hmis_portal.text import typed

LONGEST_IDENTITY = 200


@dataclass(frozen=True, kw_only=True)
class Attempt:
    """One attempt at a course that ended, in the words of its source.

    person        portal_id, account, email: whichever the source has; `name` is only shown
    course        its name, number or address there; `course_name` is only shown
    when          completed_at (aware) or completed_on; both None where it could not be told. `source_time`: as written
    score         whole percent, None where there is none
    passed        False: the source says that it was not passed. Whether a score suffices is the course's to say
    progress      gone through, while the result of the test comes apart: alone it passes no course with a least score
    external_id   the identity of this result there; "" where the source has none
    """

    course: str
    portal_id: str = ""
    account: str = ""
    email: str = ""
    name: str = ""
    course_name: str = ""
    completed_at: datetime | None = None
    completed_on: date | None = None
    source_time: str = ""
    score: int | None = None
    passed: bool = True
    progress: bool = False
    external_id: str = ""
    remark: str = ""

    @property
    def who(self) -> str:
        """The person as the source has it, for those who look at what is held."""
        keys = [key for key in (self.email, self.account, self.portal_id) if key]
        return " · ".join([*filter(None, [self.name]), *dict.fromkeys(keys)])[:250]

    @property
    def what(self) -> str:
        return (self.course_name or self.course)[:300]

    @property
    def fingerprint(self) -> str:
        """What makes it the same again: its identity, else all it says."""
        facts = {
            name: value
            for name, value in self.kept().items()
            if name not in ("remark", "course_name", "name")
        }
        source = self.external_id or json.dumps(facts, sort_keys=True)
        return hashlib.sha256(source.encode()).hexdigest()

    @property
    def unscored(self) -> Self:
        """Who took what when, without the score and what comes with it."""
        return replace(self, score=None, external_id="", remark="", course_name="", name="")

    def completes(self, held: Self) -> bool:
        """Of what is the same but for the score: the source names no two results. Moodle's names end with the score."""
        named = held.external_id
        return named in ("", self.external_id) or self.external_id == f"{named}{self.score}"

    def kept(self) -> dict[str, object]:
        """For a JSON column; `of` makes the attempt from it."""
        values = {name: value for name, value in asdict(self).items() if value not in ("", None)}
        for name in ("completed_at", "completed_on"):
            if name in values:
                values[name] = values[name].isoformat()
        return values

    @classmethod
    def of(cls, stored: Mapping[str, Any]) -> Self:
        values = dict(stored)
        if "completed_at" in values:
            values["completed_at"] = datetime.fromisoformat(values["completed_at"])
        if "completed_on" in values:
            values["completed_on"] = date.fromisoformat(values["completed_on"])
        return cls(**values)


def identity(text: str) -> str:
    """An identity of a source, as long as a column is; a longer one by its hash."""
    text = text.strip()
    return text if len(text) <= LONGEST_IDENTITY else hashlib.sha256(text.encode()).hexdigest()


def account_key(text: str) -> str:
    """An account or address as it is remembered and compared."""
    return typed.email(text)[:254]


def course_key(text: str) -> str:
    """A course's name or number as it is remembered and compared."""
    return " ".join(text.split()).casefold()[:300]
