"""The mobile number or e-mail address to which the HMIS sends a person's sign-in codes."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from hmis_portal.forms import EmailField, PhoneField, PortalFormMixin


class ChannelField(forms.CharField):
    """One box for either; cleans to what `CodeChannel.value` holds."""

    default_error_messages = {
        "neither": _("Enter a mobile number with 10 digits, like 860-555-0142, or an e-mail address"),
        "extension": _("Enter a mobile number of this person's own, without an extension"),
    }

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.TextInput({"class": "input-20"}))
        kwargs["max_length"] = 254
        super().__init__(**kwargs)

    def to_python(self, value: object) -> str:
        text = super().to_python(value) or ""
        if not text:
            return text
        if "@" in text:
            address: str = EmailField(max_length=254).clean(text)
            return address
        try:
            number: str = PhoneField().clean(text)
        except forms.ValidationError:
            raise forms.ValidationError(self.error_messages["neither"], code="neither") from None
        if "ext." in number:
            raise forms.ValidationError(self.error_messages["extension"], code="extension")
        return number.replace("-", "")


class ChannelForm(PortalFormMixin, forms.Form):
    submit_label = _("Save")
    required_messages = {"channel": _("Enter your own mobile number or e-mail address")}
    channel = ChannelField(
        label=_("Your mobile number or e-mail address"),
        help_text=_("Yours alone: nobody else may use it for sign-in codes."),
    )
