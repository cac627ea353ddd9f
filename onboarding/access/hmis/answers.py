"""The list for the HMIS as it comes back: what was done, on which day, under which user name. A bad row holds up no other."""

import datetime as dt
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from django.utils import timezone
from django.utils.translation import gettext as _

from agencies.models import User
from hmis_portal.files import tables
from hmis_portal.web.errors import DomainError
from onboarding.access.hmis import differences, hmis_table, vendor
from onboarding.models import Access, Difference
from onboarding.services import perform_held
from onboarding.workflow import AccessVerb, Account

NAMES = {
    "reference": ("Reference", "ID", "Ref"),
    "done_on": ("Done on", "Date", "Day", "Completed on"),
    "user_name": ("User name", "Username", "Login", "User ID"),
}
NAME_LENGTH = 100
OF_ACCESS = re.compile(r"A(\d{1,15})-[0-9a-f]{6}")


Act = Literal["done", "open", "wrong"]


@dataclass
class Answer:
    """One row of the file: "done" is confirmed, "open" is not done yet, "wrong" says why."""

    number: int  # as in the file
    reference: str
    act: Act
    fault: str = ""
    row: Access | None = None
    difference: Difference | None = None
    kind: str = ""
    user_name: str = ""
    done_on: dt.date | None = None

    @property
    def what(self) -> str:
        return str(vendor.KINDS.get(self.kind, ""))

    @property
    def name(self) -> str:
        return self.row.staff.name if self.row else getattr(self.difference, "name", "")

    @property
    def organization(self) -> str:
        return self.row.staff.agency.name if self.row else getattr(self.difference, "organization", "")


def known(cells: Sequence[str]) -> int:
    return len(hmis_table.places(cells, NAMES))


def judge(table: tables.Table) -> list[Answer]:
    """What the file would confirm now; a fixed number of queries. Raises Unreadable."""
    places = hmis_table.places(table.rows[0], NAMES)
    if lacking := [str(NAMES[field][0]) for field in ("reference", "done_on") if field not in places]:
        raise tables.Unreadable(_("The selected file has no column “%s”") % "”, “".join(lacking))
    cells = [
        {field: hmis_table.cell(row, place) for field, place in places.items()} for row in table.rows[1:]
    ]
    rows = _referenced([row["reference"] for row in cells])
    seen: dict[str, int] = {}
    answers = []
    for number, row in zip(table.numbers[1:], cells, strict=True):
        reference = row["reference"]
        answer = Answer(number, reference, "wrong", user_name=row.get("user_name", ""))
        answer.fault = _judge(answer, row["done_on"], rows)
        if not answer.fault and reference in seen:
            answer.act, answer.fault = "wrong", _("The reference stands in row %s already") % seen[reference]
        seen.setdefault(reference, number)
        answers.append(answer)
    return answers


@dataclass(frozen=True)
class Referenced:
    """What the references of a file name."""

    access: dict[int, Access]
    asked: dict[str, Difference]


def _referenced(references: Sequence[str]) -> Referenced:
    keys = {int(match[1]) for text in references if (match := OF_ACCESS.fullmatch(text))}
    access = vendor.with_words(Access.objects.all()).in_bulk(list(keys))
    return Referenced(access, {differences.reference(row): row for row in differences.asked()})


def _judge(answer: Answer, done_on: str, rows: Referenced) -> str:
    """What is wrong with a row, "" when nothing is."""
    match = OF_ACCESS.fullmatch(answer.reference)
    answer.row = rows.access.get(int(match[1])) if match else None
    answer.difference = rows.asked.get(answer.reference)
    if answer.row is None and answer.difference is None:
        return _("No line of the list has this reference")
    if not done_on:
        answer.act = "open"
        return ""
    answer.done_on = hmis_table.day_of(done_on)
    if answer.row:
        answer.kind = vendor.kind_of(answer.row)
    elif answer.difference:
        answer.kind = differences.ASKS[answer.difference.kind]
    if not answer.kind:
        return _(
            "Nothing is to be done for this person any more: it was confirmed already, or is no longer wanted"
        )
    if answer.row and answer.reference != vendor.reference(answer.row, answer.kind):
        return (
            _("The line changed since this list was made. It now says: %s. Download the list again")
            % answer.what
        )
    if answer.done_on is None:
        return _("Done on: “%s” must be written like 11/22/2026") % done_on[:40]
    if answer.done_on > timezone.localdate():
        return _("Done on: the day lies ahead")
    if answer.row and answer.kind == vendor.CREATE and not answer.user_name:
        return _("Enter the user name of the new account")
    if len(answer.user_name) > NAME_LENGTH:
        return _("User name must be %(most)d characters or fewer") % {"most": NAME_LENGTH}
    answer.act = "done"
    return ""


def confirm(table: tables.Table, *, by: User, ip: str | None) -> tuple[int, list[str]]:
    """Confirm what is in order as it is judged now, each by itself; how many, and what was refused meanwhile."""
    confirmed, refused = 0, []
    for answer in judge(table):
        if answer.act == "done" and answer.difference:
            confirmed += differences.confirm(Difference.objects.filter(pk=answer.difference.pk), by=by, ip=ip)
        if answer.act != "done" or answer.row is None:
            continue
        verb = AccessVerb.GRANT if answer.kind == vendor.CREATE else AccessVerb.CONFIRM_DONE
        try:
            perform_held(answer.row, verb, by=by, payload=Account(answer.user_name, answer.done_on), ip=ip)
            confirmed += 1
        except DomainError as error:
            refused += [f"{answer.row.staff.name}: {text}" for text in error.messages]
    return confirmed, refused


def with_errors(table: tables.Table) -> Iterator[list[str]]:
    """The file as it was uploaded, with what is wrong in a last column."""
    errors = _("Errors")
    keep = [place for place, heading in enumerate(table.rows[0]) if heading != errors]
    yield [*(table.rows[0][place] for place in keep), errors]
    for answer, row in zip(judge(table), table.rows[1:], strict=True):
        yield [*(row[place] if place < len(row) else "" for place in keep), answer.fault]
