"""Things alike as a table, one row each: the beds of a project, its periods, the people of an agency."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import NamedTuple

from django.utils.translation import gettext as _

from agencies.hud.rows import BED_COUNTS
from agencies.hud.summary import kind_title
from onboarding.sections.summaries import Row, RowGroup

_DATES = ("ce_participation_status_start_date", "ce_participation_status_end_date")
_PERIOD = ("hmis_participation_status_start_date", "hmis_participation_status_end_date")
# Which answers share a cell; the first says what the others are about.
COLUMNS: Mapping[str, tuple[tuple[str, ...], ...]] = {
    "coc": (("coc_code", "geocode"), ("address1", "address2", "city", "state", "zip"), ("geography_type",)),
    "funders": (("funder", "other_funder"), ("grant_id",), ("start_date", "end_date")),
    "inventory": (
        ("household_type", "coc_code"),
        ("es_bed_type", "availability"),
        ("bed_inventory", *BED_COUNTS),
        ("unit_inventory",),
        ("inventory_start_date", "inventory_end_date"),
    ),
    "hmis": (("hmis_participation_type",), _PERIOD),
    "ce": (
        (
            "access_point",
            "prevention_assessment",
            "crisis_assessment",
            "housing_assessment",
            "direct_services",
        ),
        ("receives_referrals",),
        _DATES,
    ),
    "staff": (
        ("title",),
        ("email", "phone"),
        ("hmis_role", "access_level"),
        ("projects",),
        ("had_account",),
        ("supervisor",),
        ("start_date", "employment", "starts_later"),
    ),
}


class AnswerLine(NamedTuple):
    """One answer in a cell; `question` where another answer stands above it."""

    answer: str
    question: str = ""


class TableRow(NamedTuple):
    group: RowGroup
    cells: list[list[AnswerLine]]


@dataclass(frozen=True)
class AnswerTable:
    """`headings` of the columns; where things have names, they head the rows."""

    title: str
    headings: list[str]
    rows: list[TableRow]
    named: bool

    is_table = True


@dataclass(frozen=True)
class Answered:
    """A group that is no table."""

    group: RowGroup

    is_table = False


def blocks(groups: Sequence[RowGroup]) -> list[AnswerTable | Answered]:
    """The groups in their order, those of one kind that follow one another as one table."""
    return [block for _key, alike in groupby(groups, key=_together) for block in _blocks(list(alike))]


def _together(group: RowGroup) -> tuple[str, str]:
    return (group.kind, "") if group.kind and group.rows else ("", group.key)


def _blocks(groups: list[RowGroup]) -> Iterator[AnswerTable | Answered]:
    kind = groups[0].kind
    if not kind or not groups[0].rows:
        yield Answered(groups[0])
        return
    asked = [{row.field.rpartition("-")[2]: row for row in group.rows} for group in groups]
    columns = [(names, heading) for names in COLUMNS[kind] if (heading := _heading(names, asked)) is not None]
    rows = [
        TableRow(group, [_cell(names, questions) for names, _words in columns])
        for group, questions in zip(groups, asked, strict=True)
    ]
    named = kind == "staff"
    yield AnswerTable(
        _("Everyone listed") if named else kind_title(kind), [words for _names, words in columns], rows, named
    )


def _heading(names: tuple[str, ...], asked: list[dict[str, Row]]) -> str | None:
    return next((str(row[name].question) for name in names for row in asked if name in row), None)


def _cell(names: tuple[str, ...], questions: Mapping[str, Row]) -> list[AnswerLine]:
    rows = [questions[name] for name in names if name in questions]
    counts = "bed_inventory" in names  # groups without a bed are many, and say nothing
    return [
        AnswerLine(row.answer, "" if not number else row.question)
        for number, row in enumerate(rows)
        if not (counts and number and row.answer == "0")
    ]
