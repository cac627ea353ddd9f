"""R12–R15: who pays for the project (element 2.06)."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from itertools import combinations

from django.utils.translation import gettext as _

from agencies.hud.elements import NO_FUNDER, OTHER_FUNDER, SERVICES_ONLY
from agencies.hud.lists import RETIRED
from agencies.hud.rows import FunderRow, ProjectDraft
from agencies.hud.rules.base import Finding, Surroundings, rule
from hmis_portal.text.words import date_words

OCTOBER = 10
# What HUD's own programs pay for besides the residential types of HUD's table (2.02.6; R13).
_ESG = frozenset({0, 1, 4, 11, 12, 13})
TH_RRH = 44
OTHER_TYPES: Mapping[int, frozenset[int]] = {
    **dict.fromkeys((8, 9, 10, 11), _ESG),
    20: frozenset({6}),  # VASH case management
    21: frozenset({4, 6}),  # PATH
    22: frozenset({12}),  # RHY Basic Center Program
    33: frozenset({12, 13}),  # SSVF
    53: _ESG,  # ESG-RUSH
    54: frozenset({4}),  # Unsheltered NOFO
    55: frozenset({14}),  # Rural NOFO
}


@rule(12)
def other_funder_named(draft: ProjectDraft, around: Surroundings) -> Iterator[Finding]:
    for row in draft.funders:
        if row.funder == OTHER_FUNDER and not row.other_funder.strip():
            yield Finding(
                12, f"{row.key}-other_funder", _("Enter the name of the local or other funding source")
            )
        if row.funder not in (None, OTHER_FUNDER) and row.other_funder.strip():
            yield Finding(
                12,
                f"{row.key}-other_funder",
                _("Remove this name, or choose “Local or other funding source” as the funding source"),
            )
        if ("2.06.1" + RETIRED, row.funder) in around.codes:
            yield Finding(
                12,
                f"{row.key}-funder",
                _("HUD has retired this funding source: choose the one that replaced it"),
                "error" if row.is_new else "warning",
            )


@rule(13)
def funder_fits_type(draft: ProjectDraft, around: Surroundings) -> Iterator[Finding]:
    if draft.project_type is None:
        return
    binding = draft.residential and draft.continuum_project == 1
    for row in draft.funders:
        allowed = _pays_for(draft, row, around)
        if allowed and draft.project_type not in allowed:
            yield Finding(
                13,
                f"{row.key}-funder",
                _("This source pays for %(types)s: choose another source or change the project type")
                % {"types": _types(allowed, around)},
                "error" if binding else "warning",
            )


def _pays_for(draft: ProjectDraft, row: FunderRow, around: Surroundings) -> frozenset[int]:
    """The types of project that a source pays for; none where HUD is silent."""
    if row.funder is None:
        return frozenset()
    residential = around.codes.funder_types.get(row.funder, frozenset())
    if draft.residential:
        return residential
    others = OTHER_TYPES.get(row.funder, frozenset())
    if row.funder == TH_RRH and draft.residential_affiliation == 1:
        others = frozenset({SERVICES_ONLY})
    return residential | others


def _types(allowed: Iterable[int], around: Surroundings) -> str:
    names = [around.codes.label("2.02.6", code) for code in sorted(allowed)]
    return _(" or ").join(names)


@rule(14)
def funders_agree(draft: ProjectDraft, around: Surroundings) -> Iterator[Finding]:
    if not (draft.residential and draft.continuum_project == 1):
        return
    known = [
        (row, around.codes.funder_types[row.funder])
        for row in draft.funders
        if row.funder is not None
        and row.funder in around.codes.funder_types
        and not (row.end_date and row.end_date < around.today)
    ]
    for (first, first_kinds), (second, second_kinds) in combinations(known, 2):
        if not first_kinds & second_kinds and _overlap(first, second):
            yield Finding(
                14,
                f"{second.key}-funder",
                _(
                    "“%(second)s” and “%(first)s” pay for different types of project: set up one project for each"
                )
                % {
                    "first": around.codes.label("2.06.1", first.funder),
                    "second": around.codes.label("2.06.1", second.funder),
                },
            )


def _overlap(first: FunderRow, second: FunderRow) -> bool:
    return all(
        grant.end_date is None or other.start_date is None or other.start_date <= grant.end_date
        for grant, other in ((first, second), (second, first))
    )


@rule(15)
def project_has_a_funder_each_day(draft: ProjectDraft, around: Surroundings) -> Iterator[Finding]:
    days = reporting_days(draft, around.today)
    if days is None:
        return
    if not draft.funders:
        yield Finding(
            15,
            "funders",
            _("Add the project's funding source; choose “N/A” if it has none or “Local” for other money"),
        )
    elif unpaid := _first_unpaid(draft.funders, *days):
        since, until = unpaid
        if until >= around.today:
            message = _(
                "No source is listed that pays from %(since)s on: add it; choose “N/A” if there is none"
            )
        else:
            message = _(
                "No source is listed that paid from %(since)s to %(until)s: add it; choose “N/A” if there was none"
            )
        yield Finding(15, "funders", message % {"since": date_words(since), "until": date_words(until)})


def reporting_days(draft: ProjectDraft, today: date) -> tuple[date, date] | None:
    """The days that the project has run in HUD's running and last reporting year, October to September.

    Of a project that opens later the day it opens, of which grants are to come nothing is asked.
    """
    since = date(today.year - (1 if today.month >= OCTOBER else 2), OCTOBER, 1)
    opened, closed = draft.operating_start_date, draft.operating_end_date
    first, last = max(opened or since, since), max(opened or today, today)
    last = min(closed or last, last)
    return (first, last) if first <= last else None


def _first_unpaid(rows: Sequence[FunderRow], first: date, last: date) -> tuple[date, date] | None:
    """The first days on which no source pays; None too while a grant has no readable start."""
    if any(row.start_date is None for row in rows):
        return None
    day = first
    for row in sorted(rows, key=lambda row: row.start_date or first):
        start = row.start_date or first
        if start > day:
            return day, min(start - timedelta(days=1), last)
        if row.end_date is None or row.end_date >= last:
            return None
        day = max(day, row.end_date + timedelta(days=1))
    return day, last


@rule(15)
def grants_end_with_the_project(draft: ProjectDraft, around: Surroundings) -> Iterator[Finding]:
    closed = draft.operating_end_date
    for row in draft.funders:
        if closed and row.start_date and row.start_date > closed:
            yield Finding(
                15,
                f"{row.key}-start_date",
                _(
                    "The grant cannot start after the project's last day of operation: change one of the dates"
                ),
            )
        elif closed and (row.end_date is None or row.end_date > closed):
            yield Finding(
                15,
                f"{row.key}-end_date",
                _("The grant ends with the project: enter a day on or before its last day of operation"),
            )


@rule(15)
def no_funder_stands_alone(draft: ProjectDraft, around: Surroundings) -> Iterator[Finding]:
    for row in draft.funders:
        if row.funder == NO_FUNDER and any(
            other is not row and other.funder != NO_FUNDER and _overlap(row, other) for other in draft.funders
        ):
            yield Finding(
                15,
                f"{row.key}-funder",
                _("“N/A” stands alone in its days: remove it or the other sources"),
                "warning",
            )
