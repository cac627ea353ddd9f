"""What changes training: giving courses, recording what was done, waiving, voiding, judging uploaded proof.

Every function works in one transaction under the lock of the person's row, writes the audit record, and tells the
app above by `requirements_met` whenever a person's status may have changed.
"""

from training.requirements.assignments import assign, assign_off_roster, courses_for
from training.services.agreements import ask_to_sign, prepare_agreement, sign_agreement
from training.services.assigning import (
    ask_newer_version,
    close_training,
    open_training,
    reassign_everyone,
    say_registered,
)
from training.services.completions import void
from training.services.evidence import accept_evidence, refuse_evidence, upload_evidence
from training.services.needed import score_missing
from training.services.practice import hand_in
from training.services.recording import Recorded, Result, completion_key, record_all, record_completion
from training.services.waivers import end_waiver, waive

__all__ = [
    "Recorded",
    "Result",
    "accept_evidence",
    "ask_newer_version",
    "ask_to_sign",
    "assign",
    "assign_off_roster",
    "close_training",
    "completion_key",
    "courses_for",
    "end_waiver",
    "hand_in",
    "open_training",
    "prepare_agreement",
    "reassign_everyone",
    "record_all",
    "record_completion",
    "refuse_evidence",
    "say_registered",
    "score_missing",
    "sign_agreement",
    "upload_evidence",
    "void",
    "waive",
]
