"""The columns of the staff list as a file: their headings, what their cells may say, template and export."""

import datetime as dt
import re
from calendar import month_abbr
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from difflib import get_close_matches
from functools import lru_cache
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_stubs_ext import StrOrPromise

from agencies.models import ACCESS_OF_ROLE, AccessLevel, Agency, HmisRole, Project, Staff
from hmis_portal.files import tables
from hmis_portal.text import typed
from hmis_portal.text.words import date_words, matching

# Field → the heading of the template, and other headings that are understood.
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "first_name": ("First name", "first", "given name"),
    "last_name": ("Last name", "last", "surname", "family name"),
    "title": ("Title", "job title", "position"),
    "email": ("Work e-mail", "email", "e-mail", "mail", "email address", "work email address"),
    "phone": ("Phone", "telephone", "phone number", "work phone"),
    "hmis_role": ("HMIS role", "role"),
    "access_level": ("Access level", "required access level", "access"),
    "projects": ("Projects", "project", "programs", "program"),
    "had_account": (
        "Had an account before",
        "had an hmis account before",
        "earlier account",
        "previous account",
    ),
    "earlier_account": ("Earlier account: where and when", "where and when last used", "where last used"),
    "supervisor_name": ("Supervisor", "supervisor name", "manager"),
    "supervisor_email": ("Supervisor's e-mail", "supervisor email", "supervisor e-mail", "manager email"),
    "start_date": ("Start date", "start", "starts on", "first day"),
    "employment": ("Employment type", "employment", "type"),
    "starts_later": ("Starts later", "later"),
}
ERRORS = "Errors"
REQUIRED = ("first_name", "last_name", "email", "hmis_role", "supervisor_name", "start_date", "employment")


@lru_cache(maxsize=1000)
def plain(text: str) -> str:
    """How headings and choices are compared: letters and digits alone, where there are any."""
    return re.sub(r"[\W_]+", "", matching(text)) or matching(text)


HEADINGS = {plain(name): key for key, names in COLUMNS.items() for name in (key, *names)}


def _choices(labels: Iterable[tuple[str, object]], **also: str) -> dict[str, str]:
    return {plain(word): str(code) for code, label in labels for word in (str(code), str(label))} | also


ROLES = _choices(
    HmisRole.choices, hmisdatacoordinator="hdc", coordinator="hdc", supervisor="supervisor", programmanager="supervisor",
    coordinatedentry="ce_assessor", assessor="ce_assessor",
)  # fmt: skip
LEVELS = _choices(AccessLevel.choices)
EMPLOYMENT = _choices(Staff.Employment.choices, employee="staff")
YES = {
    **dict.fromkeys(("yes", "y", "true", "x", "1", "si", "sí", "✓", "✔", "☑", "✅"), True),
    **dict.fromkeys(("no", "n", "false", "0"), False),
    "": None,
}
ALL = "all"


def known(row: Sequence[str]) -> int:
    """How many cells of a row are headings of the list."""
    return len({HEADINGS[plain(cell)] for cell in row if plain(cell) in HEADINGS})


def understand(headings: Sequence[str]) -> tuple[dict[str, int], list[str]]:
    """Field → column, and the headings that mean nothing here. Raises Unreadable when one that is needed is missing."""
    places: dict[str, int] = {}
    unknown = []
    for index, heading in enumerate(headings):
        key = HEADINGS.get(plain(heading))
        if key is None or key in places:
            unknown += [heading] if heading and heading != ERRORS else []
        else:
            places[key] = index
    missing = [COLUMNS[key][0] for key in REQUIRED if key not in places]
    if missing:
        raise tables.Unreadable(
            _("The selected file must have the headings of the template. Missing: %s") % ", ".join(missing)
        )
    return places, unknown


Keys = Mapping[str, Sequence[Project]]


def keys_of(projects: Iterable[Project]) -> Keys:
    """An agency's projects by their names, as cells are compared."""
    by_key: dict[str, list[Project]] = defaultdict(list)
    for project in projects:
        by_key[matching(project.project_name)].append(project)
    return dict(by_key)


def cell_of(name: str, cell: str) -> str:
    """A cell as typing is cleaned, and in one line, save where lines separate projects."""
    if not cell:
        return ""
    if name in ("email", "supervisor_email"):
        return typed.email(cell)
    return typed.text(cell) if name == "projects" else " ".join(typed.text(cell).split())


