"""A person who has done all their training, and how their access stands."""

from django.utils import timezone

from agencies.services import channels
from onboarding.models import Access


def train(cast, staff, commits):
    """Everything that the portal asks of this person is done today."""
    from training import services
    from training.models import Completion, Requirement

    staff.refresh_from_db()
    with commits():
        channels.enter(person=staff.user, value=staff.user.email, by=staff.user)
        for row in Requirement.objects.filter(person=staff.user, closed_on__isnull=True).select_related(
            "course"
        ):
            own = (
                {"source": Completion.Source.SIGNATURE, "staff": staff}
                if row.course.is_agreement
                else {"score": 95}
            )
            services.record_completion(
                services.Result(
                    person=staff.user, course=row.course, completed_on=timezone.localdate(), **own
                ),
                by=cast.trainer,
            )


def state(staff):
    return Access.objects.get(staff=staff).state
