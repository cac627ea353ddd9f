"""How every form of the portal behaves: see docs/components.md for use."""

from hmis_portal.forms.base import PortalFormMixin
from hmis_portal.forms.dates import DateField
from hmis_portal.forms.fields import EINField, PhoneField, YesNoField, ZIPField
from hmis_portal.forms.files import UploadField
from hmis_portal.forms.layout import Fieldset, Markup

__all__ = [
    "DateField",
    "EINField",
    "Fieldset",
    "Markup",
    "PhoneField",
    "PortalFormMixin",
    "UploadField",
    "YesNoField",
    "ZIPField",
]
