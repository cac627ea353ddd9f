"""Connecticut's counties as R11 needs them: the CoC, the geocodes and the ZIP codes of each.

HUD's geocodes stand in its lists; which county and CoC each belongs to, and which ZIP codes there are, does not.
The ZIP codes are those of the postal service, with the county of the post office (taken from PyPI's zipcodes 3.0.0).
"""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

STATE = "CT"
_FILE = Path(__file__).parent / "data" / "counties_ct.csv"


@dataclass(frozen=True, slots=True)
class County:
    name: str
    coc: str


@cache
def _counties() -> tuple[Mapping[str, County], Mapping[str, County]]:
    geocodes: dict[str, County] = {}
    zips: dict[str, County] = {}
    with _FILE.open(encoding="utf-8", newline="") as handle:
        for row in csv.DictReader(handle):
            county = County(row["county"], row["coc"])
            geocodes |= dict.fromkeys(row["geocodes"].split(), county)
            zips |= dict.fromkeys(row["zips"].split(), county)
    return geocodes, zips


def county_of(geocode: str) -> County | None:
    return _counties()[0].get(geocode)


def county_of_zip(zip_code: str) -> County | None:
    """None for a ZIP code that is not Connecticut's, such as 06390 (New York)."""
    return _counties()[1].get(zip_code)


def in_state(coc_code: str) -> bool:
    """Whether the places of this CoC are known here; of another state's nothing is said."""
    return coc_code[:2] == STATE
