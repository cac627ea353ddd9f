"""Forms of the MOU: the signature in the browser or on paper, and the reasons for not signing."""

from django import forms
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from agencies.models import User
from hmis_portal.forms import DateField, NameField, PortalFormMixin, UploadField
from hmis_portal.models import StoredDocument
from hmis_portal.signing.agreeing import acts
from hmis_portal.signing.agreeing.signature import PaperSignature, Signature
from hmis_portal.signing.models import Party

AUTHORITY_HINT = _(
    "For example: executive director under the bylaws, or resolution of the board of October 3, 2026."
)


class TypedNameForm(PortalFormMixin, forms.Form):
    """What either side gives with its signature in the browser, its name typed once more among it."""

    required_messages = {
        "title": _("Enter your title"),
        "authority": _("Enter what gives you the authority to sign"),
        "typed_name": _("Type your full name to sign"),
    }
    called = {"typed_name": _("Your full name")}
    title = forms.CharField(label=_("Your title"), max_length=150)
    authority = forms.CharField(label=_("Basis of your authority"), max_length=300, help_text=AUTHORITY_HINT)
    typed_name = forms.CharField(
        label=_("Type your full name to sign"),
        max_length=150,
        widget=forms.TextInput({"autocomplete": "off"}),
    )
    read_sha256 = forms.CharField(widget=forms.HiddenInput, max_length=64)

    @property
    def name(self) -> str:
        """As it is to be typed; "" while that is not known."""
        raise NotImplementedError

    def clean_typed_name(self) -> str:
        typed: str = self.cleaned_data["typed_name"]
        if self.name and not acts.same_name(typed, self.name):
            raise forms.ValidationError(_("Type your full name exactly so: %(name)s") % {"name": self.name})
        return typed

    def signature(self) -> Signature:
        data = self.cleaned_data
        return Signature(self.name, data["title"], data["authority"], data["typed_name"], data["read_sha256"])


class SignForm(TypedNameForm):
    """The signature for the agency: what the person confirms, and their name as they type it."""

    submit_label = _("Sign the MOU")
    field_order = ("legal_name", "title", "authority", "authorized", "typed_name", "read_sha256")
    required_messages = {
        **TypedNameForm.required_messages,
        "legal_name": _("Enter your full legal name"),
        "authorized": _("Check the box if you are authorized, or pass the document on"),
    }
    legal_name = NameField(
        label=_("Your full legal name"),
        max_length=150,
        help_text=_("Correct it if it is not right. It stands in your signature as you leave it here."),
    )
    authorized = forms.BooleanField()

    def __init__(self, *args: object, party: Party, me: User, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.me = me
        self.fields["authorized"].label = _("I am %(me)s, and I am authorized to sign for %(agency)s") % {
            "me": me,
            "agency": party.label,
        }
        self.fields["typed_name"].help_text = _("Exactly as your full legal name stands above")

    @property
    def name(self) -> str:
        return str(self.cleaned_data.get("legal_name", ""))

    def clean_legal_name(self) -> str:
        name: str = self.cleaned_data["legal_name"]
        if wrong := acts.against_name(self.me, name):
            raise forms.ValidationError(wrong)
        return name


class CounterSignForm(TypedNameForm):
    """The Lead signatory's own words and typed name."""

    submit_label = _("Counter-sign: the MOU is executed")
    field_order = ("title", "authority", "read", "typed_name", "read_sha256")
    required_messages = {
        **TypedNameForm.required_messages,
        "read": _("Check the box once you have read the document and the agency’s signature"),
    }
    read = forms.BooleanField(label=_("I have read the document and seen the agency’s signature"))

    def __init__(self, *args: object, name: str, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.signer = name
        self.fields["read"].label = _(
            "I am %(name)s, and I have read the document and seen the agency’s signature"
        ) % {"name": name}
        self.fields["typed_name"].help_text = _("Exactly so: %(name)s") % {"name": name}

    @property
    def name(self) -> str:
        return self.signer


class PaperForm(PortalFormMixin, forms.Form):
    """What stands on the paper that was signed by hand, and its scan."""

    submit_label: StrOrPromise = _("Record the signature on paper")
    required_messages = {
        "legal_name": _("Enter the full name of the person who signed"),
        "title": _("Enter the title of the person who signed"),
        "authority": _("Enter what gives this person the authority to sign"),
        "file": _("Select the scan of the signed copy"),
    }
    legal_name = NameField(label=_("Full name of the person who signed"), max_length=150)
    title = forms.CharField(label=_("Title"), max_length=150)
    authority = forms.CharField(label=_("Basis of authority"), max_length=300, help_text=AUTHORITY_HINT)
    signed_on = DateField(label=_("Date of the signature"), not_future=True)
    file = UploadField(
        label=_("Scan of the signed copy"),
        kinds=("pdf",),
        help_text=_("All pages in one PDF, smaller than 10 MB."),
    )

    def signature(self, scan: StoredDocument, *, ip: str | None, browser: str) -> PaperSignature:
        data = self.cleaned_data
        return PaperSignature(
            data["legal_name"], data["title"], data["authority"], data["signed_on"], scan, ip, browser
        )


class AskPaperForm(PaperForm):
    """By the HMIS side: another HMIS Admin looks at the scan and grants it."""

    submit_label: StrOrPromise = _("Ask to record the signature")
    required_messages = {**PaperForm.required_messages, "reason": _("Enter how the paper came to you")}
    reason = forms.CharField(
        label=_("How the paper came to you"), max_length=1000, widget=forms.Textarea({"rows": 3}),
        help_text=_("Who brought or sent it, and when. Everybody concerned reads it."),
    )  # fmt: skip


class MouReasonForm(PortalFormMixin, forms.Form):
    """Why: read by both sides."""

    submit_danger = True
    required_messages = {"reason": _("Enter the reason")}
    reason = forms.CharField(
        label=_("Reason"),
        max_length=2000,
        widget=forms.Textarea({"rows": 4}),
        help_text=_("The agency’s managers, the HMIS Admin and the Lead Agency read this."),
    )


class ClauseQuestionForm(PortalFormMixin, forms.Form):
    """A question on a clause, answered by the HMIS Admin on the page of the MOU."""

    submit_label = _("Send question")
    required_messages = {"text": _("Enter your question")}
    text = forms.CharField(
        label=_("Your question"),
        max_length=2000,
        widget=forms.Textarea({"rows": 5}),
        help_text=_("Your colleagues who work on the application see it, and the answer."),
    )
