"""The moves of an MOU."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from django.utils.translation import gettext_lazy as _

from hmis_portal.signing.agreeing.given import PaperSignature, Signature
from onboarding.models import Mou
from onboarding.workflow.moves import ADMIN, LEAD, MANAGER, SIGNATORY, SYSTEM, Move

M = Mou.State


class MouVerb(StrEnum):
    """What the history stores."""

    ISSUE = "issue"
    SIGN = "sign"
    SIGN_ON_PAPER = "sign_on_paper"
    DECLINE = "decline"
    PASS_ON = "pass_on"  # noqa: S105 - no password
    REPLACE = "replace"
    REMIND = "remind"
    ISSUE_ANEW = "issue_anew"
    ONE_PARTY = "one_party"
    SUPERSEDE = "supersede"
    WITHDRAW_SIGNATURE = "withdraw_signature"
    REFUSE = "refuse"
    VOID = "void"
    VOID_WITH_APPLICATION = "void_with_application"
    VOID_WITH_AGENCY = "void_with_agency"
    VOID_WITH_MOU = "void_with_mou"
    COUNTER_SIGN = "counter_sign"
    COUNTER_SIGN_ON_PAPER = "counter_sign_on_paper"
    END = "end"
    RENEW = "renew"


@dataclass(frozen=True)
class Signer:
    """The person who may sign for the agency, as its manager names them."""

    email: str
    first_name: str
    last_name: str
    title: str
    authority: str
    delegated_from: str = ""

    @property
    def legal_name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()


@dataclass(frozen=True)
class Voiding:
    kind: Mou.VoidKind


@dataclass(frozen=True)
class Ending:
    """`told`: the managers hear of it already, because another MOU ended with this one."""

    on: date
    kind: Mou.EndKind
    told: bool = False


MOU = (
    Move(
        MouVerb.ISSUE,
        (),
        M.ISSUED,
        (MANAGER,),
        _("Name the signatory"),
        _("no other MOU is open; an application since an end for cause"),
    ),
    Move(
        MouVerb.SIGN,
        (M.ISSUED,),
        M.SIGNED,
        (SIGNATORY,),
        _("Sign the MOU"),
        _("every clause read; it names the agency as it is called now"),
        given=Signature,
    ),
    Move(
        MouVerb.SIGN_ON_PAPER,
        (M.ISSUED,),
        M.SIGNED,
        (SIGNATORY, MANAGER, ADMIN),
        _("Record the signature on paper"),
        _(
            "the scan of the signed copy; it names the agency as it is called now; by the HMIS Admin only when another granted it"
        ),
        given=PaperSignature,
    ),
    Move(MouVerb.DECLINE, (M.ISSUED,), M.DECLINED, (SIGNATORY,), _("Decline to sign"), needs_reason=True),
    Move(
        MouVerb.PASS_ON, (M.ISSUED,), M.ISSUED, (SIGNATORY,), _("Pass on to the right person"), given=Signer
    ),
    Move(MouVerb.REPLACE, (M.ISSUED,), M.ISSUED, (MANAGER,), _("Name another signatory"), given=Signer),
    Move(
        MouVerb.REMIND,
        (M.ISSUED,),
        M.ISSUED,
        (MANAGER,),
        _("Remind the signatory"),
        _("once a day; the person named can get in"),
    ),
    Move(
        MouVerb.ISSUE_ANEW,
        (M.ISSUED, M.SIGNED),
        M.VOIDED,
        (MANAGER,),
        _("Issue the MOU anew"),
        _("a name in it has changed"),
        needs_reason=True,
    ),
    Move(
        MouVerb.ONE_PARTY,
        (M.SIGNED,),
        M.SIGNED,
        (ADMIN,),
        _("Record that both names are one party"),
        _("a name in it has changed"),
        needs_reason=True,
    ),
    Move(MouVerb.SUPERSEDE, (M.ISSUED,), M.SUPERSEDED, (SYSTEM,), _("A newer version was published")),
    Move(
        MouVerb.WITHDRAW_SIGNATURE,
        (M.SIGNED,),
        M.VOIDED,
        (SIGNATORY,),
        _("Withdraw the signature"),
        needs_reason=True,
    ),
    Move(MouVerb.REFUSE, (M.SIGNED,), M.VOIDED, (LEAD,), _("Refuse to counter-sign"), needs_reason=True),
    Move(MouVerb.VOID, (M.SIGNED,), M.VOIDED, (ADMIN,), _("Void the MOU"), needs_reason=True, given=Voiding),
    Move(
        MouVerb.VOID_WITH_APPLICATION,
        (M.ISSUED, M.SIGNED),
        M.VOIDED,
        (SYSTEM,),
        _("The application was closed"),
        needs_reason=True,
    ),
    Move(
        MouVerb.VOID_WITH_AGENCY,
        (M.ISSUED, M.SIGNED),
        M.VOIDED,
        (SYSTEM,),
        _("The agency left the HMIS"),
        needs_reason=True,
    ),
    Move(
        MouVerb.VOID_WITH_MOU,
        (M.ISSUED, M.SIGNED),
        M.VOIDED,
        (SYSTEM,),
        _("The MOU that it renews ended"),
        needs_reason=True,
    ),
    Move(
        MouVerb.COUNTER_SIGN,
        (M.SIGNED,),
        M.EXECUTED,
        (LEAD,),
        _("Counter-sign"),
        _(
            "the application is approved; the agency signed electronically, in the name of today; somebody else signed for it; by nobody who reviewed or approved it, or who in the last 7 days made a Lead signatory or was made one by them"
        ),
        given=Signature,
    ),
    Move(
        MouVerb.COUNTER_SIGN_ON_PAPER,
        (M.SIGNED,),
        M.EXECUTED,
        (LEAD,),
        _("Record the counter-signature on paper"),
        _(
            "the application is approved; the agency signed on paper, in the name of today, and somebody else for it; the scan of the copy that both signed; by nobody who recorded the agency’s signature, reviewed or approved, or who in the last 7 days made a Lead signatory or was made one by them"
        ),
        given=PaperSignature,
    ),
    Move(
        MouVerb.END,
        (M.EXECUTED,),
        M.ENDED,
        (ADMIN, SYSTEM),
        _("End the MOU"),
        _("date within the term, and reason; by itself the day after its term"),
        needs_reason=True,
        given=Ending,
    ),
    Move(
        MouVerb.RENEW,
        (),
        M.ISSUED,
        (MANAGER, ADMIN, LEAD),
        _("Renew the MOU"),
        _("executed, from 90 days before the end of its term, or in another legal name"),
    ),
)
