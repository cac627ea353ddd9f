"""Consent to electronic records, one way for everybody who signs: the disclosure, and a test file really opened."""

import hashlib
from collections.abc import Mapping
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from hmis_portal import documents, pdf
from hmis_portal.forms import PortalFormMixin
from hmis_portal.signing import acts, services, text
from hmis_portal.signing.models import Consent, Party, Person, TextVersion
from hmis_portal.visits import browser_of, client_ip


class ConsentForm(PortalFormMixin, forms.Form):
    """The number in the test file shows that its reader could open it; the box is the consent."""

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

    def __init__(self, *args: Any, expected: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.expected = expected

    def clean_number(self) -> str:
        number = "".join(self.cleaned_data["number"].split())
        if number != self.expected:
            raise forms.ValidationError(
                _("That is not the number in the test file. Open the file and look again")
            )
        return number


def form(request: HttpRequest, party: Party, *, cancel_url: str) -> ConsentForm:
    asked = ConsentForm(request.POST if request.method == "POST" else None, expected=test_number(party))
    asked.cancel_url = cancel_url
    return asked


def give(request: HttpRequest, party: Party, *, by: Person) -> Consent:
    """Record the consent of a form that is valid."""
    return acts.consent(
        party, by=by, ip=client_ip(request), browser=browser_of(request), test_file_opened=True
    )


def disclosure(values: Mapping[str, str]) -> dict[str, Any]:
    """The published disclosure with its names filled in, for the templates signing/disclosure.html and text.html."""
    version = services.current(TextVersion.Kind.DISCLOSURE)
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
    return documents.download(data, "application/pdf", filename="test file.pdf", inline=True)
