"""R2 inside a project, R16–R21: its beds and units (element 2.07)."""

from collections.abc import Iterator
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from agencies.hud.elements import EMERGENCY_SHELTER
from agencies.hud.rows import CHRONIC_BEDS, VETERAN_BEDS, InventoryRow, ProjectDraft
from agencies.hud.rules.base import Finding, Surroundings, rule
from agencies.hud.rules.values import TENANT_BASED

FACILITY, VOUCHER, OTHER_BEDS = 1, 2, 3
SEASONAL = 2
ADULT_AND_CHILD, ONLY_CHILDREN = 3, 4
SUPPORTIVE, SAFE_HAVEN = 3, 8


@rule(16)
def residential_has_beds(draft: ProjectDraft, around: Surroundings) -> Iterator[Finding]:
    if draft.in_doubt:
        return
    if not draft.residential:
        if draft.inventory:
            yield Finding(
                16,
                "inventory",
                _("Only projects that house people list beds: remove these rows or change the project type"),
            )
        return
    if not draft.runs_on(around.today):
        return
    day = max(around.today, draft.operating_start_date or around.today)
    for coc in {row.coc_code: None for row in draft.coc if row.coc_code}:
        yield from _beds_in_use(draft, coc, day)
    if not draft.coc and not draft.inventory:
        yield Finding(16, "inventory", _("Add the project's beds and units"))


def _beds_in_use(draft: ProjectDraft, coc: str, day: date) -> Iterator[Finding]:
    rows = [row for row in draft.inventory if row.coc_code == coc]
    if any(
        (row.inventory_start_date is None or row.inventory_start_date <= day)
        and (row.inventory_end_date is None or row.inventory_end_date >= day)
        for row in rows
    ):
        return
    shelter = draft.project_type in EMERGENCY_SHELTER
    if not rows or not shelter or any(row.availability != SEASONAL for row in rows):
        yield Finding(
            16,
            "inventory",
            _("Add the beds and units of the project in %(coc)s that are in use now") % {"coc": coc},
        )
    elif not any(row.inventory_start_date and row.inventory_start_date > day for row in rows):
        yield Finding(
            16,
            "inventory",
            _(
                "The season of the beds in %(coc)s is over: add the row of the next season once its days are known"
            )
            % {"coc": coc},
            "warning",
        )


@rule(2)
def beds_are_in_a_coc_of_the_project(draft: ProjectDraft, around: Surroundings) -> Iterator[Finding]:
    listed = {row.coc_code for row in draft.coc}
    for row in draft.inventory:
        if row.coc_code and row.coc_code not in listed:
            yield Finding(
                2,
                f"{row.key}-coc_code",
                _(
                    "The project has no address in %(coc)s: add that CoC to where it works or choose another for these beds"
                )
                % {"coc": row.coc_code},
            )


@rule(17)
def beds_sum_to_total(draft: ProjectDraft, around: Surroundings) -> Iterator[Finding]:
    for row in draft.inventory:
        if row.bed_inventory is not None and row.bed_inventory != row.counted_beds:
            yield Finding(
                17,
                f"{row.key}-bed_inventory",
                _("The seven counts make %(counted)s beds, the total says %(total)s: change one of them")
                % {"counted": row.counted_beds, "total": row.bed_inventory},
            )


@rule(18)
def units_within_beds(draft: ProjectDraft, around: Surroundings) -> Iterator[Finding]:
    for row in draft.inventory:
        if row.unit_inventory is not None and row.unit_inventory > row.counted_beds:
            yield Finding(
                18,
                f"{row.key}-unit_inventory",
                ngettext(
                    "There cannot be more units than the %(beds)s bed: lower the units or add beds",
                    "There cannot be more units than the %(beds)s beds: lower the units or add beds",
                    row.counted_beds,
                )
                % {"beds": row.counted_beds},
            )


