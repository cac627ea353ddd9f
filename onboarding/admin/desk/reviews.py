"""The desk's lists of applications: to decide (mine, nobody's yet, a colleague's, a second person's), what an agency asks
about a decline or its day, and what is on hold."""

from collections.abc import Callable

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from hmis_portal.desk.waiting import READER, Asked, Line, Rank, Rows, days_words, queue_of
from hmis_portal.models import PortalSettings
from hmis_portal.text.words import date_words
from onboarding.admin.queue.listing import waiting_days, waiting_words
from onboarding.journey import whose_turn
from onboarding.models import Application


def _application_line(application: Application) -> Line:
    """Its age in business days since it was sent, against the days of the settings."""
    days = waiting_days(application) or 0
    return _line(
        application,
        str(application.reviewer or _("no reviewer yet")),
        waiting_words(days),
        late=days > PortalSettings.load().review_days,
    )


def _line(application: Application, detail: str, since: str, *, late: bool = False) -> Line:
    url = reverse("admin:onboarding_application_review", args=[application.pk])
    return Line(application.agency.name, url, detail, since, late=late)


def _asked(whose: str, oldest: str = "submitted_at") -> Asked:
    """The longest waiting first."""
    return Asked(lambda: whose_turn.waiting(whose, _applications(), READER).order_by(oldest))


def _applications() -> QuerySet[Application]:
    return Application.objects.select_related("agency", "reviewer", "decided_by", "time_asked_by")


def _mine(*, four_eyes: bool) -> Asked:
    return Asked(
        lambda: whose_turn.own(_applications(), READER, four_eyes=four_eyes).order_by("submitted_at")
    )


MINE, MINE_OF_TWO = _mine(four_eyes=False), _mine(four_eyes=True)
UNASSIGNED, SECOND, COLLEAGUES = _asked("unassigned"), _asked("second"), _asked("colleagues")
APPEALS, TIME = _asked("appeals", "appealed_at"), _asked("time", "time_asked_at")
HELD = _asked("held", "state_since")


def _reviews(
    whose: str,
    rows: Asked,
    title: str,
    empty: str,
    rank: Rank,
    line: Callable[[Application], Line] = _application_line,
) -> Rows:
    """The list of the queue that it leads to holds the same rows."""
    url = reverse("admin:onboarding_application_changelist") + f"?turn={whose}"
    return queue_of(title, url, rows, line, empty, rank=rank)


def mine() -> Rows:
    rows = MINE_OF_TWO if PortalSettings.load().four_eyes else MINE
    return _reviews("mine", rows, _("Your reviews"), _("You review no application now."), Rank.MINE)


def unassigned() -> Rows:
    title = _("Applications waiting for review")
    return _reviews("unassigned", UNASSIGNED, title, _("No application is waiting."), Rank.UNASSIGNED)


def for_second_person() -> Rows:
    """Recommended by a colleague, where an approval takes two."""
    title = _("Applications that wait for a second person")
    return _reviews("second", SECOND, title, _("No approval waits for a second person."), Rank.SECOND_PERSON)


def with_colleagues() -> Rows:
    title = _("Applications in review with a colleague")
    return _reviews("colleagues", COLLEAGUES, title, _("No colleague is reading an application."), Rank.OTHER)


def second_looks() -> Rows:
    """Asked of another than who declined."""

    def line(application: Application) -> Line:
        detail = _("declined by %(name)s") % {"name": application.decided_by}
        return _line(application, detail, days_words(application.appealed_at))

    title, empty = _("Second looks at a decline"), _("No agency waits for a second look of yours.")
    return _reviews("appeals", APPEALS, title, empty, Rank.SECOND_PERSON, line)


def time_asked() -> Rows:
    def line(application: Application) -> Line:
        facts = {"name": application.time_asked_by, "day": date_words(application.answer_by)}
        detail = _("%(name)s asks for more time than until %(day)s") % facts
        return _line(application, detail, days_words(application.time_asked_at))

    title, empty = _("Agencies that ask for more time"), _("No agency asks for more time to answer.")
    return _reviews("time", TIME, title, empty, Rank.MINE, line)


def held() -> Rows:
    def line(application: Application) -> Line:
        detail = _("waits for %(whom)s") % {"whom": application.held_for}
        return _line(application, detail, days_words(application.state_since))

    title, empty = _("Applications on hold"), _("No application is on hold.")
    return _reviews("held", HELD, title, empty, Rank.OTHER, line)
