"""The signatures of both sides, in the browser and on paper: done by their move, or the form says what is missing."""

from django import forms
from django.http import HttpRequest

from agencies import permissions
from hmis_portal import documents
from hmis_portal.signing.agreeing.given import PaperSignature, Signature
from hmis_portal.web.errors import GuardFailed
from hmis_portal.web.visits import browser_of, client_ip
from onboarding.forms.mou.acts import PaperForm
from onboarding.models import Mou
from onboarding.services import perform_held
from onboarding.workflow import MouVerb


def performed(
    request: HttpRequest, mou: Mou, form: forms.Form, verb: MouVerb, given: Signature | PaperSignature
) -> bool:
    """Make the move; what its guard has against it becomes the form's error."""
    try:
        perform_held(mou, verb, by=permissions.person(request), given=given, ip=given.ip)
    except GuardFailed as error:
        form.add_error(None, error.messages)
        return False
    return True


def recorded(request: HttpRequest, mou: Mou, form: PaperForm, verb: MouVerb) -> bool:
    """Keep the scan and make the move."""
    with documents.away_beside(form, "file"):
        scan = documents.keep(form.cleaned_data["file"])
    if form.errors:
        return False
    signature = form.given(scan, ip=client_ip(request), browser=browser_of(request))
    return performed(request, mou, form, verb, signature)
