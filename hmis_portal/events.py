"""What the record says of the portal itself, of messages and of the files it keeps."""

from enum import StrEnum
from typing import Self

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Verb(StrEnum):
    """What somebody did: as the record stores it, and the words that tell it.

    Words that begin with a capital are a whole sentence: it happened by itself, or who did it is not the point.
    %(target)s is what it was done to, %(object)s the same within a sentence, %(kind)s what such a thing is called,
    %(detail)s what the event says besides.
    `of` is the model, by its label, where another has verbs of the same name.
    """

    words: Promise
    of: str

    def __new__(cls, value: str, words: Promise) -> Self:
        verb = str.__new__(cls, value)
        verb._value_ = value
        verb.words = words
        return verb

    def __init_subclass__(cls, *, of: str = "", **more: object) -> None:
        super().__init_subclass__(**more)
        for verb in cls:
            verb.of = of
            if WORDS.setdefault((of, verb.value), verb.words) is not verb.words:
                raise TypeError(f"Two verbs are called {verb.value!r}.")


# By the model and the verb.
WORDS: dict[tuple[str, str], Promise] = {}


class PortalEvent(Verb):
    """Verbs of audit events, as they are stored: a landed one keeps its value."""

    TRIED_A_MESSAGE_AGAIN = "tried a message again", _("tried to send the message “%(target)s” again")
    ADDED = "added", _("added: %(kind)s “%(target)s”")
    CHANGED = "changed", _("changed: %(kind)s “%(target)s”")
    DELETED = "deleted", _("deleted: %(kind)s “%(target)s”")
    CHANGED_SETTINGS = "changed settings", _("changed the settings of the portal")
    DOCUMENT_GONE = "document_gone", _("A check found that a stored file is gone: %(target)s")
    DOCUMENT_DAMAGED = (
        "document_damaged",
        _("A check found a stored file that was changed: %(target)s"),
    )
    DOCUMENT_UNREADABLE = (
        "document_unreadable",
        _("A check could not read a stored file: %(target)s"),
    )
    CHAIN_BROKEN = "chain_broken", _("A check found a changed event of the signing of %(target)s")
    SIGNATURE_DAMAGED = (
        "signature_damaged",
        _("A check found a changed record of a signature: %(target)s"),
    )
    RECORD_CHANGED = "record_changed", _("A check found a changed row of the record: %(target)s")
    RECORD_REMOVED = (
        "record_removed",
        _("A check found that a row of the record is gone: %(target)s"),
    )
    RECORD_REORDERED = (
        "record_reordered",
        _("A check found rows of the record in another order: %(target)s"),
    )
    RECORD_INSERTED = (
        "record_inserted",
        _("A check found a row that the portal did not write: %(target)s"),
    )
    RECORD_CUT = "record_cut", _("A check found that the end of the record is missing")
    FOUND_WHOLE_AGAIN = "found whole again", _("A check found it whole again: %(target)s")
    CHECKED_EVERY_RECORD = "checked every record", _("A check looked at every record")
    MADE_A_NEW_SEAL_KEY = "made a new seal key", _("made a new seal key: %(target)s")
    REVOKED_A_SEAL_KEY = "revoked a seal key", _("revoked a seal key: %(target)s")
    TRIED_A_FILE_AGAIN = "tried a file again", _("had a file of %(target)s made again")
    ASKED_FOR_A_POWER = "asked for a second person", _("asked for a second person: %(target)s")
    GRANTED_A_POWER = "granted as the second person", _("granted as the second person: %(target)s")
    USED_A_POWER_AFTER_NOTICE = (
        "carried out after notice",
        _("The notice ran out, and it was carried out: %(target)s"),
    )
    REFUSED_A_POWER = "refused as the second person", _("refused as the second person: %(target)s")
    TOOK_A_REQUEST_BACK = "took a request back", _("took back what was asked: %(target)s")
    LET_A_REQUEST_LAPSE = "let a request lapse", _("Nobody decided in time, and it lapsed: %(target)s")


class SecurityEvent(Verb):
    """Verbs of what is written down of sign-ins and refusals; a landed one keeps its value."""

    SIGNED_IN = "signed in", _("signed in")
    SIGN_IN_FAILED = "failed to sign in", _("A sign-in failed: %(detail)s")
    SIGNED_OUT = "signed out", _("signed out")
    SESSION_ENDED = "session ended", _("A session was ended: %(target)s")
    LINKED_SIGN_IN = "linked a sign-in", _("linked another sign-in to the account of %(target)s")
    UNLINKED_SIGN_IN = (
        "removed a linked sign-in",
        _("removed a linked sign-in from the account of %(target)s"),
    )
    REFUSED = "was refused", _("A page was refused: %(detail)s")
    HELD_BACK = "was held back", _("Too many requests were held back: %(detail)s")


class AccountEvent(Verb):
    """Verbs of changes of an account; a landed one keeps its value."""

    ASKED_FOR_ANOTHER_ADDRESS = (
        "asked for another address",
        _("asked for another e-mail address for %(target)s"),
    )
    CONFIRMED_ADDRESS = "confirmed address", _("The new e-mail address of %(target)s was confirmed")
    CHANGED_ADDRESS = "changed address", _("The e-mail address of %(target)s was changed")
    STOPPED_CHANGE_OF_ADDRESS = (
        "stopped change of address",
        _("The change of the e-mail address of %(target)s was stopped from the old address"),
    )
    WITHDREW_CHANGE_OF_ADDRESS = (
        "withdrew change of address",
        _("took back the change of the e-mail address of %(target)s"),
    )
    CHANGE_OF_ADDRESS_LAPSED = (
        "change of address lapsed",
        _("The change of the e-mail address of %(target)s lapsed"),
    )
    CHANGED_PASSWORD = "changed password", _("changed the password of %(target)s")
    SET_PASSWORD = "set password", _("set the password of %(target)s")
    RESET_PASSWORD = "reset password by e-mail", _("The password of %(target)s was reset by e-mail")
    ADDED_FACTOR = "added second factor", _("added a second step to the sign-in of %(target)s")
    REMOVED_FACTOR = "removed second factor", _("removed a second step from the sign-in of %(target)s")
    MADE_RECOVERY_CODES = "made recovery codes", _("made new recovery codes for %(target)s")
