"""What follows from other answers: the days that rows share with their project, and what does not apply to it."""

from dataclasses import replace
from datetime import date
from typing import Any, TypeVar

from agencies.hud.elements import EMERGENCY_SHELTER
from agencies.hud.rows import DATED, NOT_HOPWA, ProjectDraft, Row
from agencies.hud.rules import affiliation_applies

R = TypeVar("R", bound=Row)


def fitting(draft: ProjectDraft) -> ProjectDraft:
    """Without the answers that this kind of project does not have: they are none, even when typed."""
    affiliation = affiliation_applies(draft.project_type, draft.rrh_sub_type)
    changes: dict[str, Any] = {}
    if draft.project_type is not None:
        if not draft.in_doubt and not draft.residential:
            changes |= {"housing_type": None, "inventory": []}
        elif draft.project_type not in EMERGENCY_SHELTER:
            changes["inventory"] = [
                replace(row, es_bed_type=None, availability=None) for row in draft.inventory
            ]
        if not affiliation:
            changes["residential_affiliation"] = None
    if not affiliation or draft.residential_affiliation != 1:
        changes["affiliated"] = []
    if not draft.has_hopwa_money:
        changes["hopwa_med_assisted_living_fac"] = NOT_HOPWA
    return replace(draft, **changes)


def following(draft: ProjectDraft, before: ProjectDraft) -> ProjectDraft:
    """The rows that began and ended with the project `before` do so still, on the project's new days; beds in its one CoC
    stay in it when it is another.

    A row whose own other day would then be out of order stays as it is: the rules say so on its page.
    """
    changes: dict[str, Any] = {}
    days = ("operating_start_date", "operating_end_date")
    if any(getattr(draft, day) != getattr(before, day) for day in days):
        for kind, prefix in DATED.items():
            changes[kind] = [_moved(row, prefix, draft, before) for row in getattr(draft, kind)]
    was, now = ([row.coc_code for row in version.coc] for version in (before, draft))
    if len(was) == len(now) == 1 and was != now:
        rows = changes.get("inventory", draft.inventory)
        changes["inventory"] = [
            replace(row, coc_code=now[0]) if row.coc_code == was[0] else row for row in rows
        ]
    return replace(draft, **changes)


def _moved(row: R, prefix: str, draft: ProjectDraft, before: ProjectDraft) -> R:
    start: date | None = getattr(row, f"{prefix}_start_date")
    end: date | None = getattr(row, f"{prefix}_end_date")
    if start == before.operating_start_date:
        start = draft.operating_start_date or start
    if end == before.operating_end_date:
        end = draft.operating_end_date
    if start and end and end < start:
        return row
    days: Any = {f"{prefix}_start_date": start, f"{prefix}_end_date": end}
    return replace(row, **days)


def going_on(draft: ProjectDraft, open_on: date, first_day: date) -> dict[str, Any]:
    """The dated rows that are open on a day, as those of a project that begins on another and has no end yet; by kind."""
    return {
        kind: [
            replace(row, **{f"{prefix}_start_date": first_day, f"{prefix}_end_date": None})
            for row in getattr(draft, kind)
            if (getattr(row, f"{prefix}_start_date") or open_on) <= open_on
            and (getattr(row, f"{prefix}_end_date") or open_on) >= open_on
        ]
        for kind, prefix in DATED.items()
    }
