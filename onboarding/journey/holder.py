"""Who is to act."""

from enum import StrEnum


class Holder(StrEnum):
    """The sides that act, one after the other, until an agency works in the HMIS and while it does."""

    MANAGER = "manager"
    EDITOR = "editor"  # whoever fills in for the agency: its editors and managers
    SIGNATORY = "signatory"
    STAFF = "staff"
    ADMIN = "hmis_admin"
    LEAD = "lead"
    NOBODY = "nobody"


OF_AGENCY = (Holder.MANAGER, Holder.EDITOR, Holder.SIGNATORY, Holder.STAFF)
