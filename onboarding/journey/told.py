"""Which lines of the record an agency reads in its history, and which it does not: each verb is on one side on purpose."""

from enum import StrEnum

from django.db.models import Model

from agencies.events import AgenciesEvent
from agencies.models import Agency, Invitation, Project, Staff, User
from hmis_portal.events import AccountEvent, PortalEvent, SecurityEvent
from onboarding.events import OnboardingEvent
from onboarding.models import (
    Access,
    AccessConfirmation,
    Application,
    Condition,
    Mou,
    RecordChange,
    RecordProposal,
    Remark,
    RequirementConfirmation,
    Upload,
)
from onboarding.workflow import AccessVerb, AgencyVerb, ApplicationVerb, MouVerb
from training.events import TrainingEvent
from training.models import UserAgreement

# What an agency reads in its history, by what it was done to.
TOLD: dict[type[Model], frozenset[StrEnum]] = {
    Agency: frozenset(
        {
            AgenciesEvent.OPENED_AGENCY,
            AgencyVerb.GO_LIVE,
            AgencyVerb.LEAVE,
            AgenciesEvent.HANDED_OVER_MANAGEMENT,
            AgenciesEvent.NAMED_MANAGER,
            AgenciesEvent.PROJECT_DATA_CONFIRMED,
            TrainingEvent.TRAINING_OPENED,
        }
    ),
    Application: frozenset(
        {
            ApplicationVerb.START,
            ApplicationVerb.SUBMIT,
            ApplicationVerb.TAKE,
            ApplicationVerb.HAND_BACK,
            ApplicationVerb.HOLD,
            ApplicationVerb.RELEASE,
            ApplicationVerb.REQUEST_CHANGES,
            ApplicationVerb.RESUBMIT,
            ApplicationVerb.ASK_FOR_TIME,
            ApplicationVerb.GIVE_TIME,
            ApplicationVerb.REFUSE_TIME,
            ApplicationVerb.APPROVE,
            ApplicationVerb.DECLINE,
            ApplicationVerb.APPEAL,
            ApplicationVerb.UPHOLD,
            ApplicationVerb.OVERTURN,
            ApplicationVerb.WITHDRAW,
            ApplicationVerb.REVOKE_APPROVAL,
            ApplicationVerb.REOPEN,
            ApplicationVerb.MOU_LOST,
        }
    ),
    Mou: frozenset(
        {
            MouVerb.ISSUE,
            MouVerb.SIGN,
            MouVerb.SIGN_ON_PAPER,
            MouVerb.COUNTER_SIGN_ON_PAPER,
            MouVerb.DECLINE,
            MouVerb.PASS_ON,
            MouVerb.REPLACE,
            MouVerb.REMIND,
            MouVerb.ISSUE_ANEW,
            MouVerb.ONE_PARTY,
            MouVerb.SUPERSEDE,
            MouVerb.WITHDRAW_SIGNATURE,
            MouVerb.REFUSE,
            MouVerb.VOID,
            MouVerb.VOID_WITH_AGENCY,
            MouVerb.VOID_WITH_MOU,
            MouVerb.VOID_WITH_APPLICATION,
            MouVerb.COUNTER_SIGN,
            MouVerb.END,
            MouVerb.RENEW,
            OnboardingEvent.ASKED_ANEW,
        }
    ),
    Access: frozenset(
        {
            AccessVerb.BECOME_READY,
            AccessVerb.GRANT,
            AccessVerb.SUSPEND,
            AccessVerb.RESTORE,
            AccessVerb.END,
        }
    ),
    AccessConfirmation: frozenset(
        {
            OnboardingEvent.CONFIRMED_ACCESS,
        }
    ),
    Invitation: frozenset(
        {
            AgenciesEvent.INVITED,
            AgenciesEvent.ACCEPTED_INVITATION,
            AgenciesEvent.REVOKED_INVITATION,
        }
    ),
    User: frozenset(
        {
            AgenciesEvent.NAMED_DEPUTY,
            AgenciesEvent.ENDED_ROLE,
            AgenciesEvent.MERGED_PERSON,
        }
    ),
    Project: frozenset(
        {
            AgenciesEvent.PROJECT_ADDED,
            AgenciesEvent.PROJECT_CHANGED,
            AgenciesEvent.PROJECT_ACCEPTED,
            AgenciesEvent.HMIS_PARTICIPATION_PLANNED,
            AgenciesEvent.PROJECT_ENDED,
            AgenciesEvent.PROJECT_REMOVED,
        }
    ),
    Staff: frozenset(
        {
            AgenciesEvent.LISTED_STAFF,
            AgenciesEvent.CHANGED_STAFF,
            AgenciesEvent.REMOVED_STAFF,
            AgenciesEvent.REPORTED_LEAVER,
            AgenciesEvent.STAFF_RETURNED,
        }
    ),
    UserAgreement: frozenset(
        {
            TrainingEvent.USER_AGREEMENT_SIGNED,
        }
    ),
    RequirementConfirmation: frozenset(
        {
            OnboardingEvent.CONFIRMED_REQUIREMENT,
        }
    ),
    RecordChange: frozenset(
        {
            OnboardingEvent.CHANGED_RECORD,
        }
    ),
    RecordProposal: frozenset(
        {
            OnboardingEvent.PROPOSED_CHANGE,
            OnboardingEvent.ACCEPTED_CHANGE,
            OnboardingEvent.REFUSED_CHANGE,
            OnboardingEvent.TOOK_BACK_CHANGE,
        }
    ),
    Upload: frozenset(
        {
            OnboardingEvent.UPLOADED,
        }
    ),
    Remark: frozenset(
        {
            OnboardingEvent.ANSWERED_REMARK,
            OnboardingEvent.EXPLAINED_REMARK,
        }
    ),
    Condition: frozenset(
        {
            OnboardingEvent.CONDITION_REPORTED,
            OnboardingEvent.CONDITION_SENT_BACK,
            OnboardingEvent.CONDITION_MET,
            OnboardingEvent.CONDITION_WAIVED,
            OnboardingEvent.CONDITION_WITHDRAWN,
            OnboardingEvent.CONDITION_TAKEN_UP_AGAIN,
            OnboardingEvent.CONDITION_TIME_ASKED,
            OnboardingEvent.CONDITION_TIME_GIVEN,
            OnboardingEvent.CONDITION_TIME_REFUSED,
        }
    ),
}

