"""The six steps of one agency, computed from what is true now and never stored.

The page that shows them always says where we are, whose turn it is, what to do next, and since when.
"""

from dataclasses import dataclass
from functools import cached_property

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from hmis_portal.models.users import AnyUser
from hmis_portal.text.words import date_words
from hmis_portal.web.addresses import address_of
from hmis_portal.web.task_row import TaskRow
from onboarding.journey.facts import Facts
from onboarding.journey.turns.next_thing import next_thing
from onboarding.journey.turns.turn import Turn, seen_by, what_became_of
from onboarding.models import Application
from onboarding.owed.line import Line
from onboarding.owed.sources import lines_of

TITLES = (
    gettext_lazy("Understand the requirements"),
    gettext_lazy("Review the MOU"),
    gettext_lazy("Complete the application"),
    gettext_lazy("Send both to the HMIS Admin"),
    gettext_lazy("Attend required training"),
    gettext_lazy("Start using the HMIS"),
)


@dataclass(frozen=True)
class Step:
    """One of the six steps, in the words of the page."""

    number: int
    title: str
    state: str  # "done", "current" or "upcoming"
    note: str
    url: str


class Journey:
    """The six steps of one agency as its manager sees them, or in the words of the person who reads them."""

    def __init__(self, facts: Facts, reader: AnyUser | None = None) -> None:
        self.facts = facts
        self.reader = reader

    @cached_property
    def done(self) -> tuple[bool, ...]:
        """Which of the six steps are done; a later step is never done before step 4."""
        facts = self.facts
        live = facts.agency.live_at is not None
        return (
            facts.confirmed_at is not None or live,
            facts.signed,
            facts.complete and not facts.asked,
            facts.agreed or live,
            live or (facts.agreed and facts.enough_people),
            live and self._begun,
        )

    @property
    def _begun(self) -> bool:
        """Whether the first accounts were made, or none is waiting to be."""
        facts = self.facts
        return facts.accounts_made > 0 or facts.accounts_to_make == 0 or facts.ever_made

    @cached_property
    def current(self) -> int:
        """The number of the first step that is not done; 6 when all are."""
        return next((number for number, done in enumerate(self.done, 1) if not done), 6)

    @cached_property
    def steps(self) -> list[Step]:
        urls = ("confirm_requirements", "mou", "application", "application", "", "")
        rows = []
        for number, (title, done, note, name) in enumerate(
            zip(TITLES, self.done, self.notes, urls, strict=True), 1
        ):
            state = "done" if done else "current" if number == self.current else "upcoming"
            url = self.url(name) if name else address_of("training:agency", self.facts.agency.pk)
            rows.append(Step(number, str(title), state, note, url))
        return rows

    @property
    def tasks(self) -> list[TaskRow]:
        """The steps as rows of the task list: one link and one status each, or why it cannot start yet."""
        begun = (
            False,
            self.facts.mou is not None,
            self.facts.application is not None,
            self.facts.sent or self.facts.state == Application.State.CHANGES,
            True,
            True,
        )
        rows = []
        for step, has_begun in zip(self.steps, begun, strict=True):
            blocked = step.number > 4 and not self.done[3]
            if blocked:
                kind, status = "blocked", _("Cannot start yet")
            elif step.state == "done":
                kind, status = "plain", _("Completed")
            elif step.number == 2 and self.facts.mou_came_to_nothing:
                kind, status = "problem", _("There is a problem")
            elif has_begun:
                kind, status = "turn" if self.turn.yours else "waiting", _("In progress")
            else:
                kind, status = "plain", _("Not yet started")
            rows.append(
                TaskRow(
                    title=f"{step.number}. {step.title}",
                    url="" if blocked else step.url,
                    status_kind=kind,
                    status_text=status,
                    hint=step.note,
                )
            )
        return rows

    @cached_property
    def owed(self) -> list[Line]:
        """What the agency owes, and what is owed to it."""
        return lines_of(self.facts)

    @property
    def notes(self) -> tuple[str, ...]:
        facts = self.facts
        return (
            _("Confirmed %(day)s") % {"day": date_words(facts.confirmed_at)}
            if facts.confirmed_at
            else _("Three things to confirm"),
            self._mou_words(),
            _("Remarks of the reviewer wait for an answer")
            if facts.asked
            else _("%(done)s of %(all)s sections complete")
            % {"done": facts.sections_done, "all": facts.sections_all},
            str(facts.application.get_state_display())
            if facts.application and facts.state != Application.State.DRAFT
            else _("Not sent yet"),
            self._ready_words() if self.done[3] else _("Begins once both are agreed"),
            _("Live since %(day)s") % {"day": date_words(facts.agency.live_at)}
            if facts.agency.live_at
            else self._before_live(),
        )

    def _mou_words(self) -> str:
        mou = self.facts.mou
        if mou is None:
            return _("Name who signs for the agency")
        return what_became_of(mou) if self.facts.mou_came_to_nothing else str(mou.get_state_display())

    def _ready_words(self) -> str:
        words = ngettext(
            "%(ready)d of %(all)d person ready", "%(ready)d of %(all)d people ready", self.facts.people
        )
        return words % {"ready": self.facts.ready, "all": self.facts.people}

    def _before_live(self) -> str:
        """What step 6 waits for: the conditions are named as long as one is open."""
        left = "; ".join(condition.text.rstrip(".") for condition in self.facts.conditions)
        return _("Before you go live: %(what)s") % {"what": left} if left else _("When your people are ready")

    def url(self, name: str) -> str:
        return address_of(f"onboarding:{name}", self.facts.agency.pk)

    @cached_property
    def turn(self) -> Turn:
        """The one next thing; "yours" is from the reader's side, from a manager's where no reader is given."""
        turn = next_thing(self.facts, lambda: self.done[5])
        return turn if self.reader is None else seen_by(turn, self.facts, self.reader)
