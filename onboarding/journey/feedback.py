"""How it was: whether an agency is asked, what it gave, and all of it summed up."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction
from django.db.models import Count
from django.utils import timezone
from django.utils.translation import gettext as _

from agencies.locks import lock_agency
from agencies.models import Agency, User
from hmis_portal import audit
from hmis_portal.web.errors import WrongState
from onboarding.events import OnboardingEvent
from onboarding.models import Feedback, Revision

Moment = Feedback.Moment
ASKED = timedelta(days=90)  # after going live


def asks(agency: Agency, moment: str) -> bool:
    """Whether this agency may still say how it was; nothing else waits for it."""
    if moment == Moment.GO_LIVE:
        happened = agency.live_at is not None and agency.live_at > timezone.now() - ASKED
    else:
        happened = Revision.objects.filter(application__agency=agency).exists()
    return happened and not Feedback.objects.filter(agency=agency, moment=moment).exists()


@transaction.atomic
def give(*, agency: Agency, moment: str, rating: int, words: str, by: User, ip: str | None) -> Feedback:
    """Of two at once the second is told that it was said."""
    lock_agency(agency.pk)
    if not asks(agency, moment):
        raise WrongState(_("Your agency has said how it was already, or is not asked now."))
    feedback = Feedback.objects.create(agency=agency, moment=moment, rating=rating, words=words, given_by=by)
    verb = OnboardingEvent.SAID_HOW_IT_WAS
    audit.record(by=by, verb=verb, obj=feedback, agency_id=agency.pk, ip=ip, data={"rating": rating})
    return feedback


@dataclass(frozen=True)
class Sum:
    """Of one moment: how many gave each rating, from very easy to very hard, and the mean."""

    moment: str
    title: str
    count: int
    mean: float | None
    counts: list[tuple[str, int, int]]  # label, how many, rating


def counts() -> list[tuple[str, int, int]]:
    """Of each moment how many gave each rating."""
    return list(Feedback.objects.order_by().values_list("moment", "rating").annotate(Count("pk")))


def sums(counted: Iterable[tuple[str, int, int]]) -> list[Sum]:
    ratings: dict[str, dict[int, int]] = defaultdict(dict)
    for moment, rating, count in counted:
        ratings[moment][rating] = count
    return [_sum(moment, ratings[moment.value]) for moment in Moment]


def _sum(moment: Feedback.Moment, ratings: Mapping[int, int]) -> Sum:
    count = sum(ratings.values())
    mean = sum(rating * times for rating, times in ratings.items()) / count if count else None
    counts = [(str(rating.label), ratings.get(rating.value, 0), rating.value) for rating in Feedback.Rating]
    return Sum(moment.value, str(moment.label), count, mean, counts)
