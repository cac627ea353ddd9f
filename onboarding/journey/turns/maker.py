"""Turns in words: whose it is, and the page where it is done. What several stretches of the way have in common."""

from datetime import datetime
from typing import Any

from django.db.models import Model
from django.utils.translation import gettext as _

from onboarding import workflow
from onboarding.journey.facts import Facts
from onboarding.journey.holder import Holder
from onboarding.journey.turns.turn import Turn, what_became_of
from onboarding.models import Mou


class TurnMaker:
    """Makes the turns of one agency."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self.portal = facts.batch.portal

    def manager(self, text: str, name: str, action: str, since: datetime | None = None) -> Turn:
        who = _("the agency’s manager")
        since = since or self.since()
        return Turn(Holder.MANAGER, who, text, since, action=action, yours=True, **self.page(name))

    def editor(self, text: str, name: str, action: str, since: datetime | None = None) -> Turn:
        who, since = self.facts.agency.name, since or self.since()
        return Turn(Holder.EDITOR, who, text, since, action=action, yours=True, **self.page(name))

    def signatory(self, text: str) -> Turn:
        mou = self.facts.mou
        assert mou
        return Turn(
            Holder.SIGNATORY, mou.signatory_name, text, mou.state_since,
            action=_("See the MOU"), person_id=mou.signatory_id, **self.page("mou"),
        )  # fmt: skip

    def admin(
        self, text: str, name: str, action: str, since: datetime | None, of: Model | None = None
    ) -> Turn:
        """The HMIS Admins, or the one of them who has it in hand."""
        who = str(of) if of else self.portal.admin_name
        person_id = of.pk if of else None
        return Turn(Holder.ADMIN, who, text, since, action=action, person_id=person_id, **self.page(name))

    def since(self) -> datetime | None:
        facts = self.facts
        moments = [
            facts.agency.created_at,
            facts.confirmed_at,
            facts.application and facts.application.state_since,
        ]
        return max(moment for moment in moments if moment)

    def page(self, name: str) -> dict[str, Any]:
        """A page of the agency, by its name."""
        return {"page": name if ":" in name else f"onboarding:{name}", "of": self.facts.agency.pk}

    def issue_anew(self, *, after: str = "") -> Turn:
        """The MOU stands in another name than today's."""
        words = " ".join(str(change) for change in self.facts.renamed) + after
        label = str(workflow.move(Mou, workflow.MouVerb.ISSUE_ANEW).label)
        return self.manager(words, "name_signatory", label)

    def is_with_signatory(self) -> bool:
        """Signed, or waiting for a person who can get in."""
        mou = self.facts.mou
        return mou is not None and (mou.state != Mou.State.ISSUED or self.facts.can_be_signed(mou))

    def to_name(self, mou: Mou | None, *, after: str = "") -> Turn:
        """A manager names who signs: nobody was named yet, or what became of the MOU is told."""
        since = mou.state_since if mou else None
        if mou is None:
            text = _("Read the MOU and name the person who may sign it for your agency.")
            return self.manager(text + after, "mou", _("Read the MOU"))
        if mou.state == Mou.State.ISSUED:
            text = _("%(name)s can no longer sign the MOU. Name another signatory.") % {
                "name": mou.signatory_name
            }
            return self.manager(text + after, "name_signatory", _("Name another signatory"), since)
        return self.manager(
            " ".join([what_became_of(mou), _("Name the person who signs for your agency.")]) + after,
            "mou",
            _("Go to the MOU"),
            since,
        )
