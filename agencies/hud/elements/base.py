"""What an element of HUD's project descriptor data is on the page."""

from collections.abc import Mapping
from dataclasses import dataclass

from django_stubs_ext import StrOrPromise


@dataclass(frozen=True, slots=True)
class Element:
    name: str  # attribute of rows, models and forms
    column: str  # HUD's column
    label: StrOrPromise  # on the page
    ask: StrOrPromise  # the error when it is empty
    noun: StrOrPromise  # inside a sentence: "the street address"


def table(*rows: tuple[str, str, StrOrPromise, StrOrPromise, StrOrPromise]) -> Mapping[str, Element]:
    return {row[0]: Element(*row) for row in rows}
