"""What every app stands on: the audit record and its chain, the message log, stored documents and the portal's settings."""

from hmis_portal.models.accounts import EmailChange
from hmis_portal.models.append_only import AppendOnly
from hmis_portal.models.audit import AuditEvent
from hmis_portal.models.chain import ChainLink
from hmis_portal.models.documents import Disposal, StoredDocument
from hmis_portal.models.messages import Message, MessageDocument
from hmis_portal.models.powers import PowerRequest
from hmis_portal.models.settings import (
    BINDING,
    CONTACTS,
    GoLiveRule,
    PortalSettings,
)
from hmis_portal.models.settings_checks import days_only
from hmis_portal.models.settings_read import forget_settings, settings_of_this_transaction, settings_read_once
from hmis_portal.models.tally import Tally
from hmis_portal.models.what_if import WhatIf

__all__ = [
    "BINDING",
    "CONTACTS",
    "AppendOnly",
    "AuditEvent",
    "ChainLink",
    "Disposal",
    "EmailChange",
    "GoLiveRule",
    "Message",
    "MessageDocument",
    "PortalSettings",
    "PowerRequest",
    "StoredDocument",
    "Tally",
    "WhatIf",
    "days_only",
    "forget_settings",
    "settings_of_this_transaction",
    "settings_read_once",
]
