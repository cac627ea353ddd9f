"""Files that come from the HMIS."""

from django import forms
from django.utils.translation import gettext_lazy as _

from hmis_portal.forms import PortalFormMixin, UploadField


class AnswersForm(PortalFormMixin, forms.Form):
    submit_label = _("Upload and preview")
    file = UploadField(
        kinds=("csv", "xlsx"),
        scan=False,
        label=_("The list with what was done"),
        help_text=_("CSV or Excel (XLSX): the columns Reference, Done on, and User name for a new account."),
    )
    required_messages = {"file": _("Select the list with what was done")}
