"""Whose turn it is on the way into the HMIS: the one next thing, who does it, and since when."""

from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from hmis_portal.models import PortalSettings
from hmis_portal.words import date_words
from onboarding import access, anew
from onboarding.facts import Facts
from onboarding.models import Application, Mou
from onboarding.signatory import can_sign


@dataclass(frozen=True)
class Turn:
    """Whose turn it is, what to do next, since when."""

    yours: bool
    who: str
    text: str
    since: datetime | None = None
    url: str = ""
    action: str = ""
    heading: str = ""


class NextThing:
    """The one next thing of an agency, from its manager's side; `done` says which of the six steps are."""

    def __init__(self, facts: Facts, done: tuple[bool, ...]) -> None:
        self.facts = facts
        self.done = done
        self.portal = PortalSettings.load()

    def turn(self) -> Turn:
        facts = self.facts
        if facts.agency.left_at:
            return Turn(
                False,
                self.portal.admin_name,
                _("This agency has left the HMIS. Its records are kept."),
                facts.agency.left_at,
            )
        if facts.closed:
            return self._closed()
        if facts.confirmed_at is None:
            return self._yours(
                _("Read and confirm what taking part asks of your agency."),
                "confirm_requirements",
                _("Confirm the requirements"),
            )
        if facts.state == Application.State.CHANGES:
            assert facts.application
            text = _("The HMIS Admin asks for changes. Answer by %(day)s.") % {
                "day": date_words(facts.application.answer_by)
            }
            if not facts.signed:
                text += " " + _("The MOU must be signed again first.")
            return self._yours(text, "application", _("See what to change"), facts.application.state_since)
        if facts.sent:
            return self._after_sending()
        return self._before_sending()

    def _before_sending(self) -> Turn:
        facts = self.facts
        unsigned = facts.mou is None or facts.mou.state not in (
            Mou.State.ISSUED,
            Mou.State.SIGNED,
            Mou.State.EXECUTED,
        )
        if unsigned:
            return self._yours(
                _("Read the MOU and name the person who may sign it for your agency."),
                "mou",
                _("Read the MOU"),
            )
        assert facts.mou
        if facts.mou.state == Mou.State.ISSUED and not can_sign(facts.mou):
            text = _("%(name)s can no longer sign the MOU. Name another signatory.")
            words = text % {"name": facts.mou.signatory}
            return self._yours(words, "name_signatory", _("Name another signatory"))
        if not facts.complete:
            action = _("Continue the application") if facts.application else _("Start the application")
            text = _("Fill in the application. Everything you save is kept.")
            if facts.mou and not facts.signed:
                text = _("The MOU is with %(name)s for signature. Meanwhile, fill in the application.") % {
                    "name": facts.mou.signatory
                }
            return self._yours(text, "application", action)
        if not facts.signed:
            assert facts.mou
            text = _("The application is complete. It can be sent once the MOU is signed.")
            return Turn(
                False,
                str(facts.mou.signatory),
                text,
                facts.mou.state_since,
                self._url("mou"),
                _("See the MOU"),
            )
        return self._yours(
            _("The MOU is signed and the application is complete. Check it and send both."),
            "check_answers",
            _("Check and send"),
        )

    def _after_sending(self) -> Turn:
        facts = self.facts
        assert facts.application
        since = facts.application.state_since
        if facts.state != Application.State.APPROVED:
            who = str(facts.application.reviewer) if facts.application.reviewer else self.portal.admin_name
            text = (
                _("Your application is being read.")
                if facts.state == Application.State.IN_REVIEW
                else _("Your application waits to be read.")
            )
            text += " " + _("You will get an e-mail with the answer or with questions.")
            return Turn(False, who, text, since, self._url("submitted"), _("See what you sent"))
        if not facts.executed and not facts.signed:
            if reasons := anew.against_issuing(facts.agency):
                return self._yours(" ".join(reasons), "application", _("Start a new application"))
            text = _("The MOU is no longer in force. Name the person who signs the new one.")
            return self._yours(text, "mou", _("Go to the MOU"), facts.mou.state_since if facts.mou else since)
        if not facts.executed:
            text = _("Your application is approved. The Lead Agency now counter-signs the MOU.")
            return Turn(False, self.portal.lead_agency, text, since)
        return self._after_agreeing(since)

    def _after_agreeing(self, since: datetime) -> Turn:
        facts = self.facts
        if not self.done[4] and facts.ready == facts.people:
            missing = access.against_people(facts.agency)
            return self._yours(
                _("Everything is agreed. Before your agency goes live: %(what)s") % {"what": missing},
                "agencies:staff",
                _("Look after your roster"),
            )
        if not self.done[4]:
            text = _(
                "Everything is agreed. Each person on your roster now completes training and signs the user agreement."
            )
            url = reverse("training:agency", args=[facts.agency.pk])
            return Turn(
                False,
                _("your staff"),
                text,
                facts.mou.executed_at if facts.mou else since,
                url,
                _("See who is ready"),
            )
        if not facts.agency.live_at and facts.conditions:
            return self._before_going_live()
        if not self.done[5]:
            text = _("Your people are ready. The HMIS Admin makes their accounts in the HMIS.")
            return Turn(False, self.portal.admin_name, text, facts.agency.live_at)
        text = _(
            "Your agency works in the HMIS. Report leavers within 24 hours and keep your projects current."
        )
        return Turn(
            False,
            "",
            text,
            facts.agency.live_at,
            reverse("agencies:staff", args=[facts.agency.pk]),
            _("Look after your roster"),
            heading=_("All six steps are done"),
        )

    def _before_going_live(self) -> Turn:
        """Everybody is ready: the conditions that are left are named, and who is to act on them."""
        open_ones = [one for one in self.facts.conditions if one.waiting_report is None]
        named = "; ".join(one.text.rstrip(".") for one in open_ones or self.facts.conditions)
        if open_ones:
            words = _(
                "Your people are ready. Before your agency goes live, this is still to be done: %(what)s."
            )
            return self._yours(words % {"what": named}, "conditions", _("Report it as done"))
        words = _(
            "You reported as done what is left before your agency goes live: %(what)s. It is being read."
        )
        since = max(one.waiting_report.reported_at for one in self.facts.conditions if one.waiting_report)
        return Turn(
            False,
            self.portal.admin_name,
            words % {"what": named},
            since,
            self._url("conditions"),
            _("See the conditions"),
        )

    def _closed(self) -> Turn:
        application = self.facts.application
        assert application
        text = (
            _("The application was declined.")
            if application.state == Application.State.DECLINED
            else _("The application was withdrawn.")
        )
        if application.reason:
            text += " " + application.reason
        return Turn(
            True, "", text, application.state_since, self._url("application"), _("See what you can do")
        )

    def _yours(self, text: str, name: str, action: str, since: datetime | None = None) -> Turn:
        return Turn(True, "", text, since or self._since(), self._url(name), action)

    def _since(self) -> datetime | None:
        facts = self.facts
        moments = [
            facts.agency.created_at,
            facts.confirmed_at,
            facts.application and facts.application.state_since,
        ]
        return max(moment for moment in moments if moment)

    def _url(self, name: str) -> str:
        full = name if ":" in name else f"onboarding:{name}"
        return reverse(full, args=[self.facts.agency.pk])
