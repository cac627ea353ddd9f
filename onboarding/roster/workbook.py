"""The staff list as a workbook: a second sheet says what cells may hold, and the cells of the first offer it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import zip_longest

from django.utils.translation import gettext as _
from openpyxl.utils import get_column_letter

from agencies.models import ACCESS_OF_ROLE, AccessLevel, Agency, HmisRole, Staff
from agencies.models.project import looked_at
from hmis_portal.files import tables
from onboarding.roster import columns

MOST_LEVELS = max(map(len, ACCESS_OF_ROLE.values()))
ROLES, LEVELS, PROJECTS, EMPLOYMENT, YES_NO = 0, 1, 1 + MOST_LEVELS, 2 + MOST_LEVELS, 3 + MOST_LEVELS


def file_of(
    agency: Agency, rows: Iterable[Sequence[object]], places: Mapping[str, int] | None = None
) -> bytes:
    """An XLSX of these rows, headings first; `places` has the columns where they are not those of the template."""
    if places is None:
        places = {name: place for place, name in enumerate(columns.COLUMNS)}
    projects = [project.project_name for project in agency.projects.filter(looked_at())]
    choices = list(_choices(projects))
    sheets = [(_("Staff"), rows), (_("Choices"), choices)]
    return tables.xlsx_bytes(sheets, list(_drop_downs(places, len(projects))))


def _choices(projects: Sequence[str]) -> Iterator[list[str | None]]:
    """A column for each list; the access levels of a role stand beside it, with no cell where there is none."""
    yield [
        _("HMIS role"),
        _("Access level it may have"),
        *[_("or")] * (MOST_LEVELS - 1),
        _("Projects (separate several by semicolons)"),
        _("Employment type"),
        _("Yes or no"),
    ]
    for role, project, employment, yes_no in zip_longest(
        HmisRole, projects, Staff.Employment.labels, (_("Yes"), _("No"))
    ):
        levels = [AccessLevel(level).label for level in ACCESS_OF_ROLE[role]] if role else []
        padding = [None] * (MOST_LEVELS - len(levels))
        cells: list[object] = [role and role.label, *levels, *padding, project, employment, yes_no]
        yield [None if cell is None else str(cell) for cell in cells]


def _drop_downs(places: Mapping[str, int], projects: int) -> Iterator[tables.DropDown]:
    sheet = _("Choices").replace("'", "''")

    def cells(column: int, count: int) -> str:
        letter = get_column_letter(column + 1)
        return f"'{sheet}'!${letter}$2:${letter}${count + 1}"

    roles = cells(ROLES, len(HmisRole))
    lists = {
        "hmis_role": roles,
        "employment": cells(EMPLOYMENT, len(Staff.Employment)),
        "had_account": cells(YES_NO, 2),
        "starts_later": cells(YES_NO, 2),
    }
    if "hmis_role" in places:
        first = f"'{sheet}'!${get_column_letter(LEVELS + 1)}$1"
        row = f"MATCH(${get_column_letter(places['hmis_role'] + 1)}2,{roles},0)"
        count = f"COUNTA(OFFSET({first},{row},0,1,{MOST_LEVELS}))"
        lists["access_level"] = f"OFFSET({first},{row},0,1,{count})"
    for name, formula in lists.items():
        if name in places:
            yield tables.DropDown(places[name], formula)
    if "projects" in places and projects:
        yield tables.DropDown(places["projects"], cells(PROJECTS, projects), only=False)
