"""Where an MOU stands, in the words of its page: who signed, what may be done, which files there are."""

from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from agencies import permissions
from agencies.models import Agency
from hmis_portal.signing.agreeing import requests
from hmis_portal.signing.agreeing.acts import consent_of
from hmis_portal.signing.models import (
    PaperScan,
    Party,
    Revision,
    SealJob,
    SignatureAct,
)
from hmis_portal.text.words import date_words, datetime_words
from onboarding import workflow
from onboarding.journey.holder import Holder
from onboarding.journey.turns.turn import Turn
from onboarding.models import Mou
from onboarding.mou import agreement, party, reminding
from onboarding.mou.party import LEAD


@dataclass(frozen=True)
class ActLink:
    url: str
    text: str


@dataclass(frozen=True)
class Side:
    """Who signs for whom, and whether they did."""

    label: str
    words: str


@dataclass(frozen=True)
class Sentences:
    """About an MOU that is in force or over, and about a file that is on its way; "" where there is nothing to say."""

    executed_words: str = ""
    ended_words: str = ""
    closed_words: str = ""
    in_force_words: str = ""
    in_force_url: str = ""
    renewal_words: str = ""
    sealing: str = ""


def acts(request: HttpRequest, agency: Agency, mou: Mou | None) -> list[ActLink]:
    """What else this person may do with the MOU now, in the order of the page."""
    if mou is None:
        return []
    manager = permissions.is_manager(request.user, agency)
    signer = mou.signatory_id == request.user.pk
    renamed = bool(party.changes(mou, lead=True)) and manager
    staff = permissions.is_hmis_admin(request.user) or permissions.is_lead_signatory(request.user)
    may = {
        "mou_paper": mou.state == Mou.State.ISSUED
        and (signer or manager or permissions.is_hmis_admin(request.user)),
        "pass_on": mou.state == Mou.State.ISSUED and signer,
        "decline_mou": mou.state == Mou.State.ISSUED and signer,
        "name_signatory": renamed or (mou.state == Mou.State.ISSUED and manager),
        "withdraw_signature": mou.state == Mou.State.SIGNED and signer,
        "renew_mou": agreement.may_be_renewed(mou) and (staff or (manager and not mou.may_be_renewed)),
    }
    words = {
        "mou_paper": _("Sign on paper"),
        "pass_on": _("Pass on to the right person"),
        "decline_mou": _("Decline to sign"),
        "name_signatory": str(workflow.move(Mou, workflow.MouVerb.ISSUE_ANEW).label)
        if renamed
        else _("Name another signatory"),
        "withdraw_signature": _("Withdraw my signature"),
        "renew_mou": _("Renew the MOU"),
    }
    return [
        ActLink(reverse(f"onboarding:{name}", args=[agency.pk]), words[name])
        for name, allowed in may.items()
        if allowed
    ]


def reminder(mou: Mou | None, turn: Turn | None, *, is_manager: bool) -> reminding.LastAsked | None:
    """For a manager while the signatory is to sign: when that person was last asked. A manager who signs needs none."""
    waits = turn is not None and turn.holder == Holder.SIGNATORY and not turn.yours
    return reminding.last_asked(mou) if mou and waits and is_manager else None


def parties(mou: Mou | None) -> list[Side]:
    if mou is None:
        return []
    return [
        Side(side.label, _who_signed(side, waits=mou.state in Mou.OPEN))
        for side in mou.request.parties.select_related("act__scan", "act__user")
    ]


def _who_signed(side: Party, *, waits: bool) -> str:
    name = ", ".join(part for part in (side.legal_name, side.title) if part)
    act = getattr(side, "act", None)
    if act is None and not waits:
        return _("%(name)s did not sign") % {"name": name} if name else _("Did not sign")
    if act is None:
        return _("%(name)s: not signed yet") % {"name": name} if name else _("Not signed yet")
    if act.method == SignatureAct.Method.PAPER:
        words = _("%(name)s signed on paper on %(day)s; recorded by %(by)s on %(when)s")
        return words % {
            "name": name,
            "day": date_words(act.scan.signed_on),
            "by": act.user,
            "when": datetime_words(act.signed_at),
        }
    return _("%(name)s signed on %(when)s") % {"name": name, "when": datetime_words(act.signed_at)}


