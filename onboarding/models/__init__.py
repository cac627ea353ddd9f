"""THE JOURNEY: applications, their review, the MOU and access."""

from onboarding.models.access import Access, AccessConfirmation, CoordinatorNews
from onboarding.models.application import Application, Revision, RevisionJob, RevisionPdf
from onboarding.models.conditions import Condition, ConditionReport
from onboarding.models.feedback import Feedback
from onboarding.models.hmis import Difference, HmisAccount, HmisFile, HmisLink, HmisUserList, RoleInHmis
from onboarding.models.mou import Mou, OneParty
from onboarding.models.owed import CalendarFeed
from onboarding.models.questions import Thread, ThreadMessage, ThreadRead
from onboarding.models.readiness import (
    ReadinessAnswer,
    ReadinessOutcome,
    ReadinessQuestion,
    ReadinessVersion,
    ReadinessYear,
    Site,
)
from onboarding.models.readiness_help import HelpAnswer, HelpRequest
from onboarding.models.record import RecordChange, RecordProposal
from onboarding.models.reports import ReportCount, ReportFigures
from onboarding.models.requirements import RequirementConfirmation, RequirementText
from onboarding.models.review import DeclineReason, PrivateNote, Remark, RemarkReply, SectionReview
from onboarding.models.sections import SectionKey, SectionWork, Upload
from onboarding.models.together import Assignment, Note, NoteText

__all__ = [
    "Access",
    "AccessConfirmation",
    "Application",
    "Assignment",
    "CalendarFeed",
    "Condition",
    "ConditionReport",
    "CoordinatorNews",
    "DeclineReason",
    "Difference",
    "Feedback",
    "HelpAnswer",
    "HelpRequest",
    "HmisAccount",
    "HmisFile",
    "HmisLink",
    "HmisUserList",
    "Mou",
    "Note",
    "NoteText",
    "OneParty",
    "PrivateNote",
    "ReadinessAnswer",
    "ReadinessOutcome",
    "ReadinessQuestion",
    "ReadinessVersion",
    "ReadinessYear",
    "RecordChange",
    "RecordProposal",
    "Remark",
    "RemarkReply",
    "ReportCount",
    "ReportFigures",
    "RequirementConfirmation",
    "RequirementText",
    "Revision",
    "RevisionJob",
    "RevisionPdf",
    "RoleInHmis",
    "SectionKey",
    "SectionReview",
    "SectionWork",
    "Site",
    "Thread",
    "ThreadMessage",
    "ThreadRead",
    "Upload",
]
