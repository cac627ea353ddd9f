"""What the record says of the journey, beside the moves of the transition tables."""

from enum import StrEnum


class OnboardingEvent(StrEnum):
    """Verbs of audit events, as they are stored: a landed one keeps its value."""

    DELETE_DRAFT = "delete_draft"
    CONDITION_SENT_BACK = "condition sent back"
    CONDITION_MET = "condition met"
    CONDITION_REPORTED = "condition reported"
    SAVE = "save"
    PUBLISH = "publish"
    BEGUN = "begun"
    PUBLISHED = "published"
    DROPPED_DRAFT = "dropped draft"
    ANSWERED_READINESS = "answered readiness"
    REMARK = "remark"
    CLOSE_REMARK = "close remark"
    TAKE_BACK_REMARK = "take back remark"
    ANSWERED_REMARK = "answered remark"
    SECTION_IN_ORDER = "section in order"
    SECTION_TO_CHECK_AGAIN = "section to check again"
    CONFIRMED_REQUIREMENT = "confirmed requirement"
    DELETED_AFTER_RETENTION = "deleted after retention"
    REMOVED_SITE = "removed site"
    ASKED_A_QUESTION = "asked a question"
    ANSWERED_A_QUESTION = "answered a question"
    WROTE_TO_A_QUESTION = "wrote to a question"
    CLOSED_A_QUESTION = "closed a question"
    UPLOADED = "uploaded"
    REMOVED_UPLOAD = "removed upload"
    HUD_CSV_DOWNLOADED = "HUD CSV downloaded"
