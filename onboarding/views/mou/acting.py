"""The signatures of both sides, in the browser and on paper: done by their move, or the form says what is missing."""

from typing import Any

from django import forms
from django.http import HttpRequest

from agencies import permissions
from hmis_portal import documents
from hmis_portal.web.errors import GuardFailed
from hmis_portal.web.visits import browser_of, client_ip
from onboarding.forms.mou.acts import PaperForm
from onboarding.models import Mou
from onboarding.services import perform


def performed(request: HttpRequest, found: Mou, form: forms.Form, verb: str, **details: Any) -> bool:
    """Make the move; what its guard has against it becomes the form's error."""
    try:
        perform(
            found,
            verb,
            by=permissions.person(request),
            ip=client_ip(request),
            browser=browser_of(request),
            **details,
        )
    except GuardFailed as error:
        form.add_error(None, error.messages)
        return False
    return True


def recorded(request: HttpRequest, found: Mou, form: PaperForm, verb: str) -> bool:
    """Keep the scan and make the move."""
    with documents.away_beside(form, "file"):
        scan = documents.keep(form.cleaned_data["file"])
    if form.errors:
        return False
    return performed(request, found, form, verb, signer=form.signer(), scan=scan)
