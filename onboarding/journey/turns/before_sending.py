"""The next thing of an agency that fills in its application, or changes it because the reviewer asks."""

from dataclasses import replace

from django.utils.translation import gettext as _

from hmis_portal.text.words import date_words
from onboarding.journey.turns.maker import TurnMaker
from onboarding.journey.turns.turn import Turn
from onboarding.models import Mou


class BeforeSending(TurnMaker):
    def turn(self) -> Turn:
        facts = self.facts
        if facts.mou is None or facts.mou.state not in (*Mou.OPEN, Mou.State.EXECUTED):
            return self.to_name(facts.mou)
        if facts.renamed:
            return self.issue_anew()
        if not self.is_with_signatory():
            return self.to_name(facts.mou)
        if not facts.complete:
            text = _("Fill in the application. Everything you save is kept.")
            if not facts.signed:
                text = _("The MOU is with %(name)s for signature. Meanwhile, fill in the application.") % {
                    "name": facts.mou.signatory_name
                }
            if facts.application is None:
                return self.manager(text, "application", _("Start the application"))
            return self.editor(text, "application", _("Continue the application"))
        if not facts.signed:
            return self.signatory(_("The application is complete. It can be sent once the MOU is signed."))
        return self.manager(
            _("The MOU is signed and the application is complete. Check it and send both."),
            "check_answers",
            _("Check and send"),
        )

    def changes(self) -> Turn:
        """Back at the agency: remarks first, then the MOU where it must be signed again, then sending."""
        facts = self.facts
        assert facts.application
        since = facts.application.state_since
        by = " " + _("Answer by %(day)s.") % {"day": date_words(facts.application.answer_by)}
        if facts.asked:
            text = _("The HMIS Admin asks for changes.") + by
            if not facts.signed:
                text += " " + _("The MOU must be signed again first.")
            return self.editor(text, "application", _("See what to change"), since)
        if facts.mou is None or facts.mou.state not in (*Mou.OPEN, Mou.State.EXECUTED):
            return replace(self.to_name(facts.mou, after=by), since=since)
        if facts.renamed:
            return self.issue_anew(after=by)
        if not self.is_with_signatory():
            return replace(self.to_name(facts.mou, after=by), since=since)
        if not facts.complete:
            text = _("The application is no longer complete. Fill in what is missing.") + by
            return self.editor(text, "application", _("See what to change"), since)
        if not facts.signed:
            return self.signatory(_("The application can be sent again once the MOU is signed.") + by)
        text = _("Check the application and send it again.")
        if facts.to_explain:
            text = _("Your agency asked what a remark means: the explanation comes by e-mail.")
            text += " " + _("You can check the application and send it meanwhile.")
        return self.manager(text + by, "check_answers", _("Check and send"), since)
