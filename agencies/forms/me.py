"""A person's own details, and closing the account."""

from datetime import datetime

from django import forms
from django.utils.translation import gettext_lazy as _

from agencies.events import AgenciesEvent
from agencies.models import User
from hmis_portal import audit
from hmis_portal.forms import NameField, PhoneField, PortalFormMixin, SeenField, TellsOfChanges


class DetailsForm(TellsOfChanges, PortalFormMixin, forms.ModelForm[User]):
    submit_label = _("Save details")
    required_messages = {"first_name": _("Enter your first name"), "last_name": _("Enter your last name")}
    first_name = NameField(
        label=_("First name"), max_length=100, widget=forms.TextInput({"autocomplete": "given-name"})
    )
    last_name = NameField(
        label=_("Last name"), max_length=100, widget=forms.TextInput({"autocomplete": "family-name"})
    )
    title = forms.CharField(
        label=_("Title"),
        max_length=150,
        required=False,
        widget=forms.TextInput({"autocomplete": "organization-title"}),
    )
    phone = PhoneField(label=_("Phone"), required=False)
    seen = SeenField()

    class Meta:
        model = User
        fields = ["first_name", "last_name", "title", "phone"]

    def who_changed(self) -> tuple[str, datetime] | None:
        event = audit.last(self.instance, AgenciesEvent.CHANGED_OWN_DETAILS)
        return (event.actor_name, event.at) if event else None

    def clean_phone(self) -> str:
        phone: str = self.cleaned_data["phone"]
        if len(phone) > 25:
            raise forms.ValidationError(_("Phone must be 25 characters or fewer"))
        return phone


class CloseAccountForm(PortalFormMixin, forms.Form):
    submit_label = _("Close my account")
    submit_danger = True
    reason = forms.CharField(
        label=_("Why are you closing it?"), max_length=500, required=False, widget=forms.Textarea({"rows": 3})
    )