@rule(19)
def inventory_within_operation(draft: ProjectDraft, around: Surroundings) -> Iterator[Finding]:
    opened, closed = draft.operating_start_date, draft.operating_end_date
    for row in draft.inventory:
        start, end = row.inventory_start_date, row.inventory_end_date
        if start and end and end < start:
            yield Finding(
                19,
                f"{row.key}-inventory_end_date",
                _("The beds must end on or after the day they become available"),
            )
        if start and opened and start < opened:
            yield Finding(
                19,
                f"{row.key}-inventory_start_date",
                _(
                    "The beds cannot start before the project's first day of operation: change one of the dates"
                ),
            )
        if start and closed and start > closed:
            yield Finding(
                19,
                f"{row.key}-inventory_start_date",
                _("The beds cannot start after the project's last day of operation: change one of the dates"),
            )
        if closed and (end is None or end > closed):
            yield Finding(
                19,
                f"{row.key}-inventory_end_date",
                _("The beds end with the project: enter a day on or before its last day of operation"),
            )


@rule(20)
def shelter_beds_have_type_and_availability(draft: ProjectDraft, around: Surroundings) -> Iterator[Finding]:
    if draft.project_type is None:
        return
    shelter = draft.project_type in EMERGENCY_SHELTER
    for row in draft.inventory:
        if shelter and row.es_bed_type is None:
            yield Finding(
                20, f"{row.key}-es_bed_type", _("Choose the bed type: every emergency shelter has one")
            )
        if shelter and row.availability is None:
            yield Finding(
                20,
                f"{row.key}-availability",
                _("Choose when the beds are available: year-round, seasonal or overflow"),
            )
        for name in ("es_bed_type", "availability"):
            if not shelter and getattr(row, name) is not None:
                yield Finding(
                    20,
                    f"{row.key}-{name}",
                    _("Only emergency shelters have this answer: remove it or change the project type"),
                )
        if shelter:
            yield from _seasonal(row)
            yield from _bed_type_fits(draft, row)


def _seasonal(row: InventoryRow) -> Iterator[Finding]:
    if row.availability != SEASONAL:
        return
    path, start, end = f"{row.key}-inventory_end_date", row.inventory_start_date, row.inventory_end_date
    if end is None:
        yield Finding(20, path, _("Enter the last day of the season: seasonal beds have an end date"))
    elif start and (end - start).days >= 365:
        yield Finding(
            20, path, _("A season is shorter than a year: enter an earlier end date or choose year-round")
        )


def _bed_type_fits(draft: ProjectDraft, row: InventoryRow) -> Iterator[Finding]:
    if draft.housing_type is None or row.es_bed_type is None:
        return
    if draft.housing_type == TENANT_BASED and row.es_bed_type in (FACILITY, OTHER_BEDS):
        yield Finding(
            20,
            f"{row.key}-es_bed_type",
            _("Tenant-based housing has voucher beds: choose voucher beds or change the housing type"),
        )
    if draft.housing_type != TENANT_BASED and row.es_bed_type == VOUCHER:
        yield Finding(
            20,
            f"{row.key}-es_bed_type",
            _(
                "Site-based housing has no voucher beds: choose facility-based or other beds, or tenant-based housing"
            ),
        )


@rule(21)
def dedicated_beds_fit(draft: ProjectDraft, around: Surroundings) -> Iterator[Finding]:
    for row in draft.inventory:
        if row.household_type == ONLY_CHILDREN:
            for name in VETERAN_BEDS:
                if getattr(row, name):
                    yield Finding(
                        21,
                        f"{row.key}-{name}",
                        _(
                            "Beds for veterans cannot be in a household type of only children: "
                            "move them or change the household type"
                        ),
                    )
        if draft.project_type is not None and draft.project_type != SUPPORTIVE:
            for name in CHRONIC_BEDS:
                if getattr(row, name):
                    yield Finding(
                        21,
                        f"{row.key}-{name}",
                        _(
                            "Only permanent supportive housing dedicates beds to chronically homeless people: "
                            "count these beds in another group"
                        ),
                    )
        if draft.project_type == SAFE_HAVEN and row.household_type == ADULT_AND_CHILD:
            yield Finding(
                21,
                f"{row.key}-household_type",
                _("A safe haven has no beds for adults with children: choose another household type"),
            )
