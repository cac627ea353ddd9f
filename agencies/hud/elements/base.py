"""What an element of HUD's project descriptor data is on the page."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise


@dataclass(frozen=True, slots=True)
class Element:
    name: str  # attribute of rows, models and forms
    column: str  # HUD's column
    label: str | Promise  # on the page
    ask: str | Promise  # the error when it is empty
    noun: str | Promise  # inside a sentence: "the street address"


def table(*rows: tuple[str, str, str | Promise, str | Promise, str | Promise]) -> Mapping[str, Element]:
    return {row[0]: Element(*row) for row in rows}
