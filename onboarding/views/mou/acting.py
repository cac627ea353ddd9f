"""The signatures of both sides, in the browser and on paper: done by their move, or the form says what is missing."""

from django import forms
from django.http import HttpRequest

from agencies import permissions
from hmis_portal import documents
from hmis_portal.models import PowerRequest
from hmis_portal.signing.agreeing.signature import PaperSignature, Signature
from hmis_portal.web.errors import GuardFailed
from hmis_portal.web.visits import browser_of, client_ip
from onboarding.forms.mou.acts import AskPaperForm, PaperForm
from onboarding.models import Mou
from onboarding.mou import paper_power
from onboarding.services import perform_held
from onboarding.workflow import MouVerb


def performed(
    request: HttpRequest, mou: Mou, form: forms.Form, verb: MouVerb, signature: Signature | PaperSignature
) -> bool:
    """Make the move; what its guard has against it becomes the form's error."""
    try:
        perform_held(mou, verb, by=permissions.person(request), payload=signature, ip=signature.ip)
    except GuardFailed as error:
        form.add_error(None, error.messages)
        return False
    return True


def recorded(request: HttpRequest, mou: Mou, form: PaperForm, verb: MouVerb) -> bool:
    """Keep the scan and make the move."""
    signature = _on_paper(request, form)
    return signature is not None and performed(request, mou, form, verb, signature)


def asked(request: HttpRequest, mou: Mou, form: AskPaperForm) -> PowerRequest | None:
    """Keep the scan and ask another HMIS Admin; what stands against it becomes the form's error."""
    signature = _on_paper(request, form)
    if signature is None:
        return None
    try:
        by, reason = permissions.person(request), form.cleaned_data["reason"]
        return paper_power.ask(mou, signature, by=by, reason=reason)
    except GuardFailed as error:
        form.add_error(None, error.messages)
        return None


def _on_paper(request: HttpRequest, form: PaperForm) -> PaperSignature | None:
    with documents.away_beside(form, "file"):
        scan = documents.keep(form.cleaned_data["file"])
    if form.errors:
        return None
    return form.signature(scan, ip=client_ip(request), browser=browser_of(request))
