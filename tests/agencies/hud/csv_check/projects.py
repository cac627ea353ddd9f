"""R5–R24: each project with its rows."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from itertools import combinations, pairwise

from agencies.hud.lists import Codes
from agencies.hud.places import county_of, county_of_zip, in_state
from tests.agencies.hud.csv_check.base import BEDS, Fault, Row

_CE = ("PreventionAssessment", "CrisisAssessment", "HousingAssessment", "DirectServices")
_NEVER = "9999-12-31"
Breach = tuple[int, str, str, str]


def check_projects(found: Mapping[str, list[Row]], codes: Codes, cocs: frozenset[str]) -> Iterator[Fault]:
    today = found["Export"][0]["ExportEndDate"] if found["Export"] else ""
    victim = {row["OrganizationID"] for row in found["Organization"] if row["VictimServiceProvider"] == "1"}
    homes = {row["ProjectID"] for row in found["Project"] if _residential(row)}
    for number, row in enumerate(found["Project"], 1):
        parts = {
            file: [one for one in found[file] if one["ProjectID"] == row["ProjectID"]]
            for file in (
                "ProjectCoC",
                "Funder",
                "Inventory",
                "HMISParticipation",
                "CEParticipation",
                "Affiliation",
            )
        }
        for rule, file, column, text in _project(
            row, parts, today, homes, row["OrganizationID"] in victim, codes, cocs
        ):
            yield Fault(rule, file, number, column, text)


def _residential(row: Row) -> bool:
    if row["ProjectType"] == "13":
        return row["RRHSubType"] == "2"
    return row["ProjectType"] in {"0", "1", "2", "3", "8", "9", "10"}


def _project(
    row: Row,
    parts: Mapping[str, list[Row]],
    today: str,
    homes: set[str],
    victim: bool,
    codes: Codes,
    cocs: frozenset[str],
) -> Iterator[Breach]:
    yield from _kind(row, parts["Affiliation"], homes)
    yield from _places(row, parts["ProjectCoC"], codes, cocs)
    runs = row["OperatingEndDate"] == "" or row["OperatingEndDate"] >= today
    yield from _money(row, parts["Funder"], codes)
    yield from _grant_days(row, parts["Funder"], today, codes)
    yield from _beds(row, parts, today, runs)
    for file, kind in (("HMISParticipation", "HMIS"), ("CEParticipation", "CE")):
        yield from _periods(row, file, f"{kind}ParticipationStatus", parts[file])
    for one in parts["HMISParticipation"]:
        if victim and one["HMISParticipationType"] == "1":
            yield (
                23,
                "HMISParticipation",
                "HMISParticipationType",
                "a victim service provider stays out of HMIS",
            )
    for one in parts["CEParticipation"]:
        answers = [one[name] for name in _CE]
        if one["AccessPoint"] == "1" and ("" in answers or "1" not in answers):
            yield 24, "CEParticipation", _CE[0], "an access point answers all four and does one"
        if one["AccessPoint"] != "1" and any(answers):
            yield 24, "CEParticipation", _CE[0], "empty unless an access point"


def _kind(row: Row, affiliations: list[Row], homes: set[str]) -> Iterator[Breach]:
    kind, sub = row["ProjectType"], row["RRHSubType"]
    if row["OperatingEndDate"] and row["OperatingEndDate"] < row["OperatingStartDate"]:
        yield 4, "Project", "OperatingEndDate", "ends before it starts"
    if row["ContinuumProject"] == "1" and not kind:
        yield 5, "Project", "ProjectType", "a continuum project has a type"
    if (kind == "13") != bool(sub):
        yield 6, "Project", "RRHSubType", "if and only if type 13"
    if (kind == "6" or (kind == "13" and sub == "1")) != bool(row["ResidentialAffiliation"]):
        yield 7, "Project", "ResidentialAffiliation", "if and only if services only"
    if (row["ResidentialAffiliation"] == "1") != bool(affiliations):
        yield 8, "Affiliation", "ProjectID", "if and only if affiliated"
    if any(one["ResProjectID"] not in homes for one in affiliations):
        yield 8, "Affiliation", "ResProjectID", "not residential"
    if _residential(row) != bool(row["HousingType"]):
        yield 9, "Project", "HousingType", "if and only if residential"


def _places(row: Row, places: list[Row], codes: Codes, cocs: frozenset[str]) -> Iterator[Breach]:
    if row["ContinuumProject"] == "1" and not places:
        yield 10, "ProjectCoC", "CoCCode", "a continuum project has a CoC"
    named = [one["CoCCode"] for one in places]
    if len(set(named)) != len(named):
        yield 10, "ProjectCoC", "CoCCode", "one row for each CoC"
    for one in places:
        if one["CoCCode"] not in cocs:
            yield 10, "ProjectCoC", "CoCCode", "not a CoC of this HMIS"
        known = codes.lists.get("geocode." + one["CoCCode"][:2])
        if len(set(one["Geocode"])) < 2 or (known and one["Geocode"] not in known):
            yield 11, "ProjectCoC", "Geocode", "not a place in the CoC's state"
        if in_state(one["CoCCode"]):
            yield from _county(row, one)


def _county(row: Row, one: Row) -> Iterator[Breach]:
    county, of_zip = county_of(one["Geocode"]), county_of_zip(one["ZIP"])
    if county and county.coc != one["CoCCode"]:
        yield 11, "ProjectCoC", "Geocode", "in another CoC"
    if one["ZIP"] and not of_zip:
        yield 11, "ProjectCoC", "ZIP", "not in the state"
    # Tenant-based housing (3) has no one address.
    if county and of_zip and county != of_zip and row["HousingType"] != "3":
        yield 11, "ProjectCoC", "ZIP", "in another county than the geocode"


def _money(row: Row, grants: list[Row], codes: Codes) -> Iterator[Breach]:
    closed = row["OperatingEndDate"]
    for one in grants:
        if (one["Funder"] == "46") != bool(one["OtherFunder"]):
            yield 12, "Funder", "OtherFunder", "if and only if funder 46"
        if one["EndDate"] and one["EndDate"] < one["StartDate"]:
            yield 4, "Funder", "EndDate", "ends before it starts"
        types = codes.funder_types.get(int(one["Funder"]))
        if types and _bound(row) and int(row["ProjectType"]) not in types:
            yield 13, "Funder", "Funder", "does not pay for this project type"
        if closed and (one["EndDate"] or _NEVER) > closed:
            yield 15, "Funder", "EndDate", "outlives the project"


def _bound(row: Row) -> bool:
    """Whether its sources decide the type."""
    return _residential(row) and row["ContinuumProject"] == "1"


def _grant_days(row: Row, grants: list[Row], today: str, codes: Codes) -> Iterator[Breach]:
    spans = sorted((one["StartDate"], one["EndDate"] or _NEVER, one["Funder"]) for one in grants)
    living = [
        (start, end, codes.funder_types[int(funder)])
        for start, end, funder in spans
        if end >= today and int(funder) in codes.funder_types
    ]
    for (start, end, types), (later, until, others) in combinations(living, 2):
        if _bound(row) and not types & others and later <= end and start <= until:
            yield 14, "Funder", "Funder", "two funders imply different project types"
    opened, closed = row["OperatingStartDate"], row["OperatingEndDate"] or _NEVER
    year = int(today[:4]) - (1 if today[5:7] >= "10" else 2)
    day, last = max(opened, f"{year}-10-01"), min(closed, max(today, opened))
    for start, end, _funder in spans:
        if start <= day <= end:
            day = _after(end)
    if day <= last:
        yield 15, "Funder", "Funder", f"no funder on {day}"


def _beds(row: Row, parts: Mapping[str, list[Row]], today: str, runs: bool) -> Iterator[Breach]:
    beds = parts["Inventory"]
    if not _residential(row):
        if beds and row["ProjectType"]:
            yield 16, "Inventory", "ProjectID", "only residential projects have beds"
    elif runs:
        for place in parts["ProjectCoC"]:
            here = [one for one in beds if one["CoCCode"] == place["CoCCode"]]
            seasonal = bool(here) and all(one["Availability"] == "2" for one in here)
            if not seasonal and not any(_in_use(one, max(today, row["OperatingStartDate"])) for one in here):
                yield 16, "Inventory", "CoCCode", "a row in use for each CoC"
    for one in beds:
        yield from _one_inventory(row, one)


def _in_use(one: Row, day: str) -> bool:
    return one["InventoryStartDate"] <= day <= (one["InventoryEndDate"] or _NEVER)


def _one_inventory(row: Row, one: Row) -> Iterator[Breach]:
    total, kind = int(one["BedInventory"]), row["ProjectType"]
    start, end = one["InventoryStartDate"], one["InventoryEndDate"]
    opened, closed = row["OperatingStartDate"], row["OperatingEndDate"]
    if sum(int(one[name]) for name in BEDS) != total:
        yield 17, "Inventory", "BedInventory", "the seven counts make the total"
    if int(one["UnitInventory"]) > total:
        yield 18, "Inventory", "UnitInventory", "more units than beds"
    outside = start < opened or (closed and (end or _NEVER) > closed)
    if (end and end < start) or outside:
        yield 19, "Inventory", "InventoryEndDate", "outside the operating dates"
    shelter = kind in ("0", "1")
    if [bool(one["ESBedType"]), bool(one["Availability"])] != [shelter, shelter]:
        yield 20, "Inventory", "ESBedType", "if and only if an emergency shelter"
    if one["Availability"] == "2" and (not end or (_day(end) - _day(start)).days >= 365):
        yield 20, "Inventory", "InventoryEndDate", "a season is shorter than a year"
    tenant = row["HousingType"] == "3"
    if one["ESBedType"] and row["HousingType"] and (one["ESBedType"] == "2") != tenant:
        yield 20, "Inventory", "ESBedType", "does not fit the housing type"
    if one["HouseholdType"] == "4" and any(int(one[name]) for name in BEDS[:3]):
        yield 21, "Inventory", "VetBedInventory", "no veterans among only children"
    if kind != "3" and any(int(one[name]) for name in BEDS if name.startswith("CH")):
        yield 21, "Inventory", "CHBedInventory", "chronic beds only in permanent supportive housing"
    if kind == "8" and one["HouseholdType"] == "3":
        yield 21, "Inventory", "HouseholdType", "a safe haven has no families"


def _periods(row: Row, file: str, name: str, periods: list[Row]) -> Iterator[Breach]:
    spans = sorted((one[f"{name}StartDate"], one[f"{name}EndDate"] or _NEVER) for one in periods)
    opened = row["OperatingStartDate"]
    if any(end < start or start < opened for start, end in spans):
        yield 22, file, f"{name}StartDate", "outside the operating dates"
    if _overlap(spans):
        yield 22, file, f"{name}StartDate", "periods overlap"
    if not spans or spans[0][0] > opened:
        yield 22, file, f"{name}StartDate", "starts after the project"
    if any(later > _after(end) for (_start, end), (later, _end) in pairwise(spans)):
        yield 22, file, f"{name}StartDate", "a gap between two periods"
    if spans and spans[-1][1] != (row["OperatingEndDate"] or _NEVER):
        yield 22, file, f"{name}EndDate", "does not end with the project, or ends while it runs"


def _overlap(spans: Iterable[tuple[str, str]]) -> bool:
    last = ""
    for start, end in spans:
        if start <= last:
            return True
        last = end
    return False


def _after(day: str) -> str:
    return _NEVER if day >= _NEVER else (_day(day) + timedelta(days=1)).isoformat()


def _day(text: str) -> date:
    return date.fromisoformat(text)
