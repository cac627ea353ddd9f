"""Guards of who signs an MOU: nobody is both sides, and nobody of the HMIS side acts alone."""

from django.utils.translation import gettext as _

from hmis_portal.signing.agreeing import acts
from hmis_portal.signing.agreeing.signature import PaperSignature
from hmis_portal.signing.models import SignatureAct
from hmis_portal.text import typed
from onboarding.models import Mou
from onboarding.mou import agreement, paper_power, two_people
from onboarding.mou.party import AGENCY
from onboarding.mou.signatory import can_sign
from onboarding.workflow import Act, ActWith, MouVerb, Signer, Text, guard


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


@guard(Mou, MouVerb.PASS_ON, MouVerb.REPLACE, payload=Signer)
def asks_another(mou: Mou, act: ActWith[Signer]) -> list[Text]:
    """Naming the same person in the same words, as a second click does, asks nobody twice; who was shut out is asked anew."""
    party, signer = agreement.agency_party(mou), act.payload
    named = (party.legal_name, party.title, party.authority, party.delegated_from)
    same = named == (signer.legal_name, signer.title, signer.authority, signer.delegated_from)
    if same and mou.signatory.email == typed.email(signer.email) and can_sign(mou):
        return [_("%(name)s is asked to sign already.") % {"name": signer.legal_name}]
    return []


def _signed_for_agency(mou: Mou) -> SignatureAct | None:
    return SignatureAct.objects.filter(party__request=mou.request_id, party__role=AGENCY).first()


def _somebody_else(signed: SignatureAct) -> str:
    words = _("Somebody else must sign for the Lead Agency: %(name)s signed for the agency.")
    return words % {"name": signed.legal_name}
