"""How every form of the portal behaves: see docs/components.md for use."""

from hmis_portal.forms.anchors import field_anchor
from hmis_portal.forms.base import CleanTyping, PortalFormMixin
from hmis_portal.forms.dates import DateField
from hmis_portal.forms.fields import (
    EINField,
    EmailField,
    NameField,
    PersonEmailField,
    PhoneField,
    YesNoField,
    ZIPField,
)
from hmis_portal.forms.files import UploadField
from hmis_portal.forms.layout import Div, Fieldset, Markup
from hmis_portal.forms.seen import SeenField, TellsOfChanges

__all__ = [
    "CleanTyping",
    "DateField",
    "Div",
    "EINField",
    "EmailField",
    "Fieldset",
    "Markup",
    "NameField",
    "PersonEmailField",
    "PhoneField",
    "PortalFormMixin",
    "SeenField",
    "TellsOfChanges",
    "UploadField",
    "YesNoField",
    "ZIPField",
    "field_anchor",
]
