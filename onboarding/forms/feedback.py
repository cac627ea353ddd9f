"""How it was."""

from django import forms
from django.utils.translation import gettext_lazy as _

from hmis_portal.forms import PortalFormMixin
from onboarding.models import Feedback


class FeedbackForm(PortalFormMixin, forms.Form):
    submit_label = _("Send")
    rating = forms.TypedChoiceField(
        label=_("How was it?"), choices=Feedback.Rating.choices, coerce=int, widget=forms.RadioSelect
    )
    words = forms.CharField(
        label=_("What should be better, or what was good?"),
        help_text=_("The HMIS Admins read this with your name. Leave it empty if you like."),
        max_length=2000, required=False, widget=forms.Textarea({"rows": 4}),
    )  # fmt: skip
    required_messages = {"rating": _("Select how it was")}
