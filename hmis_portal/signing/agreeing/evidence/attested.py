"""Whether the portal itself wrote what a signature rests on: asked before anything is sealed or signed on top of it."""

from django.utils.translation import gettext as _

from hmis_portal.attesting.chain import is_attested
from hmis_portal.running.tries import NoTryHelps
from hmis_portal.signing.agreeing.evidence.chain import EventKind, broken
from hmis_portal.signing.models import SignatureAct, SigningRequest


class NotAttestedError(NoTryHelps):
    """Somebody wrote into the database what did not happen in the portal: nothing is sealed on it."""


def wrong_with_act(act: SignatureAct) -> str:
    """What shows that a signature was not given in the portal as it stands there; "" when all holds."""
    name = {"name": act.legal_name}
    if not is_attested(act):
        return _("The portal did not record this signature of %(name)s.") % name
    if act.method == SignatureAct.Method.PAPER:
        return ""
    if act.consent is None or not is_attested(act.consent):
        return _("The portal did not record the consent of %(name)s to electronic records.") % name
    if (act.consent.party_id, act.consent.user_id) != (act.party_id, act.user_id):
        return _("The consent beside the signature of %(name)s is not theirs.") % name
    return ""


def wrong_with(request: SigningRequest) -> list[str]:
    """What shows that the acts of a request or its events are not as the portal wrote them; empty when all holds."""
    acts = SignatureAct.objects.filter(party__request=request).select_related("party", "consent")
    wrong = [words for act in acts if (words := wrong_with_act(act))]
    if in_chain := broken(request):
        wrong.append(in_chain)
    events = {(event.kind, event.data.get("act")) for event in request.events.all()}
    for act in acts:
        if (
            not {(how.of(act.party.role), str(act.pk)) for how in (EventKind.SIGNED, EventKind.PAPER)}
            & events
        ):
            wrong.append(_("No event tells of the signature of %(name)s.") % {"name": act.legal_name})
    return wrong


def must_hold(request: SigningRequest) -> None:
    """Before anything is sealed. Raises NotAttestedError."""
    if wrong := wrong_with(request):
        raise NotAttestedError(" ".join(wrong))
