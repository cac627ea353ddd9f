"""The next thing of an agency from the sending of its application on: review, counter-signature, training, going live."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from hmis_portal.models import PortalSettings
from hmis_portal.text.words import full_stop
from onboarding.access import go_live
from onboarding.journey.facts import Facts
from onboarding.journey.holder import Holder
from onboarding.journey.turns.maker import TurnMaker
from onboarding.journey.turns.turn import Turn, what_became_of
from onboarding.models import Application, Mou
from onboarding.mou import party
from onboarding.owed.line import Line
from onboarding.owed.sources import most_pressing


class AfterSending(TurnMaker):
    """`begun` says, when it is asked, whether the agency works in the HMIS."""

    def __init__(self, facts: Facts, begun: Callable[[], bool]) -> None:
        super().__init__(facts)
        self.begun = begun

    def turn(self) -> Turn:
        facts = self.facts
        assert facts.application
        since = facts.application.state_since
        if facts.agency.live_at and facts.executed:
            return self._live()
        if facts.state == Application.State.ON_HOLD:
            return self._on_hold(since)
        in_review = facts.state == Application.State.IN_REVIEW
        if in_review and self.portal.four_eyes and facts.application.recommended_by_id:
            text = _(
                "Your application was read, and a second person decides. You will get an e-mail with the answer."
            )
            turn = self.admin(text, "submitted", _("See what you sent"), facts.application.recommended_at)
            who = _("a second person of the %(admin)s") % {"admin": self.portal.admin_name}
            return replace(turn, who=who, unnamed=True)
        if facts.state != Application.State.APPROVED:
            text = (
                _("Your application is being read. You will get an e-mail with the answer or with questions.")
                if in_review
                else _(
                    "Your application waits to be read. You will get an e-mail with the answer or with questions."
                )
            )
            return self.admin(text, "submitted", _("See what you sent"), since, of=facts.application.reviewer)
        if facts.out_of_date and not facts.executed:
            words = _("The agency is reviewed again before a new MOU. Start a new application.")
            words = " ".join([what_became_of(facts.mou), words]) if facts.mou else words
            return self.manager(words, "application", _("Start a new application"), since)
        if not facts.executed:
            return self._to_execute()
        return self._after_agreeing()

    def _on_hold(self, since: datetime) -> Turn:
        application = self.facts.application
        assert application
        words = _("Your application is on hold, and no time of yours runs. All wait for: %(whom)s")
        words = full_stop(words % {"whom": application.held_for})
        if application.reason:
            words = f"{words} {full_stop(application.reason)}"
        heading = _("On hold: all wait for %(whom)s") % {"whom": application.held_for}
        page = self.page("submitted")
        return Turn(
            Holder.NOBODY,
            application.held_for,
            words,
            since,
            action=_("See what you sent"),
            heading=heading,
            **page,
        )

    def _to_execute(self) -> Turn:
        mou = self.facts.mou
        if self.facts.signed and self.facts.signed_again:
            return self.issue_anew(after=" " + _("It is to be signed again in the new name."))
        if self.facts.signed and self.facts.renamed:
            words = " ".join(party.against(mou, lead=True))
            return self.admin(words, "mou", _("Go to the MOU"), self.facts.lead_since)
        if self.facts.signed:
            text = _("Your application is approved. The Lead Agency now counter-signs the MOU.")
            return Turn(Holder.LEAD, self.portal.lead_agency, text, self.facts.lead_since)
        if mou and mou.state == Mou.State.ISSUED and self.is_with_signatory():
            text = _("The MOU is with %(name)s for signature. Then the Lead Agency counter-signs it.")
            return self.signatory(text % {"name": mou.signatory_name})
        return self.to_name(mou)

    def _after_agreeing(self) -> Turn:
        facts = self.facts
        assert facts.mou
        if not facts.enough_people and facts.ready == facts.people:
            missing = go_live.against_people(facts.agency)
            return self.editor(
                _("Everything is agreed. Before your agency goes live: %(what)s") % {"what": missing},
                "agencies:staff",
                _("Look after your roster"),
            )
        if not facts.enough_people:
            return Turn(
                Holder.STAFF,
                _("the agency’s staff"),
                _(
                    "Everything is agreed. Each person on your roster now completes training and signs the user agreement."
                ),
                facts.mou.executed_at,
                action=_("See who is ready"),
                unnamed=True,
                **self.page("training:agency"),
            )
        if facts.conditions:
            return self._before_going_live()
        if too_few := facts.managers_missing:
            words = _("Your people are ready. Before your agency goes live, %(what)s") % {
                "what": go_live.against_managers(too_few)
            }
            return self.manager(words, "agencies:people", _("Invite a colleague"), facts.mou.executed_at)
        text = _("Your people are ready. Your agency goes live within a day; then accounts are made.")
        return self.admin(text, "training:agency", _("See who is ready"), facts.mou.executed_at)

    def _before_going_live(self) -> Turn:
        """Everybody is ready: the conditions that are left are named, and who is to act on them."""
        open_ones = [condition for condition in self.facts.conditions if condition.waiting_report is None]
        named = "; ".join(condition.text.rstrip(".") for condition in open_ones or self.facts.conditions)
        if open_ones:
            words = _(
                "Your people are ready. Before your agency goes live, this is still to be done: %(what)s."
            )
            return self.editor(words % {"what": named}, "conditions", _("Report it as done"))
        words = _(
            "You reported as done what is left before your agency goes live: %(what)s. It is being read."
        )
        since = max(
            condition.waiting_report.reported_at
            for condition in self.facts.conditions
            if condition.waiting_report
        )
        return self.admin(words % {"what": named}, "conditions", _("See the conditions"), since)

    def _live(self) -> Turn:
        """Live once is live for good: who joins later is gated alone, and the agency's step stays done."""
        facts = self.facts
        if not self.begun():
            text = _("Your agency is live. The HMIS Admin makes the accounts of your people in the HMIS.")
            return self.admin(text, "training:agency", _("See who is ready"), facts.agency.live_at)
        if line := most_pressing(facts):
            return _turn_of(line)
        words = [
            _(
                "Your agency works in the HMIS. Report leavers within %(hours)d hours and keep your projects current."
            )
            % {"hours": PortalSettings.load().leaver_hours}
        ]
        if count := facts.accounts_to_make:
            words.append(
                ngettext(
                    "%(count)d person is ready: the HMIS Admin makes the account.",
                    "%(count)d people are ready: the HMIS Admin makes their accounts.",
                    count,
                )
                % {"count": count}
            )
        if count := facts.people - facts.ready:
            words.append(
                ngettext(
                    "%(count)d person on your roster is not ready.",
                    "%(count)d people on your roster are not ready.",
                    count,
                )
                % {"count": count}
            )
        return Turn(
            Holder.NOBODY,
            "",
            " ".join(words),
            facts.agency.live_at,
            action=_("Look after your roster"),
            heading=_("All six steps are done"),
            **self.page("agencies:staff"),
        )


def _turn_of(line: Line) -> Turn:
    """What is owed, as the one next thing."""
    words = [full_stop(line.title), line.text]
    if line.of_agency and line.due_on:
        words.append(full_stop(line.status_text))
    return Turn(
        line.holder,
        line.who,
        " ".join(words),
        page=line.page,
        of=line.agency_id,
        args=line.args,
        action=line.action,
        person_id=line.user_id,
        by=line.due_on,
        mou_id=line.mou_id,
        yours=line.holder in (Holder.MANAGER, Holder.EDITOR),
    )
