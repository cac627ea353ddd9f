"""A project's answers as a person reads them: for check-your-answers, the frozen revision and the review."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any
from uuid import UUID

from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from agencies.hud import lists
from agencies.hud.drafts import ROWS
from agencies.hud.elements import CE_SERVICES, EMERGENCY_SHELTER, specification
from agencies.hud.elements.base import Element
from agencies.hud.lists import Column
from agencies.hud.rows import BED_COUNTS, ProjectDraft
from agencies.hud.rules import affiliation_applies
from hmis_portal.forms import field_anchor
from hmis_portal.text.words import date_words


@dataclass(frozen=True, slots=True)
class Answer:
    field: str  # the name of the form field
    question: str
    answer: str


@dataclass(frozen=True, slots=True)
class AnswerGroup:
    title: str
    anchor: str
    answers: list[Answer]

    @property
    def kind(self) -> str:
        """The kind of row, "" where it is the project itself."""
        kind = self.anchor.partition("-")[0]
        return kind if kind in ROWS else ""


# What follows from other answers is changed where those are typed.
TYPED_AS = {"state": "coc_code", "bed_inventory": BED_COUNTS[0]}


def typed_as(field: str) -> str:
    """The field of the project's page in which an answer is typed."""
    row, dash, name = field.rpartition("-")
    return f"{row}{dash}{TYPED_AS.get(name, name)}"


def anchor_of(field: str) -> str:
    """The id on the project's page of the question in which an answer is typed, or of the rows of one kind."""
    return field if field in ROWS else field_anchor(typed_as(field))


KIND_TITLES = {
    "project": gettext_lazy("About the project"),
    "coc": gettext_lazy("Where it works"),
    "funders": gettext_lazy("Who pays for it"),
    "inventory": gettext_lazy("Beds and units"),
    "hmis": gettext_lazy("HMIS participation"),
    "ce": gettext_lazy("Coordinated entry participation"),
}


def kind_title(kind: str) -> str:
    return _titles_in(get_language() or "")[kind]


@cache
def _titles_in(_language: str) -> dict[str, str]:
    return {kind: str(title) for kind, title in KIND_TITLES.items()}


def place_of(field: str) -> str:
    """Where a field or row stands on the project's page: "Beds and units, row 2"; "" for the project itself."""
    kind, _dash, rest = field.partition("-")
    index = rest.partition("-")[0]
    if kind not in ROWS or not index.isdecimal():
        return ""
    return _("%(title)s, row %(number)s") % {"title": kind_title(kind), "number": int(index) + 1}


def _questions(kind: str) -> tuple[tuple[Element, Column, str], ...]:
    """What is asked of a kind of row, in the reader's language."""
    return _questions_in(kind, get_language() or "")


@cache
def _questions_in(kind: str, language: str) -> tuple[tuple[Element, Column, str], ...]:
    return tuple((element, column, str(element.label)) for element, column in specification(kind))


def answers(draft: ProjectDraft) -> list[AnswerGroup]:
    """Every question that applies, in the order of the page, with its answer in words ("" for none)."""
    groups = [AnswerGroup(kind_title("project"), "project", list(_project(draft)))]
    for kind in ROWS:
        rows = getattr(draft, kind)
        if (kind == "inventory" and not draft.residential and not rows) or (kind == "hmis" and draft.joining):
            continue
        title = kind_title(kind)
        if not rows:
            groups.append(AnswerGroup(title, kind, []))
        for number, row in enumerate(rows, 1):
            heading = title if len(rows) == 1 else f"{title} ({number})"
            groups.append(AnswerGroup(heading, row.key, list(_row(draft, kind, row))))
    return groups


def _project(draft: ProjectDraft) -> Iterator[Answer]:
    asked = {
        "rrh_sub_type": draft.project_type == 13,
        "residential_affiliation": affiliation_applies(draft.project_type, draft.rrh_sub_type),
        "housing_type": draft.residential,
        "hopwa_med_assisted_living_fac": draft.has_hopwa_money,
    }
    for element, column, question in _questions("project"):
        value = getattr(draft, element.name)
        if asked.get(element.name, True):
            yield Answer(element.name, question, in_words(value, column.list))
        if element.name == "residential_affiliation" and value == 1:
            named = ", ".join(other.name for other in draft.affiliated)
            yield Answer("affiliated", _("Projects whose residents it serves"), named)


def _row(draft: ProjectDraft, kind: str, row: Any) -> Iterator[Answer]:
    for element, column, question in _questions(kind):
        if element.name == "other_funder" and row.funder != 46:
            continue
        if element.name in ("es_bed_type", "availability") and draft.project_type not in EMERGENCY_SHELTER:
            continue
        if element.name in CE_SERVICES and row.access_point != 1:
            continue
        value = getattr(row, element.name)
        if element.name == "bed_inventory":
            value = row.counted_beds
        list_name = f"geocode.{row.coc_code[:2]}" if element.name == "geocode" else column.list
        yield Answer(f"{row.key}-{element.name}", question, in_words(value, list_name))


def in_words(value: Any, list_name: str) -> str:
    if value is None or value == "":
        return ""
    if list_name:
        codes = lists.codes()
        label = codes.label(list_name, value)
        if list_name == "2.06.1" and label == str(value):
            label = codes.label("2.06.1.retired", value)
        return f"{value} {label}" if list_name == "2.03.1" else label
    if hasattr(value, "isoformat"):
        return date_words(value)
    return str(value)


Ids = Mapping[str, Sequence[UUID | None]]


def answers_changed(before: ProjectDraft, after: ProjectDraft, old: Ids, new: Ids) -> dict[str, list[str]]:
    """What differs: question → [before, after], in words; `old` and `new` are the identities of the rows in order."""
    was, now = _by_identity(before, old), _by_identity(after, new)
    changes: dict[str, list[str]] = {}
    for key in [*was, *(key for key in now if key not in was)]:
        (question, answer), (later, answer_now) = was.get(key, ("", "")), now.get(key, ("", ""))
        if answer != answer_now:
            name, number = later or question, 2
            while name in changes:
                name, number = f"{later or question} ({number})", number + 1
            changes[name] = [answer, answer_now]
    return changes


def _by_identity(draft: ProjectDraft, ids: Ids) -> dict[tuple[str, str], tuple[str, str]]:
    """(row, field) → (question with its section, answer). A new row has no identity yet but its place on the page."""
    known = {
        row.key: str(identity or row.key)
        for kind in ROWS
        for row, identity in zip(getattr(draft, kind), ids[kind], strict=True)
    }
    identified = {}
    for group in answers(draft):
        for answer in group.answers:
            row = known.get(group.anchor, "")
            question = f"{group.title}: {answer.question}" if row else answer.question
            identified[row, answer.field.rpartition("-")[2]] = (question, answer.answer)
    return identified
