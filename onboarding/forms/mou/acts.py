"""Forms of the MOU: who signs, the signature in the browser or on paper, and the reasons for not signing."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from agencies.models import Agency, User
from hmis_portal.forms import DateField, NameField, PersonEmailField, PortalFormMixin, UploadField, ZIPField
from hmis_portal.models import StoredDocument
from hmis_portal.signing.agreeing import acts
from hmis_portal.signing.agreeing.given import PaperSignature, Signature
from hmis_portal.signing.models import NAME_LENGTH, Party
from hmis_portal.text import typed
from onboarding.forms.sections.agency import STATES
from onboarding.mou import signatory
from onboarding.workflow import Signer

DELEGATED_LENGTH = Party._meta.get_field("delegated_from").max_length
AUTHORITY_HINT = _(
    "For example: executive director under the bylaws, or resolution of the board of October 3, 2026."
)


class SignatoryForm(PortalFormMixin, forms.Form):
    """The person who may sign for the agency, with the basis of their authority."""

    submit_label: Any = _("Send the MOU for signature")
    required_messages = {
        "who": _("Select who signs for the agency"),
        "first_name": _("Enter the signatory’s first name"),
        "last_name": _("Enter the signatory’s last name"),
        "email": _("Enter the signatory’s work e-mail"),
        "title": _("Enter the signatory’s title"),
        "authority": _("Enter what gives this person the authority to sign"),
    }
    shown_when = {"first_name": ("who", "other"), "last_name": ("who", "other"), "email": ("who", "other")}

    who = forms.ChoiceField(label=_("Who signs for the agency?"), widget=forms.RadioSelect)
    first_name = NameField(label=_("First name"), max_length=100)
    last_name = NameField(label=_("Last name"), max_length=100)
    email = PersonEmailField(
        label=_("Work e-mail"),
        max_length=254,
        help_text=_("The link to sign goes to this address and works for this person only."),
    )
    title = forms.CharField(label=_("Title"), max_length=150)
    authority = forms.CharField(label=_("Basis of authority"), max_length=300, help_text=AUTHORITY_HINT)

    def __init__(self, *args: Any, me: User | None, agency: Agency, **kwargs: Any) -> None:
        """Without `me` somebody else signs for sure: whoever fills this in does not belong to the agency."""
        super().__init__(*args, **kwargs)
        self.me, self.agency = me, agency
        if me is None:
            del self.fields["who"]
            return
        self.fields["who"].choices = [  # type: ignore[attr-defined]
            ("me", _("I do (%(name)s)") % {"name": me}),
            ("other", _("Somebody else")),
        ]

    def clean(self) -> dict[str, Any]:
        """The name stands in the document in one piece, which holds fewer characters than the two fields."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if self.me and data.get("who") == "me":
            field, name = "who", str(self.me)
            words = _(
                "A name in the document has at most %(count)d characters. Shorten yours on your account page"
            )
        else:
            field, name = "last_name", f"{data.get('first_name', '')} {data.get('last_name', '')}"
            words = _("Enter first and last name of at most %(count)d characters together")
        if len(name) > NAME_LENGTH:
            self.add_error(field, words % {"count": NAME_LENGTH})
        elif field != "who" and (
            wrong := signatory.against_address(self.agency, data.get("email", ""), name)
        ):
            self.add_error("email", wrong)
        return data

    def given(self) -> Signer:
        data = self.cleaned_data
        if self.me and data["who"] == "me":
            names = (self.me.email, self.me.first_name, self.me.last_name)
        else:
            names = (data["email"], data["first_name"], data["last_name"])
        return Signer(*names, title=data["title"], authority=data["authority"])


class NamingForm(SignatoryForm):
    """The MOU is issued with it: where its record has no street yet, the agency's address for notices is asked too."""

    PLACE = ("street", "city", "region", "zip_code")
    required_messages = {
        **SignatoryForm.required_messages,
        "street": _("Enter the street address"),
        "city": _("Enter the city or town"),
        "region": _("Select the state"),
        "zip_code": _("Enter the ZIP code"),
    }
    street = forms.CharField(
        label=_("Street of the agency"),
        max_length=200,
        help_text=_("The MOU states this address for notices. The application shows it then."),
    )
    city = forms.CharField(label=_("City or town"), max_length=50)
    region = forms.ChoiceField(
        label=_("State"), choices=[("", _("Select one")), *((code, code) for code in STATES)]
    )
    zip_code = ZIPField(label=_("ZIP code"))

    def __init__(self, *args: Any, me: User, agency: Agency, **kwargs: Any) -> None:
        super().__init__(*args, me=me, agency=agency, **kwargs)
        for name in self.PLACE:
            self.initial.setdefault(name, getattr(agency, name))
            if agency.street:
                del self.fields[name]

    def place(self) -> dict[str, str]:
        """The address typed here, by the names of the agency's columns; {} where the record has one."""
        return {name: self.cleaned_data[name] for name in self.PLACE if name in self.fields}


