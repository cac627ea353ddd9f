"""Connecticut's counties as R11 needs them: the CoC, the geocodes and the ZIP codes of each.

HUD's geocodes stand in its lists; which county and CoC each belongs to, and which ZIP codes there are, does not.
The ZIP codes are those of the postal service, with the county of the post office (taken from PyPI's zipcodes 3.0.0).
"""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from hmis_portal.text.words import listed

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


# The counties of Litchfield and Windham: outside of every metropolitan area (OMB 2023), so that HUD calls them rural.
# A place with a geocode of its own is urban.
_RURAL = frozenset({"099005", "099015"})
URBAN, SUBURBAN, RURAL = 1, 2, 3


def proposed(city: str, zip_code: str, names: Mapping[str, str]) -> dict[str, Any]:
    """CoC, geocode and geography of a town, as far as town and ZIP code tell them; `names` of HUD's geocodes.

    Nothing where they contradict each other. It is a proposal: whoever knows the site decides.
    """
    codes = {name.removesuffix(" Town").casefold(): code for code, name in names.items()}
    by_zip = county_of_zip(zip_code.strip()[:5])
    own = codes.get(" ".join(city.split()).casefold(), "")
    code = own or (codes.get(by_zip.name.casefold(), "") if by_zip else "")
    county = county_of(code)
    if county is None or by_zip not in (None, county):
        return {}
    geography = URBAN if own else RURAL if code in _RURAL else SUBURBAN
    return {"coc_code": county.coc, "geocode": code, "geography_type": geography}


def cocs_of_towns(towns: str, names: Mapping[str, str]) -> dict[str, str]:
    """Town → CoC of the towns typed, as far as HUD's list knows them."""
    cocs = {town: proposed(town, "", names).get("coc_code", "") for town in listed(towns)}
    return {town: coc for town, coc in cocs.items() if coc}


def in_state(coc_code: str) -> bool:
    """Whether the places of this CoC are known here; of another state's nothing is said."""
    return coc_code[:2] == STATE
