"""What the record says of courses, of who must take them, and of what was done."""

from django.utils.translation import gettext_lazy as _

from hmis_portal.events import Verb


class TrainingEvent(Verb):
    """Verbs of audit events, as they are stored: a landed one keeps its value."""

    COURSE_CHANGED = "course changed", _("changed the course “%(target)s”")
    COURSE_RULES_CHANGED = "course rules changed", _("changed who needs the course “%(target)s”")
    COURSE_ASSIGNED = "course assigned", _("The course was assigned: %(target)s")
    COURSE_CLOSED = "course closed", _("The course is no longer asked: %(target)s")
    USER_AGREEMENT_SIGNED = "user agreement signed", _("signed the user agreement")
    NEWER_VERSION_REQUIRED = (
        "newer version required",
        _("asked for a newer version of the course “%(target)s”"),
    )
    REGISTERED = "registered", _("registered for the course: %(target)s")
    TRAINING_OPENED = "training opened", _("Training has begun")
    TRAINING_CLOSED = "training closed", _("The training of the agency was closed")
    COMPLETION_RECORDED = "completion recorded", _("The completion of a course was recorded: %(target)s")
    COMPLETION_VOIDED = "completion voided", _("voided the completion of a course: %(target)s")
    PROOF_DECIDED = "proof decided", _("decided on a proof of training: %(target)s")
    PROOF_UPLOADED = "proof uploaded", _("uploaded a proof of training: %(target)s")
    COURSE_WAIVED = "course waived", _("waived a course: %(target)s")
    WAIVER_TAKEN_BACK = "waiver taken back", _("took the waiver of a course back: %(target)s")
    RESULTS_RECEIVED = "results received", _("Results of courses came in: %(target)s")
    HELD_RESULT_DECIDED = "held result decided", _("decided on a result that waited: %(target)s")
    RESULTS_SOURCE_CHANGED = "source of results changed", _("changed the source of results “%(target)s”")
    CREDENTIALS_MADE = "credentials made", _("made credentials for a source of results: %(target)s")
    CREDENTIALS_REVOKED = (
        "credentials revoked",
        _("revoked the credentials of a source of results: %(target)s"),
    )
    SESSION_PLANNED = "session planned", _("planned a session: %(target)s")
    SESSION_CHANGED = "session changed", _("changed a session: %(target)s")
    SESSION_CALLED_OFF = "session called off", _("called a session off: %(target)s")
    SIGNED_UP = "signed up for session", _("signed up for a session: %(target)s")
    SEAT_GIVEN = (
        "seat given from waiting list",
        _("A seat became free and was given from the waiting list: %(target)s"),
    )
    SEAT_GIVEN_BACK = "seat given back", _("gave a seat back: %(target)s")
    ATTENDANCE_RECORDED = "attendance recorded", _("recorded who attended a session: %(target)s")
    ASKED_TO_TRAIN = "reminded of training", _("reminded of the training that is owed: %(target)s")
    LEARNING_ACCOUNT_ASKED = (
        "learning account asked for",
        _("An account at the learning site was asked for: %(target)s"),
    )
    LEARNING_ACCOUNT_MADE = "learning account made", _("made an account at the learning site for %(target)s")
    LEARNING_ACCOUNT_RENAMED = (
        "learning account renamed",
        _("renamed the account at the learning site of %(target)s"),
    )
    PRACTICE_HANDED_IN = "practice case handed in", _("handed a practice case in: %(target)s")
    PRACTICE_LOOKED_THROUGH = "practice case looked through", _("looked a practice case through: %(target)s")
