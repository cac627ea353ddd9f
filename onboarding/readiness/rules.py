"""The technical readiness questions: loading a version of them, and what an answer means.

The questions, their conditions and their outcomes are rows in the database; `load` writes a version of them from
`data/readiness.csv` (numbers, groups, kinds of answers, sources) and `data/readiness_details.json` (wording,
choices, further answers, conditions, outcomes).

An answer's value is {"answer": str | list[str], "text": str, "number": int, "date": "YYYY-MM-DD"}, each part only
when it was given.
"""

import csv
import datetime as dt
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from string import ascii_lowercase
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_noop

from onboarding.models import ReadinessOutcome, ReadinessQuestion, ReadinessVersion

DATA = Path(__file__).parent / "data"
# The groups of the list in plainer words.
GROUPS = {
    "Status": gettext_noop("About the agency"),
    "Virus": gettext_noop("Virus protection"),
    "Workstation": gettext_noop("Workstations"),
    "Public access": gettext_noop("Public areas"),
    "Mobile/remote": gettext_noop("Remote work"),
    "Hard copy": gettext_noop("Papers"),
    "Notice": gettext_noop("Privacy notice"),
    "Rights": gettext_noop("Clients' rights"),
    "Incident": gettext_noop("Incidents"),
    "Recovery & monitoring": gettext_noop("Recovery and monitoring"),
}
YES_NO = [["yes", gettext_noop("Yes")], ["no", gettext_noop("No")]]
DOES_NOT_APPLY = ["na", gettext_noop("Does not apply")]
WHAT_CHANGED = gettext_noop(
    "Questions that asked several things at once ask each by itself: 9, 10, 24, 32 and 36."
)
Value = Mapping[str, Any]


@dataclass
class ReadinessFacts:
    """What conditions look at besides the answer itself."""

    answers: Mapping[str, Value] = field(default_factory=dict)  # by question number
    intake_desks: int = 0
    upload_kinds: frozenset[str] = frozenset()
    today: dt.date = field(default_factory=timezone.localdate)


def chosen(value: Value) -> list[str]:
    """The choices taken, one or several."""
    answer = value.get("answer") or []
    return [answer] if isinstance(answer, str) else list(answer)


def is_asked(question: ReadinessQuestion, answers: Mapping[str, Value]) -> bool:
    """Whether the answers so far ask this question: always, or when another was answered so."""
    rule = question.asked_when
    return not rule or bool(set(rule["is"]) & set(chosen(answers.get(question.asked_after, {}))))


def outcome(question: ReadinessQuestion, value: Value, facts: ReadinessFacts) -> ReadinessOutcome | None:
    """What the answer means: the first outcome whose conditions all hold, or None when the question is met."""
    if not is_asked(question, facts.answers):
        return None
    for row in question.meanings:
        if holds(row.when, value, facts):
            return row
    return None


def is_plan(row: ReadinessOutcome | None) -> bool:
    """Whether what an answer means is allowed with a plan."""
    return row is not None and row.kind == ReadinessOutcome.Kind.PLAN


def holds(when: Mapping[str, object], value: Value, facts: ReadinessFacts) -> bool:
    """Whether all conditions of an outcome hold for an answer."""
    return all(CONDITIONS[name](wanted, value, facts) for name, wanted in when.items())


def _answer_is(wanted: Iterable[str], value: Value, _facts: ReadinessFacts) -> bool:
    return bool(set(wanted) & set(chosen(value)))


def _number_over(limit: int, value: Value, _facts: ReadinessFacts) -> bool:
    return value.get("number") is not None and int(value["number"]) > limit


def _fewer_than_desks(_wanted: bool, value: Value, facts: ReadinessFacts) -> bool:
    return value.get("number") is not None and int(value["number"]) < facts.intake_desks


def _older_than_days(days: int, value: Value, facts: ReadinessFacts) -> bool:
    return bool(value.get("date")) and dt.date.fromisoformat(value["date"]) < facts.today - dt.timedelta(
        days=days
    )


def _upload_missing(kind: str, _value: Value, facts: ReadinessFacts) -> bool:
    return kind not in facts.upload_kinds


CONDITIONS: dict[str, Callable[[Any, Value, ReadinessFacts], bool]] = {
    "answer": _answer_is,
    "number_over": _number_over,
    "fewer_than_desks": _fewer_than_desks,
    "older_than_days": _older_than_days,
    "upload_missing": _upload_missing,
}


def choices_of(kind: str, details: Mapping[str, Any]) -> list[list[str]]:
    """The choices of a question: its own, else those of its kind; none where it only takes further answers."""
    if "choices" in details:
        return [list(pair) for pair in details["choices"]]
    first = kind.split("+")[0]
    return {"YN": YES_NO, "YNN": [*YES_NO, DOES_NOT_APPLY]}.get(first, [])


def whole(number: str) -> int:
    """The number of a question without the letter of its part."""
    return int(number.rstrip(ascii_lowercase))


def order_of(number: str) -> int:
    """Where a question stands by its number: 9 at 90, 9a at 90, 9b at 91, 10 at 100."""
    letter = number[len(str(whole(number))) :]
    return whole(number) * 10 + (ascii_lowercase.index(letter) if letter else 0)


def published() -> ReadinessVersion | None:
    """The version that a new application answers."""
    return ReadinessVersion.objects.filter(published_at__isnull=False).order_by("-number").first()


@transaction.atomic
def load() -> None:
    """Publish the portal's own set, first or after an earlier one; where an administrator made a version, theirs stand."""
    details = json.loads((DATA / "readiness_details.json").read_text(encoding="utf-8"))
    with (DATA / "readiness.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    last = ReadinessVersion.objects.order_by("-number").first()
    if last and (last.made_by_id or _numbers(last) == {row["number"] for row in rows}):
        return
    version = ReadinessVersion.objects.create(
        number=last.number + 1 if last else 1, what_changed=WHAT_CHANGED if last else ""
    )
    questions = ReadinessQuestion.objects.bulk_create(
        _question(version, row, details[row["number"]]) for row in rows
    )
    ReadinessOutcome.objects.bulk_create(
        ReadinessOutcome(question=question, order=order, **settings)
        for question in questions
        for order, settings in enumerate(details[question.number].get("outcomes", []))
    )
    version.published_at = timezone.now()
    version.save(update_fields=["published_at"])


def _numbers(version: ReadinessVersion) -> set[str]:
    return set(version.questions.values_list("number", flat=True))


def _question(
    version: ReadinessVersion, row: Mapping[str, str], details: Mapping[str, Any]
) -> ReadinessQuestion:
    group = details.get("group", row["group"])
    return ReadinessQuestion(
        version=version,
        number=row["number"],
        part_of=details.get("part_of", ""),
        order=details.get("order", order_of(row["number"])),
        group=GROUPS.get(group, group),
        text=details.get("text", row["question"]),
        hint=details.get("hint", ""),
        answer_type=row["answer_type"],
        choices=choices_of(row["answer_type"], details),
        parts=details.get("parts", {}),
        asked_when=details.get("asked_when", {}),
        shown_from=details.get("shown_from", ""),
        basis=row["basis"],
    )
