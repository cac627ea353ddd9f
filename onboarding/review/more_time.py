"""More time for a condition of an approval: the agency asks, the HMIS Admin gives a later day or says why not."""

from datetime import date, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from agencies.models import User
from hmis_portal.text.words import date_words
from hmis_portal.web.errors import GuardFailed, WrongState
from onboarding import emails
from onboarding.events import OnboardingEvent
from onboarding.models import Condition
from onboarding.review.conditions import locked_open, record


@transaction.atomic
def ask(condition: Condition, *, until: date, reason: str, by: User) -> None:
    """The HMIS Admins are told; the day stays until one of them answers. Raises GuardFailed, WrongState."""
    locked = locked_open(condition.pk)
    if locked.waiting_report:
        raise WrongState(_("This condition was reported as done already. The report waits for an answer."))
    if locked.time_asked_at:
        words = _("More time was asked for already, on %(day)s. The answer comes by e-mail.")
        raise WrongState(words % {"day": date_words(locked.time_asked_at)})
    _check(locked, until)
    locked.time_asked_by, locked.time_asked_at = by, timezone.now()
    locked.time_wanted, locked.time_reason = until, reason
    locked.save(update_fields=["time_asked_by", "time_asked_at", "time_wanted", "time_reason"])
    record(
        locked, OnboardingEvent.CONDITION_TIME_ASKED, by=by, before=str(locked.due_on), after=str(until), reason=reason
    )  # fmt: skip
    emails.condition_time_asked(locked)


@transaction.atomic
def give(condition: Condition, *, until: date, by: User) -> None:
    """Asked for or not. Raises GuardFailed for a day that is no later one, WrongState."""
    locked = locked_open(condition.pk)
    _check(locked, until)
    before, locked.due_on = locked.due_on, until
    locked.save(update_fields=["due_on", *locked.forget_time()])
    record(locked, OnboardingEvent.CONDITION_TIME_GIVEN, by=by, before=str(before), after=str(until))
    emails.condition_time_given(locked, by=by)


@transaction.atomic
def refuse(condition: Condition, *, reason: str, by: User) -> None:
    locked = locked_open(condition.pk)
    if locked.time_asked_at is None:
        raise WrongState(_("The agency does not ask for more time for this condition. Nothing was changed."))
    asked_at = locked.time_asked_at
    locked.save(update_fields=locked.forget_time())
    record(locked, OnboardingEvent.CONDITION_TIME_REFUSED, by=by, reason=reason)
    emails.condition_time_refused(locked, asked_at=asked_at, reason=reason, by=by)


def _check(condition: Condition, until: date) -> None:
    earliest = max(condition.due_on, timezone.localdate())
    if not earliest < until <= timezone.localdate() + timedelta(days=730):
        words = _("Select a day after %(day)s, within two years.")
        raise GuardFailed([words % {"day": date_words(earliest)}])
