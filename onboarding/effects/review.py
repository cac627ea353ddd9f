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


@guard(Application, ApplicationVerb.RECOMMEND, ApplicationVerb.APPROVE)
def every_remark_was_sent(application: Application, _act: Act) -> list[Text]:
    """What the agency never read is not closed by approving over it."""
    unsent = remarks.unsent(application)
    if not unsent:
        return []
    words = ngettext(
        "%(count)d remark was never sent to the agency: %(places)s. Take it back, or ask for changes.",
        "%(count)d remarks were never sent to the agency: %(places)s. Take them back, or ask for changes.",
        len(unsent),
    )
    return [words % {"count": len(unsent), "places": "; ".join(str(place) for place in unsent)}]


@effect(Application, ApplicationVerb.APPROVE, ApplicationVerb.DECLINE)
def close_remarks(application: Application, act: Act) -> list[str]:
    """A decision answers the remarks that were sent and still open; each is recorded."""
    remarks.close_sent(application, by=act.by)
    return []
