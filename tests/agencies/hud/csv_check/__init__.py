"""A second reading of HUD's rules R1–R26: over the text of the CSV files alone.

Written apart from `agencies.hud.rules`, so that each can show the other's faults: a test generates projects and
checks that what the rules let pass is found right here. It also judges a file from elsewhere.
"""

import io
import zipfile
from collections.abc import Mapping

from agencies.hud.lists import Codes
from tests.agencies.hud.csv_check.base import Fault, rows_of
from tests.agencies.hud.csv_check.cells import check_cells, check_headers
from tests.agencies.hud.csv_check.links import check_export, check_keys, check_parents
from tests.agencies.hud.csv_check.projects import check_projects

__all__ = ["Fault", "check_files", "unpacked"]


def unpacked(data: bytes) -> dict[str, str]:
    """The files of a zip: name → text."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name).decode("utf-8") for name in archive.namelist()}


def check_files(files: Mapping[str, str], *, codes: Codes, cocs: frozenset[str]) -> list[Fault]:
    """Every breach of R1–R26 in the files of one export (name with ".csv" → text)."""
    faults = list(check_headers(files))
    if faults:
        return faults
    found = {name.removesuffix(".csv"): rows_of(text) for name, text in files.items()}
    faults += check_cells(found, codes)
    if faults:
        return faults
    return [
        *check_keys(found),
        *check_parents(found),
        *check_export(found),
        *check_projects(found, codes, cocs),
    ]
