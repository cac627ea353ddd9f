"""The append-only record in words, as an agency reads it."""

from collections.abc import Iterable
from enum import StrEnum
from functools import cache
from typing import Any

from django.db.models import Model, QuerySet, TextField
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from agencies.events import AgenciesEvent
from agencies.models import Agency, Invitation, Project, Staff, User
from hmis_portal.events import AccountEvent, PortalEvent, SecurityEvent
from hmis_portal.models import AuditEvent
from hmis_portal.models.keys import among
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

# What a reader is told happened. Words that begin with a capital are a whole sentence: it happened by itself, or who
# did it is not the point.
WORDS: dict[type[Model], dict[StrEnum, Promise]] = {
    Agency: {
        AgenciesEvent.OPENED_AGENCY: _("opened the agency's account"),
        AgencyVerb.GO_LIVE: _("The agency is live in the HMIS"),
        AgencyVerb.LEAVE: _("recorded that the agency left the HMIS"),
        AgenciesEvent.HANDED_OVER_MANAGEMENT: _("handed over the management of the agency"),
        AgenciesEvent.NAMED_MANAGER: _("named a new manager"),
        AgenciesEvent.PROJECT_DATA_CONFIRMED: _("confirmed the data of every running project"),
        TrainingEvent.TRAINING_OPENED: _("Training has begun"),
    },
    Application: {
        ApplicationVerb.START: _("started the application %(target)s"),
        ApplicationVerb.SUBMIT: _("sent the application %(target)s with the signed MOU"),
        ApplicationVerb.TAKE: _("began to review the application"),
        ApplicationVerb.HAND_BACK: _("put the application back in the queue"),
        ApplicationVerb.HOLD: _("put the application on hold"),
        ApplicationVerb.RELEASE: _("ended the hold of the application"),
        ApplicationVerb.REQUEST_CHANGES: _("asked for changes to the application"),
        ApplicationVerb.RESUBMIT: _("sent the application %(target)s again"),
        ApplicationVerb.ASK_FOR_TIME: _("asked for more time to answer"),
        ApplicationVerb.GIVE_TIME: _("gave more time to answer"),
        ApplicationVerb.REFUSE_TIME: _("left the day to answer as it is"),
        ApplicationVerb.APPROVE: _("approved the application %(target)s"),
        ApplicationVerb.DECLINE: _("declined the application %(target)s"),
        ApplicationVerb.APPEAL: _("asked for a second look at the decline"),
        ApplicationVerb.UPHOLD: _("looked again and left the decline as it is"),
        ApplicationVerb.OVERTURN: _("looked again and took the decline back"),
        ApplicationVerb.WITHDRAW: _("withdrew the application %(target)s"),
        ApplicationVerb.REVOKE_APPROVAL: _("revoked the approval"),
        ApplicationVerb.REOPEN: _("re-opened the application"),
        ApplicationVerb.MOU_LOST: _("The application is waiting for a new signature"),
    },
    Mou: {
        MouVerb.ISSUE: _("issued the MOU %(target)s for signature"),
        MouVerb.SIGN: _("signed the MOU %(target)s for the agency"),
        MouVerb.SIGN_ON_PAPER: _("recorded that the agency signed the MOU %(target)s on paper"),
        MouVerb.COUNTER_SIGN_ON_PAPER: _(
            "recorded that the MOU %(target)s was counter-signed on paper: it is executed"
        ),
        MouVerb.DECLINE: _("declined to sign the MOU"),
        MouVerb.PASS_ON: _("passed the MOU on to another signatory"),
        MouVerb.REPLACE: _("named another signatory"),
        MouVerb.REMIND: _("reminded the signatory of the MOU"),
        MouVerb.ISSUE_ANEW: _("had the MOU %(target)s issued anew"),
        MouVerb.ONE_PARTY: _("recorded that both names in the MOU are one party"),
        MouVerb.SUPERSEDE: _("A newer version of the MOU was published"),
        MouVerb.WITHDRAW_SIGNATURE: _("withdrew the signature"),
        MouVerb.REFUSE: _("refused to counter-sign the MOU"),
        MouVerb.VOID: _("voided the MOU %(target)s"),
        MouVerb.VOID_WITH_AGENCY: _("The MOU was voided: the agency left the HMIS"),
        MouVerb.VOID_WITH_MOU: _("The renewal was voided: the MOU ended"),
        MouVerb.VOID_WITH_APPLICATION: _("closed the MOU together with the application"),
        MouVerb.COUNTER_SIGN: _("counter-signed the MOU %(target)s: it is executed"),
        MouVerb.END: _("ended the MOU %(target)s"),
        MouVerb.RENEW: _("began the renewal of the MOU"),
    },
    Access: {
        AccessVerb.BECOME_READY: _("The %(object)s can be granted now"),
        AccessVerb.GRANT: _("confirmed the %(object)s"),
        AccessVerb.SUSPEND: _("The %(object)s is suspended"),
        AccessVerb.RESTORE: _("The %(object)s is restored"),
        AccessVerb.END: _("The %(object)s has ended"),
    },
    AccessConfirmation: {
        OnboardingEvent.CONFIRMED_ACCESS: _("confirmed who still needs access to the HMIS"),
    },
    Invitation: {
        AgenciesEvent.INVITED: _("invited %(target)s"),
        AgenciesEvent.ACCEPTED_INVITATION: _("accepted the invitation"),
        AgenciesEvent.REVOKED_INVITATION: _("revoked the invitation of %(target)s"),
    },
    User: {
        AgenciesEvent.NAMED_DEPUTY: _("named a deputy: %(target)s"),
        AgenciesEvent.ENDED_ROLE: _("ended the access of %(target)s to this account"),
    },
    Project: {
        AgenciesEvent.PROJECT_ADDED: _("added the project %(target)s"),
        AgenciesEvent.PROJECT_CHANGED: _("changed the project %(target)s"),
        AgenciesEvent.PROJECT_ACCEPTED: _("set up the project %(target)s in the HMIS"),
        AgenciesEvent.HMIS_PARTICIPATION_PLANNED: _("chose the day on which %(target)s begins in the HMIS"),
        AgenciesEvent.PROJECT_ENDED: _("ended the project %(target)s"),
        AgenciesEvent.PROJECT_REMOVED: _("removed the project %(target)s"),
    },
    Staff: {
        AgenciesEvent.LISTED_STAFF: _("added %(target)s to the roster"),
        AgenciesEvent.CHANGED_STAFF: _("changed %(target)s on the roster"),
        AgenciesEvent.REMOVED_STAFF: _("removed %(target)s from the roster"),
        AgenciesEvent.REPORTED_LEAVER: _("reported that %(target)s leaves"),
        AgenciesEvent.STAFF_RETURNED: _("reported that %(target)s is back"),
    },
    UserAgreement: {
        TrainingEvent.USER_AGREEMENT_SIGNED: _("signed the user agreement"),
    },
    RequirementConfirmation: {
        OnboardingEvent.CONFIRMED_REQUIREMENT: _("confirmed a requirement: %(detail)s"),
    },
    RecordChange: {
        OnboardingEvent.CHANGED_RECORD: _("changed “%(target)s” in the agency's record"),
    },
    RecordProposal: {
        OnboardingEvent.PROPOSED_CHANGE: _("proposed a change: %(target)s"),
        OnboardingEvent.ACCEPTED_CHANGE: _("accepted a proposed change: %(target)s"),
        OnboardingEvent.REFUSED_CHANGE: _("refused a proposed change: %(target)s"),
        OnboardingEvent.TOOK_BACK_CHANGE: _("took back a proposed change: %(target)s"),
    },
    Upload: {
        OnboardingEvent.UPLOADED: _("uploaded %(target)s"),
    },
    Remark: {
        OnboardingEvent.ANSWERED_REMARK: _("answered the remark on %(target)s"),
        OnboardingEvent.EXPLAINED_REMARK: _("explained the remark on %(target)s"),
    },
    Condition: {
        OnboardingEvent.CONDITION_REPORTED: _("reported a condition as done: %(target)s"),
        OnboardingEvent.CONDITION_SENT_BACK: _("sent back the report on a condition: %(target)s"),
        OnboardingEvent.CONDITION_MET: _("marked a condition as met: %(target)s"),
        OnboardingEvent.CONDITION_WAIVED: _("waived a condition: %(target)s"),
        OnboardingEvent.CONDITION_WITHDRAWN: _("withdrew a condition with the approval: %(target)s"),
        OnboardingEvent.CONDITION_TAKEN_UP_AGAIN: _("took a condition up again: %(target)s"),
        OnboardingEvent.CONDITION_TIME_ASKED: _("asked for more time for a condition: %(target)s"),
        OnboardingEvent.CONDITION_TIME_GIVEN: _("gave more time for a condition: %(target)s"),
        OnboardingEvent.CONDITION_TIME_REFUSED: _("left the day of a condition as it is: %(target)s"),
    },
}

