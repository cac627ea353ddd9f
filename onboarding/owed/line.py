"""One line of what an agency and the two sides it works with owe each other."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from hmis_portal.text.words import date_words
from hmis_portal.what_if import clock
from onboarding.journey.holder import OF_AGENCY, Holder


class Kind(StrEnum):
    """What is owed."""

    CONDITION = "condition"
    REMARKS = "remarks"
    INVITATION = "invitation"
    PERSON = "person"
    MANAGERS = "managers"
    MOU = "mou"
    WORDING = "wording"
    GRANT = "grant"
    YEARLY = "yearly"
    ACCOUNT = "account"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """What is to be done, by whom, by when, and where."""

    kind: Kind
    key: str  # the same for as long as it is owed: what is given to a colleague and what stands in a calendar know it by it
    title: str
    text: str  # why, or how
    holder: Holder
    who: str  # in the words of the pages
    agency_id: UUID
    agency_name: str
    due_on: date | None = None
    blocks: bool = False  # the agency goes live no sooner
    page: str  # the name of the page where it is done
    args: tuple[object, ...] = ()  # of its address, after the agency
    action: str
    user_id: int | None = None  # where it is one person's own
    mou_id: UUID | None = None
    own: bool = False  # read by the person whose training and access it is about

    @property
    def url(self) -> str:
        if self.own:
            return reverse("training:mine")
        return reverse(self.page, args=[self.agency_id, *self.args])

    @property
    def late(self) -> bool:
        return self.due_on is not None and self.due_on < clock.today()

    @property
    def of_agency(self) -> bool:
        return self.holder in OF_AGENCY

    @property
    def status_kind(self) -> str:
        if not self.of_agency:
            return "waiting"
        return "problem" if self.late else "turn"

    @property
    def status_text(self) -> str:
        if not self.of_agency:
            return _("Turn of %(who)s") % {"who": self.who}
        if self.due_on is None:
            return _("Open")
        words = _("Overdue since %(day)s") if self.late else _("Due %(day)s")
        return words % {"day": date_words(self.due_on)}

    @property
    def order(self) -> tuple[Any, ...]:
        """What holds up the go-live first, then by the day."""
        return not self.blocks, self.due_on is None, self.due_on or date.max, self.title
