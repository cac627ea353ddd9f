"""Section C: one person of the roster, as the agency's own pages ask for it, in groups."""

from typing import Any

from crispy_forms.layout import Fieldset
from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from agencies.forms.staff import StaffForm
from agencies.models import ACCESS_OF_ROLE, AccessLevel, HmisRole
from hmis_portal.forms import PortalFormMixin, UploadField


class PersonForm(StaffForm):
    submit_label = _("Save person")

    def get_layout(self) -> list[Any]:
        work = ("hmis_role", "access_level", "projects", "had_account", "earlier_account")
        return [
            Fieldset(gettext("Who"), "first_name", "last_name", "title", "email", "phone"),
            Fieldset(gettext("Work in the HMIS"), *(name for name in work if name in self.fields)),
            Fieldset(
                gettext("Employment"),
                "supervisor_name",
                "supervisor_email",
                "start_date",
                "employment",
                "starts_later",
            ),
        ]


def role_table() -> list[tuple[str, str]]:
    """Each role with the access levels it may have, in words."""
    return [
        (str(role.label), ", ".join(str(AccessLevel(level).label) for level in ACCESS_OF_ROLE[role]))
        for role in HmisRole
    ]


class StaffFileForm(PortalFormMixin, forms.Form):
    submit_label = _("Upload and preview")
    file = UploadField(
        kinds=("csv", "xlsx"),
        label=_("File"),
        help_text=_("CSV or Excel (XLSX), smaller than 10 MB, up to 2,000 people."),
    )
    required_messages = {"file": _("Select the file with your staff list")}
