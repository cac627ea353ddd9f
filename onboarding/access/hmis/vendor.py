"""The lists for whoever runs the HMIS: accounts to create, change, suspend, restore, close, in the HMIS's own words."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies.models import Agency
from hmis_portal.text.words import datetime_words
from onboarding.access import agreed, to_do
from onboarding.access.hmis.roles import Roles, There
from onboarding.models import Access

CREATE = "create"
# What may be on the list, the most urgent first.
KINDS = {
    Access.ToDo.CLOSE.value: Access.ToDo.CLOSE.label,
    Access.ToDo.SUSPEND.value: Access.ToDo.SUSPEND.label,
    Access.ToDo.CHANGE.value: Access.ToDo.CHANGE.label,
    Access.ToDo.RESTORE.value: Access.ToDo.RESTORE.label,
    CREATE: gettext_lazy("Create the account"),
}


@dataclass(frozen=True)
class VendorLine:
    """One thing to be done in the HMIS for one person."""

    row: Access
    kind: str
    there: There

    @property
    def what(self) -> str:
        return str(KINDS[self.kind])

    @property
    def reference(self) -> str:
        return reference(self.row, self.kind)

    @property
    def projects(self) -> list[str]:
        return [project.project_name for project in self.row.staff.projects.all()]

    @property
    def channel(self) -> str:
        return str(getattr(self.row.staff.user, "code_channel", ""))

    @property
    def deadline(self) -> datetime | None:
        return to_do.closing_deadline(self.row)

    @property
    def reasons(self) -> list[str]:
        return to_do.reasons(self.row)


def reference(row: Access, kind: str) -> str:
    """Names the row and what was asked: an answer to a list that is no longer true is told by it."""
    asked = json.dumps(
        [kind, agreed.of(row.staff) if kind in ("create", "change", "restore") else ""], sort_keys=True
    )
    return f"A{row.pk}-{hashlib.sha256(asked.encode()).hexdigest()[:6]}"


def kind_of(row: Access) -> str:
    """What is to be done for this row, "" when nothing."""
    return row.to_do or (
        CREATE if row.state == Access.State.READY and row.staff.agency.state == Agency.State.LIVE else ""
    )


def rows(kind: str = "") -> QuerySet[Access]:
    """With all that a line says, in a fixed number of queries."""
    chosen = to_do.to_create() if kind == CREATE else to_do.to_do()
    if kind and kind != CREATE:
        chosen = chosen.filter(to_do=kind)
    return with_words(chosen).order_by("to_do_since", "state_since", "pk")


def with_words(chosen: QuerySet[Access]) -> QuerySet[Access]:
    related = chosen.select_related("staff__agency", "staff__user__code_channel")
    return related.prefetch_related("staff__projects__funders")


def lines(kind: str = "") -> Iterator[VendorLine]:
    """All that waits; of one kind, if one is named."""
    roles = Roles.load()
    for each in [kind] if kind else KINDS:
        for row in rows(each).iterator(chunk_size=500):
            yield VendorLine(row, each, roles.of(row.staff))


def headings() -> list[str]:
    return [
        _("Reference"), _("To do"), _("First name"), _("Last name"), _("E-mail"), _("Organization"), _("Projects"),
        _("Role in the HMIS"), _("Access level in the HMIS"), _("Not mapped"), _("Role on the roster"),
        _("Access on the roster"), _("Sign-in codes go to"), _("To be done by"), _("Why"), _("User name"), _("Done on"),
    ]  # fmt: skip


def table(kind: str = "") -> Iterator[list[str]]:
    """The list as a file, in which user name and day are filled in and which then is uploaded."""
    yield headings()
    for line in lines(kind):
        staff = line.row.staff
        yield [
            line.reference, line.what, staff.first_name, staff.last_name, staff.email, staff.agency.legal_name,
            "; ".join(line.projects), "; ".join(line.there.roles), "; ".join(line.there.levels),
            "; ".join(line.there.missing), str(staff.get_hmis_role_display()), str(staff.get_access_level_display()),
            line.channel, datetime_words(line.deadline) if line.deadline else "", " ".join(line.reasons),
            line.row.account_name, "",
        ]  # fmt: skip
