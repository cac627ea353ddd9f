"""What the record says of agencies, their people, their rosters and their projects."""

from django.utils.translation import gettext_lazy as _

from hmis_portal.events import Verb


class AgenciesEvent(Verb):
    """Verbs of audit events, as they are stored: a landed one keeps its value."""

    PROJECT_ADDED = "project added", _("added the project %(target)s")
    PROJECT_ENDED = "project ended", _("ended the project %(target)s")
    PROJECT_ACCEPTED = "project accepted", _("set up the project %(target)s in the HMIS")
    HMIS_PARTICIPATION_BEGAN = "HMIS participation began", _("The projects of the agency begin in the HMIS")
    HMIS_PARTICIPATION_PLANNED = (
        "HMIS participation planned",
        _("chose the day on which %(target)s begins in the HMIS"),
    )
    PROJECT_DATA_CONFIRMED = "project data confirmed", _("confirmed the data of every running project")
    PROJECT_REMOVED = "project removed", _("removed the project %(target)s")
    PROJECT_CHANGED = "project changed", _("changed the project %(target)s")
    CLOSED_ACCOUNT = "closed account", _("closed the account of %(target)s")
    OPENED_ACCOUNT_AGAIN = "opened account again", _("opened the account of %(target)s again")
    MERGED_PERSON = "merged person", _("merged two accounts of one person: %(target)s goes on")
    ENDED_SESSIONS = "ended sessions", _("signed %(target)s out everywhere")
    RESET_AUTHENTICATOR = "reset authenticator", _("removed the second step of the sign-in of %(target)s")
    ALLOWED_FIRST_FACTOR = (
        "allowed a first second factor",
        _("let %(target)s set up a second step of the sign-in"),
    )
    MADE_ACCOUNT = "made account", _("made an account for %(target)s")
    CHANGED_GROUPS = "changed groups", _("changed the groups of %(target)s")
    ENTERED_CODE_CHANNEL = (
        "entered channel for sign-in codes",
        _("changed where sign-in codes are sent to for %(target)s"),
    )
    CHANGED_OWN_DETAILS = "changed own details", _("changed the details of %(target)s")
    INVITED = "invited", _("invited %(target)s")
    SENT_INVITATION_AGAIN = "sent invitation again", _("sent the invitation of %(target)s again")
    REVOKED_INVITATION = "revoked invitation", _("revoked the invitation of %(target)s")
    ACCEPTED_INVITATION = "accepted invitation", _("accepted the invitation")
    LINKED_STAFF_TO_ACCOUNT = (
        "linked staff to account",
        _("The roster’s entry of %(target)s was linked to the account"),
    )
    ANNOUNCED_LEAVER = "announced leaver", _("announced that %(target)s will leave")
    LEAVER_STAYS = "leaver stays", _("recorded that %(target)s stays after all")
    REPORTED_LEAVER = "reported leaver", _("reported that %(target)s leaves")
    OPENED_AGENCY = "opened agency", _("opened the agency's account")
    MOVED_PEOPLE_TO_ANOTHER_AGENCY = (
        "moved people to another agency",
        _("moved the people of the duplicate %(target)s to the other agency"),
    )
    TOOK_OVER_PEOPLE_OF_A_DUPLICATE = (
        "took over people of a duplicate",
        _("took the people of a duplicate over to %(target)s"),
    )
    FOUND_NO_DUPLICATE = "found no duplicate", _("found that these are two agencies: %(target)s")
    LOADED_REGISTER = "loaded register", _("loaded a file of the IRS register: %(target)s")
    ENDED_ROLE = "ended role", _("ended the access of %(target)s to this account")
    HANDED_OVER_MANAGEMENT = "handed over management", _("handed over the management of the agency")
    NAMED_MANAGER = "named manager", _("named a new manager")
    NAMED_DEPUTY = "named deputy", _("named a deputy: %(target)s")
    VIEWED_AS_AGENCY = "viewed as the agency", _("viewed the portal as the agency")
    LISTED_STAFF = "listed staff", _("added %(target)s to the roster")
    STAFF_RETURNED = "staff returned", _("reported that %(target)s is back")
    CORRECTED_ADDRESS = "corrected address", _("corrected the e-mail address of %(target)s")
    REMOVED_STAFF = "removed staff", _("removed %(target)s from the roster")
    CHANGED_STAFF = "changed staff", _("changed %(target)s on the roster")
