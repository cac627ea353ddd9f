"""For a signer without a passkey or an authenticator app: a code, sent to the address of the account."""

import secrets
from datetime import UTC, datetime
from typing import Any

from django import forms
from django.http import HttpRequest
from django.shortcuts import render
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hmis_portal.accounts import emails
from hmis_portal.forms import PortalFormMixin
from hmis_portal.signing.agreeing.acts import REAUTHENTICATION
from hmis_portal.signing.agreeing.signature import Factor
from hmis_portal.signing.models import Party, SignatureAct
from hmis_portal.web.error_pages import too_many_requests
from hmis_portal.web.errors import AnswerInstead
from hmis_portal.web.visits import signed_in, too_often

ASKED = "signing_codes"  # in the session: by party the nonce, since when it is good, when it was confirmed
OWN_FIELDS = ("csrfmiddlewaretoken", "assertion", "way", "email_code")


class CodeForm(PortalFormMixin, forms.Form):
    submit_label = gettext_lazy("Confirm and sign")
    required_messages = {"email_code": gettext_lazy("Enter the code from the e-mail")}
    email_code = forms.CharField(
        label=gettext_lazy("Code from the e-mail"),
        max_length=20,
        help_text=gettext_lazy("Six digits, good for ten minutes."),
        widget=forms.TextInput(
            {"class": "input-10", "inputmode": "numeric", "autocomplete": "one-time-code"}
        ),
    )

    def __init__(self, *args: object, nonce: str, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.nonce = nonce

    def clean_email_code(self) -> str:
        typed = "".join(self.cleaned_data["email_code"].split())
        if not constant_time_compare(typed, emails.signing_code(self.nonce)):
            raise forms.ValidationError(_("The code is not right. Enter the newest one that we sent"))
        return typed


def confirmed(request: HttpRequest, party: Party) -> Factor:
    """The code was entered in this browser for this document a moment ago. Raises AnswerInstead with the page that asks."""
    asked = request.session.get(ASKED, {}).get(str(party.pk), {})
    if asked.get("confirmed_at", 0) > _since():
        return _factor(asked)
    if asked.get("sent_at", 0) < _since() or request.POST.get("way") == "new_code":
        form = CodeForm(nonce=_send(request, party))
    else:
        form = CodeForm(request.POST if "email_code" in request.POST else None, nonce=asked["nonce"])
        if form.is_bound:
            _count(request, "signing_code")
        if form.is_valid():
            return _factor(_keep(request, party, {"confirmed_at": timezone.now().timestamp()}))
    context = {
        "form": form,
        "party": party,
        "title": party.request.snapshot["title"],
        "again": sent(request),
        "action": request.get_full_path(),
        "email": request.user.email,  # type: ignore[union-attr]
    }
    raise AnswerInstead(
        render(request, "signing/email_code.html", context, status=422 if form.errors else 200)
    )


def sent(request: HttpRequest) -> list[tuple[str, str]]:
    """What the form sent, to be sent once more with what is asked for."""
    lists = request.POST.lists()
    return [(name, value) for name, values in lists for value in values if name not in OWN_FIELDS]


def _send(request: HttpRequest, party: Party) -> str:
    _count(request, "signing_code_sent")
    nonce = secrets.token_hex(16)
    _keep(request, party, {"nonce": nonce, "sent_at": timezone.now().timestamp()})
    emails.code_to_sign(signed_in(request), nonce=nonce, document=party.request.snapshot["title"])
    return nonce


def _keep(request: HttpRequest, party: Party, asked: dict[str, object]) -> dict[str, object]:
    request.session[ASKED] = {**request.session.get(ASKED, {}), str(party.pk): asked}
    return asked


def _count(request: HttpRequest, door: str) -> None:
    if wait := too_often(request, door):
        raise AnswerInstead(too_many_requests(request, wait=wait))


def _since() -> float:
    return (timezone.now() - REAUTHENTICATION).timestamp()


def _factor(asked: dict[str, Any]) -> Factor:
    return Factor(SignatureAct.Factor.EMAIL, datetime.fromtimestamp(asked["confirmed_at"], UTC))
