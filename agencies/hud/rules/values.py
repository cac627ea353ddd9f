"""R4: what must be answered, lengths, types, shapes, and dates in order."""

import re
from collections.abc import Iterator

from django.utils.translation import gettext as _

from agencies.hud.elements import specification
from agencies.hud.lists import RETIRED
from agencies.hud.rows import BED_COUNTS, ProjectDraft
from agencies.hud.rules.base import Finding, Surroundings, each_row, empty, rule, sentence

TENANT_BASED = 3
MOST_BEDS = 9_999
ZIP_SHAPE = re.compile(r"[0-9]{5}")
_SHAPES = {
    "coc_code": re.compile(r"[A-Z]{2}-[0-9]{3}"),
    "geocode": re.compile(r"[0-9]{6}"),
    "zip": ZIP_SHAPE,
    "state": re.compile(r"[A-Z]{2}"),
}


def _asked(draft: ProjectDraft, kind: str, name: str) -> bool:
    """Answers HUD's file may lack but an agency must supply."""
    match kind, name:
        case "project", "hopwa_med_assisted_living_fac":
            return draft.has_hopwa_money
        case "coc", "zip" | "geography_type" | "state":
            return True
        case "coc", "address1" | "city":
            # Tenant-based housing has no one address, a victim service provider's is kept secret.
            return draft.housing_type != TENANT_BASED and not draft.victim_service_provider
        case "inventory", "coc_code":
            return True
        case "inventory", _name:
            return name in BED_COUNTS
    return False


@rule(4)
def required_lengths_types_and_shapes(draft: ProjectDraft, around: Surroundings) -> Iterator[Finding]:
    for kind, prefix, row in each_row(draft):
        for element, column in specification(kind):
            value = getattr(row, element.name)
            path = prefix + element.name
            if empty(value):
                if element.name == "bed_inventory" and kind == "inventory":
                    continue
                if not column.nullable or _asked(draft, kind, element.name):
                    yield Finding(4, path, str(element.ask))
            elif isinstance(value, str):
                if column.max_length and len(value) > column.max_length:
                    yield Finding(
                        4,
                        path,
                        _("%(what)s must be %(most)s characters or fewer: shorten it")
                        % {"what": sentence(str(element.noun)), "most": column.max_length},
                    )
                shape = _SHAPES.get(element.name)
                if shape and not shape.fullmatch(value):
                    yield Finding(4, path, _shape_message(element.name))
                elif column.list and (column.list, value) not in around.codes:
                    yield Finding(4, path, str(element.ask) + _(" from the list"))
            elif isinstance(value, int):
                if value < 0 or (not column.list and value > MOST_BEDS):
                    yield Finding(
                        4,
                        path,
                        _("%(what)s must be a whole number from 0 to %(most)s")
                        % {"what": sentence(str(element.noun)), "most": f"{MOST_BEDS:,}"},
                    )
                elif column.list and (column.list, value) not in around.codes:
                    if element.name == "funder" and (column.list + RETIRED, value) in around.codes:
                        continue
                    yield Finding(4, path, str(element.ask) + _(" from the list"))


def _shape_message(name: str) -> str:
    return {
        "coc_code": _("The CoC code must be two letters, a hyphen and three digits, like CT-505"),
        "geocode": _("The geocode must be six digits: choose the town or county from the list"),
        "zip": _("The ZIP code must be five digits, like 06103"),
        "state": _("The state must be two letters, like CT"),
    }[name]


@rule(4)
def periods_end_after_they_start(draft: ProjectDraft, around: Surroundings) -> Iterator[Finding]:
    start, end = draft.operating_start_date, draft.operating_end_date
    if start and end and end < start:
        yield Finding(
            4,
            "operating_end_date",
            _("The last day of operation must be on or after the first day of operation"),
        )
    for row in draft.funders:
        if row.start_date and row.end_date and row.end_date < row.start_date:
            yield Finding(4, f"{row.key}-end_date", _("The grant must end on or after the day it starts"))
