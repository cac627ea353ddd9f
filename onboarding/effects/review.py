"""What an approval asks for and leaves behind: readiness outcomes and dated conditions."""

from django.utils.translation import ngettext

from onboarding.effects.application import questions_asked
from onboarding.models import Application, Condition
from onboarding.review import outcomes, remarks
from onboarding.workflow import Act, ActWith, ApplicationVerb, Approval, Text, effect, guard


@guard(Application, ApplicationVerb.RECOMMEND, ApplicationVerb.APPROVE)
def nothing_blocks(application: Application, _act: Act) -> list[Text]:
    return list(outcomes.against_approval(outcomes.readiness_outcomes(application)))


@effect(Application, ApplicationVerb.APPROVE, given=Approval)
def conditions_of_plans(application: Application, act: ActWith[Approval]) -> list[str]:
    """Every open plan becomes a dated condition, also when the reviewer's form did not name it."""
    named = {condition.question for condition in act.given.conditions} | questions_asked(application)
    proposed = outcomes.proposed_conditions(outcomes.readiness_outcomes(application))
    Condition.objects.bulk_create(
        Condition(application=application, **vars(plan)) for plan in proposed if plan.question not in named
    )
    return []


@guard(Application, ApplicationVerb.APPROVE, given=Approval)
def every_remark_is_ended(application: Application, act: ActWith[Approval]) -> list[Text]:
    """None is closed silently: the reviewer says of each what becomes of it."""
    ended = {remark.pk for remark in act.given.remarks}
    left = [remark for remark in application.remarks.filter(resolved_at=None) if remark.pk not in ended]
    if not left:
        return []
    words = ngettext(
        "Say what becomes of %(count)d open remark: %(places)s.",
        "Say what becomes of %(count)d open remarks: %(places)s.",
        len(left),
    )
    return [words % {"count": len(left), "places": "; ".join(str(place) for place in left)}]


@effect(Application, ApplicationVerb.APPROVE, given=Approval)
def end_remarks(application: Application, act: ActWith[Approval]) -> list[str]:
    """Each is recorded; what the agency never read is taken back."""
    named = [remark.pk for remark in act.given.remarks]
    for remark in application.remarks.filter(pk__in=named, resolved_at=None):  # as they stand within the lock
        remarks.end(remark, by=act.by)
    return []


@effect(Application, ApplicationVerb.DECLINE)
def close_remarks(application: Application, act: Act) -> list[str]:
    """A decision answers the remarks that were sent and still open; each is recorded."""
    remarks.close_sent(application, by=act.by)
    return []
