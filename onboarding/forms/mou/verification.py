"""The two ways to verify a document: the file itself, or the reference on its pages."""

from django import forms
from django.utils.translation import gettext_lazy as _

from hmis_portal.forms import PortalFormMixin, UploadField


class FileForm(PortalFormMixin, forms.Form):
    submit_label = _("Check this file")
    required_messages = {"file": _("Select the PDF to check")}
    file = UploadField(
        label=_("PDF file"),
        kinds=("pdf",),
        scan=False,
        help_text=_("At most 10 MB. The file is checked and not kept."),
    )


class ReferenceForm(PortalFormMixin, forms.Form):
    submit_label = _("Look up this reference")
    required_messages = {"reference": _("Enter the reference")}
    reference = forms.CharField(
        label=_("Reference"), max_length=40, help_text=_("At the foot of every page, such as MOU-2026-7KQ4-X2MB."),
        widget=forms.TextInput({"class": "input-20", "autocomplete": "off", "spellcheck": "false"}),
    )  # fmt: skip
