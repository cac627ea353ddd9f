"""The acts on the application as a whole."""

from django import forms
from django.utils.translation import gettext_lazy as _

from hmis_portal.forms import PortalFormMixin


class SendForm(PortalFormMixin, forms.Form):
    """Nothing is asked: the declaration is a section of its own."""

    submit_label = _("Send application")
    cancel_label = _("Check the answers again")


class AppealForm(PortalFormMixin, forms.Form):
    submit_label = _("Ask for a second look")
    reason = forms.CharField(
        label=_("What should be looked at again?"),
        help_text=_("The HMIS Admins read this. Somebody other than who declined decides."),
        max_length=2000,
        widget=forms.Textarea({"rows": 5}),
    )
    required_messages = {"reason": _("Enter what should be looked at again")}


class WithdrawForm(PortalFormMixin, forms.Form):
    submit_label = _("Withdraw application")
    submit_danger = True
    cancel_label = _("Keep the application")
    reason = forms.CharField(
        label=_("Why do you withdraw the application?"),
        help_text=_("The HMIS Admin and your colleagues read this."),
        max_length=2000,
        widget=forms.Textarea({"rows": 4}),
    )
    required_messages = {"reason": _("Enter why you withdraw the application")}
