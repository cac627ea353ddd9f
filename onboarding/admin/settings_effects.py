"""What the days in the portal's settings do, told with a Monday on the page of the settings."""

from collections.abc import Callable, Iterable
from datetime import date, datetime, time, timedelta
from functools import partial

from celery.schedules import crontab
from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_stubs_ext import StrOrPromise

from hmis_portal.celery import app as celery_app
from hmis_portal.desk.portal_settings import EFFECTS
from hmis_portal.models import PortalSettings
from hmis_portal.running.beat import clock_of
from hmis_portal.text.words import ZONE_NAMES, datetime_words, time_words, zone_name
from onboarding.journey.workdays import add_business_days
from training.validity import add_months

Later = Callable[[date, int], date]
Words = StrOrPromise


def _day(day: date) -> str:
    """Monday, December 7, 2026."""
    return formats.date_format(day, "l, F j, Y")


def _days(days: Iterable[date]) -> str:
    return "; ".join(_day(day) for day in sorted(days)) or _("no day")


def _after(words: Words, name: str, settings: PortalSettings, monday: date) -> str:
    told = [monday + timedelta(days=day) for day in settings.days(getattr(settings, name))]
    return str(words) % {"monday": _day(monday), "days": _days(told)}


def _before(words: Words, name: str, settings: PortalSettings, monday: date) -> str:
    told = [monday - timedelta(days=day) for day in settings.days(getattr(settings, name))]
    return str(words) % {"monday": _day(monday), "days": _days(told)}


def _until(words: Words, later: Later, name: str, settings: PortalSettings, monday: date) -> str:
    """An empty or zero setting asks for nothing."""
    count = getattr(settings, name)
    return (
        str(words) % {"monday": _day(monday), "day": _day(later(monday, count))} if count else _("Not asked.")
    )


def _leaver(settings: PortalSettings, monday: date) -> str:
    over = timezone.make_aware(datetime.combine(monday + timedelta(days=1), time.min))
    due = datetime_words(over + timedelta(hours=settings.leaver_hours))
    return _("Whose last day is %(monday)s is reported, and the account closed, by %(due)s.") % {
        "monday": _day(monday),
        "due": due,
    }


def _zone(settings: PortalSettings, monday: date) -> str:
    """By the clock there, and when a day ends by the clock that is in force."""
    times = sorted(
        clock_of(planned["schedule"])
        for planned in celery_app.conf.beat_schedule.values()
        if isinstance(planned["schedule"], crontab)
    )
    with timezone.override(settings.time_zone):
        now, there = time_words(timezone.now()), zone_name()
        over = timezone.make_aware(datetime.combine(monday + timedelta(days=1), time.min))
    words = _(
        "It is now %(now)s there. Nightly work begins at %(first)s and the last reminders go out at %(last)s there. "
        "What is due on %(monday)s is in time until midnight there: %(over)s by the clock in force."
    )
    first, last = (formats.time_format(moment, "g:i a") for moment in (times[0], times[-1]))
    told = words % {
        "now": now, "first": first, "last": last, "monday": _day(monday), "over": datetime_words(over),
    }  # fmt: skip
    hours = settings.support_hours
    if there in hours or not any(str(name) in hours for name in ZONE_NAMES.values()):
        return told
    return " ".join((told, _("The support hours name another zone: “%(hours)s”.") % {"hours": hours}))


def _in_days(day: date, count: int) -> date:
    return day + timedelta(days=count)


def _last_of_term(day: date, months: int) -> date:
    return add_months(day, months) - timedelta(days=1)


def _in_years(day: date, years: int) -> date:
    return add_months(day, 12 * years)


AFTER = {
    "signature_reminder_days": gettext_lazy("Of an MOU issued on %(monday)s people are reminded on %(days)s."),
    "draft_reminder_days": gettext_lazy("Of a draft last changed on %(monday)s people are reminded on %(days)s."),
    "training_overdue_days": gettext_lazy("Of a course that was due on %(monday)s people are reminded on %(days)s."),
}  # fmt: skip
BEFORE = {
    "answer_reminder_days": gettext_lazy("Of an answer due on %(monday)s people are reminded on %(days)s."),
    "condition_reminder_days": gettext_lazy("Of a condition due on %(monday)s people are reminded on %(days)s."),
    "training_reminder_days": gettext_lazy("Of a course due on %(monday)s people are reminded on %(days)s."),
    "yearly_reminder_days": gettext_lazy("Of a yearly task due on %(monday)s people are reminded on %(days)s."),
    "term_reminder_days": gettext_lazy("Of an MOU whose last day is %(monday)s people are reminded on %(days)s."),
}  # fmt: skip
UNTIL: dict[str, tuple[Later, Words]] = {
    "support_answer_days": (add_business_days, gettext_lazy("Who asks on %(monday)s is answered by %(day)s.")),
    "review_days": (add_business_days, gettext_lazy("An application sent on %(monday)s is late after %(day)s.")),
    "invitation_days": (_in_days, gettext_lazy("An invitation sent on %(monday)s can be used until %(day)s.")),
    "answer_days": (_in_days, gettext_lazy("Changes asked for on %(monday)s are to be answered by %(day)s.")),
    "reopen_days": (_in_days, gettext_lazy("What was closed on %(monday)s may be re-opened until %(day)s.")),
    "training_due_days": (_in_days, gettext_lazy("A course assigned on %(monday)s is due on %(day)s.")),
    "learning_account_days": (_in_days, gettext_lazy("A learning account asked for on %(monday)s is late after %(day)s.")),
    "helper_days": (_in_days, gettext_lazy("A link sent on %(monday)s can be used until %(day)s.")),
    "idle_days": (_in_days, gettext_lazy("Who last signed in on %(monday)s is reported as idle after %(day)s.")),
    "mou_term_months": (_last_of_term, gettext_lazy("The last day of an MOU in force from %(monday)s is %(day)s.")),
    "project_confirmation_months": (add_months, gettext_lazy("What was confirmed on %(monday)s is confirmed again by %(day)s.")),
    "readiness_months": (add_months, gettext_lazy("What was answered on %(monday)s is answered again by %(day)s.")),
    "access_confirmation_months": (add_months, gettext_lazy("Who was confirmed on %(monday)s is confirmed again by %(day)s.")),
    "retention_years": (_in_years, gettext_lazy("Documents that end on %(monday)s may be deleted from %(day)s on.")),
}  # fmt: skip

EFFECTS["leaver_hours"] = _leaver
EFFECTS["time_zone"] = _zone
EFFECTS.update({name: partial(_after, words, name) for name, words in AFTER.items()})
EFFECTS.update({name: partial(_before, words, name) for name, words in BEFORE.items()})
EFFECTS.update({name: partial(_until, words, later, name) for name, (later, words) in UNTIL.items()})
