"""The moves of an application."""

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext_lazy as _

from agencies.models import User
from hmis_portal.events import Verb
from onboarding.models import Application, ReadinessQuestion, Remark
from onboarding.workflow.moves import ADMIN, MANAGER, SYSTEM, Move

A = Application.State


class ApplicationVerb(Verb, of="onboarding.application"):
    """What the history stores."""

    START = "start", _("started the application %(target)s")
    SUBMIT = "submit", _("sent the application %(target)s with the signed MOU")
    TAKE = "take", _("began to review the application")
    HAND_OVER = "hand_over", _("handed the review of %(target)s over to a colleague")
    HAND_BACK = "hand_back", _("put the application back in the queue")
    HOLD = "hold", _("put the application on hold")
    RELEASE = "release", _("ended the hold of the application")
    REQUEST_CHANGES = "request_changes", _("asked for changes to the application")
    RESUBMIT = "resubmit", _("sent the application %(target)s again")
    RECOMMEND = "recommend", _("recommended the approval of %(target)s to a second person")
    APPROVE = "approve", _("approved the application %(target)s")
    DECLINE = "decline", _("declined the application %(target)s")
    APPEAL = "appeal", _("asked for a second look at the decline")
    UPHOLD = "uphold", _("looked again and left the decline as it is")
    OVERTURN = "overturn", _("looked again and took the decline back")
    WITHDRAW = "withdraw", _("withdrew the application %(target)s")
    REVOKE_APPROVAL = "revoke_approval", _("revoked the approval")
    REOPEN = "reopen", _("re-opened the application")
    MOU_LOST = "mou_lost", _("The application is waiting for a new signature")
    ASK_FOR_TIME = "ask_for_time", _("asked for more time to answer")
    GIVE_TIME = "give_time", _("gave more time to answer")
    REFUSE_TIME = "refuse_time", _("left the day to answer as it is")


@dataclass(frozen=True)
class HandOver:
    to: User


@dataclass(frozen=True)
class Hold:
    """For whom or what all wait, in words."""

    waits_for: str


@dataclass(frozen=True)
class NewCondition:
    """A dated condition of an approval, as the reviewer's form names it; about a readiness question or of its own."""

    text: str
    owner: str
    due_on: date
    question: ReadinessQuestion | None = None
    blocks_go_live: bool = False


@dataclass(frozen=True)
class Approval:
    """What an approval asks for, and which of the open remarks it ends: an approval that leaves one out is refused."""

    conditions: tuple[NewCondition, ...] = ()
    remarks: tuple[Remark, ...] = ()


@dataclass(frozen=True)
class MoreTime:
    until: date


