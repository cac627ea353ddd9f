"""The HMIS's own list of users as a file: its columns are found or chosen once, and remembered."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from agencies.models import User
from hmis_portal.files import tables
from hmis_portal.text import typed
from onboarding.access.hmis import hmis_table
from onboarding.models import HmisAccount, HmisUserList

NAMES = {
    "user_name": ("User name", "Username", "Login", "Login name", "User ID"),
    "email": ("E-mail", "Email", "Email address", "E-mail address"),
    "name": ("Name", "Full name", "User", "Display name"),
    "organization": ("Organization", "Agency", "Provider", "Organization name"),
    "roles": ("Role", "Roles", "User role", "Access role", "License type"),
    "projects": ("Projects", "Project", "Programs", "Program"),
    "status": ("Status", "Active", "Account status", "Enabled"),
    "last_sign_in": ("Last sign-in", "Last login", "Last log in", "Last login date", "Last access"),
}
OFF = frozenset(
    {"inactive", "disabled", "suspended", "closed", "locked", "deactivated", "no", "false", "0", "n"}
)
MOST_FAULTS = 200
BATCH = 1000


@dataclass
class ReadList:
    """What a file holds: the accounts, and what is wrong with the rows that are left out."""

    accounts: list[HmisAccount] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)


def known(cells: Sequence[str]) -> int:
    """Headings that are understood, also by the words of the last file."""
    remembered = {typed.letters(heading) for heading in remembered_columns().values()}
    return max(
        len(hmis_table.places(cells, NAMES)), len(remembered & {typed.letters(cell) for cell in cells})
    )


def remembered_columns() -> Mapping[str, str]:
    newest = HmisUserList.objects.first()
    columns: Mapping[str, str] = newest.columns if newest else {}
    return columns


def guess(headings: Sequence[str]) -> dict[str, str]:
    """Field → heading: as it was chosen last where that stands in the file, else by its name."""
    columns = {field: headings[place] for field, place in hmis_table.places(headings, NAMES).items()}
    return columns | {
        field: heading for field, heading in remembered_columns().items() if heading in headings
    }


def are_remembered(headings: Sequence[str]) -> bool:
    """Whether every column that was chosen last stands in this file: then nothing is asked."""
    columns = remembered_columns()
    return bool(columns) and set(columns.values()) <= set(headings)


def read(table: tables.Table, columns: Mapping[str, str]) -> ReadList:
    """One bad row holds up no other."""
    headings = table.rows[0]
    places = {name: headings.index(heading) for name, heading in columns.items() if heading in headings}
    doubts, result, seen = table.doubtful(), ReadList(), dict[str, int]()
    for place, row in enumerate(table.rows[1:], start=1):
        number = table.numbers[place]
        cells = {name: hmis_table.cell(row, column) for name, column in places.items()}
        key = cells["user_name"].lower()
        fault = next((f"{headings[column]} {doubt}" for column, doubt in doubts.get(place, {}).items()
                      if column in places.values()), "") or _fault(cells, seen)  # fmt: skip
        if fault:
            result.faults.append(_("Row %(number)d: %(fault)s") % {"number": number, "fault": fault})
            continue
        seen[key] = number
        result.accounts.append(_account(cells))
    return result


def _fault(cells: Mapping[str, str], seen: Mapping[str, int]) -> str:
    name = cells["user_name"]
    if not name or len(name) > 100:
        return _("the user name is missing") if not name else _("the user name is longer than 100 characters")
    if name.lower() in seen:
        return _("“%(name)s” stands in row %(row)d already") % {"name": name, "row": seen[name.lower()]}
    day = cells.get("last_sign_in", "")
    if day and hmis_table.day_of(day) is None:
        return _("“%s” must be written like 11/22/2026") % day[:40]
    return ""


def _account(cells: Mapping[str, str]) -> HmisAccount:
    return HmisAccount(
        user_name=cells["user_name"], user_key=cells["user_name"].lower(), name=cells.get("name", "")[:200],
        email=typed.email(cells.get("email", ""))[:254], organization=cells.get("organization", "")[:300],
        roles=cells.get("roles", ""), projects=cells.get("projects", ""),
        active=cells.get("status", "").casefold() not in OFF,
        last_sign_in=hmis_table.day_of(cells.get("last_sign_in", "")),
    )  # fmt: skip


@transaction.atomic
def keep(table: tables.Table, columns: Mapping[str, str], *, name: str, by: User) -> HmisUserList:
    """Put a list in the place of the one before; what stood in that is no longer kept."""
    result = read(table, columns)
    if not result.accounts:
        raise tables.Unreadable(_("The selected file has no row that can be read"))
    HmisAccount.objects.all().delete()
    user_list = HmisUserList.objects.create(
        name=name,
        uploaded_by=by,
        uploaded_at=timezone.now(),
        columns=dict(columns),
        faults=result.faults[:MOST_FAULTS],
    )
    for account in result.accounts:
        account.list = user_list
    HmisAccount.objects.bulk_create(result.accounts, batch_size=BATCH)
    return user_list


def batches(user_list: HmisUserList) -> Iterator[list[HmisAccount]]:
    """The accounts of a list, so many at a time: whatever the length, only these are held."""
    rows = HmisAccount.objects.filter(list=user_list).order_by("pk")
    last = 0
    while batch := list(rows.filter(pk__gt=last)[:BATCH]):
        yield batch
        last = batch[-1].pk
