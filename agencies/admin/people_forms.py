"""What the pages of a person ask for."""

from django import forms
from django.contrib.auth.models import Group
from django.utils.translation import gettext_lazy as _

from agencies import permissions
from agencies.admin.acts import ReasonForm
from agencies.models import User
from hmis_portal.forms import CleanTyping, EmailField, NameField, PortalFormMixin

NAMES = {"first_name": NameField, "last_name": NameField}


def groups_field(**kwargs: object) -> forms.ModelMultipleChoiceField[Group]:
    return forms.ModelMultipleChoiceField(
        label=_("Groups"), queryset=Group.objects.filter(name__in=permissions.GROUPS), widget=forms.CheckboxSelectMultiple,
        help_text=_("What this person does for the HMIS. With a group, a person may sign in to the admin desk."), **kwargs,
    )  # fmt: skip


class ColleagueForm(CleanTyping, forms.ModelForm[User]):
    """A new colleague of the HMIS's own people; the groups wait for a second person."""

    email = EmailField(label=_("E-mail"), max_length=254)

    groups = groups_field()
    reason = forms.CharField(
        label=_("Reason"), max_length=1000, widget=forms.Textarea({"rows": 3}),
        help_text=_("Another HMIS Admin grants the groups, and reads this. The account alone is made at once."),
    )  # fmt: skip

    class Meta:
        model = User
        fields = ["email", "first_name", "last_name", "title"]
        field_classes = NAMES

    def clean_email(self) -> str:
        email: str = self.cleaned_data["email"]
        if User.objects.filter(email__iexact=email).exists():
            raise forms.ValidationError(
                _("There is an account with this e-mail. Open it and choose its groups.")
            )
        return email


class PersonForm(CleanTyping, forms.ModelForm[User]):
    """Name, title and phone alone: what a person may do is asked for on a page of its own."""

    class Meta:
        model = User
        fields = ["first_name", "last_name", "title", "phone"]
        field_classes = NAMES


class GroupsForm(ReasonForm):
    submit_label = _("Ask for it")
    field_order = ["groups", "reason"]
    groups = groups_field(required=False)


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

    def reason_words(self) -> str:
        """How it was checked, and what was said: as it is kept in the record."""
        how = dict(self.fields["checked"].choices)[self.cleaned_data["checked"]]  # type: ignore[attr-defined]
        return f"{how}. {self.cleaned_data['reason']}"
