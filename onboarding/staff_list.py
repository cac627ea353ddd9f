"""An upload of the staff list, which is shown before anything is written.

A row is found again by its e-mail. What was uploaded waits in the section's work row "staff-upload" until it is
confirmed or dropped; the preview is always made anew from it, against the list as it is now.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from agencies.models import Agency, Staff, User
from agencies.models.project import looked_at
from agencies.services import staff as roster
from hmis_portal import tables
from onboarding import staff_columns
from onboarding.forms.staff import ListedPersonForm, PersonForm

UPLOAD = "staff-upload"
MOST_PEOPLE = 2000


@dataclass
class Line:
    """One row of an upload: what it would do, and what is wrong with it."""

    number: int  # as in the file, its heading being 1
    cells: list[str]
    name: str = ""
    act: str = "wrong"  # add, change, same, wrong
    errors: list[str] = field(default_factory=list)
    data: dict[str, Any] = field(default_factory=dict)
    staff: Staff | None = None
    changes: list[str] = field(default_factory=list)


@dataclass
class Preview:
    headings: list[str]
    lines: list[Line]
    unknown: list[str]  # headings that are not used

    def of(self, act: str) -> list[Line]:
        return [line for line in self.lines if line.act == act]

    @property
    def to_write(self) -> list[Line]:
        return [line for line in self.lines if line.act in ("add", "change")]


def preview(agency: Agency, rows: Sequence[Sequence[str]]) -> Preview:
    """What an upload would do to the list as it is now; three queries whatever its length. Raises Unreadable."""
    columns, unknown = staff_columns.understand(rows[0])
    if len(rows) - 1 > MOST_PEOPLE:
        raise tables.Unreadable(
            _("The selected file must have %(most)s people or fewer") % {"most": f"{MOST_PEOPLE:,}"}
        )
    projects = list(agency.projects.filter(looked_at()))
    by_name = staff_columns.keys_of(projects)
    current = {one.email.lower(): one for one in agency.staff.current().prefetch_related("projects")}
    form = ListedPersonForm({}, agency=agency, projects=projects, taken=(), instance=Staff(agency=agency))
    seen: dict[str, int] = {}
    lines = []
    for number, cells in enumerate(rows[1:], start=2):
        line = Line(number, list(cells))
        given = {key: cells[index] if index < len(cells) else "" for key, index in columns.items()}
        _judge(line, given, form, by_name, current)
        email = given["email"].lower()
        if email and email in seen:
            line.act = "wrong"
            line.errors.append(_("The e-mail stands in row %s already") % seen[email])
        seen.setdefault(email, number)
        lines.append(line)
    return Preview(list(rows[0]), lines, unknown)


def _judge(
    line: Line,
    given: Mapping[str, str],
    form: PersonForm,
    by_name: Mapping[str, str],
    current: Mapping[str, Staff],
) -> None:
    line.staff = current.get(given["email"].lower())
    typed, wrong = staff_columns.typed_of(given, by_name, line.staff)
    # One form for all rows: making it is most of its cost.
    form.data, form._errors = typed, None  # type: ignore[assignment]
    line.errors = list(wrong.values())
    if "hmis_role" in wrong:
        wrong.setdefault("access_level", "")  # the usual one of a role that is not known: nothing to mend
    for name, errors in form.errors.items():
        line.errors += [str(error) for error in errors if name not in wrong]
    line.name = (
        f"{given['first_name']} {given['last_name']}".strip() or given["email"] or _("Row %s") % line.number
    )
    if line.errors:
        return
    line.data = {
        name: value for name, value in form.cleaned_data.items() if name in given or name == "access_level"
    }
    if line.staff is None:
        line.act = "add"
        line.data = {name: form.cleaned_data.get(name) for name in (*roster.FIELDS, "projects")}
        line.data["projects"] = line.data["projects"] or []
    else:
        line.changes = _changes(line.staff, line.data, form)
        line.act = "change" if line.changes else "same"


def _changes(staff: Staff, data: Mapping[str, Any], form: PersonForm) -> list[str]:
    """The labels of what would change."""
    changed = []
    for name, value in data.items():
        before = {one.pk for one in staff.projects.all()} if name == "projects" else getattr(staff, name)
        after = {one.pk for one in value} if name == "projects" else value
        if name == "email":
            before, after = str(before).lower(), str(after).lower()
        if (None if before == "" else before) != (None if after == "" else after):
            changed.append(str(form.fields[name].label))
    return changed


def write(found: Preview, *, agency: Agency, by: User) -> tuple[int, int]:
    """Add and change what the preview said; returns how many of each. The caller holds the transaction."""
    for line in found.to_write:
        if line.staff is None:
            roster.add_staff(agency=agency, by=by, data=line.data)
        else:
            roster.change_staff(staff=line.staff, by=by, data=line.data)
    return len(found.of("add")), len(found.of("change"))


def error_rows(found: Preview) -> Iterator[list[str]]:
    """The file as it was uploaded, with what is wrong in a last column."""
    keep = [index for index, heading in enumerate(found.headings) if heading != staff_columns.ERRORS]
    yield [*(found.headings[index] for index in keep), staff_columns.ERRORS]
    for line in found.lines:
        cells = [line.cells[index] if index < len(line.cells) else "" for index in keep]
        yield [*cells, "; ".join(line.errors)]
