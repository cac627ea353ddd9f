"""What the pages of a person ask for."""

from django import forms
from django.contrib.auth.models import Group
from django.utils.translation import gettext_lazy as _

from agencies import permissions
from agencies.models import User
from hmis_portal.forms import CleanTyping, EmailField, NameField, PortalFormMixin

NAMES = {"first_name": NameField, "last_name": NameField}


class ColleagueForm(CleanTyping, forms.ModelForm):
    """A new colleague of the HMIS's own people."""

    email = EmailField(label=_("E-mail"), max_length=254)

    groups = forms.ModelMultipleChoiceField(
        label=_("Groups"), queryset=Group.objects.filter(name__in=permissions.GROUPS), widget=forms.CheckboxSelectMultiple,
        help_text=_("What this person does for the HMIS."),
    )  # fmt: skip

    class Meta:
        model = User
        fields = ["email", "first_name", "last_name", "title", "groups"]
        field_classes = NAMES

    def clean_email(self) -> str:
        email: str = self.cleaned_data["email"]
        if User.objects.filter(email__iexact=email).exists():
            raise forms.ValidationError(
                _("There is an account with this e-mail. Open it and choose its groups.")
            )
        return email


class PersonForm(CleanTyping, forms.ModelForm):
    groups = forms.ModelMultipleChoiceField(
        label=_("Groups"), queryset=Group.objects.filter(name__in=permissions.GROUPS), required=False,
        widget=forms.CheckboxSelectMultiple, help_text=_("Only for the HMIS's own people. With a group, a person may sign in to the admin desk."),
    )  # fmt: skip

    class Meta:
        model = User
        fields = ["first_name", "last_name", "title", "phone", "groups"]
        field_classes = NAMES


class IdentityForm(PortalFormMixin, forms.Form):
    submit_label = _("Reset the authenticator")
    submit_danger = True
    required_messages = {
        "checked": _("Select how you checked who this person is"),
        "reason": _("Enter what was said, and when"),
    }
    checked = forms.ChoiceField(
        label=_("How did you check who this person is?"), widget=forms.RadioSelect,
        choices=[
            ("called_back", _("I called back on a number that was known before")),
            ("video", _("I saw the person and a photo ID on video")),
            ("in_person", _("I saw the person and a photo ID face to face")),
        ],
    )  # fmt: skip
    reason = forms.CharField(
        label=_("What was said, and when"),
        max_length=1000,
        widget=forms.Textarea({"rows": 4}),
        help_text=_("It is kept in the record."),
    )
