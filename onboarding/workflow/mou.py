"""The moves of an MOU."""

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext_lazy as _

from hmis_portal.events import Verb
from hmis_portal.signing.agreeing.signature import PaperSignature, Signature
from onboarding.models import Mou
from onboarding.workflow.moves import ADMIN, LEAD, MANAGER, SIGNATORY, SYSTEM, Move

M = Mou.State


class MouVerb(Verb, of="onboarding.mou"):
    """What the history stores."""

    ISSUE = "issue", _("issued the MOU %(target)s for signature")
    SIGN = "sign", _("signed the MOU %(target)s for the agency")
    SIGN_ON_PAPER = "sign_on_paper", _("recorded that the agency signed the MOU %(target)s on paper")
    DECLINE = "decline", _("declined to sign the MOU")
    PASS_ON = "pass_on", _("passed the MOU on to another signatory")
    REPLACE = "replace", _("named another signatory")
    REMIND = "remind", _("reminded the signatory of the MOU")
    ISSUE_ANEW = "issue_anew", _("had the MOU %(target)s issued anew")
    ONE_PARTY = "one_party", _("recorded that both names in the MOU are one party")
    SUPERSEDE = "supersede", _("A newer version of the MOU was published")
    WITHDRAW_SIGNATURE = "withdraw_signature", _("withdrew the signature")
    REFUSE = "refuse", _("refused to counter-sign the MOU")
    VOID = "void", _("voided the MOU %(target)s")
    VOID_WITH_APPLICATION = "void_with_application", _("closed the MOU together with the application")
    VOID_WITH_AGENCY = "void_with_agency", _("The MOU was voided: the agency left the HMIS")
    VOID_WITH_MOU = "void_with_mou", _("The renewal was voided: the MOU ended")
    COUNTER_SIGN = "counter_sign", _("counter-signed the MOU %(target)s: it is executed")
    COUNTER_SIGN_ON_PAPER = (
        "counter_sign_on_paper",
        _("recorded that the MOU %(target)s was counter-signed on paper: it is executed"),
    )
    END = "end", _("ended the MOU %(target)s")
    RENEW = "renew", _("began the renewal of the MOU")


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
        payload=Signature,
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
        payload=PaperSignature,
    ),
    Move(MouVerb.DECLINE, (M.ISSUED,), M.DECLINED, (SIGNATORY,), _("Decline to sign"), needs_reason=True),
    Move(
        MouVerb.PASS_ON, (M.ISSUED,), M.ISSUED, (SIGNATORY,), _("Pass on to the right person"), payload=Signer
    ),
    Move(MouVerb.REPLACE, (M.ISSUED,), M.ISSUED, (MANAGER,), _("Name another signatory"), payload=Signer),
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
    Move(
        MouVerb.VOID, (M.SIGNED,), M.VOIDED, (ADMIN,), _("Void the MOU"), needs_reason=True, payload=Voiding
    ),
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
        payload=Signature,
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
        payload=PaperSignature,
    ),
    Move(
        MouVerb.END,
        (M.EXECUTED,),
        M.ENDED,
        (ADMIN, SYSTEM),
        _("End the MOU"),
        _("date within the term, and reason; by itself the day after its term"),
        needs_reason=True,
        payload=Ending,
    ),
    Move(
        MouVerb.RENEW,
        (),
        M.ISSUED,
        (MANAGER, ADMIN, LEAD),
        _("Renew the MOU"),
        _(
            "executed, from 90 days before the end of its term, when a newer text is to be signed, or in another legal name"
        ),
    ),
)
