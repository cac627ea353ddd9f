"""The eligibility check: a few questions before anybody makes an account."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from agencies.models import JoiningReason, ServiceKind
from hmis_portal.forms import PortalFormMixin, YesNoField


class VictimServiceForm(PortalFormMixin, forms.Form):
    submit_label = _("Continue")
    required_messages = {"victim_service_provider": _("Select yes or no")}
    victim_service_provider = YesNoField(
        label=_("Is your agency a victim service provider?"),
        help_text=_(
            "An agency whose main purpose is to serve survivors of domestic violence, dating violence, sexual assault or "
            "stalking, such as a domestic violence shelter or a rape crisis center."
        ),
    )


NONE = "none"


class EligibilityForm(PortalFormMixin, forms.Form):
    submit_label = _("Check")
    shown_when = {
        "services_other": ("services", ServiceKind.OTHER),
        "required_by": ("joining_reason", JoiningReason.REQUIRED),
        "other_hmis": ("in_other_hmis", "yes"),
    }
    required_messages = {
        "services": _("Select the services, or “None of these”"),
        "services_other": _("Enter which other service you offer"),
        "commits": _("Select whether your agency will follow the policies"),
        "joining_reason": _("Select why your agency joins"),
        "required_by": _("Enter the funder that requires it"),
        "in_other_hmis": _("Select whether your agency works in another HMIS already"),
        "other_hmis": _("Enter the name or place of the other HMIS"),
    }
    services = forms.MultipleChoiceField(
        label=_("Which services does your agency offer?"), choices=[*ServiceKind.choices, (NONE, _("None of these"))], widget=forms.CheckboxSelectMultiple,
        help_text=_("Select all that apply."),
    )  # fmt: skip
    services_other = forms.CharField(label=_("Which other service?"), max_length=200)
    commits = YesNoField(
        label=_("Will your agency follow the policies of the HMIS?"),
        help_text=_("On time and correct data, privacy and security, training for everybody who signs in."),
    )
    joining_reason = forms.ChoiceField(
        label=_("Why does your agency join?"), choices=JoiningReason.choices, widget=forms.RadioSelect
    )
    required_by = forms.CharField(
        label=_("Which funder requires it?"),
        max_length=200,
        help_text=_("For example HUD, the VA, or a state department."),
    )
    in_other_hmis = YesNoField(label=_("Does your agency work in another HMIS already?"))
    other_hmis = forms.CharField(label=_("Which one?"), max_length=200)

    @property
    def offers_none(self) -> bool:
        """Then nothing else is asked."""
        return self.is_bound and self["services"].value() == [NONE]

    def clean_services(self) -> list[str]:
        services: list[str] = self.cleaned_data["services"]
        if NONE in services:
            raise forms.ValidationError(_("Select “None of these” alone, or what applies"))
        return services

    def facts(self) -> dict[str, Any]:
        """The answers as the session keeps them, under the names of the agency's fields."""
        names = ("services", "services_other", "joining_reason", "required_by", "other_hmis")
        return {"victim_service_provider": False, **{name: self.cleaned_data[name] for name in names}}