def sentences(mou: Mou | None) -> Sentences:
    if mou is None:
        return Sentences()
    before = mou.successor_of if mou.state in Mou.OPEN else None
    renews = before if before and before.is_in_force else None
    is_executed, has_ended = mou.state == Mou.State.EXECUTED, mou.state == Mou.State.ENDED
    came_to_nothing = mou.state in (Mou.State.DECLINED, Mou.State.VOIDED, Mou.State.SUPERSEDED)
    return Sentences(
        executed_words=_executed_words(mou) if is_executed else "",
        ended_words=_ended_words(mou) if has_ended else "",
        closed_words=mou.reason if came_to_nothing else "",
        in_force_words=_in_force_words(renews) if renews else "",
        in_force_url=_executed_url(renews) if renews else "",
        renewal_words=_renewal_words(mou) if is_executed or has_ended else "",
        sealing=_still_to_make(mou),
    )


def _ended_words(mou: Mou) -> str:
    return _("The MOU ended on %(day)s: %(reason)s") % {
        "day": date_words(mou.ended_on),
        "reason": mou.reason,
    }


def _in_force_words(before: Mou) -> str:
    return _("This is a renewal. %(reference)s stays in force through %(day)s.") % {
        "reference": before.reference,
        "day": date_words(before.term_ends_on),
    }


def names(mou: Mou | None, turn: Turn | None) -> list[str]:
    """Names that changed since the MOU was issued, unless whose turn it is says so, and what the HMIS Admin recorded of them."""
    if mou is None:
        return []
    against = party.against(mou, lead=True)
    if turn and all(str(change) in turn.text for change in party.changes(mou, lead=True)):
        against = []
    return [*against, *party.explained(mou)]


def _renewal_words(mou: Mou) -> str:
    """What became of the last try to renew it, when nothing came of it."""
    last = mou.successors.order_by("-issued_at").first()
    if last is None or not last.came_to_nothing:
        return ""
    words = _("The renewal %(reference)s came to nothing on %(day)s: %(state)s. %(reason)s")
    return words % {
        "reference": last.reference,
        "day": date_words(last.state_since),
        "state": last.get_void_kind_display() if last.void_kind else last.get_state_display(),
        "reason": last.reason,
    }


def _executed_words(mou: Mou) -> str:
    if not mou.is_in_force:
        return _("Both sides have signed. Its term ended on %(day)s.") % {"day": date_words(mou.term_ends_on)}
    return _("Both sides have signed. The MOU is in force through %(day)s.") % {
        "day": date_words(mou.term_ends_on)
    }


def _executed_url(mou: Mou) -> str:
    """Where the executed document is read: the sealed file, or the scan of the paper."""
    if isinstance(requests.executed_file(mou.request), PaperScan):
        return reverse("onboarding:mou_scan", args=[mou.agency_id, mou.pk, LEAD])
    return reverse("onboarding:mou_file", args=[mou.agency_id, mou.pk, LEAD])


def _still_to_make(mou: Mou) -> str:
    """What a worker has still to make, and that nothing else waits for it."""
    jobs = dict(SealJob.objects.filter(request=mou.request, done_at=None).values_list("step", "parked_at"))
    if any(jobs.values()):
        return _(
            "A file could not be made yet. The HMIS staff have it on their desk; nothing that was signed is lost."
        )
    if set(jobs) == {Revision.CERTIFICATE}:
        return _(
            "The certificate of completion is being made. The other files below are final; load the page again in a minute."
        )
    if jobs:
        return _("A file is being made and sealed. It appears here within a minute; load the page again.")
    return ""


def is_to_agree(request: HttpRequest, mou: Mou | None) -> bool:
    """The signatory is shown the file once they agreed to electronic records (CGS 1-270, 1-273(a))."""
    if mou is None or mou.state != Mou.State.ISSUED or mou.signatory_id != request.user.pk:
        return False
    return consent_of(agreement.agency_party(mou), permissions.person(request)) is None
