"""Questions to support, and what is written in their threads."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from agencies import permissions
from agencies.models import Agency, User
from hmis_portal.forms import EmailField, NameField, PortalFormMixin
from onboarding.models import ThreadMessage

LONGEST = ThreadMessage._meta.get_field("text").max_length


class SupportForm(PortalFormMixin, forms.Form):
    """A visitor gives name and e-mail; a signed-in person chooses the agency where they act for one."""

    submit_label = _("Send question")
    required_messages = {
        "name": _("Enter your name"),
        "email": _("Enter your e-mail"),
        "subject": _("Enter what it is about"),
        "text": _("Enter your question"),
    }
    name = NameField(label=_("Your name"), max_length=200, widget=forms.TextInput({"autocomplete": "name"}))
    email = EmailField(
        label=_("Your e-mail"),
        max_length=254,
        help_text=_("The answer goes there."),
        widget=forms.EmailInput({"autocomplete": "email"}),
    )
    agency = forms.ModelChoiceField(
        label=_("About which agency?"), queryset=Agency.objects.none(), required=False
    )
    subject = forms.CharField(label=_("What is it about?"), max_length=200)
    text = forms.CharField(
        label=_("Your question"), max_length=LONGEST, widget=forms.Textarea({"rows": 7}),
        help_text=_("Do not write names or other facts of the people you serve."),
    )  # fmt: skip

    def __init__(self, *args: Any, user: User | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        mine = [agency.pk for agency, _roles in permissions.memberships(user)] if user else []
        if user:
            del self.fields["name"], self.fields["email"]
        if mine:
            self.fields["agency"].queryset = Agency.objects.filter(pk__in=mine)  # type: ignore[attr-defined]
            self.fields["agency"].initial = mine[0] if len(mine) == 1 else None
        else:
            del self.fields["agency"]


class WriteForm(PortalFormMixin, forms.Form):
    submit_label = _("Send")
    required_messages = {"text": _("Enter your message")}
    text = forms.CharField(label=_("Write again"), max_length=LONGEST, widget=forms.Textarea({"rows": 5}))
