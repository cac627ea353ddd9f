"""Somebody leaves, or comes back."""

from datetime import date, timedelta

from django import forms
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from agencies.models import Staff, User
from hmis_portal.forms import DateField, PortalFormMixin
from hmis_portal.models import PortalSettings

FARTHEST_LEAVER = timedelta(days=366)


def check_last_day(staff: Staff, day: date) -> None:
    """Raises ValidationError for a last working day that cannot be."""
    if day > timezone.localdate() + FARTHEST_LEAVER:
        raise forms.ValidationError(_("The last working day must be within a year from today"))
    if day < staff.start_date:
        raise forms.ValidationError(_("The last working day must not be before the start date"))


class LeaverForm(PortalFormMixin, forms.Form):
    submit_label = _("Report as leaver")
    submit_danger = True
    required_messages = {
        "last_day": _("Enter the last working day"),
        "notice": _("Select when the person is told"),
    }
    last_day = DateField(label=_("Last working day"))
    notice = forms.ChoiceField(
        label=_("Tell this person"), choices=Staff.LeavingNotice.choices, widget=forms.RadioSelect,
        help_text=_("The HMIS Admin is told at once in every case. Until the access ends, or you choose “Now”, the portal shows and sends this person nothing of it."),
    )  # fmt: skip
    reason = forms.CharField(
        label=_("Remark"), max_length=500, required=False, widget=forms.Textarea({"rows": 3})
    )

    def __init__(self, *args: object, staff: Staff, reader: User, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        announced = staff.last_day_as_told(reader)
        chosen = staff.leaving_notice or Staff.LeavingNotice.AT_END
        self.initial = {"last_day": announced, "notice": chosen}
        if reader.pk == staff.user_id or chosen == Staff.LeavingNotice.NOW:
            del self.fields["notice"]
        words = gettext(
            "Today or before: access ends at once and must be closed within %(hours)d hours. "
            "A day ahead: access ends after that day."
        )
        self.fields["last_day"].help_text = words % {"hours": PortalSettings.load().leaver_hours}
        self.staff = staff
        if announced:
            self.submit_label = _("Change the last day")
            self.extra_buttons = (("stays", "yes", _("Stays after all")),)

    def clean_last_day(self) -> object:
        day = self.cleaned_data["last_day"]
        if day:
            check_last_day(self.staff, day)
        return day


class ReturnForm(PortalFormMixin, forms.Form):
    submit_label = _("Put back on the roster")
    required_messages = {"start_date": _("Enter the day the person starts again")}
    start_date = DateField(label=_("Starts again on"))
