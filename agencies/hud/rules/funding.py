"""R12–R15: who pays for the project (element 2.06)."""

from collections.abc import Iterable, Iterator
from itertools import combinations

from django.utils.translation import gettext as _

from agencies.hud.elements import NO_FUNDER, OTHER_FUNDER
from agencies.hud.lists import RETIRED
from agencies.hud.rows import ProjectDraft
from agencies.hud.rules.base import Finding, Surroundings, rule


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
        allowed = around.codes.funder_types.get(row.funder) if row.funder is not None else None
        if allowed and draft.project_type not in allowed:
            yield Finding(
                13,
                f"{row.key}-funder",
                _("This source pays for %(types)s: choose another source or change the project type")
                % {"types": _types(allowed, around)},
                "error" if binding else "warning",
            )


def _types(allowed: Iterable[int], around: Surroundings) -> str:
    names = [around.codes.label("2.02.6", code) for code in sorted(allowed)]
    return _(" or ").join(names)


@rule(14)
def funders_agree(draft: ProjectDraft, around: Surroundings) -> Iterator[Finding]:
    known = [
        (row, around.codes.funder_types[row.funder])
        for row in draft.funders
        if row.funder is not None and row.funder in around.codes.funder_types
    ]
    for (first, one), (second, two) in combinations(known, 2):
        if not one & two:
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


@rule(15)
def running_project_has_funder(draft: ProjectDraft, around: Surroundings) -> Iterator[Finding]:
    if not draft.runs_on(around.today):
        return
    if not draft.funders:
        yield Finding(
            15,
            "funders",
            _("Add the project's funding source; choose “N/A” if it has none or “Local” for other money"),
        )
    elif all(row.end_date and row.end_date < around.today for row in draft.funders):
        yield Finding(15, "funders", _("Every grant listed has ended: add the one that pays now"), "warning")
    if len(draft.funders) > 1 and any(row.funder == NO_FUNDER for row in draft.funders):
        row = next(row for row in draft.funders if row.funder == NO_FUNDER)
        yield Finding(
            15, f"{row.key}-funder", _("“N/A” stands alone: remove it or the other sources"), "warning"
        )
