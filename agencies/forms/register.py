"""The form of a file of the IRS register."""

import datetime as dt
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from hmis_portal.forms import DateField, PortalFormMixin, UploadField
from hmis_portal.forms.files import detect_kind

MOST_BYTES = 400 * 1024 * 1024  # as much as the whole country has


class RegisterFileField(UploadField):
    """A long list as text: it is passed on in pieces, and what it says is judged by the worker."""

    def _kind_of(self, upload: Any) -> str:
        if detect_kind(upload) != "csv":
            raise ValidationError(
                _("Select the list as a text file (CSV or TXT). If it came as a ZIP file, unpack it first"),
                code="kind",
            )
        return "csv"


class RegisterFileForm(PortalFormMixin, forms.Form):
    submit_label = _("Load the file")
    required_messages = {"file": _("Select the file"), "of_day": _("Enter the day of the file")}
    file = RegisterFileField(
        kinds=("csv",), scan=False, max_bytes=MOST_BYTES, label=_("File"),
        help_text=_("Exempt organizations: the state’s file, such as eo_ct.csv, or the region’s. Automatic revocations: "
                    "data-download-revocation.txt, unpacked. The portal sees which it is."),
    )  # fmt: skip
    of_day = DateField(
        label=_("Day of the file"), help_text=_("The IRS says beside the download when it was last updated.")
    )
    may_shrink = forms.BooleanField(
        label=_("The file may have far fewer rows than the one before"), required=False,
        help_text=_("For example when a state’s list follows that of a whole region."),
    )  # fmt: skip

    def clean_of_day(self) -> dt.date:
        day: dt.date = self.cleaned_data["of_day"]
        if day > timezone.localdate():
            raise ValidationError(_("The day of the file must not be in the future"))
        return day
