"""Guards and effects of the application's moves."""

from datetime import timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from agencies import permissions
from agencies.services.projects import accept_with_application, forget_acceptance
from hmis_portal.models import PortalSettings
from onboarding.effects.more_time import forget_time
from onboarding.models import Application, Condition, Mou, ReadinessQuestion
from onboarding.mou import agreement, party
from onboarding.readiness import helpers
from onboarding.review import conditions
from onboarding.services import perform
from onboarding.workflow import (
    Act,
    ActWith,
    ApplicationVerb,
    Approval,
    HandOver,
    Hold,
    MouVerb,
    Text,
    done,
    effect,
    guard,
)


def is_signed(mou: Mou | None) -> bool:
    """Signed by the agency, and perhaps counter-signed."""
    return mou is not None and mou.state in (Mou.State.SIGNED, Mou.State.EXECUTED)


def is_executed(application: Application) -> bool:
    return Mou.objects.filter(agency_id=application.agency_id, state=Mou.State.EXECUTED).exists()


@guard(Application, ApplicationVerb.SUBMIT, ApplicationVerb.RESUBMIT)
def may_submit(application: Application, _act: Act) -> list[Text]:
    mou = agreement.latest(application.agency)
    if not is_signed(mou):
        return [_("The MOU must be signed by the agency first.")]
    return [*party.against(mou)]


@effect(Application, ApplicationVerb.SUBMIT, ApplicationVerb.RESUBMIT)
def submit(application: Application, act: Act) -> list[str]:
    application.submitted_at = application.touched_at = timezone.now()
    application.answer_by = application.clock_from = None
    application.recommended_by = application.recommended_at = None
    helpers.end_all(application)
    return ["submitted_at", "touched_at", "answer_by", "clock_from", "recommended_by", "recommended_at"]


@effect(Application, ApplicationVerb.TAKE)
def take(application: Application, act: Act) -> list[str]:
    application.reviewer = act.by
    return ["reviewer"]


@guard(Application, ApplicationVerb.HAND_OVER, payload=HandOver)
def may_hand_over(application: Application, act: ActWith[HandOver]) -> list[Text]:
    colleague = act.payload.to
    if not permissions.is_hmis_admin(colleague) or colleague == application.reviewer:
        return [_("Select another HMIS Admin to hand the review to.")]
    return []


@effect(Application, ApplicationVerb.HAND_OVER, payload=HandOver)
def hand_over(application: Application, act: ActWith[HandOver]) -> list[str]:
    application.reviewer = act.payload.to
    return ["reviewer"]


@effect(Application, ApplicationVerb.HAND_BACK)
def hand_back(application: Application, act: Act) -> list[str]:
    application.reviewer = application.recommended_by = application.recommended_at = None
    return ["reviewer", "recommended_by", "recommended_at"]


@guard(Application, ApplicationVerb.HOLD, payload=Hold)
def may_hold(_application: Application, act: ActWith[Hold]) -> list[Text]:
    return [] if act.payload.waits_for.strip() else [_("Enter for whom or what all wait.")]


@effect(Application, ApplicationVerb.HOLD, payload=Hold)
def hold(application: Application, act: ActWith[Hold]) -> list[str]:
    application.held_for, application.reason = act.payload.waits_for.strip(), act.reason
    return ["held_for", "reason"]


@effect(Application, ApplicationVerb.RELEASE)
def release(application: Application, act: Act) -> list[str]:
    """The clock goes on where it stood when the hold began."""
    since, now = application.waits_since, timezone.now()
    application.clock_from = since and since + (now - application.state_since)
    application.held_for = application.reason = ""
    return ["clock_from", "held_for", "reason"]


@guard(Application, ApplicationVerb.REQUEST_CHANGES)
def may_request_changes(application: Application, _act: Act) -> list[Text]:
    if not application.remarks.filter(resolved_at__isnull=True).exists():
        return [_("Write at least one remark that says what to change.")]
    return []


@effect(Application, ApplicationVerb.REQUEST_CHANGES)
def request_changes(application: Application, act: Act) -> list[str]:
    now = timezone.now()
    application.remarks.filter(resolved_at__isnull=True, sent_at__isnull=True).update(sent_at=now)
    return ask_again(application)


def ask_again(application: Application) -> list[str]:
    """The agency's turn until the answer-by date."""
    application.answer_by = timezone.localdate() + timedelta(days=PortalSettings.load().answer_days)
    application.recommended_by = application.recommended_at = None
    application.decided_by = application.decided_at = None
    cleared = ["recommended_by", "recommended_at", "decided_by", "decided_at"]
    return ["answer_by", *cleared, *forget_time(application)]


@effect(Application, ApplicationVerb.MOU_LOST)
def mou_lost(application: Application, act: Act) -> list[str]:
    application.reason, application.held_for = act.reason, ""
    conditions.withdraw_all(application, by=None, reason=act.reason)
    return ["reason", "held_for", *ask_again(application)]


@guard(Application, ApplicationVerb.RECOMMEND)
def may_recommend(application: Application, _act: Act) -> list[Text]:
    if not PortalSettings.load().four_eyes:
        return [_("A recommendation is only needed when approval takes two people.")]
    if application.recommended_by:
        words = _("%(name)s recommended the approval already; somebody else decides.")
        return [words % {"name": application.recommended_by}]
    return against_approval(application)


@effect(Application, ApplicationVerb.RECOMMEND)
def recommend(application: Application, act: Act) -> list[str]:
    application.recommended_by, application.recommended_at = act.by, timezone.now()
    return ["recommended_by", "recommended_at"]


