"""What an approval asks for and leaves behind: readiness outcomes and dated conditions."""

from django.utils import timezone

from onboarding import review
from onboarding.effects.application import questions_asked
from onboarding.models import Application, Condition
from onboarding.workflow import Act, Text, effect, guard


@guard(Application, "recommend", "approve")
def nothing_blocks(application: Application, _act: Act) -> list[Text]:
    return list(review.against_approval(review.readiness_outcomes(application)))


@effect(Application, "approve")
def conditions_of_plans(application: Application, act: Act) -> list[str]:
    """Every open plan becomes a dated condition, also when the reviewer's form did not name it."""
    named = {condition.get("question") for condition in act.details.get("conditions", [])}
    named |= questions_asked(application)
    proposed = review.proposed_conditions(review.readiness_outcomes(application))
    Condition.objects.bulk_create(
        Condition(application=application, **one) for one in proposed if one["question"] not in named
    )
    return []


@effect(Application, "approve", "decline")
def close_notes(application: Application, act: Act) -> list[str]:
    """A decision answers the remarks that were still open."""
    application.notes.filter(resolved_at__isnull=True).update(resolved_by=act.by, resolved_at=timezone.now())
    return []
