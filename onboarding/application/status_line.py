"""Where an application stands, in one line for every page of it: reference, state or whose turn, answer-by date."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from hmis_portal.text.words import date_words
from onboarding.journey.turns.turn import Turn
from onboarding.models import Application


@dataclass(frozen=True)
class StatusLine:
    reference: str
    turn: str
    answer_by: str

    def __str__(self) -> str:
        return " · ".join(part for part in (self.reference, self.turn, self.answer_by) if part)


def status_line(application: Application, turn: Turn | None = None) -> StatusLine:
    """With whose turn it is where the page knows; the pages of single answers say only the state."""
    answer_by = ""
    if application.state == Application.State.CHANGES and application.answer_by:
        answer_by = _("Answer by %(day)s") % {"day": date_words(application.answer_by)}
    words = str(application.get_state_display())
    if turn is not None:
        words = _("Your agency's turn") if turn.yours else turn.words
    return StatusLine(application.reference, words, answer_by)
