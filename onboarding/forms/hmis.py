"""Files that come from the HMIS."""

from collections.abc import Sequence

from django import forms
from django.utils.translation import gettext_lazy as _

from hmis_portal.forms import EmailField, PortalFormMixin, UploadField


class AnswersForm(PortalFormMixin, forms.Form):
    submit_label = _("Upload and preview")
    file = UploadField(
        kinds=("csv", "xlsx"),
        scan=False,
        label=_("The list with what was done"),
        help_text=_("CSV or Excel (XLSX): the columns Reference, Done on, and User name for a new account."),
    )
    required_messages = {"file": _("Select the list with what was done")}


class UserListForm(PortalFormMixin, forms.Form):
    submit_label = _("Upload")
    file = UploadField(
        kinds=("csv", "xlsx"),
        scan=False,
        label=_("The HMIS’s own list of users"),
        help_text=_("CSV or Excel (XLSX), up to 20,000 accounts. It takes the place of the list before."),
    )
    columns_again = forms.BooleanField(label=_("Choose the columns again"), required=False)
    required_messages = {"file": _("Select the list of users")}


class ColumnsForm(PortalFormMixin, forms.Form):
    """Which column says what; remembered for the next list."""

    submit_label = _("Compare")
    labels = {
        "user_name": _("User name"),
        "email": _("E-mail"),
        "name": _("Name"),
        "organization": _("Organization"),
        "roles": _("Roles"),
        "projects": _("Projects"),
        "status": _("Whether the account is open"),
        "last_sign_in": _("Last sign-in"),
    }

    def __init__(self, *args: object, headings: Sequence[str], **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        choices = [
            ("", _("Not in this list")),
            *((heading, heading) for heading in dict.fromkeys(headings) if heading),
        ]
        for name, label in self.labels.items():
            needed = name == "user_name"
            self.fields[name] = forms.ChoiceField(label=label, choices=choices, required=needed)
        self.fields["user_name"].error_messages["required"] = _("Select the column with the user name")

    @property
    def columns(self) -> dict[str, str]:
        return {name: heading for name, heading in self.cleaned_data.items() if heading}


class LinkForm(PortalFormMixin, forms.Form):
    submit_label = _("Say whose it is")
    email = EmailField(label=_("E-mail of the person in the portal"), max_length=254)
    required_messages = {"email": _("Enter the e-mail of the person")}
