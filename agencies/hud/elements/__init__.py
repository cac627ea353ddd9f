"""The project descriptor elements: what each answer is called on the page, and where HUD writes it.

A row of the rules' dataclasses, a model row and a form share these attribute names.
"""

from collections.abc import Mapping
from functools import cache

from agencies.hud.elements.base import Element
from agencies.hud.elements.inventory import INVENTORY
from agencies.hud.elements.participation import CE, HMIS
from agencies.hud.elements.project import COC, FUNDER, PROJECT
from agencies.hud.lists import Column, columns

RESIDENTIAL_TYPES = frozenset({0, 1, 2, 3, 8, 9, 10})
EMERGENCY_SHELTER = frozenset({0, 1})
RRH = 13
RRH_SERVICES_ONLY = 1
RRH_HOUSING = 2
SERVICES_ONLY = 6
OTHER_FUNDER = 46
NO_FUNDER = 34


def is_residential(project_type: int | None, rrh_sub_type: int | None) -> bool:
    return project_type in RESIDENTIAL_TYPES or (project_type == RRH and rrh_sub_type == RRH_HOUSING)


TABLES: Mapping[str, tuple[str, Mapping[str, Element]]] = {
    "project": ("Project", PROJECT),
    "coc": ("ProjectCoC", COC),
    "funders": ("Funder", FUNDER),
    "inventory": ("Inventory", INVENTORY),
    "hmis": ("HMISParticipation", HMIS),
    "ce": ("CEParticipation", CE),
}
CE_SERVICES = ("prevention_assessment", "crisis_assessment", "housing_assessment", "direct_services")


@cache
def specification(kind: str) -> tuple[tuple[Element, Column], ...]:
    """Each element of a kind of row with HUD's definition of its column."""
    file, table = TABLES[kind]
    defined = {column.name: column for column in columns()[file]}
    return tuple((element, defined[element.column]) for element in table.values())
