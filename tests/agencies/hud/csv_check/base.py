"""What the check finds, and how a file's rows are read."""

import csv
import io
from dataclasses import dataclass

Row = dict[str, str]
BEDS = (
    "CHVetBedInventory",
    "YouthVetBedInventory",
    "VetBedInventory",
    "CHYouthBedInventory",
    "YouthBedInventory",
    "CHBedInventory",
    "OtherBedInventory",
)


@dataclass(frozen=True, slots=True)
class Fault:
    rule: int
    file: str
    row: int  # 1 is the first row after the header; 0 the file itself
    column: str
    text: str


def rows_of(text: str) -> list[Row]:
    return list(csv.DictReader(io.StringIO(text, newline=""), strict=True))
