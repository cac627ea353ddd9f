"""The desk's lists of applications that wait for a decision: mine, nobody's yet, a colleague's, a second person's."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from hmis_portal.desk.waiting import Line, Rank, Rows, queue_of
from hmis_portal.models import PortalSettings
from onboarding.admin.queue.listing import waiting_days, waiting_words
from onboarding.journey import whose_turn
from onboarding.models import Application


def _application_line(application: Application) -> Line:
    """Its age in business days since it was sent, against the days of the settings."""
    days = waiting_days(application) or 0
    return Line(
        application.agency.name,
        reverse("admin:onboarding_application_review", args=[application.pk]),
        str(application.reviewer or _("no reviewer yet")),
        waiting_words(days),
        late=days > PortalSettings.load().review_days,
    )


def _reviews(whose: str, user: Any, title: str, empty: str, rank: Rank) -> Rows:
    """The longest waiting first; the list of the queue that it leads to holds the same rows."""
    rows = whose_turn.waiting(whose, Application.objects.select_related("agency", "reviewer"), user)
    url = reverse("admin:onboarding_application_changelist") + f"?turn={whose}"
    return queue_of(title, url, rows.order_by("submitted_at"), _application_line, empty, rank=rank)


def mine(user: Any) -> Rows:
    return _reviews("mine", user, _("Your reviews"), _("You review no application now."), Rank.MINE)


def unassigned(user: Any) -> Rows:
    title = _("Applications waiting for review")
    return _reviews("unassigned", user, title, _("No application is waiting."), Rank.UNASSIGNED)


def for_second_person(user: Any) -> Rows:
    """Recommended by a colleague, where an approval takes two."""
    title = _("Applications that wait for a second person")
    return _reviews("second", user, title, _("No approval waits for a second person."), Rank.SECOND_PERSON)


def with_colleagues(user: Any) -> Rows:
    title = _("Applications in review with a colleague")
    return _reviews("colleagues", user, title, _("No colleague is reading an application."), Rank.OTHER)
