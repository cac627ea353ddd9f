"""Section D: one site."""

from typing import ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from onboarding.forms.base import DraftForm
from onboarding.models import Site


class SiteForm(DraftForm, forms.ModelForm[Site]):
    """A place from which people will reach the HMIS."""

    submit_label = _("Save site")
    workstations = forms.IntegerField(
        label=_("Number of workstations"),
        min_value=0,
        max_value=30_000,
        widget=forms.NumberInput({"class": "input-4"}),
    )
    connection = forms.ChoiceField(
        label=_("Connection to the internet"), choices=Site.Connection.choices, widget=forms.RadioSelect
    )
    intake_desks = forms.IntegerField(
        label=_("Number of intake desks"),
        help_text=_("Where people seeking help give their data. Write 0 when there is none."),
        min_value=0,
        max_value=30_000,
        widget=forms.NumberInput({"class": "input-4"}),
    )
    required_messages = {
        "address": _("Enter the address of the site"),
        "workstations": _("Enter the number of workstations"),
        "connection": _("Select how the site is connected to the internet"),
        "intake_desks": _("Enter the number of intake desks"),
    }

    class Meta:
        model = Site
        fields = ("address", "workstations", "connection", "intake_desks")
        labels: ClassVar = {"address": _("Address")}
        help_texts: ClassVar = {"address": _("Street and town, like 12 Main Street, Hartford.")}

    def __init__(self, *args: object, proposed: str = "", **kwargs: object) -> None:
        """`proposed` is an address that the portal offers."""
        super().__init__(*args, **kwargs)
        if self.instance.pk is None:
            del self.initial["intake_desks"]  # the model's 0, which nobody said
        if proposed:
            self.initial["address"] = proposed
            self.fields["address"].help_text = _(
                "Filled in from the agency’s address. Change it where the site is another."
            )
