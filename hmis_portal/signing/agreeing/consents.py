"""Consent to electronic records, one way for everybody who signs: the disclosure, and a test file really opened."""

import hashlib
from collections.abc import Mapping

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from hmis_portal import documents
from hmis_portal.forms import PortalFormMixin
from hmis_portal.models.users import User
from hmis_portal.signing.agreeing import acts, text, text_versions
from hmis_portal.signing.models import Consent, Party, TextVersion
from hmis_portal.typesetting import pdf
from hmis_portal.web.visits import browser_of, client_ip


class ConsentForm(PortalFormMixin, forms.Form):
    """The number in the test file shows that its reader could open it; the box is the consent."""

    consent: Consent | None = None
    submit_label = _("Agree and read the document")
    required_messages = {
        "number": _("Open the test file and enter the number it shows"),
        "agree": _("Check the box to agree, or sign on paper"),
    }
    number = forms.CharField(
        label=_("The number in the test file"),
        max_length=10,
        widget=forms.TextInput({"inputmode": "numeric", "class": "input-4", "autocomplete": "off"}),
    )
    agree = forms.BooleanField(label=_("I agree to receive and sign this document electronically"))

    def __init__(self, *args: object, expected: str, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.expected = expected

    def clean_number(self) -> str:
        number = "".join(self.cleaned_data["number"].split())
        if number != self.expected:
            raise forms.ValidationError(
                _("That is not the number in the test file. Open the file and look again")
            )
        return number


class WithdrawForm(PortalFormMixin, forms.Form):
    """For who has agreed: until they sign they may take it back."""

    submit_label, submit_danger = _("Withdraw my consent"), True
    withdraw = forms.CharField(widget=forms.HiddenInput, initial="yes", max_length=3)

    def __init__(self, *args: object, consent: Consent | None, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.consent = consent


def form(request: HttpRequest, party: Party, *, by: User, cancel_url: str) -> ConsentForm | WithdrawForm:
    """What this person may do now: agree, or take back that they agreed."""
    sent = request.POST if request.method == "POST" else None
    consent = acts.consent_of(party, by)
    asked: ConsentForm | WithdrawForm
    if _withdraws(request) or (sent is None and consent):
        asked = WithdrawForm(sent, consent=consent)
    else:
        asked = ConsentForm(sent, expected=test_number(party))
    asked.cancel_url = cancel_url
    return asked


def record(request: HttpRequest, party: Party, *, by: User) -> bool:
    """Record what a valid form says; True when the person agreed, False when they took it back."""
    ip, browser = client_ip(request), browser_of(request)
    if _withdraws(request):
        acts.withdraw_consent(party, by=by, ip=ip, browser=browser)
        messages.success(
            request,
            _("You withdrew your consent. Ask for the document on paper, or agree again when you are ready."),
        )
        return False
    acts.consent(party, by=by, ip=ip, browser=browser, test_file_opened=True)
    return True


def _withdraws(request: HttpRequest) -> bool:
    return request.method == "POST" and "withdraw" in request.POST


def disclosure(values: Mapping[str, str]) -> dict[str, object]:
    """The published disclosure with its names filled in, for the templates signing/disclosure.html and text.html."""
    version = text_versions.current(TextVersion.Kind.DISCLOSURE)
    if version is None:
        raise Http404
    filled = text.fill(version.body, values)
    return {
        "disclosure": version,
        "title": text.title(filled),
        "introduction": text.introduction(filled),
        "clauses": text.clauses(filled),
    }


def test_number(party: Party) -> str:
    """The number that the test file shows and the reader types back; it can only be read in the file."""
    return str(1000 + int(hashlib.sha256(party.pk.bytes).hexdigest(), 16) % 9000)


def test_file(party: Party) -> HttpResponse:
    """A small PDF with the number, of the same kind as the document to sign."""
    data = pdf.render_template(
        "pdf/test_file.html", {"number": test_number(party)}, identifier=party.pk.hex.encode()
    )
    return documents.download(data, "application/pdf", filename=str(_("test file.pdf")), inline=True)
