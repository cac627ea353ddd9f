"""More time to answer what the HMIS Admin asked to change: asked for, given or refused."""

from datetime import timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from hmis_portal.text.words import date_words
from onboarding.models import Application
from onboarding.workflow import (
    Act,
    ActWith,
    ApplicationVerb,
    MoreTime,
    Text,
    effect,
    guard,
)


def forget_time(application: Application) -> list[str]:
    """Nothing is asked about the day any more."""
    application.time_asked_by = application.time_asked_at = None
    return ["time_asked_by", "time_asked_at"]


@guard(Application, ApplicationVerb.ASK_FOR_TIME)
def may_ask_for_time(application: Application, _act: Act) -> list[Text]:
    if application.time_asked_at is None:
        return []
    words = _("More time was asked for already, on %(day)s. The answer comes by e-mail.")
    return [words % {"day": date_words(application.time_asked_at)}]


@effect(Application, ApplicationVerb.ASK_FOR_TIME)
def ask_for_time(application: Application, act: Act) -> list[str]:
    application.time_asked_by, application.time_asked_at = act.by, timezone.now()
    return ["time_asked_by", "time_asked_at"]


@guard(Application, ApplicationVerb.GIVE_TIME, payload=MoreTime)
def may_give_time(application: Application, act: ActWith[MoreTime]) -> list[Text]:
    today = timezone.localdate()
    earliest = max(application.answer_by or today, today)
    if earliest < act.payload.until <= today + timedelta(days=365):
        return []
    words = _("Select a day after %(day)s, within a year.")
    return [words % {"day": date_words(earliest)}]


@effect(Application, ApplicationVerb.GIVE_TIME, payload=MoreTime)
def give_time(application: Application, act: ActWith[MoreTime]) -> list[str]:
    application.answer_by = act.payload.until
    return ["answer_by", *forget_time(application)]


@guard(Application, ApplicationVerb.REFUSE_TIME)
def was_asked_for_time(application: Application, _act: Act) -> list[Text]:
    return [] if application.time_asked_at else [_("The agency has not asked for more time.")]


@effect(Application, ApplicationVerb.REFUSE_TIME)
def refuse_time(application: Application, act: Act) -> list[str]:
    return forget_time(application)
