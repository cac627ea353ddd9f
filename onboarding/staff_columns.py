"""The columns of the staff list as a file: their headings, what their cells may say, template and export."""

import datetime as dt
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from agencies.models import ACCESS_OF_ROLE, AccessLevel, Agency, HmisRole, Project, Staff
from agencies.models.project import looked_at
from hmis_portal import tables

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


def plain(text: str) -> str:
    """Letters and digits alone, small: how headings and choices are compared."""
    return re.sub(r"[^a-z0-9]", "", text.lower())


HEADINGS = {plain(name): key for key, names in COLUMNS.items() for name in (key, *names)}


def _choices(labels: Iterable[tuple[str, Any]], **also: str) -> dict[str, str]:
    return {plain(word): str(code) for code, label in labels for word in (str(code), str(label))} | also


ROLES = _choices(
    HmisRole.choices, hmisdatacoordinator="hdc", coordinator="hdc", supervisor="supervisor", programmanager="supervisor",
    coordinatedentry="ce_assessor", assessor="ce_assessor",
)  # fmt: skip
LEVELS = _choices(AccessLevel.choices)
EMPLOYMENT = _choices(Staff.Employment.choices, employee="staff")
YES = {
    "yes": True,
    "y": True,
    "true": True,
    "x": True,
    "1": True,
    "no": False,
    "n": False,
    "false": False,
    "0": False,
    "": None,
}


def understand(headings: Sequence[str]) -> tuple[dict[str, int], list[str]]:
    """Field → column, and the headings that mean nothing here. Raises Unreadable when one that is needed is missing."""
    found: dict[str, int] = {}
    unknown = []
    for index, heading in enumerate(headings):
        key = HEADINGS.get(plain(heading))
        if key is None or key in found:
            unknown += [heading] if heading and heading != ERRORS else []
        else:
            found[key] = index
    missing = [COLUMNS[key][0] for key in REQUIRED if key not in found]
    if missing:
        raise tables.Unreadable(
            _("The selected file must have the headings of the template. Missing: %s") % ", ".join(missing)
        )
    return found, unknown


# --- one row as a person would have typed it ------------------------------------------------------------------------


def keys_of(projects: Iterable[Project]) -> dict[str, str]:
    """The keys of an agency's projects by their names, as cells are compared."""
    return {plain(one.project_name): str(one.pk) for one in projects}


def typed_of(
    given: Mapping[str, str], by_name: Mapping[str, str], staff: Staff | None
) -> tuple[dict[str, Any], dict[str, str]]:
    """What a person would have typed into the form, and the cells that mean nothing, by field.

    A column that the file does not have stays as it is for somebody on the list.
    """
    errors: dict[str, str] = {}
    typed: dict[str, Any] = {name: given.get(name, "") for name in COLUMNS}

    def choice(name: str, words: Mapping[str, Any], hint: str) -> Any:
        said = plain(given.get(name, ""))
        if said and said not in words:
            errors[name] = f"{COLUMNS[name][0]}: “{given[name][:60]}” {hint}"
        return words.get(said, "")

    typed["hmis_role"] = choice("hmis_role", ROLES, _("is not a role of the template"))
    typed["access_level"] = choice("access_level", LEVELS, _("is not an access level of the template"))
    if not given.get("access_level") and typed["hmis_role"]:
        allowed = ACCESS_OF_ROLE[typed["hmis_role"]]
        typed["access_level"] = staff.access_level if staff and staff.access_level in allowed else allowed[0]
    typed["employment"] = choice("employment", EMPLOYMENT, _("is not an employment type of the template"))
    had = choice("had_account", YES, _("must be yes or no"))
    typed["had_account"] = {True: "yes", False: "no"}.get(had, "yes" if given.get("earlier_account") else "")
    if choice("starts_later", YES, _("must be yes or no")) is True:
        typed["starts_later"] = "on"
    else:
        typed.pop("starts_later")
    if staff and "projects" not in given:
        typed["projects"] = [str(one.pk) for one in staff.projects.all()]
    else:
        typed["projects"] = _projects(given.get("projects", ""), by_name, errors)
    typed |= _date(given["start_date"], errors)
    return _OneOrMany(typed), errors


def _projects(text: str, by_name: Mapping[str, str], errors: dict[str, str]) -> list[str]:
    if plain(text) == "all" or (not text and len(by_name) == 1):
        return list(by_name.values())
    names = (
        [text]
        if plain(text) in by_name
        else [part.strip() for part in re.split(r"[;|\n]", text) if part.strip()]
    )
    unknown = [name for name in names if plain(name) not in by_name]
    if unknown:
        errors["projects"] = (
            _("Projects: “%s” is not a project of the application. Separate several by semicolons")
            % "; ".join(unknown)[:200]
        )
    return [by_name[plain(name)] for name in names if plain(name) in by_name]


def _date(text: str, errors: dict[str, str]) -> dict[str, str]:
    iso = re.fullmatch(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[ T].*)?", text)
    american = re.fullmatch(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})", text)
    if iso:
        year, month, day = iso.groups()
    elif american:
        month, day, year = american.groups()
    else:
        if text:
            errors["start_date"] = _("Start date: “%s” must be written like 11/22/2026") % text[:40]
        month = day = year = ""
    return {"start_date_month": month, "start_date_day": day, "start_date_year": year}


class _OneOrMany(dict[str, Any]):
    """A plain dict with `getlist`, as check boxes ask for it."""

    def getlist(self, name: str) -> list[Any]:
        value = self.get(name, [])
        return value if isinstance(value, list) else [value]


# --- files to download ------------------------------------------------------------------------------------------------


def headings() -> list[str]:
    return [names[0] for names in COLUMNS.values()]


def export_rows(agency: Agency) -> Iterator[list[str]]:
    """The list as it stands, in the shape of the template."""
    yield headings()
    yes_no = {True: "Yes", False: "No", None: ""}
    for one in agency.staff.current().prefetch_related("projects"):
        yield [
            one.first_name, one.last_name, one.title, one.email, one.phone, str(one.get_hmis_role_display()),
            str(one.get_access_level_display()), "; ".join(str(project) for project in one.projects.all()),
            yes_no[one.had_account], one.earlier_account, one.supervisor_name, one.supervisor_email, _day(one.start_date),
            str(one.get_employment_display()), yes_no[one.starts_later],
        ]  # fmt: skip


def _day(day: dt.date) -> str:
    return f"{day.month}/{day.day}/{day.year}"


def choice_rows(agency: Agency) -> Iterator[list[str]]:
    """What the cells of the template may say."""
    yield ["HMIS role", "Access level it may have"]
    for role in HmisRole:
        yield [str(role.label), "; ".join(str(AccessLevel(level).label) for level in ACCESS_OF_ROLE[role])]
    yield []
    yield ["Projects (separate several by semicolons)"]
    for project in agency.projects.filter(looked_at()):
        yield [project.project_name]
    yield []
    yield ["Employment type"]
    for label in Staff.Employment.labels:
        yield [str(label)]
