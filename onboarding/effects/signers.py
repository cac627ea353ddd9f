"""Guards of who signs an MOU: nobody is both sides, and nobody of the HMIS side acts alone."""

from django.utils.translation import gettext as _

from hmis_portal.signing.agreeing import acts
from hmis_portal.signing.agreeing.signature import PaperSignature
from hmis_portal.signing.models import SignatureAct
from onboarding.models import Mou
from onboarding.mou import agreement, paper_power, two_people
from onboarding.workflow import Act, ActWith, MouVerb, Text, guard


@guard(Mou, MouVerb.COUNTER_SIGN, MouVerb.COUNTER_SIGN_ON_PAPER)
def somebody_else_signs(mou: Mou, act: Act) -> list[Text]:
    """Nobody is both sides: by the account that signed, or that recorded a signature on paper."""
    signed = _signed_for_agency(mou)
    if signed is None or act.by is None or act.by.pk != signed.user_id:
        return []
    if signed.method == SignatureAct.Method.PAPER:
        return [_("You recorded the agency’s signature on paper, so another Lead signatory counter-signs.")]
    return [_somebody_else(signed)]


@guard(Mou, MouVerb.COUNTER_SIGN, MouVerb.COUNTER_SIGN_ON_PAPER)
def nobody_decides_alone(mou: Mou, act: Act) -> list[Text]:
    return [*two_people.against(mou, act.by)] if act.by else []


@guard(Mou, MouVerb.COUNTER_SIGN_ON_PAPER, payload=PaperSignature)
def somebody_else_signs_the_paper(mou: Mou, act: ActWith[PaperSignature]) -> list[Text]:
    """Nobody is both sides: on paper by the name under the signature."""
    signed = _signed_for_agency(mou)
    if signed is None or signed.method != SignatureAct.Method.PAPER:
        return []
    return [_somebody_else(signed)] if acts.same_name(act.payload.legal_name, signed.legal_name) else []


@guard(Mou, MouVerb.SIGN_ON_PAPER, payload=PaperSignature)
def the_hmis_side_records_it_by_two(mou: Mou, act: ActWith[PaperSignature]) -> list[Text]:
    by = act.by
    if by is None or not paper_power.takes_two(mou, by) or paper_power.was_granted(mou, by):
        return []
    return [_("One HMIS Admin asks to record a signature on paper, and another grants it.")]


def _signed_for_agency(mou: Mou) -> SignatureAct | None:
    return SignatureAct.objects.filter(party__request=mou.request_id, party__role=agreement.AGENCY).first()


def _somebody_else(signed: SignatureAct) -> str:
    words = _("Somebody else must sign for the Lead Agency: %(name)s signed for the agency.")
    return words % {"name": signed.legal_name}
