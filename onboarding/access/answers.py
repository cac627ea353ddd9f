"""The list for the HMIS as it comes back: what was done, on which day, under which user name. A bad row holds up no other."""

import datetime as dt
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import gettext as _

from agencies.models import User
from hmis_portal.files import tables
from hmis_portal.web.errors import DomainError
from onboarding.access import hmis_table, vendor
from onboarding.models import Access
from onboarding.services import perform_held
from onboarding.workflow import AccessVerb, Account

NAMES = {
    "reference": ("Reference", "ID", "Ref"),
    "done_on": ("Done on", "Date", "Day", "Completed on"),
    "user_name": ("User name", "Username", "Login", "User ID"),
}
NAME_LENGTH = 100


@dataclass
class Answer:
    """One row of the file: "done" is confirmed, "open" is not done yet, "wrong" says why."""

    number: int  # as in the file
    reference: str
    act: str
    fault: str = ""
    row: Access | None = None
    kind: str = ""
    user_name: str = ""
    done_on: dt.date | None = None

    @property
    def what(self) -> str:
        return str(vendor.KINDS.get(self.kind, ""))


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
    found = _found([row["reference"] for row in cells])
    seen: dict[str, int] = {}
    answers = []
    for number, row in zip(table.numbers[1:], cells, strict=True):
        reference = row["reference"]
        answer = Answer(number, reference, "wrong", user_name=row.get("user_name", ""))
        answer.fault = _judge(answer, row["done_on"], found)
        if not answer.fault and reference in seen:
            answer.act, answer.fault = "wrong", _("The reference stands in row %s already") % seen[reference]
        seen.setdefault(reference, number)
        answers.append(answer)
    return answers


def _found(references: Sequence[str]) -> dict[int, Access]:
    keys = {int(match[1]) for text in references if (match := re.fullmatch(r"A(\d{1,15})-[0-9a-f]{6}", text))}
    return vendor.with_words(Access.objects.all()).in_bulk(list(keys))


def _judge(answer: Answer, done_on: str, found: dict[int, Access]) -> str:
    """What is wrong with a row, "" when nothing is."""
    match = re.fullmatch(r"A(\d{1,15})-[0-9a-f]{6}", answer.reference)
    answer.row = found.get(int(match[1])) if match else None
    if answer.row is None:
        return _("No line of the list has this reference")
    if not done_on:
        answer.act = "open"
        return ""
    answer.kind, answer.done_on = vendor.kind_of(answer.row), hmis_table.day_of(done_on)
    if not answer.kind:
        return _(
            "Nothing is to be done for this person any more: it was confirmed already, or is no longer wanted"
        )
    if answer.reference != vendor.reference(answer.row, answer.kind):
        return (
            _("The line changed since this list was made. It now says: %s. Download the list again")
            % answer.what
        )
    if answer.done_on is None:
        return _("Done on: “%s” must be written like 11/22/2026") % done_on[:40]
    if answer.done_on > timezone.localdate():
        return _("Done on: the day lies ahead")
    if answer.kind == vendor.CREATE and not answer.user_name:
        return _("Enter the user name of the new account")
    if len(answer.user_name) > NAME_LENGTH:
        return _("User name must be %(most)d characters or fewer") % {"most": NAME_LENGTH}
    answer.act = "done"
    return ""


def confirm(table: tables.Table, *, by: User, ip: str | None) -> tuple[int, list[str]]:
    """Confirm what is in order as it is judged now, each by itself; how many, and what was refused meanwhile."""
    made, refused = 0, []
    for answer in judge(table):
        if answer.act != "done" or answer.row is None:
            continue
        verb = AccessVerb.GRANT if answer.kind == vendor.CREATE else AccessVerb.CONFIRM_DONE
        try:
            perform_held(answer.row, verb, by=by, given=Account(answer.user_name, answer.done_on), ip=ip)
            made += 1
        except DomainError as error:
            refused += [f"{answer.row.staff.name}: {text}" for text in error.messages]
    return made, refused


def with_errors(table: tables.Table) -> Iterator[list[str]]:
    """The file as it was uploaded, with what is wrong in a last column."""
    errors = _("Errors")
    keep = [place for place, heading in enumerate(table.rows[0]) if heading != errors]
    yield [*(table.rows[0][place] for place in keep), errors]
    for answer, row in zip(judge(table), table.rows[1:], strict=True):
        yield [*(row[place] if place < len(row) else "" for place in keep), answer.fault]
