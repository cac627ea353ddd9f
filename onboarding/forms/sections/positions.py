"""What each position asks of a person, whom it may coincide with, and the boxes for somebody new."""

from collections.abc import Mapping

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from agencies.models import Position
from hmis_portal.forms import EmailField, NameField, PersonEmailField, PhoneField

DUTIES: Mapping[str, object] = {
    Position.DIRECTOR: _("Answers for the agency's part in the HMIS, and is told of every decision."),
    Position.SIGNATORY: _(
        "Reads and signs the Memorandum of Understanding (MOU) for the agency. May be the executive director."
    ),
    Position.COORDINATOR: _(
        "The HMIS Data Coordinator (HDC) is the HMIS's first contact: keeps projects and staff current, watches data quality, reports leavers on the last working day."
    ),
    Position.BACKUP: _(
        "Stands in for the coordinator, so must be another person. Attends the same briefing."
    ),
    Position.SECURITY: _(
        "Keeps the security rules, does the yearly self-audit, and is called when something goes wrong."
    ),
    Position.PRIVACY: _(
        "Keeps the privacy notice and consent forms, and answers complaints. May be the Security Officer."
    ),
    Position.IT: _("Is asked about devices, networks and browsers."),
    Position.BILLING: _("Receives invoices, should there be any."),
}
OTHER, LISTED, NOBODY = "other", "listed", "none"
# Whom a position may coincide with: everyone named before it, but the backup never with the coordinator.
MAY_BE: Mapping[str, tuple[str, ...]] = {
    Position.DIRECTOR: (),
    Position.SIGNATORY: (Position.DIRECTOR,),
    Position.COORDINATOR: (Position.DIRECTOR, Position.SIGNATORY),
    Position.BACKUP: (Position.DIRECTOR, Position.SIGNATORY),
    Position.SECURITY: (Position.DIRECTOR, Position.SIGNATORY, Position.COORDINATOR, Position.BACKUP),
    Position.PRIVACY: (
        Position.DIRECTOR,
        Position.SIGNATORY,
        Position.COORDINATOR,
        Position.BACKUP,
        Position.SECURITY,
    ),
    Position.IT: (Position.DIRECTOR, Position.COORDINATOR, Position.BACKUP, Position.SECURITY),
    Position.BILLING: (Position.DIRECTOR, Position.SIGNATORY),
}
# Whoever answers for a firm may be reached in a mailbox of several people: no sign-in code goes there.
OF_A_FIRM = (Position.IT, Position.BILLING)
PARTS = ("name", "title", "email", "phone", "extension")
ASKED: Mapping[str, object] = {
    "name": _("Enter the name of the %s"),
    "title": _("Enter the title of the %s"),
    "email": _("Enter the work e-mail of the %s"),
    "phone": _("Enter the phone number of the %s"),
}


def boxes(position: Position) -> dict[str, forms.Field]:
    """By part of a person, in the order of PARTS."""
    email = EmailField if position in OF_A_FIRM else PersonEmailField
    return {
        "name": NameField(label=gettext("Name"), max_length=200),
        "title": forms.CharField(label=gettext("Title"), max_length=150),
        "email": email(label=gettext("Work e-mail"), max_length=254),
        "phone": PhoneField(label=gettext("Phone")),
        "extension": forms.CharField(
            label=gettext("Extension"),
            max_length=6,
            required=False,
            widget=forms.TextInput({"class": "input-4", "inputmode": "numeric"}),
        ),
    }
