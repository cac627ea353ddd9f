"""What the record says of courses, of who must take them, and of what was done."""

from enum import StrEnum


class TrainingEvent(StrEnum):
    """Verbs of audit events, as they are stored: a landed one keeps its value."""

    COURSE_CHANGED = "course changed"
    COURSE_RULES_CHANGED = "course rules changed"
    COURSE_ASSIGNED = "course assigned"
    COURSE_CLOSED = "course closed"
    USER_AGREEMENT_SIGNED = "user agreement signed"
    NEWER_VERSION_REQUIRED = "newer version required"
    REGISTERED = "registered"
    TRAINING_OPENED = "training opened"
    TRAINING_CLOSED = "training closed"
    COMPLETION_RECORDED = "completion recorded"
    COMPLETION_VOIDED = "completion voided"
    PROOF_DECIDED = "proof decided"
    PROOF_UPLOADED = "proof uploaded"
    COURSE_WAIVED = "course waived"
    WAIVER_TAKEN_BACK = "waiver taken back"
    RESULTS_RECEIVED = "results received"
    HELD_RESULT_DECIDED = "held result decided"
    RESULTS_SOURCE_CHANGED = "source of results changed"
    SESSION_PLANNED = "session planned"
    SESSION_CHANGED = "session changed"
    SESSION_CALLED_OFF = "session called off"
    SIGNED_UP = "signed up for session"
    SEAT_GIVEN = "seat given from waiting list"
    SEAT_GIVEN_BACK = "seat given back"
    ATTENDANCE_RECORDED = "attendance recorded"
    ASKED_TO_TRAIN = "reminded of training"
