"""What the record says of the journey, beside the moves of the transition tables."""

from django.utils.translation import gettext_lazy as _

from hmis_portal.events import Verb


class OnboardingEvent(Verb):
    """Verbs of audit events, as they are stored: a landed one keeps its value."""

    DELETE_DRAFT = "delete_draft", _("deleted the application %(target)s, which was never sent")
    CONDITION_SENT_BACK = "condition sent back", _("sent back the report on a condition: %(target)s")
    CONDITION_MET = "condition met", _("marked a condition as met: %(target)s")
    CONDITION_REPORTED = "condition reported", _("reported a condition as done: %(target)s")
    CONDITION_WAIVED = "condition waived", _("waived a condition: %(target)s")
    CONDITION_WITHDRAWN = "condition withdrawn", _("withdrew a condition with the approval: %(target)s")
    CONDITION_TAKEN_UP_AGAIN = "condition taken up again", _("took a condition up again: %(target)s")
    CONDITION_TIME_ASKED = (
        "asked for more time for a condition",
        _("asked for more time for a condition: %(target)s"),
    )
    CONDITION_TIME_GIVEN = "gave more time for a condition", _("gave more time for a condition: %(target)s")
    CONDITION_TIME_REFUSED = (
        "left the day of a condition",
        _("left the day of a condition as it is: %(target)s"),
    )
    SAVE = "save", _("changed answers of %(target)s")
    PUBLISH = "publish", _("put a new version of a text in force: %(target)s")
    ASKED_ANEW = (
        "asked to sign a newer text",
        _("asked the agency to sign a newer version of the MOU %(target)s"),
    )
    BEGUN = "begun", _("began a new version of the readiness questions: %(target)s")
    PUBLISHED = "published", _("published the readiness questions: %(target)s")
    DROPPED_DRAFT = "dropped draft", _("dropped the draft of the readiness questions: %(target)s")
    ANSWERED_READINESS = "answered readiness", _("answered the yearly readiness questions: %(target)s")
    ASKED_A_HELPER = "asked a helper", _("asked %(target)s to answer readiness questions")
    REVOKED_A_HELPER = "revoked a helper", _("took the link to the readiness questions back from %(target)s")
    HELPER_ANSWERED = "helper answered", _("A helper answered readiness questions: %(target)s")
    TOOK_A_PROPOSAL = "took a proposal", _("took over the answer that %(target)s proposed")
    LEFT_A_PROPOSAL = "left a proposal", _("left the answer that %(target)s proposed")
    REMARK = "remark", _("made a remark on %(target)s")
    CLOSE_REMARK = "close remark", _("closed the remark on %(target)s")
    TAKE_BACK_REMARK = "take back remark", _("took the remark on %(target)s back")
    ANSWERED_REMARK = "answered remark", _("answered the remark on %(target)s")
    EXPLAINED_REMARK = "explained remark", _("explained the remark on %(target)s")
    PRIVATE_NOTE = "private note", _("wrote a private note")
    CHANGED_DECLINE_REASONS = "changed reasons to decline", _("changed the reasons to decline: %(target)s")
    SECTION_IN_ORDER = "section in order", _("marked a section of %(target)s as in order")
    SECTION_TO_CHECK_AGAIN = "section to check again", _("marked a section of %(target)s to be checked again")
    CONFIRMED_REQUIREMENT = "confirmed requirement", _("confirmed a requirement: %(detail)s")
    DELETED_AFTER_RETENTION = (
        "deleted after retention",
        _("deleted the files of %(target)s after the time they are kept"),
    )
    SAID_HOW_IT_WAS = "said how it was", _("said how it was: %(target)s")
    REMOVED_SITE = "removed site", _("removed the site %(target)s")
    ASKED_A_QUESTION = "asked a question", _("asked a question: %(target)s")
    ANSWERED_A_QUESTION = "answered a question", _("answered a question: %(target)s")
    WROTE_TO_A_QUESTION = "wrote to a question", _("wrote to a question: %(target)s")
    CLOSED_A_QUESTION = "closed a question", _("closed a question: %(target)s")
    WROTE_TO_AN_AGENCY = "wrote to an agency", _("wrote to the agency: %(target)s")
    CHANGED_RECORD = "changed record", _("changed “%(target)s” in the agency's record")
    PROPOSED_CHANGE = "proposed change", _("proposed a change: %(target)s")
    ACCEPTED_CHANGE = "accepted change", _("accepted a proposed change: %(target)s")
    REFUSED_CHANGE = "refused change", _("refused a proposed change: %(target)s")
    TOOK_BACK_CHANGE = "took back change", _("took back a proposed change: %(target)s")
    UPLOADED = "uploaded", _("uploaded %(target)s")
    REMOVED_UPLOAD = "removed upload", _("removed the upload %(target)s")
    ASSIGNED_SECTION = "assigned section", _("gave a part of the work to a colleague: %(target)s")
    REMINDED_OF_WHAT_IS_OWED = "reminded of what is owed", _("reminded %(target)s of what is owed")
    MADE_CALENDAR_ADDRESS = "made calendar address", _("made an address for the calendar of %(target)s")
    REVOKED_CALENDAR_ADDRESS = (
        "revoked calendar address",
        _("revoked the address of the calendar of %(target)s"),
    )
    LEFT_NOTE = "left a question for a colleague", _("left a question for a colleague at %(target)s")
    WROTE_TO_NOTE = "wrote to a colleague's question", _("wrote to a colleague’s question at %(target)s")
    RESOLVED_NOTE = "resolved a colleague's question", _("resolved a colleague’s question at %(target)s")
    HMIS_LIST_DOWNLOADED = "HMIS list downloaded", _("downloaded a list for the HMIS")
    CONFIRMED_ACCESS = "confirmed who needs access", _("confirmed who still needs access to the HMIS")
    USER_LIST_COMPARED = "user list of the HMIS compared", _("compared the user list of the HMIS: %(target)s")
    DIFFERENCE_ASKED = (
        "difference to be put right in the HMIS",
        _("marked a difference to be put right in the HMIS: %(target)s"),
    )
    DIFFERENCE_DONE = "difference put right in the HMIS", _("put a difference right in the HMIS: %(target)s")
    ACCOUNT_LINKED = "account in the HMIS linked", _("linked an account in the HMIS to %(target)s")
    CHANGED_ROLES_IN_HMIS = "changed roles in the HMIS", _("changed a role in the HMIS: %(target)s")
    HUD_CSV_DOWNLOADED = "HUD CSV downloaded", _("downloaded HUD’s CSV files of %(target)s")