APPLICATION = (
    Move(
        ApplicationVerb.START,
        (),
        A.DRAFT,
        (MANAGER,),
        _("Start the application"),
        _("one open application per agency"),
    ),
    Move(
        ApplicationVerb.SUBMIT,
        (A.DRAFT,),
        A.SUBMITTED,
        (MANAGER,),
        _("Send application"),
        _("MOU signed by the agency in the name it has now, every section complete"),
    ),
    Move(ApplicationVerb.TAKE, (A.SUBMITTED,), A.IN_REVIEW, (ADMIN,), _("Take for review")),
    Move(
        ApplicationVerb.HAND_OVER,
        (A.IN_REVIEW, A.ON_HOLD),
        "",
        (ADMIN,),
        _("Hand over to a colleague"),
        _("the colleague is an HMIS Admin"),
        payload=HandOver,
    ),
    Move(ApplicationVerb.HAND_BACK, (A.IN_REVIEW,), A.SUBMITTED, (ADMIN,), _("Hand back to the queue")),
    Move(
        ApplicationVerb.HOLD,
        (A.IN_REVIEW,),
        A.ON_HOLD,
        (ADMIN,),
        _("Put on hold"),
        _("it is said for whom or what all wait"),
        needs_reason=True,
        payload=Hold,
    ),
    Move(ApplicationVerb.RELEASE, (A.ON_HOLD,), A.IN_REVIEW, (ADMIN,), _("End the hold")),
    Move(
        ApplicationVerb.REQUEST_CHANGES,
        (A.IN_REVIEW,),
        A.CHANGES,
        (ADMIN,),
        _("Ask for changes"),
        _("at least one remark"),
    ),
    Move(
        ApplicationVerb.RESUBMIT,
        (A.CHANGES,),
        A.SUBMITTED,
        (MANAGER,),
        _("Send application again"),
        _("MOU signed by the agency in the name it has now, every section complete"),
    ),
    Move(
        ApplicationVerb.ASK_FOR_TIME,
        (A.CHANGES,),
        A.CHANGES,
        (MANAGER,),
        _("Ask for more time"),
        _("not asked already"),
    ),
    Move(
        ApplicationVerb.GIVE_TIME,
        (A.CHANGES,),
        A.CHANGES,
        (ADMIN,),
        _("Give more time"),
        _("a later day, within a year"),
        payload=MoreTime,
    ),
    Move(
        ApplicationVerb.REFUSE_TIME,
        (A.CHANGES,),
        A.CHANGES,
        (ADMIN,),
        _("Leave the day as it is"),
        _("the agency asked for more time"),
        needs_reason=True,
    ),
    Move(
        ApplicationVerb.RECOMMEND,
        (A.IN_REVIEW,),
        A.IN_REVIEW,
        (ADMIN,),
        _("Recommend approval"),
        _("four-eyes is on; not recommended already; nothing blocks approval"),
    ),
    Move(
        ApplicationVerb.APPROVE,
        (A.IN_REVIEW,),
        A.APPROVED,
        (ADMIN,),
        _("Approve"),
        _(
            "nothing blocks approval; what becomes of each open remark; MOU still signed, in the name of today; with four-eyes, recommended by another"
        ),
        payload=Approval,
    ),
    Move(
        ApplicationVerb.DECLINE,
        (A.SUBMITTED, A.IN_REVIEW, A.ON_HOLD, A.CHANGES),
        A.DECLINED,
        (ADMIN,),
        _("Decline"),
        needs_reason=True,
    ),
    Move(
        ApplicationVerb.APPEAL,
        (A.DECLINED,),
        "",
        (MANAGER,),
        _("Ask for a second look"),
        _("within 30 days, once"),
        needs_reason=True,
    ),
    Move(
        ApplicationVerb.UPHOLD,
        (A.DECLINED,),
        "",
        (ADMIN,),
        _("Leave the decline as it is"),
        _("a second look was asked for; by another than who declined"),
        needs_reason=True,
    ),
    Move(
        ApplicationVerb.OVERTURN,
        (A.DECLINED,),
        A.CHANGES,
        (ADMIN,),
        _("Take the decline back"),
        _(
            "a second look was asked for; by another than who declined; no other open application, none started since"
        ),
        needs_reason=True,
    ),
    Move(
        ApplicationVerb.WITHDRAW,
        (A.DRAFT, A.SUBMITTED, A.IN_REVIEW, A.ON_HOLD, A.CHANGES, A.APPROVED),
        A.WITHDRAWN,
        (MANAGER,),
        _("Withdraw application"),
        _("the MOU is not executed"),
    ),
    Move(
        ApplicationVerb.REVOKE_APPROVAL,
        (A.APPROVED,),
        A.IN_REVIEW,
        (ADMIN,),
        _("Revoke approval"),
        _("the MOU is not executed; no application started since"),
        needs_reason=True,
    ),
    Move(
        ApplicationVerb.REOPEN,
        (A.DECLINED, A.WITHDRAWN),
        A.DRAFT,
        (ADMIN, MANAGER),
        _("Re-open application"),
        _("within 30 days; no other open application, none started since"),
    ),
    Move(
        ApplicationVerb.MOU_LOST,
        (A.SUBMITTED, A.IN_REVIEW, A.ON_HOLD, A.APPROVED),
        A.CHANGES,
        (SYSTEM,),
        _("The MOU must be signed again"),
        needs_reason=True,
    ),
)
