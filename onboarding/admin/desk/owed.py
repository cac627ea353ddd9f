"""The desk's lists of what agencies owe: conditions, yearly tasks, and what a go-live waits for."""

from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from agencies.models import Agency
from hmis_portal.desk.waiting import SHOWN, TODAY, Asked, Line, Queue, Rank, Rows, days_words, queue_of
from hmis_portal.text.words import date_words
from onboarding.admin.review.conditions import waiting_conditions
from onboarding.journey import yearly
from onboarding.journey.facts import gather_all
from onboarding.models import Condition, Mou
from onboarding.mou import bound
from onboarding.owed.sources import blocking_lines


@Asked
def _conditions() -> QuerySet[Condition]:
    return waiting_conditions(TODAY).select_related("application__agency")


def conditions_due() -> Rows:
    """Reported as done and to be answered, due soon, or the thing for which an agency in training is not live yet."""
    today = timezone.localdate()

    def line(condition: Any) -> Line:
        agency = condition.application.agency
        detail = f"{agency.name}, {condition.owner}"
        if condition.blocks_go_live and agency.state == Agency.State.JOINING:
            words = _("holds up the go-live of %(agency)s, %(owner)s")
            detail = words % {"agency": agency.name, "owner": condition.owner}
        url = reverse("admin:onboarding_application_review", args=[condition.application_id]) + "#conditions"
        if condition.reported:
            detail = _("reported as done, %(detail)s") % {"detail": detail}
            return Line(condition.text, url, detail, days_words(condition.reported))
        if condition.time_asked_at:
            words = _("asks for more time until %(day)s, %(detail)s")
            detail = words % {"day": date_words(condition.time_wanted), "detail": detail}
            return Line(condition.text, url, detail, days_words(condition.time_asked_at))
        return Line(condition.text, url, detail, _due(condition.due_on, today), late=condition.due_on < today)

    return queue_of(
        _("Conditions reported, due or holding up a go-live"),
        reverse("admin:onboarding_condition_changelist") + "?waits=desk",
        _conditions,
        line,
        _("No condition is reported as done, due within 14 days, or holds up a go-live."),
    )


def _due(day: date, today: date) -> str:
    left = (day - today).days
    if left == 0:
        return _("today")
    late = ngettext("%(days)d day late", "%(days)d days late", -left)
    ahead = ngettext("in %(days)d day", "in %(days)d days", left)
    return (late if left < 0 else ahead) % {"days": abs(left)}


def yearly_overdue() -> Queue:
    tasks, count = yearly.overdue(SHOWN)
    lines = [
        Line(
            task.agency.name,
            reverse("admin:agencies_agency_change", args=[task.agency.pk]),
            task.title,
            _due(task.due_on, timezone.localdate()),
            late=True,
        )
        for task in tasks
    ]
    url = reverse("admin:onboarding_reports") + "#yearly"
    return Queue(_("Yearly tasks overdue"), url, count, lines, _("Every agency is up to date."), Rank.OVERDUE)


@Asked
def _in_training() -> QuerySet[Mou]:
    executed = Mou.objects.filter(state=Mou.State.EXECUTED, agency__state=Agency.State.JOINING)
    rows = executed.filter(agency__in=bound.approved().values("agency")).select_related("agency")
    return rows.order_by("executed_at", "pk")


def go_live_waits() -> Rows:
    """Agencies in training, the longest first, and what each waits for: the lines that the agency reads, too."""
    return Rows(
        _("Agencies in training, and what their go-live waits for"),
        reverse("admin:agencies_agency_changelist") + "?state__exact=joining",
        _in_training,
        _go_live_lines,
        _("No agency is in training."),
    )


def _go_live_lines(shown: list[Mou]) -> list[Line]:
    facts = gather_all(mou.agency for mou in shown)

    def line(mou: Mou) -> Line:
        blocking = [line.title.rstrip(".") for line in blocking_lines(facts[mou.agency_id])]
        more = len(blocking) - 2
        words = "; ".join(blocking[:2]) or _("nothing: it goes live within a day")
        detail = _("%(what)s; and %(more)d more") % {"what": words, "more": more} if more > 0 else words
        return Line(
            mou.agency.name,
            reverse("onboarding:owed", args=[mou.agency_id]),
            detail,
            days_words(mou.executed_at),
        )

    return [line(mou) for mou in shown]
