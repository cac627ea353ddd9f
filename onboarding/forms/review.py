"""The agency's answers to the review: to a remark, and that a condition of the approval is done."""

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from hmis_portal.forms import DateField, PortalFormMixin, UploadField
from onboarding.models import Condition, ConditionReport, RemarkReply


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
    )


class MoreTimeForm(PortalFormMixin, forms.Form):
    """The agency asks for a later day of a condition."""

    submit_label = _("Ask for more time")
    required_messages = {"reason": _("Enter why more time is needed")}
    until = DateField(label=_("Until when?"), not_past=True)
    reason = forms.CharField(
        label=_("Why is more time needed?"),
        max_length=Condition._meta.get_field("time_reason").max_length,
        widget=forms.Textarea({"rows": 4}),
        help_text=_("The HMIS Admin reads this. The day stays until the answer comes by e-mail."),
    )


class RemarkReplyForm(PortalFormMixin, forms.Form):
    submit_label = _("Save answer")
    required_messages = {"kind": _("Select what you did about it")}
    kind = forms.ChoiceField(
        label=_("What did you do about it?"), choices=RemarkReply.Kind.choices, widget=forms.RadioSelect
    )
    text = forms.CharField(
        label=_("Why it is not changed, or what is not clear to you"),
        max_length=RemarkReply._meta.get_field("text").max_length,
        required=False,
        widget=forms.Textarea({"rows": 4}),
        help_text=_(
            "The HMIS Admin reads a question at once, and the rest when you send the application again."
        ),
    )

    def clean(self) -> dict[str, object]:
        data = super().clean() or {}
        wanted = {
            RemarkReply.Kind.NOT_CHANGED: gettext("Enter why it is not changed"),
            RemarkReply.Kind.EXPLAIN: gettext("Enter what is not clear to you"),
        }
        kind = data.get("kind")
        if kind in wanted and not data.get("text") and not self.has_error("text"):
            self.add_error("text", wanted[RemarkReply.Kind(kind)])
        return data
