"""The one next thing of an agency on its way into the HMIS, by the state of its application, MOU, people and conditions."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from hmis_portal.text.words import date_words
from onboarding import workflow
from onboarding.access import go_live
from onboarding.journey.facts import Facts
from onboarding.journey.turn import Holder, Turn, what_became_of
from onboarding.models import Application, Mou
from onboarding.mou import party


class NextThing:
    """The one next thing of an agency; `begun` says, when it is asked, whether it works in the HMIS."""

    def __init__(self, facts: Facts, begun: Callable[[], bool]) -> None:
        self.facts = facts
        self.begun = begun
        self.portal = facts.batch.portal

    def turn(self) -> Turn:
        facts = self.facts
        if facts.agency.left_at:
            return Turn(
                Holder.NOBODY,
                "",
                _("Its records are kept."),
                facts.agency.left_at,
                heading=_("This agency has left the HMIS"),
            )
        if facts.closed:
            return self._closed()
        if facts.sent:
            return self._after_sending()
        if facts.application and facts.state == Application.State.CHANGES:
            return replace(self._changes(), by=facts.application.answer_by)
        if facts.confirmed_at is None:
            return self._manager(
                _("Read and confirm what taking part asks of your agency."),
                "confirm_requirements",
                _("Confirm the requirements"),
            )
        return self._before_sending()

    def _before_sending(self) -> Turn:
        facts = self.facts
        if facts.mou is None or facts.mou.state not in (*Mou.OPEN, Mou.State.EXECUTED):
            return self._to_name(facts.mou)
        if facts.renamed:
            return self._issue_anew()
        if not self._is_with_signatory():
            return self._to_name(facts.mou)
        if not facts.complete:
            text = _("Fill in the application. Everything you save is kept.")
            if not facts.signed:
                text = _("The MOU is with %(name)s for signature. Meanwhile, fill in the application.") % {
                    "name": facts.mou.signatory_name
                }
            if facts.application is None:
                return self._manager(text, "application", _("Start the application"))
            return self._editor(text, "application", _("Continue the application"))
        if not facts.signed:
            return self._signatory(_("The application is complete. It can be sent once the MOU is signed."))
        return self._manager(
            _("The MOU is signed and the application is complete. Check it and send both."),
            "check_answers",
            _("Check and send"),
        )

    def _changes(self) -> Turn:
        """Back at the agency: remarks first, then the MOU where it must be signed again, then sending."""
        facts = self.facts
        assert facts.application
        since = facts.application.state_since
        by = " " + _("Answer by %(day)s.") % {"day": date_words(facts.application.answer_by)}
        if facts.asked:
            text = _("The HMIS Admin asks for changes.") + by
            if not facts.signed:
                text += " " + _("The MOU must be signed again first.")
            return self._editor(text, "application", _("See what to change"), since)
        if facts.mou is None or facts.mou.state not in (*Mou.OPEN, Mou.State.EXECUTED):
            return replace(self._to_name(facts.mou, after=by), since=since)
        if facts.renamed:
            return self._issue_anew(after=by)
        if not self._is_with_signatory():
            return replace(self._to_name(facts.mou, after=by), since=since)
        if not facts.complete:
            text = _("The application is no longer complete. Fill in what is missing.") + by
            return self._editor(text, "application", _("See what to change"), since)
        if not facts.signed:
            return self._signatory(_("The application can be sent again once the MOU is signed.") + by)
        text = _("Check the application and send it again.")
        if facts.to_explain:
            text = _("Your agency asked what a remark means: the explanation comes by e-mail.")
            text += " " + _("You can check the application and send it meanwhile.")
        return self._manager(text + by, "check_answers", _("Check and send"), since)

    def _issue_anew(self, *, after: str = "") -> Turn:
        """The MOU stands in another name than today's."""
        words = " ".join(str(change) for change in self.facts.renamed) + after
        label = str(workflow.move(Mou, workflow.MouVerb.ISSUE_ANEW).label)
        return self._manager(words, "name_signatory", label)

    def _is_with_signatory(self) -> bool:
        """Signed, or waiting for a person who can get in."""
        mou = self.facts.mou
        return mou is not None and (mou.state != Mou.State.ISSUED or self.facts.can_be_signed(mou))

    def _to_name(self, mou: Mou | None, *, after: str = "") -> Turn:
        """A manager names who signs: nobody was named yet, or what became of the MOU is told."""
        since = mou.state_since if mou else None
        if mou is None:
            text = _("Read the MOU and name the person who may sign it for your agency.")
            return self._manager(text + after, "mou", _("Read the MOU"))
        if mou.state == Mou.State.ISSUED:
            text = _("%(name)s can no longer sign the MOU. Name another signatory.") % {
                "name": mou.signatory_name
            }
            return self._manager(text + after, "name_signatory", _("Name another signatory"), since)
        return self._manager(
            " ".join([what_became_of(mou), _("Name the person who signs for your agency.")]) + after,
            "mou",
            _("Go to the MOU"),
            since,
        )

    def _after_sending(self) -> Turn:
        facts = self.facts
        assert facts.application
        since = facts.application.state_since
        if facts.agency.live_at and facts.executed:
            return self._live()
        if facts.state != Application.State.APPROVED:
            text = (
                _("Your application is being read.")
                if facts.state == Application.State.IN_REVIEW
                else _("Your application waits to be read.")
            )
            text += " " + _("You will get an e-mail with the answer or with questions.")
            return self._admin(
                text, "submitted", _("See what you sent"), since, of=facts.application.reviewer
            )
        if facts.out_of_date and not facts.executed:
            words = _("The agency is reviewed again before a new MOU. Start a new application.")
            words = " ".join([what_became_of(facts.mou), words]) if facts.mou else words
            return self._manager(words, "application", _("Start a new application"), since)
        if not facts.executed:
            return self._to_execute(since)
        return self._after_agreeing()

    def _to_execute(self, since: datetime) -> Turn:
        mou = self.facts.mou
        if self.facts.signed and self.facts.renamed:
            words = " ".join(party.against(mou, lead=True))
            return self._admin(words, "mou", _("Go to the MOU"), since)
        if self.facts.signed:
            text = _("Your application is approved. The Lead Agency now counter-signs the MOU.")
            return Turn(Holder.LEAD, self.portal.lead_agency, text, since)
        if mou and mou.state == Mou.State.ISSUED and self._is_with_signatory():
            text = _("The MOU is with %(name)s for signature. Then the Lead Agency counter-signs it.")
            return self._signatory(text % {"name": mou.signatory_name})
        return self._to_name(mou)

    def _after_agreeing(self) -> Turn:
        facts = self.facts
        assert facts.mou
        if not facts.enough_people and facts.ready == facts.people:
            missing = go_live.against_people(facts.agency)
            return self._editor(
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
                **self._page("training:agency"),
            )
        if facts.conditions:
            return self._before_going_live()
        text = _("Your people are ready. Your agency goes live within a day; then accounts are made.")
        return self._admin(text, "training:agency", _("See who is ready"), facts.mou.executed_at)

    def _before_going_live(self) -> Turn:
        """Everybody is ready: the conditions that are left are named, and who is to act on them."""
        open_ones = [condition for condition in self.facts.conditions if condition.waiting_report is None]
        named = "; ".join(condition.text.rstrip(".") for condition in open_ones or self.facts.conditions)
        if open_ones:
            words = _(
                "Your people are ready. Before your agency goes live, this is still to be done: %(what)s."
            )
            return self._editor(words % {"what": named}, "conditions", _("Report it as done"))
        words = _(
            "You reported as done what is left before your agency goes live: %(what)s. It is being read."
        )
        since = max(
            condition.waiting_report.reported_at
            for condition in self.facts.conditions
            if condition.waiting_report
        )
        return self._admin(words % {"what": named}, "conditions", _("See the conditions"), since)

    def _live(self) -> Turn:
        """Live once is live for good: who joins later is gated alone, and the agency's step stays done."""
        facts = self.facts
        if not self.begun():
            text = _("Your agency is live. The HMIS Admin makes the accounts of your people in the HMIS.")
            return self._admin(text, "training:agency", _("See who is ready"), facts.agency.live_at)
        words = [
            _("Your agency works in the HMIS. Report leavers within 24 hours and keep your projects current.")
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
            **self._page("agencies:staff"),
        )

    def _closed(self) -> Turn:
        application = self.facts.application
        assert application
        declined = application.state == Application.State.DECLINED
        return Turn(
            Holder.NOBODY,
            "",
            application.reason or _("All answers are kept."),
            application.state_since,
            action=_("See what you can do"),
            **self._page("application"),
            heading=_("The application was declined") if declined else _("The application was withdrawn"),
        )

    def _manager(self, text: str, name: str, action: str, since: datetime | None = None) -> Turn:
        who = _("the agency’s manager")
        since = since or self._since()
        return Turn(Holder.MANAGER, who, text, since, action=action, yours=True, **self._page(name))

    def _editor(self, text: str, name: str, action: str, since: datetime | None = None) -> Turn:
        who, since = self.facts.agency.name, since or self._since()
        return Turn(Holder.EDITOR, who, text, since, action=action, yours=True, **self._page(name))

    def _signatory(self, text: str) -> Turn:
        mou = self.facts.mou
        assert mou
        return Turn(
            Holder.SIGNATORY, mou.signatory_name, text, mou.state_since,
            action=_("See the MOU"), person_id=mou.signatory_id, **self._page("mou"),
        )  # fmt: skip

    def _admin(self, text: str, name: str, action: str, since: datetime | None, of: Any = None) -> Turn:
        """The HMIS Admins, or the one of them who has it in hand."""
        who = str(of) if of else self.portal.admin_name
        person_id = of.pk if of else None
        return Turn(Holder.ADMIN, who, text, since, action=action, person_id=person_id, **self._page(name))

    def _since(self) -> datetime | None:
        facts = self.facts
        moments = [
            facts.agency.created_at,
            facts.confirmed_at,
            facts.application and facts.application.state_since,
        ]
        return max(moment for moment in moments if moment)

    def _page(self, name: str) -> dict[str, Any]:
        """A page of the agency, by its name."""
        return {"page": name if ":" in name else f"onboarding:{name}", "of": self.facts.agency.pk}
