"""Forms of the MOU: who signs for the agency, named by its manager or passed on by the person named."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from agencies.models import Agency, Person, User
from agencies.selectors import MOST_OFFERED
from hmis_portal.forms import NameField, PersonEmailField, PortalFormMixin, ZIPField
from hmis_portal.signing.models import NAME_LENGTH, Party
from hmis_portal.text import typed
from onboarding.forms.mou.acts import AUTHORITY_HINT
from onboarding.forms.sections.agency import STATES
from onboarding.mou import signatory
from onboarding.workflow import Signer

DELEGATED_LENGTH = Party._meta.get_field("delegated_from").max_length


class SignatoryForm(PortalFormMixin, forms.Form):
    """The person who may sign for the agency, with the basis of their authority."""

    submit_label: StrOrPromise = _("Send the MOU for signature")
    required_messages = {
        "who": _("Select who signs for the agency"),
        "person": _("Select the person who signs"),
        "first_name": _("Enter the signatory’s first name"),
        "last_name": _("Enter the signatory’s last name"),
        "email": _("Enter the signatory’s work e-mail"),
        "title": _("Enter the signatory’s title"),
        "authority": _("Enter what gives this person the authority to sign"),
    }
    shown_when: Mapping[str, Sequence[str]] = {
        "person": ("who", "listed"),
        "first_name": ("who", "other"),
        "last_name": ("who", "other"),
        "email": ("who", "other"),
    }

    who = forms.ChoiceField(label=_("Who signs for the agency?"), widget=forms.RadioSelect)
    person = forms.ChoiceField(label=_("Person"))
    first_name = NameField(label=_("First name"), max_length=100)
    last_name = NameField(label=_("Last name"), max_length=100)
    email = PersonEmailField(
        label=_("Work e-mail"),
        max_length=254,
        help_text=_("The link to sign goes to this address and works for this person only."),
    )
    title = forms.CharField(label=_("Title"), max_length=150)
    authority = forms.CharField(label=_("Basis of authority"), max_length=300, help_text=AUTHORITY_HINT)

    def __init__(
        self,
        *args: object,
        me: User | None,
        agency: Agency,
        known: Sequence[Person] = (),
        **kwargs: object,
    ) -> None:
        """Without `me` somebody else signs for sure: whoever fills this in does not belong to the agency.

        Of the agency's people that are `known`, those are offered whose address is one person's own.
        """
        super().__init__(*args, **kwargs)
        self.me, self.agency = me, agency
        own = [person for person in known[:MOST_OFFERED] if person.may_have_account]
        self.known = {person.email: person for person in own}
        fields: Any = self.fields
        if self.known:
            fields["person"].choices = [
                ("", gettext("Select one")),
                *((email, str(person)) for email, person in self.known.items()),
            ]
        else:
            del self.fields["person"]
        if me is None:
            del self.fields["who"]
            self.shown_when = {}
            return
        fields["who"].choices = [
            ("me", _("I do (%(name)s)") % {"name": me}),
            *([("listed", _("Somebody from the agency’s list"))] if self.known else []),
            ("other", _("Somebody else")),
        ]

    def clean(self) -> dict[str, object]:
        """The name stands in the document in one piece, which holds fewer characters than the two fields."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        email, *names = self._person()
        name, who = " ".join(names), data.get("who", "other")
        field, asked = {"me": ("who", "who"), "listed": ("person", "person")}.get(who, ("last_name", "email"))
        if len(name) > NAME_LENGTH:
            words = {
                "who": _(
                    "A name in the document has at most %(count)d characters. Shorten yours on your account page"
                ),
                "person": _(
                    "A name in the document has at most %(count)d characters. Shorten this one on the agency’s list"
                ),
                "last_name": _("Enter first and last name of at most %(count)d characters together"),
            }
            self.add_error(field, words[field] % {"count": NAME_LENGTH})
        elif wrong := signatory.against_address(self.agency, email, name):
            self.add_error(asked, wrong)
        return data

    def _person(self) -> tuple[str, str, str]:
        """Address, first and last name of whoever signs."""
        data = self.cleaned_data
        if self.me and data.get("who") == "me":
            return self.me.email, self.me.first_name, self.me.last_name
        if person := self.known.get(data.get("person", "")):
            return person.email, person.first_name, person.last_name
        return data.get("email", ""), data.get("first_name", ""), data.get("last_name", "")

    def signer(self) -> Signer:
        data = self.cleaned_data
        return Signer(*self._person(), title=data["title"], authority=data["authority"])


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

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in self.PLACE:
            self.initial.setdefault(name, getattr(self.agency, name))
            if self.agency.street:
                del self.fields[name]

    def place(self) -> dict[str, str]:
        """The address typed here, by the names of the agency's columns; {} where the record has one."""
        return {name: self.cleaned_data[name] for name in self.PLACE if name in self.fields}


class PassOnForm(SignatoryForm):
    """The signatory names the person who has to sign instead."""

    submit_label = _("Pass on to this person")
    reason = forms.CharField(
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

    def signer(self) -> Signer:
        data = self.cleaned_data
        return Signer(
            data["email"],
            data["first_name"],
            data["last_name"],
            data["title"],
            data["authority"],
            delegated_from=str(self.me)[:DELEGATED_LENGTH],
        )
