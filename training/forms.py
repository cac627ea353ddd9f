from django import forms
from django.utils.translation import gettext_lazy as _

from agencies.models import User
from hmis_portal.forms import DateField, PortalFormMixin, UploadField
from hmis_portal.signing.agreeing.signature import Signature
from hmis_portal.signing.models import Party
from hmis_portal.text.references import grouped_number


class EvidenceForm(PortalFormMixin, forms.Form):
    submit_label = _("Send this proof")
    required_messages = {"file": _("Select a file that shows that you completed the course")}
    completed_on = DateField(
        label=_("Date you completed the course"),
        help_text=_("As it stands on the paper, like 11 22 2026."),
        not_future=True,
    )
    file = UploadField(
        label=_("Certificate or other proof"),
    )


class PracticeForm(PortalFormMixin, forms.Form):
    submit_label = _("Hand it in")
    text = forms.CharField(
        label=_("What you did"), required=False, max_length=10_000,
        help_text=_("Which sample people you entered, and what you would ask the trainer."),
        widget=forms.Textarea({"rows": 8}),
    )  # fmt: skip
    file = UploadField(label=_("A picture or report from the training database"), required=False)

    def clean(self) -> None:
        data = self.cleaned_data
        if not (data.get("text") or data.get("file") or self.errors):
            self.add_error("text", _("Write what you did, or select a file that shows it"))


class SignAgreementForm(PortalFormMixin, forms.Form):
    submit_label = _("Sign the agreement")
    required_messages = {
        "read": _("Check the box once you have read the whole agreement"),
        "typed_name": _("Type your full name"),
    }
    called = {"typed_name": _("Your full name")}
    read = forms.BooleanField(label=_("I have read the whole agreement"))
    typed_name = forms.CharField(label=_("Type your full name"), max_length=150)
    read_sha256 = forms.CharField(widget=forms.HiddenInput, max_length=64)

    def __init__(self, *args: object, legal_name: str, me: User, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.fields["read"].label = _("I am %(me)s, and I have read the whole agreement") % {"me": me}
        self.fields["typed_name"].help_text = _("Exactly as it stands in the agreement: %(name)s") % {
            "name": legal_name
        }
        self.fields["typed_name"].widget.attrs["autocomplete"] = "name"

    def signature(self, party: Party) -> Signature:
        """The person signs under the name that stands in the agreement."""
        typed_name, read_sha256 = self.cleaned_data["typed_name"], self.cleaned_data["read_sha256"]
        return Signature(party.legal_name, party.title, party.authority, typed_name, read_sha256)


class CertificateNumberForm(PortalFormMixin, forms.Form):
    submit_label = _("Look it up")
    required_messages = {"number": _("Enter the certificate's number")}
    number = forms.CharField(
        label=_("Certificate number"),
        max_length=40,
        help_text=_("20 letters and digits, with or without hyphens."),
        widget=forms.TextInput({"class": "input-30", "autocomplete": "off"}),
    )

    def clean_number(self) -> str:
        if not (number := grouped_number(self.cleaned_data["number"])):
            raise forms.ValidationError(_("The number must be letters and digits"))
        return number