@guard(Application, ApplicationVerb.APPROVE)
def may_approve(application: Application, act: Act) -> list[Text]:
    reasons = against_approval(application)
    if PortalSettings.load().four_eyes:
        if application.recommended_by_id is None:
            reasons.append(_("Approval takes two people: a colleague recommends it first."))
        elif act.by and application.recommended_by_id == act.by.pk:
            reasons.append(
                _("Approval takes two people: somebody other than you must approve what you recommended.")
            )
    return reasons


def against_approval(application: Application) -> list[Text]:
    """What blocks an approval today."""
    mou = agreement.latest(application.agency)
    if not is_signed(mou):
        return [_("The MOU is no longer signed by the agency.")]
    return [*party.against(mou)]


@effect(Application, ApplicationVerb.APPROVE, payload=Approval)
def approve(application: Application, act: ActWith[Approval]) -> list[str]:
    application.decided_by, application.decided_at, application.reason = act.by, timezone.now(), act.reason
    conditions.take_up_again(application, by=act.by)
    asked_already = questions_asked(application)
    Condition.objects.bulk_create(
        Condition(application=application, **vars(condition))
        for condition in act.payload.conditions
        if condition.question not in asked_already
    )
    accept_with_application(agency=application.agency, by=act.by)
    return ["decided_by", "decided_at", "reason"]


def questions_asked(application: Application) -> set[ReadinessQuestion | None]:
    """The readiness questions about which a condition is open already: one that was reported outlives its approval."""
    rows = application.conditions.filter(Condition.OPEN, question__isnull=False)
    return {condition.question for condition in rows.select_related("question")}


@effect(Application, ApplicationVerb.DECLINE)
def decline(application: Application, act: Act) -> list[str]:
    application.decided_by, application.decided_at, application.reason = act.by, timezone.now(), act.reason
    application.answer_by, application.held_for = None, ""
    return ["decided_by", "decided_at", "reason", "answer_by", "held_for"]


@guard(Application, ApplicationVerb.WITHDRAW, ApplicationVerb.REVOKE_APPROVAL)
def may_undo(application: Application, _act: Act) -> list[Text]:
    if application.state == Application.State.APPROVED and is_executed(application):
        return [_("The MOU is executed. To end it, write to the HMIS Admin.")]
    return []


@effect(Application, ApplicationVerb.WITHDRAW)
def withdraw(application: Application, act: Act) -> list[str]:
    application.reason, application.held_for, application.answer_by = act.reason, "", None
    application.decided_by = application.decided_at = None
    return ["reason", "held_for", "answer_by", "decided_by", "decided_at"]


@effect(Application, ApplicationVerb.REVOKE_APPROVAL)
def revoke_approval(application: Application, act: Act) -> list[str]:
    application.reason = act.reason
    application.recommended_by = application.recommended_at = application.decided_by = (
        application.decided_at
    ) = None
    conditions.withdraw_all(application, by=act.by, reason=act.reason)
    forget_acceptance(application.agency)
    return ["reason", "recommended_by", "recommended_at", "decided_by", "decided_at"]


@done(Application, ApplicationVerb.DECLINE, ApplicationVerb.WITHDRAW)
def void_open_mou(application: Application, act: Act) -> None:
    """Closing the application voids an MOU that is not executed."""
    mou = Mou.objects.filter(agency_id=application.agency_id, state__in=Mou.OPEN).first()
    if mou:
        reason = act.reason or _("The application was withdrawn.")
        perform(mou, MouVerb.VOID_WITH_APPLICATION, by=act.by, reason=reason, ip=act.ip, as_system=True)


@guard(Application, ApplicationVerb.REOPEN, ApplicationVerb.OVERTURN, ApplicationVerb.REVOKE_APPROVAL)
def none_started_since(application: Application, _act: Act) -> list[Text]:
    """What is open is the latest of its agency: that is the one that every page is about."""
    others = Application.objects.filter(agency_id=application.agency_id)
    if others.filter(started_at__gt=application.started_at).exists():
        return [
            _("The agency has started another application since. Go on with that one, or with a new one.")
        ]
    return []


@guard(Application, ApplicationVerb.REOPEN)
def may_reopen(application: Application, _act: Act) -> list[Text]:
    days = PortalSettings.load().reopen_days
    reasons: list[Text] = []
    if application.appeal_waits:
        reasons.append(_("A second look was asked for. Its answer comes first."))
    if timezone.now() - (application.upheld_at or application.state_since) > timedelta(days=days):
        reasons.append(
            _(
                "An application can be re-opened within %(days)s days. Start a new one: it begins with your last answers."
            )
            % {"days": days}
        )
    return [*reasons, *no_other_open(application)]


def no_other_open(application: Application) -> list[Text]:
    others = Application.objects.filter(agency_id=application.agency_id).exclude(pk=application.pk)
    if others.filter(state__in=[*Application.OPEN, Application.State.APPROVED]).exists():
        return [_("Another application of this agency is open.")]
    return []


@effect(Application, ApplicationVerb.REOPEN)
def reopen(application: Application, act: Act) -> list[str]:
    application.reason, application.touched_at = "", timezone.now()
    application.decided_by = application.decided_at = application.reviewer = None
    return ["reason", "touched_at", "decided_by", "decided_at", "reviewer", *forget_appeal(application)]


def forget_appeal(application: Application) -> list[str]:
    """The decline that it was about is no more; the record keeps it."""
    application.appealed_by = application.appealed_at = application.upheld_at = None
    application.appeal = ""
    return ["appealed_by", "appealed_at", "appeal", "upheld_at"]
