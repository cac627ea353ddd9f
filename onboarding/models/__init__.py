"""THE JOURNEY: applications, their review, the MOU and access."""

from onboarding.models.access import Access
from onboarding.models.application import (
    Application,
    ReadinessAnswer,
    ReadinessOutcome,
    ReadinessQuestion,
    ReadinessVersion,
    Revision,
    RevisionPdf,
    SectionWork,
    Site,
    Upload,
)
from onboarding.models.mou import Mou
from onboarding.models.review import (
    Condition,
    RequirementConfirmation,
    RequirementText,
    ReviewNote,
    SectionReview,
    Thread,
    ThreadMessage,
)

__all__ = [
    "Access",
    "Application",
    "Condition",
    "Mou",
    "ReadinessAnswer",
    "ReadinessOutcome",
    "ReadinessQuestion",
    "ReadinessVersion",
    "RequirementConfirmation",
    "RequirementText",
    "ReviewNote",
    "Revision",
    "RevisionPdf",
    "SectionReview",
    "SectionWork",
    "Site",
    "Thread",
    "ThreadMessage",
    "Upload",
]