# What is the HMIS's own business, or is told where it belongs: an agency does not read it in its history.
UNTOLD: frozenset[StrEnum] = frozenset(
    {
        OnboardingEvent.SAID_HOW_IT_WAS,
        *PortalEvent,
        *SecurityEvent,
        *AccountEvent,
        AgenciesEvent.HMIS_PARTICIPATION_BEGAN,
        AgenciesEvent.CLOSED_ACCOUNT,
        AgenciesEvent.OPENED_ACCOUNT_AGAIN,
        AgenciesEvent.ENDED_SESSIONS,
        AgenciesEvent.ALLOWED_FIRST_FACTOR,
        AgenciesEvent.RESET_AUTHENTICATOR,
        AgenciesEvent.MADE_ACCOUNT,
        AgenciesEvent.CHANGED_GROUPS,
        AgenciesEvent.FOUND_NO_DUPLICATE,
        AgenciesEvent.LOADED_REGISTER,
        AgenciesEvent.CHANGED_OWN_DETAILS,
        AgenciesEvent.ENTERED_CODE_CHANNEL,
        AgenciesEvent.SENT_INVITATION_AGAIN,
        AgenciesEvent.LINKED_STAFF_TO_ACCOUNT,
        AgenciesEvent.ANNOUNCED_LEAVER,
        AgenciesEvent.LEAVER_STAYS,
        AgenciesEvent.MOVED_PEOPLE_TO_ANOTHER_AGENCY,
        AgenciesEvent.TOOK_OVER_PEOPLE_OF_A_DUPLICATE,
        AgenciesEvent.CORRECTED_ADDRESS,
        AgenciesEvent.VIEWED_AS_AGENCY,
        TrainingEvent.COURSE_CHANGED,
        TrainingEvent.COURSE_RULES_CHANGED,
        TrainingEvent.COURSE_ASSIGNED,
        TrainingEvent.COURSE_CLOSED,
        TrainingEvent.NEWER_VERSION_REQUIRED,
        TrainingEvent.REGISTERED,
        TrainingEvent.TRAINING_CLOSED,
        TrainingEvent.COMPLETION_RECORDED,
        TrainingEvent.COMPLETION_VOIDED,
        TrainingEvent.PROOF_DECIDED,
        TrainingEvent.PROOF_UPLOADED,
        TrainingEvent.COURSE_WAIVED,
        TrainingEvent.WAIVER_TAKEN_BACK,
        TrainingEvent.RESULTS_RECEIVED,
        TrainingEvent.HELD_RESULT_DECIDED,
        TrainingEvent.RESULTS_SOURCE_CHANGED,
        TrainingEvent.CREDENTIALS_MADE,
        TrainingEvent.CREDENTIALS_REVOKED,
        TrainingEvent.SESSION_PLANNED,
        TrainingEvent.SESSION_CHANGED,
        TrainingEvent.SESSION_CALLED_OFF,
        TrainingEvent.SIGNED_UP,
        TrainingEvent.SEAT_GIVEN,
        TrainingEvent.SEAT_GIVEN_BACK,
        TrainingEvent.ATTENDANCE_RECORDED,
        TrainingEvent.ASKED_TO_TRAIN,
        TrainingEvent.PRACTICE_HANDED_IN,
        TrainingEvent.PRACTICE_LOOKED_THROUGH,
        TrainingEvent.LEARNING_ACCOUNT_ASKED,
        TrainingEvent.LEARNING_ACCOUNT_MADE,
        TrainingEvent.LEARNING_ACCOUNT_RENAMED,
        OnboardingEvent.ASSIGNED_SECTION,
        OnboardingEvent.REMINDED_OF_WHAT_IS_OWED,
        OnboardingEvent.MADE_CALENDAR_ADDRESS,
        OnboardingEvent.REVOKED_CALENDAR_ADDRESS,
        OnboardingEvent.LEFT_NOTE,
        OnboardingEvent.WROTE_TO_NOTE,
        OnboardingEvent.RESOLVED_NOTE,
        OnboardingEvent.DELETE_DRAFT,
        OnboardingEvent.SAVE,
        OnboardingEvent.PUBLISH,
        OnboardingEvent.BEGUN,
        OnboardingEvent.PUBLISHED,
        OnboardingEvent.DROPPED_DRAFT,
        OnboardingEvent.ANSWERED_READINESS,
        OnboardingEvent.ASKED_A_HELPER,
        OnboardingEvent.REVOKED_A_HELPER,
        OnboardingEvent.HELPER_ANSWERED,
        OnboardingEvent.TOOK_A_PROPOSAL,
        OnboardingEvent.LEFT_A_PROPOSAL,
        OnboardingEvent.REMARK,
        OnboardingEvent.PRIVATE_NOTE,
        OnboardingEvent.CHANGED_DECLINE_REASONS,
        OnboardingEvent.CLOSE_REMARK,
        OnboardingEvent.TAKE_BACK_REMARK,
        OnboardingEvent.SECTION_IN_ORDER,
        OnboardingEvent.SECTION_TO_CHECK_AGAIN,
        OnboardingEvent.DELETED_AFTER_RETENTION,
        OnboardingEvent.REMOVED_SITE,
        OnboardingEvent.ASKED_A_QUESTION,
        OnboardingEvent.ANSWERED_A_QUESTION,
        OnboardingEvent.WROTE_TO_A_QUESTION,
        OnboardingEvent.CLOSED_A_QUESTION,
        OnboardingEvent.WROTE_TO_AN_AGENCY,
        OnboardingEvent.REMOVED_UPLOAD,
        OnboardingEvent.HMIS_LIST_DOWNLOADED,
        OnboardingEvent.CHANGED_ROLES_IN_HMIS,
        OnboardingEvent.USER_LIST_COMPARED,
        OnboardingEvent.DIFFERENCE_ASKED,
        OnboardingEvent.DIFFERENCE_DONE,
        OnboardingEvent.ACCOUNT_LINKED,
        OnboardingEvent.HUD_CSV_DOWNLOADED,
        ApplicationVerb.HAND_OVER,
        ApplicationVerb.RECOMMEND,
        AccessVerb.LOSE_READY,
        AccessVerb.CHANGE,
        AccessVerb.CONFIRM_DONE,
        AccessVerb.COME_BACK,
    }
)

# What the HMIS Admin noted for the HMIS alone: the agency learns what was done, and not these words.
PRIVATE: dict[type[Model], frozenset[StrEnum]] = {
    Application: frozenset({ApplicationVerb.APPROVE, ApplicationVerb.REOPEN})
}
