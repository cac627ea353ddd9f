"""A turn on the way into the HMIS: the one next thing, who does it, and since when.

Whose it is answers `whose_turn`. `seen_by` puts the answer in the words of a reader: it is "your turn" only for
somebody who may do it.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from agencies import permissions
from hmis_portal.models.users import AnyUser
from hmis_portal.text.words import date_words, full_stop
from onboarding.journey.facts import Facts
from onboarding.journey.holder import Holder
from onboarding.models import Mou


@dataclass(frozen=True)
class Turn:
    """Whose turn it is, what to do next, since when. `yours` is from the side of the agency's managers."""

    holder: Holder
    who: str
    text: str
    since: datetime | None = None
    page: str = ""  # the name of the page where it is done, and the id of whose page it is
    of: UUID | None = None
    action: str = ""
    heading: str = ""  # instead of whose turn, where it is nobody's
    person_id: int | None = None  # where it is the turn of one person
    unnamed: bool = False  # `who` is no name; nor is a manager’s
    by: date | None = None  # the last day, where there is one
    yours: bool = False
    args: tuple[object, ...] = ()  # of the page's address, after the id
    mou_id: UUID | None = None  # where it is about another MOU than the one in force

    @property
    def url(self) -> str:
        return reverse(self.page, args=[self.of, *self.args]) if self.page else ""

    @property
    def brief(self) -> str:
        """In a cell of a list: who, and by when. What is nobody's name begins with a capital there."""
        unnamed = self.unnamed or self.holder == Holder.MANAGER
        who = (capfirst(self.who) if unnamed else self.who) or _("Nobody")
        return _("%(who)s, by %(day)s") % {"who": who, "day": date_words(self.by)} if self.by else who

    @property
    def words(self) -> str:
        """In one line."""
        return self.heading or _("Turn of %(who)s") % {"who": self.who}


def seen_by(turn: Turn, facts: Facts, reader: AnyUser) -> Turn:
    """The same, as this person reads it: what another is to do has no button."""
    if not _is_of(turn, facts, reader):
        if turn.holder in (Holder.MANAGER, Holder.EDITOR):
            return replace(turn, yours=False, page="", action="")
        return replace(turn, yours=False)
    if turn.holder == Holder.SIGNATORY:
        turn = replace(turn, page="onboarding:sign", of=facts.agency.pk, args=(), action=_("Read and sign"))
    elif turn.holder == Holder.ADMIN and facts.application:
        page = "admin:onboarding_application_review"
        turn = replace(turn, page=page, of=facts.application.pk, args=(), action=_("Open the review"))
    elif turn.holder == Holder.LEAD and facts.mou:
        page = "admin:onboarding_mou_counter_sign"
        turn = replace(turn, page=page, of=turn.mou_id or facts.mou.pk, action=_("Counter-sign"))
    return replace(turn, yours=True)


def _is_of(turn: Turn, facts: Facts, reader: AnyUser) -> bool:
    match turn.holder:
        case Holder.MANAGER:
            return permissions.is_manager(reader, facts.agency)
        case Holder.EDITOR:
            return permissions.is_editor(reader, facts.agency)
        case Holder.SIGNATORY:
            return bool(turn.person_id == reader.pk)
        case Holder.ADMIN:
            return permissions.is_hmis_admin(reader) and turn.person_id in (None, reader.pk)
        case Holder.LEAD:
            return permissions.is_lead_signatory(reader)
    return False


def what_became_of(mou: Mou) -> str:
    """Why an MOU no longer binds or waits, in one sentence and with the reason given."""
    match mou.state:
        case Mou.State.DECLINED:
            words = _("%(name)s declined to sign the MOU:") % {"name": mou.signatory_name}
        case Mou.State.VOIDED:
            words = _("The MOU no longer counts (%(why)s):") % {"why": mou.get_void_kind_display()}
        case Mou.State.ENDED:
            words = _("The MOU ended on %(day)s:") % {"day": date_words(mou.ended_on)}
        case _other:
            words = _("A newer version of the MOU was published:")
    return f"{words} {full_stop(mou.reason)}" if mou.reason else words.rstrip(":") + "."
