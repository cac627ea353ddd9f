"""Section E: one file at a time, of a stated kind."""

from django import forms
from django.utils.translation import gettext_lazy as _

from hmis_portal.forms import PortalFormMixin, UploadField
from onboarding.models import Upload

KINDS = (Upload.Kind.PROOF, Upload.Kind.PRIVACY_NOTICE, Upload.Kind.POLICIES, Upload.Kind.QSOA_BAA)


class UploadForm(PortalFormMixin, forms.Form):
    submit_label = _("Upload document")
    kind = forms.ChoiceField(
        label=_("What is it?"), choices=[(kind.value, kind.label) for kind in KINDS], widget=forms.RadioSelect
    )
    file = UploadField(
        label=_("File"),
    )
    required_messages = {"kind": _("Select what the document is"), "file": _("Select a document")}
    option_hints = {
        "kind": {
            Upload.Kind.PROOF.value: _("Such as the IRS determination letter."),
            Upload.Kind.QSOA_BAA.value: _(
                "A service agreement under 42 CFR Part 2, or a business associate agreement under HIPAA."
            ),
        }
    }
