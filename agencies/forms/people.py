"""Opening an agency, inviting to it, handing it over."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.utils.translation import gettext_lazy as _

from agencies import permissions
from agencies.models import Agency, AgencyRole, Person, User
from agencies.selectors import MOST_OFFERED, choices_of
from hmis_portal.forms import (
    DateField,
    EINField,
    NameField,
    PersonEmailField,
    PhoneField,
    PortalFormMixin,
    YesNoField,
)


class OpenAgencyForm(PortalFormMixin, forms.Form):
    submit_label = _("Open the agency's account")
    required_messages = {
        "legal_name": _("Enter your agency's legal name"),
        "city": _("Enter the city or town of your main office"),
        "phone": _("Enter a phone number, like 860-555-0142"),
        "title": _("Enter your title at the agency"),
    }
    legal_name = NameField(
        label=_("Legal name of the agency"),
        max_length=200,
        help_text=_("As on its registration, tax letter or charter."),
    )
    common_name = NameField(
        label=_("Name people know it by"),
        max_length=200,
        required=False,
        help_text=_("If it differs from the legal name."),
    )
    ein = EINField(
        label=_("Employer Identification Number (EIN)"), required=False,
        help_text=_("9 digits, on letters from the IRS. You can add it later."),
    )  # fmt: skip
    city = forms.CharField(
        label=_("City or town"), max_length=50, widget=forms.TextInput({"autocomplete": "address-level2"})
    )
    phone = PhoneField(label=_("Phone of the agency"))
    title = forms.CharField(
        label=_("Your title"), max_length=150, help_text=_("For example Executive director."),
        widget=forms.TextInput({"autocomplete": "organization-title"}),
    )  # fmt: skip

    def clean_ein(self) -> str:
        return str(self.cleaned_data["ein"]).replace("-", "")


class InviteForm(PortalFormMixin, forms.Form):
    submit_label = _("Send invitation")
    required_messages = {
        "email": _("Enter your colleague's work e-mail"),
        "first_name": _("Enter your colleague's first name"),
        "last_name": _("Enter your colleague's last name"),
        "role": _("Select what your colleague may do"),
    }
    option_hints = {
        "role": {
            AgencyRole.EDITOR: _(
                "Fills in the application, lists staff and follows training. Cannot send the application."
            ),
            AgencyRole.MANAGER: _(
                "All of that; also sends the application, names the signatory and invites colleagues."
            ),
        }
    }
    shown_when: Mapping[str, Sequence[str]] = dict.fromkeys(
        ("first_name", "last_name", "email"), ("colleague", "")
    )
    colleague = forms.ChoiceField(label=_("Whom do you invite?"), required=False)
    first_name = NameField(label=_("First name"), max_length=100)
    last_name = NameField(label=_("Last name"), max_length=100)
    email = PersonEmailField(
        label=_("Work e-mail"),
        max_length=254,
        help_text=_("The invitation can be accepted only with this address."),
    )
    role = forms.ChoiceField(
        label=_("What may your colleague do?"), widget=forms.RadioSelect,
        choices=[(role.value, role.label) for role in (AgencyRole.EDITOR, AgencyRole.MANAGER)],
    )  # fmt: skip

    def __init__(self, *args: object, known: Sequence[Person] = (), **kwargs: object) -> None:
        """`known` are the agency's people who may be invited."""
        super().__init__(*args, **kwargs)
        self.known = {person.email: person for person in known[:MOST_OFFERED]}
        fields: Any = self.fields
        fields["colleague"].choices = choices_of(self.known.values())
        if not self.known:
            fields["colleague"].widget = forms.HiddenInput()

    def clean(self) -> dict[str, object]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if person := self.known.get(data.get("colleague", "")):
            data |= {"email": person.email, "first_name": person.first_name, "last_name": person.last_name}
        return data


class HandOverForm(PortalFormMixin, forms.Form):
    submit_label = _("Hand over")
    submit_danger = True
    required_messages = {
        "to": _("Select the colleague who takes over"),
        "stay": _("Select what happens to your own role"),
    }
    to = forms.ModelChoiceField(
        label=_("Who takes over?"), queryset=User.objects.none(), widget=forms.RadioSelect
    )
    stay = YesNoField(
        label=_("What happens to your own role?"),
        yes=_("I stay as an editor"),
        no=_("I no longer act for the agency"),
    )

    def __init__(self, *args: object, agency: Agency, by: User, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        people = [
            user.pk
            for user, _roles in permissions.people_with_roles(agency)
            if user != by and user.has_usable_password()
        ]
        self.fields["to"].queryset = User.objects.filter(pk__in=people)  # type: ignore[attr-defined]


class DeputyForm(PortalFormMixin, forms.Form):
    submit_label = _("Name the deputy")
    required_messages = {"to": _("Select the colleague who stands in for you")}
    to = forms.ChoiceField(label=_("Who stands in for you?"), widget=forms.RadioSelect)
    until = DateField(label=_("Until when?"), not_past=True)

    def __init__(self, *args: object, people: Sequence[User], **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.people = {str(person.pk): person for person in people}
        self.fields["to"].choices = [(key, str(person)) for key, person in self.people.items()]  # type: ignore[attr-defined]


class AcceptForm(PortalFormMixin, forms.Form):
    """For an invited person who has no account yet."""

    submit_label = _("Create account and accept")
    required_messages = {"password": _("Enter a password")}
    first_name = NameField(
        label=_("First name"), max_length=100, widget=forms.TextInput({"autocomplete": "given-name"})
    )
    last_name = NameField(
        label=_("Last name"), max_length=100, widget=forms.TextInput({"autocomplete": "family-name"})
    )
    password = forms.CharField(
        label=_("Password"), strip=False, max_length=128, help_text=_("At least 12 characters. Three or four words that do not belong together work well."),
        widget=forms.PasswordInput({"autocomplete": "new-password"}),
    )  # fmt: skip

    def __init__(self, *args: object, user: User, **kwargs: object) -> None:
        self.user = user
        super().__init__(*args, **kwargs)

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        person = User(
            email=self.user.email,
            first_name=self.cleaned_data.get("first_name", ""),
            last_name=self.cleaned_data.get("last_name", ""),
        )
        validate_password(password, person)
        return password
