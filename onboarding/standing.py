"""Where an application stands, in one line for every page: reference, whose turn, answer-by date."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from hmis_portal.models import PortalSettings
from hmis_portal.words import date_words
from onboarding import anew
from onboarding.models import Application

AGENCY_TURN = (Application.State.DRAFT, Application.State.CHANGES)
HMIS_TURN = (Application.State.SUBMITTED, Application.State.IN_REVIEW, Application.State.APPROVED)


@dataclass(frozen=True)
class Standing:
    reference: str
    state: str
    turn: str
    answer_by: str

    def __str__(self) -> str:
        return " · ".join(part for part in (self.reference, self.turn, self.answer_by) if part)


def standing(application: Application) -> Standing:
    state = application.state
    if state in AGENCY_TURN or anew.is_out_of_date(application):
        turn = _("Your agency's turn")
    elif state in HMIS_TURN:
        turn = _("%(who)s's turn") % {"who": PortalSettings.load().admin_name}
    else:
        turn = str(application.get_state_display())
    answer_by = ""
    if state == Application.State.CHANGES and application.answer_by:
        answer_by = _("Answer by %(day)s") % {"day": date_words(application.answer_by)}
    return Standing(application.reference, str(application.get_state_display()), turn, answer_by)