class PassOnForm(SignatoryForm):
    """The signatory names the person who has to sign instead."""

    submit_label = _("Pass on to this person")
    shown_when = {}
    note = forms.CharField(
        label=_("Message for the agency’s manager"),
        max_length=500,
        required=False,
        widget=forms.Textarea({"rows": 3}),
    )

    def __init__(self, *args: Any, me: User, agency: Agency, **kwargs: Any) -> None:
        super().__init__(*args, me=None, agency=agency, **kwargs)
        self.me: User = me

    def clean_email(self) -> str:
        email: str = self.cleaned_data["email"]
        if email == typed.email(self.me.email):
            raise forms.ValidationError(_("Enter the address of somebody else: this one is your own"))
        return email

    def given(self) -> Signer:
        data = self.cleaned_data
        return Signer(
            data["email"],
            data["first_name"],
            data["last_name"],
            data["title"],
            data["authority"],
            delegated_from=str(self.me)[:DELEGATED_LENGTH],
        )


class SignForm(PortalFormMixin, forms.Form):
    """The signature: what the person confirms, and their name as they type it."""

    submit_label = _("Sign the MOU")
    required_messages = {
        "legal_name": _("Enter your full legal name"),
        "title": _("Enter your title"),
        "authority": _("Enter what gives you the authority to sign"),
        "authorized": _("Check the box if you are authorized, or pass the document on"),
        "typed_name": _("Type your full name to sign"),
    }
    legal_name = NameField(
        label=_("Your full legal name"),
        max_length=150,
        help_text=_("Correct it if it is not right. It stands in your signature as you leave it here."),
    )
    title = forms.CharField(label=_("Your title"), max_length=150)
    authority = forms.CharField(label=_("Basis of your authority"), max_length=300, help_text=AUTHORITY_HINT)
    authorized = forms.BooleanField()
    typed_name = forms.CharField(
        label=_("Type your full name to sign"),
        max_length=150,
        widget=forms.TextInput({"autocomplete": "off"}),
    )
    read_sha256 = forms.CharField(widget=forms.HiddenInput, max_length=64)

    def __init__(self, *args: Any, party: Party, me: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.me = me
        self.fields["authorized"].label = _("I am %(me)s, and I am authorized to sign for %(agency)s") % {
            "me": me,
            "agency": party.label,
        }
        self.fields["typed_name"].help_text = _("Exactly as your full legal name stands above")

    def given(self) -> Signature:
        data = self.cleaned_data
        return Signature(
            data["legal_name"], data["title"], data["authority"], data["typed_name"], data["read_sha256"]
        )

    def clean_legal_name(self) -> str:
        name: str = self.cleaned_data["legal_name"]
        if wrong := acts.against_name(self.me, name):
            raise forms.ValidationError(wrong)
        return name

    def clean_typed_name(self) -> str:
        typed: str = self.cleaned_data["typed_name"]
        name: str = self.cleaned_data.get("legal_name", "")
        if name and not acts.same_name(typed, name):
            raise forms.ValidationError(_("Type your full name exactly so: %(name)s") % {"name": name})
        return typed


class PaperForm(PortalFormMixin, forms.Form):
    """What stands on the paper that was signed by hand, and its scan."""

    submit_label: Any = _("Record the signature on paper")
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

    def given(self, scan: StoredDocument, *, ip: str | None, browser: str) -> PaperSignature:
        data = self.cleaned_data
        return PaperSignature(
            data["legal_name"], data["title"], data["authority"], data["signed_on"], scan, ip, browser
        )


class AskPaperForm(PaperForm):
    """By the HMIS side: another HMIS Admin looks at the scan and grants it."""

    submit_label: Any = _("Ask to record the signature")
    required_messages = {**PaperForm.required_messages, "reason": _("Enter how the paper came to you")}
    reason = forms.CharField(
        label=_("How the paper came to you"), max_length=1000, widget=forms.Textarea({"rows": 3}),
        help_text=_("Who brought or sent it, and when. Everybody concerned reads it."),
    )  # fmt: skip


class MouReasonForm(PortalFormMixin, forms.Form):
    """Why: read by both sides."""

    submit_danger = True
    required_messages = {"note": _("Enter the reason")}
    note = forms.CharField(
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