# What a cell is told that says none of its choices.
NO_ROLE = gettext_lazy("is not a role of the template")
NO_LEVEL = gettext_lazy("is not an access level of the template")
NO_EMPLOYMENT = gettext_lazy("is not an employment type of the template")
NOT_YES_OR_NO = gettext_lazy("must be yes or no")


def typed_of(
    cells: Mapping[str, str], by_name: Keys, staff: Staff | None
) -> tuple[dict[str, Any], dict[str, str]]:
    """What a person would have typed into the form, and the cells that mean nothing, by field.

    A column that the file does not have stays as it is for somebody on the list.
    """
    errors: dict[str, str] = {}
    typed: dict[str, Any] = {name: cells.get(name, "") for name in COLUMNS}

    def choice(name: str, words: Mapping[str, object], hint: StrOrPromise) -> Any:
        cell = cells.get(name, "")
        text = plain(cell) if cell else ""
        if text and text not in words:
            errors[name] = f"{COLUMNS[name][0]}: “{cells[name][:60]}” {hint}"
        return words.get(text, "")

    typed["hmis_role"] = choice("hmis_role", ROLES, NO_ROLE)
    typed["access_level"] = choice("access_level", LEVELS, NO_LEVEL)
    if not cells.get("access_level") and typed["hmis_role"]:
        allowed = ACCESS_OF_ROLE[typed["hmis_role"]]
        typed["access_level"] = staff.access_level if staff and staff.access_level in allowed else allowed[0]
    typed["employment"] = choice("employment", EMPLOYMENT, NO_EMPLOYMENT)
    had = choice("had_account", YES, NOT_YES_OR_NO)
    typed["had_account"] = {True: "yes", False: "no"}.get(had, "yes" if cells.get("earlier_account") else "")
    if choice("starts_later", YES, NOT_YES_OR_NO) is True:
        typed["starts_later"] = "on"
    else:
        typed.pop("starts_later")
    if staff and ("projects" not in cells or cells["projects"] == _names(staff)):
        typed["projects"] = [str(project.pk) for project in staff.projects.all()]
    else:
        typed["projects"] = _projects(cells.get("projects", ""), by_name, errors)
    typed |= _date(cells["start_date"], errors)
    if staff or cells.get("email_own"):
        typed["email_own"] = "on"  # asked about when the person was listed, or answered beside the preview
    return _OneOrMany(typed), errors


def _names(staff: Staff) -> str:
    return typed.text("; ".join(str(project) for project in staff.projects.all()))


SEPARATORS = r"[;|\n]"


def _projects(text: str, by_name: Keys, errors: dict[str, str]) -> list[str]:
    """The keys of the projects that a cell names; each must be exactly one of the agency's."""
    name = matching(text)
    if len(by_name.get(name, ())) == 1 and not re.search(SEPARATORS, text):
        return [str(by_name[name][0].pk)]
    everything = [project for alike in by_name.values() for project in alike]
    if (name == ALL and ALL not in by_name) or (not text and len(everything) == 1):
        return [str(project.pk) for project in everything]
    ways = list(_split(re.split(f"({SEPARATORS})", text), by_name)) if text else [[]]
    if not ways:
        errors["projects"] = _unknown(text, by_name)
    elif len(ways) > 1 or any(len(by_name[name]) > 1 for name in ways[0]):
        errors["projects"] = (
            _(
                "Projects: “%s” can mean more than one project of the application. Select them on the person’s page"
            )
            % text[:200]
        )
    return [] if "projects" in errors else [str(by_name[name][0].pk) for name in dict.fromkeys(ways[0])]


def _split(parts: Sequence[str], by_name: Keys) -> list[list[str]]:
    """Every way to read a cell as names of projects, two at most: a name may itself have a semicolon.

    `parts` are texts with the marks between them.
    """
    widest = max((len(re.findall(SEPARATORS, name)) for name in by_name), default=0)
    ways: list[list[list[str]]] = [[] for _ in range(len(parts) + 2)]
    ways[0] = [[]]
    for end in range(1, len(parts) + 1, 2):
        for begin in range(max(0, end - 1 - 2 * widest), end, 2):
            name = matching("".join(parts[begin:end]))
            if name in by_name or (not name and end - begin == 1):
                ways[end + 1] += [[*way, name] if name else way for way in ways[begin]]
        ways[end + 1] = ways[end + 1][:2]
    return [way for way in ways[-1] if way]


