from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agencies.models import User
from hmis_portal.forms import DateField, PortalFormMixin, UploadField
from training.models import Course


class EvidenceForm(PortalFormMixin, forms.Form):
    submit_label = _("Send this proof")
    required_messages = {"file": _("Select a file that shows that you completed the course")}
    completed_on = DateField(
        label=_("When did you complete the course?"),
        help_text=_("As it stands on the paper, like 11 22 2026."),
        not_future=True,
    )
    file = UploadField(
        label=_("Certificate or other proof"),
        help_text=_("PDF, PNG, JPEG or Word (DOCX), smaller than 10 MB."),
    )


class SignAgreementForm(PortalFormMixin, forms.Form):
    submit_label = _("Sign the agreement")
    required_messages = {
        "electronic": _("Check the box to agree to electronic records"),
        "typed_name": _("Type your full name"),
    }
    electronic = forms.BooleanField(
        label=_("I could open the file above, and I agree to sign and keep this agreement electronically.")
    )
    typed_name = forms.CharField(label=_("Type your full name"), max_length=150)
    read_sha256 = forms.CharField(widget=forms.HiddenInput, max_length=64)

    def __init__(self, *args: Any, legal_name: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["typed_name"].help_text = _("Exactly as it stands in the agreement: %(name)s") % {
            "name": legal_name
        }
        self.fields["typed_name"].widget.attrs["autocomplete"] = "name"


class CertificateNumberForm(PortalFormMixin, forms.Form):
    submit_label = _("Look it up")
    required_messages = {"number": _("Enter the certificate's number")}
    number = forms.CharField(
        label=_("Certificate number"),
        max_length=40,
        help_text=_("20 letters and digits, with or without hyphens."),
        widget=forms.TextInput({"class": "input-30", "autocomplete": "off"}),
    )


def _people() -> forms.ModelMultipleChoiceField:
    return forms.ModelMultipleChoiceField(
        label=_("People"),
        queryset=User.objects.none(),
        help_text=_("Everyone who took the course on the same day."),
    )


class RecordCompletionsForm(PortalFormMixin, forms.Form):
    """For trainers: one course and day, one or more people."""

    submit_label = _("Record completion")
    course = forms.ModelChoiceField(
        label=_("Course"), queryset=Course.objects.active().exclude(passes_with=Course.PassesWith.SIGNATURE)
    )
    people = _people()
    completed_on = DateField(label=_("Completed on"), not_future=True)
    score = forms.IntegerField(label=_("Score (percent)"), required=False, min_value=0, max_value=100)
    passed = forms.BooleanField(label=_("Passed"), required=False, initial=True)
    note = forms.CharField(label=_("Note"), required=False, max_length=500)

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        course = data.get("course")
        if course and course.min_score is not None and data.get("passed") and data.get("score") is None:
            self.add_error(
                "score",
                ValidationError(
                    _("Enter the score: this course needs at least %(least)s percent")
                    % {"least": course.min_score}
                ),
            )
        return data


class ReasonForm(PortalFormMixin, forms.Form):
    submit_label = _("Confirm")
    reason = forms.CharField(label=_("Why"), max_length=500, widget=forms.Textarea({"rows": 3}))


class WaiverForm(PortalFormMixin, forms.Form):
    submit_label = _("Waive the course")
    person = forms.ModelChoiceField(label=_("Person"), queryset=User.objects.none())
    course = forms.ModelChoiceField(
        label=_("Course"), queryset=Course.objects.active().exclude(passes_with=Course.PassesWith.SIGNATURE)
    )
    first_on = DateField(label=_("From"), initial=timezone.localdate)
    last_on = DateField(label=_("Until (last day)"))
    reason = forms.CharField(label=_("Why"), max_length=500, widget=forms.Textarea({"rows": 3}))

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        first, last = data.get("first_on"), data.get("last_on")
        if first and last and last < first:
            self.add_error("last_on", ValidationError(_("The last day must not be before the first day")))
        return data


class AcceptEvidenceForm(PortalFormMixin, forms.Form):
    submit_label = _("Accept the proof")
    completed_on = DateField(label=_("Completed on, as the paper says"), not_future=True)
    score = forms.IntegerField(label=_("Score (percent)"), required=False, min_value=0, max_value=100)
    note = forms.CharField(label=_("Note"), required=False, max_length=500)


class NewerVersionForm(PortalFormMixin, forms.Form):
    submit_label = _("Ask everyone for the newer version")
    due_on = DateField(label=_("Due by"), not_past=True)
    reason = forms.CharField(label=_("What is new"), max_length=500, widget=forms.Textarea({"rows": 3}))
