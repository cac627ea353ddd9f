"""What an approval asks for and leaves behind, and the second look at a decline."""

from datetime import timedelta

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from hmis_portal.models import PortalSettings
from onboarding.effects.application import ask_again, forget_appeal, no_other_open, questions_asked
from onboarding.models import Application, Condition
from onboarding.review import blockers, outcomes, remarks
from onboarding.workflow import Act, ActWith, ApplicationVerb, Approval, Text, effect, guard


@effect(Application, ApplicationVerb.SUBMIT, ApplicationVerb.RESUBMIT, ApplicationVerb.REVOKE_APPROVAL)
def count_blockers(application: Application, _act: Act) -> list[str]:
    application.blockers = blockers.of_readiness(application)
    return ["blockers"]


@guard(Application, ApplicationVerb.RECOMMEND, ApplicationVerb.APPROVE)
def nothing_blocks(application: Application, _act: Act) -> list[Text]:
    return list(outcomes.against_approval(outcomes.readiness_outcomes(application)))


@effect(Application, ApplicationVerb.APPROVE, payload=Approval)
def conditions_of_plans(application: Application, act: ActWith[Approval]) -> list[str]:
    """Every open plan becomes a dated condition, also when the reviewer's form did not name it."""
    named = {condition.question for condition in act.payload.conditions} | questions_asked(application)
    proposed = outcomes.proposed_conditions(outcomes.readiness_outcomes(application))
    Condition.objects.bulk_create(
        Condition(application=application, **vars(plan)) for plan in proposed if plan.question not in named
    )
    return []


@guard(Application, ApplicationVerb.APPROVE, payload=Approval)
def every_remark_is_ended(application: Application, act: ActWith[Approval]) -> list[Text]:
    """None is closed silently: the reviewer says of each what becomes of it."""
    ended = {remark.pk for remark in act.payload.remarks}
    left = [remark for remark in application.remarks.filter(resolved_at=None) if remark.pk not in ended]
    if not left:
        return []
    words = ngettext(
        "Say what becomes of %(count)d open remark: %(places)s.",
        "Say what becomes of %(count)d open remarks: %(places)s.",
        len(left),
    )
    return [words % {"count": len(left), "places": "; ".join(str(place) for place in left)}]


@effect(Application, ApplicationVerb.APPROVE, payload=Approval)
def end_remarks(application: Application, act: ActWith[Approval]) -> list[str]:
    """Each is recorded; what the agency never read is taken back."""
    named = [remark.pk for remark in act.payload.remarks]
    for remark in application.remarks.filter(pk__in=named, resolved_at=None):  # as they stand within the lock
        remarks.end(remark, by=act.by)
    return []


@effect(Application, ApplicationVerb.DECLINE)
def close_remarks(application: Application, act: Act) -> list[str]:
    """A decision answers the remarks that were sent and still open; each is recorded."""
    remarks.close_sent(application, by=act.by)
    return []


@guard(Application, ApplicationVerb.APPEAL)
def may_appeal(application: Application, _act: Act) -> list[Text]:
    if application.appealed_at:
        return [_("A second look was asked for already. It is given once.")]
    days = PortalSettings.load().reopen_days
    if timezone.now() - application.state_since > timedelta(days=days):
        return [_("A second look can be asked for within %(days)s days.") % {"days": days}]
    return []


@effect(Application, ApplicationVerb.APPEAL)
def appeal(application: Application, act: Act) -> list[str]:
    application.appealed_by, application.appealed_at, application.appeal = act.by, timezone.now(), act.reason
    return ["appealed_by", "appealed_at", "appeal"]


@guard(Application, ApplicationVerb.UPHOLD, ApplicationVerb.OVERTURN)
def by_another(application: Application, act: Act) -> list[Text]:
    if not application.appeal_waits:
        return [_("No second look waits for an answer.")]
    if act.by is None or application.decided_by_id == act.by.pk:
        return [_("Somebody other than you must give the second look: you declined the application.")]
    return []


@effect(Application, ApplicationVerb.UPHOLD)
def uphold(application: Application, act: Act) -> list[str]:
    application.upheld_at = timezone.now()
    application.reason = f"{application.reason}\n\n{act.reason}"
    return ["upheld_at", "reason"]


@guard(Application, ApplicationVerb.OVERTURN)
def may_overturn(application: Application, _act: Act) -> list[Text]:
    return no_other_open(application)


@effect(Application, ApplicationVerb.OVERTURN)
def overturn(application: Application, act: Act) -> list[str]:
    """Back at the agency: its MOU was voided by the decline, and is signed anew before all is sent again."""
    application.reviewer, application.reason = act.by, act.reason
    return ["reviewer", "reason", *forget_appeal(application), *ask_again(application)]
