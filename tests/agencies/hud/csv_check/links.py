"""R1, R2 and R26: keys, what they point at, and the one row of the export."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping

from tests.agencies.hud.csv_check.base import Fault, Row

_KEYS = {
    "Export": ("ExportID",),
    "Organization": ("OrganizationID",),
    "User": ("UserID",),
    "Project": ("ProjectID",),
    "ProjectCoC": ("ProjectCoCID",),
    "Funder": ("FunderID",),
    "Inventory": ("InventoryID",),
    "HMISParticipation": ("HMISParticipationID",),
    "CEParticipation": ("CEParticipationID",),
    "Affiliation": ("AffiliationID",),
}
_PARENTS = (
    ("Project", ("OrganizationID",), "Organization", ("OrganizationID",)),
    ("ProjectCoC", ("ProjectID",), "Project", ("ProjectID",)),
    ("Funder", ("ProjectID",), "Project", ("ProjectID",)),
    ("Inventory", ("ProjectID",), "Project", ("ProjectID",)),
    ("HMISParticipation", ("ProjectID",), "Project", ("ProjectID",)),
    ("CEParticipation", ("ProjectID",), "Project", ("ProjectID",)),
    ("Affiliation", ("ProjectID",), "Project", ("ProjectID",)),
    ("Affiliation", ("ResProjectID",), "Project", ("ProjectID",)),
    ("Inventory", ("ProjectID", "CoCCode"), "ProjectCoC", ("ProjectID", "CoCCode")),
)


def check_keys(found: Mapping[str, list[Row]]) -> Iterator[Fault]:
    for file, names in _KEYS.items():
        seen: Counter[tuple[str, ...]] = Counter()
        for number, row in enumerate(found[file], 1):
            key = tuple(row[name] for name in names)
            seen[key] += 1
            if seen[key] > 1:
                yield Fault(1, file, number, names[0], "the key is not unique")


def check_parents(found: Mapping[str, list[Row]]) -> Iterator[Fault]:
    exports = {row["ExportID"] for row in found["Export"]}
    users = {row["UserID"] for row in found["User"]}
    for file, rows in found.items():
        for number, row in enumerate(rows, 1):
            if row.get("ExportID") not in exports:
                yield Fault(2, file, number, "ExportID", "no such export")
            if file != "User" and "UserID" in row and row["UserID"] not in users:
                yield Fault(2, file, number, "UserID", "no such user")
    for child, names, parent, keys in _PARENTS:
        known = {tuple(row[key] for key in keys) for row in found[parent]}
        for number, row in enumerate(found[child], 1):
            if tuple(row[name] for name in names) not in known:
                yield Fault(2, child, number, names[-1], f"no such row in {parent}")


def check_export(found: Mapping[str, list[Row]]) -> Iterator[Fault]:
    rows = found["Export"]
    if len(rows) != 1:
        yield Fault(26, "Export", 0, "", "exactly one row")
    for row in rows:
        if row["ExportEndDate"] < row["ExportStartDate"]:
            yield Fault(26, "Export", 1, "ExportEndDate", "ends before it starts")
        if row["SourceType"] == "1" and not re.fullmatch(
            r"[A-Z]{2}-\d{3}(;\s?[A-Z]{2}-\d{3})*", row["SourceID"]
        ):
            yield Fault(26, "Export", 1, "SourceID", "a CoC HMIS names its CoC codes")
        if row["SourceType"] != "1" and not row["SourceName"]:
            yield Fault(26, "Export", 1, "SourceName", "the source has a name")
