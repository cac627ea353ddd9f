"""What a rule is, what it finds, and the order in which findings are read."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, fields
from datetime import date
from typing import Literal

from agencies.hud.elements import TABLES
from agencies.hud.lists import Codes
from agencies.hud.rows import CeRow, CocRow, FunderRow, HmisRow, InventoryRow, ProjectDraft


@dataclass(frozen=True, slots=True)
class Finding:
    rule: int
    field: str
    message: str
    level: Literal["error", "warning"] = "error"


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a project is checked against: the code lists, the CoCs of this HMIS, the day."""

    codes: Codes
    cocs: frozenset[str]
    today: date


Rule = Callable[[ProjectDraft, Surroundings], Iterable[Finding]]
RULES: list[tuple[int, Rule]] = []


def rule(number: int) -> Callable[[Rule], Rule]:
    def register(function: Rule) -> Rule:
        RULES.append((number, function))
        return function

    return register


def check(draft: ProjectDraft, around: Surroundings) -> list[Finding]:
    """All findings, one for each field and message, in the order of the page."""
    findings: dict[tuple[str, str], Finding] = {}
    for _number, function in RULES:
        for finding in function(draft, around):
            if finding.field not in draft.unreadable:
                findings.setdefault((finding.field, finding.message), finding)
    return sorted(findings.values(), key=lambda finding: page_order(finding.field))


def errors(findings: Iterable[Finding]) -> list[Finding]:
    return [finding for finding in findings if finding.level == "error"]


_PROJECT_ORDER = [f.name for f in fields(ProjectDraft) if f.name not in TABLES]
_ROW_ORDER = {
    "coc": [f.name for f in fields(CocRow)],
    "funders": [f.name for f in fields(FunderRow)],
    "inventory": [f.name for f in fields(InventoryRow)],
    "hmis": [f.name for f in fields(HmisRow)],
    "ce": [f.name for f in fields(CeRow)],
}
_KIND_ORDER = list(_ROW_ORDER)


def page_order(path: str) -> tuple[int, int, int]:
    kind, _dash, rest = path.partition("-")
    if kind not in _ROW_ORDER:
        return (-1, _PROJECT_ORDER.index(path) if path in _PROJECT_ORDER else len(_PROJECT_ORDER), 0)
    index, _dash, name = rest.partition("-")
    names = _ROW_ORDER[kind]
    return (
        _KIND_ORDER.index(kind),
        int(index) if index.isdecimal() else -1,
        names.index(name) if name in names else 0,
    )


def each_row(draft: ProjectDraft) -> Iterator[tuple[str, str, object]]:
    """Every row with its kind and field prefix, the project itself first."""
    yield "project", "", draft
    for kind in _KIND_ORDER:
        for row in getattr(draft, kind):
            yield kind, f"{row.key}-", row


def empty(value: object) -> bool:
    return value is None or (isinstance(value, str) and not value.strip())


def sentence(text: str) -> str:
    return text[:1].upper() + text[1:]
