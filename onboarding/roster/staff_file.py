"""An upload of the staff list, which is shown before anything is written.

A row is found again by its e-mail. What was uploaded waits in the section's work row "staff-upload" until it is
confirmed or dropped; the preview is always made anew from it, against the list as it is now.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType
from typing import Any, NamedTuple

from django.db.models import Q, TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies.models import Agency, Project, Staff, User
from agencies.models.project import looked_at
from agencies.services.staff import FIELDS, add_staff, change_staff
from hmis_portal.files import tables
from hmis_portal.forms.wording import in_place
from hmis_portal.text import typed
from onboarding.forms.roster.person import ListedPersonForm, PersonForm
from onboarding.roster import columns

UPLOAD = "staff-upload"
MOST_PEOPLE = 2000
MOST_BLANK = 20_000  # rows between them that stay blank in the file with errors
# By the number of a row: the cells that were typed beside the preview in place of the file's, by field.
Mended = Mapping[str, Mapping[str, str]]


class Value(NamedTuple):
    """One value that would be stored, in words; `before` what stands now."""

    label: str
    after: str
    before: str = ""


class RowAct(TextChoices):
    """What becomes of a row, in the order of the preview."""

    WRONG = "wrong", gettext_lazy("Rows with a problem")
    ASK = "ask", gettext_lazy("Rows with a question")
    ADD = "add", gettext_lazy("People to be added")
    CHANGE = "change", gettext_lazy("People to be changed")
    SAME = "same", gettext_lazy("Already on the list, unchanged")


@dataclass
class UploadedLine:
    """One row of an upload: what it would do, and what is wrong with it."""

    number: int  # as in the file
    cells: list[str]
    name: str = ""
    act: RowAct = RowAct.WRONG
    by_field: dict[str, str] = field(default_factory=dict)  # the cells that are understood
    faults: list[tuple[str, str]] = field(default_factory=list)  # the field, and what is wrong with it
    data: dict[str, Any] = field(default_factory=dict)
    staff: Staff | None = None

    @property
    def errors(self) -> list[str]:
        return [fault for _key, fault in self.faults]

    @cached_property
    def values(self) -> list[Value]:
        """What would be stored, or of somebody who is listed what would change; put into words where it is read."""
        return [] if self.faults else _values(self.staff, self.data)


@dataclass
class UploadPreview:
    headings: list[str]
    heading: int  # the row of the file in which they stand
    lines: list[UploadedLine]
    places: Mapping[str, int]  # of the headings that are understood
    unknown: list[str]  # headings that are not used
    projects: Sequence[Project]

    def of(self, *acts: RowAct) -> list[UploadedLine]:
        return [line for line in self.lines if line.act in acts]

    @property
    def to_write(self) -> list[UploadedLine]:
        return self.of(RowAct.ADD, RowAct.CHANGE)


def waiting(agency: Agency, draft: Mapping[str, Any]) -> UploadPreview:
    """The preview of what was uploaded, and mended beside it since. Raises Unreadable."""
    return preview(agency, tables.Table.of(draft), draft.get("mended", {}))


def preview(agency: Agency, table: tables.Table, mended: Mended = MappingProxyType({})) -> UploadPreview:
    """What an upload would do to the list as it is now; three queries whatever its length. Raises Unreadable."""
    index_of, unknown = columns.understand(table.rows[0])
    if len(table.rows) - 1 > MOST_PEOPLE:
        raise tables.Unreadable(
            _("The selected file must have %(most)s people or fewer") % {"most": f"{MOST_PEOPLE:,}"}
        )
    projects = list(agency.projects.filter(looked_at() | Q(staff__isnull=False)).distinct())
    by_name = columns.keys_of(projects)
    current = {
        typed.email(staff_member.email): staff_member
        for staff_member in agency.staff.current().prefetch_related("projects")
    }
    form = ListedPersonForm({}, agency=agency, projects=projects, taken=(), instance=Staff(agency=agency))
    seen: dict[str, int] = {}
    doubts, lines = table.doubtful(), []
    for place, cells in enumerate(table.rows[1:], start=1):
        own = mended.get(str(table.numbers[place]), {})
        line = UploadedLine(table.numbers[place], _with(cells, index_of, own))
        line.by_field = typed_cells = {
            key: columns.cell_of(key, line.cells[index]) if index < len(line.cells) else ""
            for key, index in index_of.items()
        } | {key: columns.cell_of(key, text) for key, text in own.items()}
        doubtful = {
            key: doubts[place][index]
            for key, index in index_of.items()
            if index in doubts[place] and key not in own
        }
        typed_cells |= dict.fromkeys(doubtful, "")
        _judge(line, typed_cells, doubtful, form, by_name, current)
        line.faults = [(key, _told(key, fault, table, place, index_of)) for key, fault in line.faults]
        email = typed_cells["email"]
        if email and email in seen:
            line.act = RowAct.WRONG
            line.faults.append(("email", _("The e-mail stands in row %s already") % seen[email]))
        seen.setdefault(email, line.number)
        lines.append(line)
    return UploadPreview(list(table.rows[0]), table.numbers[0], lines, index_of, unknown, projects)


def _with(cells: Sequence[str], places: Mapping[str, int], own: Mapping[str, str]) -> list[str]:
    """A row of the file with what was typed in place of its cells."""
    row = list(cells)
    for key in own.keys() & places.keys():
        row += [""] * (places[key] + 1 - len(row))
        row[places[key]] = own[key]
    return row


def _told(key: str, fault: str, table: tables.Table, place: int, places: Mapping[str, int]) -> str:
    """What is wrong, with the name of its column and of its cell."""
    words = in_place(columns.COLUMNS[key][0].partition(":")[0], fault) if key in columns.COLUMNS else fault
    return f"{words} ({table.cell(place, places[key])})" if key in places else words


def _judge(
    line: UploadedLine,
    cells: dict[str, str],
    doubtful: Mapping[str, str],
    form: PersonForm,
    by_name: columns.Keys,
    current: Mapping[str, Staff],
) -> None:
    line.name = (
        f"{cells['first_name']} {cells['last_name']}".strip() or cells["email"] or _("Row %s") % line.number
    )
    line.staff = current.get(cells["email"])
    if line.staff and not doubtful and _as_exported(line.staff, cells):
        line.act = RowAct.SAME
        return
    typed, wrong = columns.typed_of(cells, by_name, line.staff)
    # One form for all rows: making it is most of its cost.
    form.data, form._errors = typed, None  # type: ignore[assignment]
    wrong |= {key: f"{columns.COLUMNS[key][0]} {doubt}" for key, doubt in doubtful.items()}
    line.faults = list(wrong.items())
    if "hmis_role" in wrong:
        wrong.setdefault("access_level", "")  # the usual one of a role that is not known: nothing to mend
    for name, errors in form.errors.items():
        line.faults += [(name, str(error)) for error in errors if name not in wrong]
    if line.faults:
        line.act = (
            RowAct.ASK
            if [key for key, _fault in line.faults] == ["email"] and form.has_error("email", "shared")
            else RowAct.WRONG
        )
        return
    line.data = {
        name: value for name, value in form.cleaned_data.items() if name in cells or name == "access_level"
    }
    if line.staff is None:
        line.act = RowAct.ADD
        line.data = {name: form.cleaned_data.get(name) for name in (*FIELDS, "projects")}
        line.data["projects"] = line.data["projects"] or []
    if line.staff:
        line.act = RowAct.CHANGE if line.values else RowAct.SAME


def _as_exported(staff: Staff, cells: Mapping[str, str]) -> bool:
    """Whether a row says what the export says of this person, who then stays as they are in every particular."""
    own = dict(zip(columns.COLUMNS, columns.row_of(staff), strict=True))
    return all(cell == columns.cell_of(name, own[name]) for name, cell in cells.items() if name in own)


def _values(staff: Staff | None, data: Mapping[str, object]) -> list[Value]:
    """What would be stored, or of somebody who is listed what would change."""
    values = []
    for name, value in data.items():
        label, after = columns.COLUMNS[name][0], columns.said_of(name, value)
        if staff is None:
            values += [Value(label, after)] if after else []
            continue
        stored = staff.projects.all() if name == "projects" else getattr(staff, name)
        before = columns.said_of(name, stored)
        if _differ(name, stored, value):
            values.append(Value(label, after, before))
    return values


def _differ(name: str, stored: Any, value: Any) -> bool:
    if name == "projects":
        return {project.pk for project in stored} != {project.pk for project in value}
    if isinstance(stored, str) and isinstance(value, str):
        return columns.cell_of(name, stored) != columns.cell_of(name, value)
    return (None if stored == "" else stored) != (None if value == "" else value)


def write(preview: UploadPreview, *, agency: Agency, by: User) -> tuple[int, int]:
    """Add and change what the preview said; returns how many of each. The caller holds the transaction."""
    for line in preview.to_write:
        if line.staff is None:
            add_staff(agency=agency, by=by, data=line.data)
        else:
            change_staff(staff=line.staff, by=by, data=line.data)
    return len(preview.of(RowAct.ADD)), len(preview.of(RowAct.CHANGE))


def shown_places(preview: UploadPreview) -> dict[str, int]:
    """Where the columns stand in `error_rows`."""
    gone = [index for index, heading in enumerate(preview.headings) if heading == columns.ERRORS]
    return {key: place - sum(index < place for index in gone) for key, place in preview.places.items()}


def error_rows(preview: UploadPreview) -> Iterator[list[str]]:
    """The file as it was uploaded, each row in its place, with what is wrong in a last column."""
    keep = [index for index, heading in enumerate(preview.headings) if heading != columns.ERRORS]
    yield from [[]] * (preview.heading - 1)
    yield [*(preview.headings[index] for index in keep), columns.ERRORS]
    before, left = preview.heading, MOST_BLANK
    for line in preview.lines:
        blank = min(max(line.number - before - 1, 0), left)
        yield from [[]] * blank
        before, left = line.number, left - blank
        cells = [line.cells[index] if index < len(line.cells) else "" for index in keep]
        yield [*cells, "; ".join(line.errors)]
