"""HUD's code lists, column definitions and funder table.

The lists live in the database (HudList, HudCode), one set for each version of the standard, so that the next
version is a data change; `Codes` is the immutable picture of one version that rules, forms and the CSV writer
share. A process reads it once and looks again after five minutes.
"""

import csv
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from agencies.models.agency import ContinuumOfCare
from agencies.models.hud_lists import HudCode, HudList

# One folder for each version of the standard, such as fy2026_v1_0; the newest is the one in use.
FILES = max(path for path in (Path(__file__).parent / "data").iterdir() if path.name.startswith("fy"))
RETIRED = ".retired"
# Kept as a list too: funding source → the residential project types it allows, such as "2 3".
FUNDER_TYPES = "2.06.1.types"
_REFRESH_SECONDS = 300


@dataclass(frozen=True)
class Codes:
    """One version's lists: list name → {code: label}, codes as text, in HUD's order."""

    version: str
    lists: Mapping[str, Mapping[str, str]]
    funder_types: Mapping[int, frozenset[int]] = field(default_factory=dict)

    def __contains__(self, item: tuple[str, object]) -> bool:
        name, code = item
        return str(code) in self.lists.get(name, {})

    def label(self, name: str, code: object) -> str:
        """The label of a code; the code itself where the list does not know it; "" for no code."""
        return "" if code in (None, "") else self.lists.get(name, {}).get(str(code), str(code))

    def choices(self, name: str) -> list[tuple[str, str]]:
        return list(self.lists.get(name, {}).items())


@dataclass(frozen=True)
class Column:
    file: str
    name: str
    position: int
    type: str
    max_length: int | None
    nullable: bool
    list: str


def _read(name: str, folder: Path = FILES) -> list[dict[str, str]]:
    with (folder / name).open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def version_of(folder: Path) -> str:
    """The standard's version that a folder's name tells: fy2026_v1_0 → "FY2026 v1.0"."""
    return "FY{} v{}.{}".format(*re.findall(r"[0-9]+", folder.name))


VERSION = version_of(FILES)


@cache
def columns() -> Mapping[str, tuple[Column, ...]]:
    """File name without ".csv" → its columns in order."""
    by_file: dict[str, list[Column]] = {}
    for row in _read("columns.csv"):
        by_file.setdefault(row["file"], []).append(
            Column(
                file=row["file"],
                name=row["column"],
                position=int(row["position"]),
                type=row["type"],
                max_length=int(row["max_length"]) if row["max_length"] else None,
                nullable=row["nullable"] == "Y",
                list="" if row["list"] in ("(see note)", "*") else row["list"],
            )
        )
    return {name: tuple(sorted(cols, key=lambda column: column.position)) for name, cols in by_file.items()}


@cache
def headers() -> Mapping[str, str]:
    """File name with ".csv" → its exact header line."""
    return {row["file"]: row["header_line"] for row in _read("headers.csv")}


def read(folder: Path) -> Codes:
    """The lists of one folder of HUD's files."""
    lists: dict[str, dict[str, str]] = {}
    for row in _read("lists.csv", folder):
        lists.setdefault(row["list"], {})[row["code"]] = row["label"]
    lists = {name: dict(_in_order(labels)) for name, labels in lists.items()}
    lists[FUNDER_TYPES] = {
        row["funder"]: row["allowed_residential_project_types"]
        for row in _read("funder_project_types.csv", folder)
    }
    return _codes(version_of(folder), lists)


@cache
def shipped() -> Codes:
    """The lists as they come with the portal, without a database."""
    return read(FILES)


def _codes(version: str, lists: dict[str, dict[str, str]]) -> Codes:
    pays = {
        int(funder): frozenset(int(code) for code in types.split())
        for funder, types in lists.get(FUNDER_TYPES, {}).items()
    }
    return Codes(version=version, lists=lists, funder_types=pays)


DEFAULT_COCS = ("CT-503", "CT-505")
_current: tuple[float, Codes] | None = None
_cocs: tuple[float, dict[str, str]] | None = None


def codes() -> Codes:
    """The lists in use; the shipped ones before `load_reference` has run."""
    global _current
    if _current is None or time.monotonic() - _current[0] > _REFRESH_SECONDS:
        _current = (time.monotonic(), _from_database() or shipped())
    return _current[1]


def coc_names() -> dict[str, str]:
    """The CoCs of this HMIS: code → name."""
    global _cocs
    if _cocs is None or time.monotonic() - _cocs[0] > _REFRESH_SECONDS:
        names_by_code = dict(ContinuumOfCare.objects.filter(active=True).values_list("code", "name"))
        names = shipped().lists["2.03.1"]
        _cocs = (time.monotonic(), names_by_code or {code: names[code] for code in DEFAULT_COCS})
    return _cocs[1]


def cocs() -> frozenset[str]:
    return frozenset(coc_names())


def forget() -> None:
    """The next call looks again: after loading, and between tests that change the lists."""
    global _current, _cocs
    _current = _cocs = None


def _from_database() -> Codes | None:
    rows = (
        HudCode.objects.filter(active=True, list__active=True)
        .order_by("list__version", "position")
        .values_list("list__version", "list__name", "code", "label")
    )
    lists: dict[str, dict[str, str]] = {}
    version = ""
    for row_version, name, code, label in rows:
        if row_version != version:
            version, lists = row_version, {}
        lists.setdefault(name, {})[code] = label
    if not lists:
        return None
    lists.setdefault(FUNDER_TYPES, dict(shipped().lists[FUNDER_TYPES]))
    return _codes(version, lists)


def load(folder: Path = FILES) -> None:
    """Write one version's lists to the database; repeating it changes nothing, an administrator's switch stays."""
    hud = read(folder)
    names = hud.lists
    known = {item.name: item for item in HudList.objects.filter(version=hud.version)}
    HudList.objects.bulk_create(
        [HudList(name=name, version=hud.version) for name in names if name not in known]
    )
    known = {item.name: item for item in HudList.objects.filter(version=hud.version)}
    HudCode.objects.bulk_create(
        [
            HudCode(list=known[name], code=code, label=label, position=position)
            for name, labels in names.items()
            for position, (code, label) in enumerate(labels.items())
        ],
        update_conflicts=True,
        unique_fields=["list", "code"],
        update_fields=["label", "position"],
    )
    forget()


def _in_order(labels: Mapping[str, str]) -> list[tuple[str, str]]:
    """By number where the codes are numbers: HUD's file sorts 10 before 2."""
    if all(code.isdecimal() for code in labels) and not any(
        code.startswith("0") and len(code) > 1 for code in labels
    ):
        return sorted(labels.items(), key=lambda item: int(item[0]))
    return list(labels.items())
