"""What every app stands on: the audit record, the message log, stored documents and the portal's settings."""

from hmis_portal.models.append_only import AppendOnly
from hmis_portal.models.audit import AuditEvent
from hmis_portal.models.documents import Disposal, StoredDocument
from hmis_portal.models.messages import Message, MessageDocument
from hmis_portal.models.settings import CONTACTS, GoLiveRule, PortalSettings, days_only, forget_settings

__all__ = [
    "CONTACTS",
    "AppendOnly",
    "AuditEvent",
    "Disposal",
    "GoLiveRule",
    "Message",
    "MessageDocument",
    "PortalSettings",
    "StoredDocument",
    "days_only",
    "forget_settings",
]