def _unknown(text: str, by_name: Keys) -> str:
    names = [part.strip() for part in re.split(SEPARATORS, text) if part.strip()]
    unknown = [name for name in names if matching(name) not in by_name] or [text.strip()]
    sentence = (
        _("Projects: “%s” is not a project of the application. Separate several by semicolons")
        % ("; ".join(unknown)[:200])
    )
    close = get_close_matches(matching(unknown[0]), by_name, n=1, cutoff=0.5)
    return f"{sentence}. " + _("The closest name is “%s”") % by_name[close[0]][0] if close else sentence


MONTHS = {name.casefold(): number for number, name in enumerate(month_abbr) if name}


def _date(text: str, errors: dict[str, str]) -> dict[str, str]:
    day: tuple[str, ...] = ("", "", "")
    if match := re.fullmatch(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[ T].*)?", text):
        day = match.groups()
    elif match := re.fullmatch(r"(\d{1,2})([/.-])(\d{1,2})\2(\d{4})(?: \d+:.*)?", text):
        first, mark, second, year = match.groups()
        if mark != "/" and int(first) != int(second) and {int(first), int(second)} <= {*range(1, 13)}:
            errors["start_date"] = _two_days(text, int(first), int(second), int(year))
        turned = mark != "/" and int(first) > 12
        day = (year, second, first) if turned else (year, first, second)
    elif match := re.fullmatch(r"([a-z]+)\.? (\d{1,2}),? (\d{4})", text.casefold()):
        day = (match[3], str(MONTHS.get(match[1][:3], "")), match[2])
    elif match := re.fullmatch(r"(\d{1,2})[ -]([a-z]+)\.?[ -](\d{4})", text.casefold()):
        day = (match[3], str(MONTHS.get(match[2][:3], "")), match[1])
    if re.fullmatch(r"\d{5}(?:\.\d+)?", text):
        errors["start_date"] = (
            _("Start date: “%s” is the number of a day. Show the cell as a date, or write it like 11/22/2026")
            % text
        )
    elif text and not all(day):
        errors["start_date"] = _("Start date: “%s” must be written like 11/22/2026") % text[:40]
    return dict(zip(("start_date_year", "start_date_month", "start_date_day"), day, strict=True))


def _two_days(text: str, first: int, second: int, year: int) -> str:
    ways = [dt.date(year, month, day) for month, day in ((first, second), (second, first))] if year else []
    return _("Start date: “%(text)s” can be %(days)s. Write it like 11/22/2026, the month first") % {
        "text": text,
        "days": _(" or ").join(date_words(way) for way in ways) or text,
    }


class _OneOrMany(dict[str, Any]):
    """A plain dict with `getlist`, as check boxes ask for it."""

    def getlist(self, name: str) -> list[object]:
        value = self.get(name, [])
        return value if isinstance(value, list) else [value]


def headings() -> list[str]:
    return [names[0] for names in COLUMNS.values()]


def export_rows(agency: Agency) -> Iterator[list[str]]:
    """The list as it stands, in the shape of the template."""
    yield headings()
    for staff_member in agency.staff.current().prefetch_related("projects"):
        yield row_of(staff_member)


def row_of(staff_member: Staff) -> list[str]:
    """What the export says of a person; a file that says the same changes nothing."""
    yes_no = {True: "Yes", False: "No", None: ""}
    return [
        staff_member.first_name, staff_member.last_name, staff_member.title, staff_member.email, staff_member.phone, str(staff_member.get_hmis_role_display()),
        str(staff_member.get_access_level_display()), "; ".join(str(project) for project in staff_member.projects.all()),
        yes_no[staff_member.had_account], staff_member.earlier_account, staff_member.supervisor_name, staff_member.supervisor_email, _day(staff_member.start_date),
        str(staff_member.get_employment_display()), yes_no[staff_member.starts_later],
    ]  # fmt: skip


def said_of(name: str, value: Any) -> str:
    """A value of a person as the preview shows it."""
    if name == "projects":
        return "; ".join(sorted(str(item) for item in value))
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    labels = {"hmis_role": HmisRole, "access_level": AccessLevel, "employment": Staff.Employment}
    if value and name in labels:
        return str(labels[name](value).label)
    return date_words(value) if isinstance(value, dt.date) else str(value or "")


def _day(day: dt.date) -> str:
    return f"{day.month}/{day.day}/{day.year}"
