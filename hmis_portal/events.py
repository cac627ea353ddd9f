"""What the record says of the portal itself, of messages and of the files it keeps."""

from enum import StrEnum


class PortalEvent(StrEnum):
    """Verbs of audit events, as they are stored: a landed one keeps its value."""

    TRIED_A_MESSAGE_AGAIN = "tried a message again"
    CHANGED_SETTINGS = "changed settings"
    DOCUMENT_GONE = "document_gone"
    DOCUMENT_DAMAGED = "document_damaged"
    DOCUMENT_UNREADABLE = "document_unreadable"
    CHAIN_BROKEN = "chain_broken"
    SIGNATURE_DAMAGED = "signature_damaged"
    RECORD_CHANGED = "record_changed"
    RECORD_REMOVED = "record_removed"
    RECORD_REORDERED = "record_reordered"
    RECORD_INSERTED = "record_inserted"
    RECORD_CUT = "record_cut"
    FOUND_WHOLE_AGAIN = "found whole again"
    CHECKED_EVERY_RECORD = "checked every record"
    MADE_A_NEW_SEAL_KEY = "made a new seal key"
    REVOKED_A_SEAL_KEY = "revoked a seal key"
    TRIED_A_FILE_AGAIN = "tried a file again"
    ASKED_FOR_A_POWER = "asked for a second person"
    GRANTED_A_POWER = "granted as the second person"
    USED_A_POWER_AFTER_NOTICE = "carried out after notice"
    REFUSED_A_POWER = "refused as the second person"
    TOOK_A_REQUEST_BACK = "took a request back"
    LET_A_REQUEST_LAPSE = "let a request lapse"


class SecurityEvent(StrEnum):
    """Verbs of what is written down of sign-ins and refusals; a landed one keeps its value."""

    SIGNED_IN = "signed in"
    SIGN_IN_FAILED = "failed to sign in"
    SIGNED_OUT = "signed out"
    SESSION_ENDED = "session ended"
    LINKED_SIGN_IN = "linked a sign-in"
    UNLINKED_SIGN_IN = "removed a linked sign-in"
    REFUSED = "was refused"
    HELD_BACK = "was held back"


class AccountEvent(StrEnum):
    """Verbs of changes of an account; a landed one keeps its value."""

    ASKED_FOR_ANOTHER_ADDRESS = "asked for another address"
    CONFIRMED_ADDRESS = "confirmed address"
    CHANGED_ADDRESS = "changed address"
    STOPPED_CHANGE_OF_ADDRESS = "stopped change of address"
    WITHDREW_CHANGE_OF_ADDRESS = "withdrew change of address"
    CHANGE_OF_ADDRESS_LAPSED = "change of address lapsed"
    CHANGED_PASSWORD = "changed password"  # noqa: S105 - a verb
    SET_PASSWORD = "set password"  # noqa: S105 - a verb
    RESET_PASSWORD = "reset password by e-mail"  # noqa: S105 - a verb
    ADDED_FACTOR = "added second factor"
    REMOVED_FACTOR = "removed second factor"
    MADE_RECOVERY_CODES = "made recovery codes"
