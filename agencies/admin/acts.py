"""What the acts of the HMIS Admin on a person or an agency share."""

from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from agencies import permissions
from hmis_portal.forms import PortalFormMixin


class ReasonForm(PortalFormMixin, forms.Form):
    required_messages = {"reason": _("Enter the reason")}
    reason = forms.CharField(
        label=_("Reason"),
        max_length=1000,
        widget=forms.Textarea({"rows": 4}),
        help_text=_("It is kept in the record."),
    )


def with_acts_for_admins(request: HttpRequest, fieldsets: Any) -> Any:
    """The field sets of a page, with the links to acts only for an HMIS Admin."""
    if permissions.is_hmis_admin(request.user):
        return fieldsets
    return [
        (title, {**more, "fields": tuple(name for name in more["fields"] if name != "acts")})
        for title, more in fieldsets
    ]