# What is the HMIS's own business, or is told where it belongs: an agency does not read it in its history.
UNTOLD: frozenset[StrEnum] = frozenset(
    {
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

_WORDS = {
    (model._meta.label_lower, str(verb)): text
    for model, verbs in WORDS.items()
    for verb, text in verbs.items()
}
_KINDS, _VERBS = (sorted(set(names)) for names in zip(*_WORDS, strict=True))
_PRIVATE = {(model._meta.label_lower, str(verb)) for model, verbs in PRIVATE.items() for verb in verbs}


def of_agency(agency: Agency) -> QuerySet[AuditEvent]:
    """The events that the agency's people may read, newest first."""
    return _readable().filter(agency_id=agency.pk)


@cache
def _readable() -> QuerySet[AuditEvent]:
    rows = AuditEvent.objects.filter(
        among("verb", _VERBS, TextField()), among("target_type", _KINDS, TextField())
    )
    return rows.order_by("-at", "-pk")


def in_words(events: Iterable[AuditEvent], *, for_hmis: bool = False) -> list[dict[str, Any]]:
    """Rows for the timeline component: at, who, text, reason. `for_hmis`: with the reasons kept for the HMIS."""
    rows = []
    for event in events:
        text = _sentence(event)
        who = "" if text[:1].isupper() else event.actor_name or ""
        private = (event.target_type, event.verb) in _PRIVATE and not for_hmis
        rows.append({"at": event.at, "who": who, "text": text, "reason": "" if private else event.reason})
    return rows


def _sentence(event: AuditEvent) -> str:
    words = _WORDS.get((event.target_type, event.verb))
    if words is None:
        return gettext("%(verb)s: %(target)s") % {
            "verb": event.verb.replace("_", " "),
            "target": event.target_name,
        }
    name = event.target_name
    within = name[:1].lower() + name[1:]
    return str(words) % {"target": name, "object": within, "detail": event.data.get("text", "")}
