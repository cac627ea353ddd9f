"""A condition of the approval is reported as done."""

from django import forms
from django.utils.translation import gettext_lazy as _

from hmis_portal.forms import PortalFormMixin, UploadField
from onboarding.models import ConditionReport


class ReportForm(PortalFormMixin, forms.Form):
    submit_label = _("Report as done")
    required_messages = {"text": _("Enter what was done")}
    text = forms.CharField(
        label=_("What was done, and when"),
        max_length=ConditionReport._meta.get_field("text").max_length,
        widget=forms.Textarea({"rows": 4}),
        help_text=_("Do not write names or other facts of the people you serve."),
    )
    file = UploadField(
        label=_("A file that shows it"),
        required=False,
        help_text=_(
            "PDF, PNG, JPEG or Word (DOCX), smaller than 10 MB. An iPhone photo (HEIC) becomes a JPEG."
        ),
    )
