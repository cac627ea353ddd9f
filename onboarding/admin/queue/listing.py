"""The queue of applications: what its rows show, by what it is narrowed, what is done with many at once, its CSV."""

import datetime as dt
from collections.abc import Callable, Iterator
from functools import cache, partial
from html import escape
from itertools import islice
from typing import Any

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, QuerySet
from django.db.models.functions import Coalesce
from django.http import HttpRequest, StreamingHttpResponse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from agencies import permissions
from agencies.models import Agency
from agencies.permissions import person
from hmis_portal.desk.tools import status
from hmis_portal.files.streaming import csv_response
from hmis_portal.models import PortalSettings
from hmis_portal.running.zone import portal_zone
from hmis_portal.web.addresses import addresses_of
from onboarding.admin.base import APPLICATION_KIND
from onboarding.journey import whose_turn
from onboarding.journey.facts import Facts, gather_all
from onboarding.journey.workdays import business_days_between
from onboarding.models import Application
from onboarding.review import blockers
from onboarding.workflow import ApplicationVerb

State = Application.State
WITH_US = (State.SUBMITTED, State.IN_REVIEW)
ALL, TO_DECIDE = "all", "hmis"
AT_ONCE = 500  # rows of the CSV


class TurnFilter(admin.SimpleListFilter):
    """Whoever opens the list without asking for anything sees what needs a decision of theirs, oldest first."""

    title = gettext_lazy("whose turn")
    parameter_name = "turn"

    def __init__(self, request: HttpRequest, *args: Any) -> None:
        self.chosen = TO_DECIDE if not request.GET else ALL
        super().__init__(request, *args)

    def lookups(self, request: HttpRequest, model_admin: object) -> list[tuple[str, str]]:
        return [
            (ALL, _("All")),
            (TO_DECIDE, _("The HMIS Admin")),
            ("mine", _("Mine")),
            ("unassigned", _("Nobody yet")),
            ("colleagues", _("In review with a colleague")),
            ("second", _("A second person")),
            ("appeals", _("A second look at a decline")),
            ("time", _("More time asked for")),
            ("held", _("On hold")),
            ("agency", _("The agency")),
            ("lead", _("The Lead Agency")),
            ("overdue", _("Answer overdue")),
        ]

    def value(self) -> str:
        return super().value() or self.chosen

    def choices(self, changelist: ChangeList) -> Iterator[Any]:
        for value, title in self.lookup_choices:
            yield {
                "selected": self.value() == str(value),
                "query_string": changelist.get_query_string({self.parameter_name: value}),
                "display": title,
            }

    def queryset(self, request: HttpRequest, queryset: QuerySet[Application]) -> QuerySet[Application]:
        return whose_turn.waiting(self.value(), queryset, person(request))


class AgeFilter(admin.SimpleListFilter):
    """By the business days since it was sent, against the days of the settings."""

    title = gettext_lazy("age")
    parameter_name = "age"

    def lookups(self, request: HttpRequest, model_admin: object) -> list[tuple[str, str]]:
        return [("late", _("Late")), ("in_time", _("In time"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Application]) -> QuerySet[Application]:
        if self.value() not in ("late", "in_time"):
            return queryset
        day = last_day_late(timezone.localdate(), PortalSettings.load().review_days)
        midnight = timezone.make_aware(dt.datetime.combine(day + dt.timedelta(days=1), dt.time()))
        rows = queryset.filter(state__in=WITH_US).annotate(since=Coalesce("clock_from", "submitted_at"))
        late = self.value() == "late"
        return rows.filter(since__lt=midnight) if late else rows.filter(since__gte=midnight)


class BlockersFilter(admin.SimpleListFilter):
    """Those of the applications with the HMIS Admin that could not be approved as they are."""

    title = gettext_lazy("blockers")
    parameter_name = "blockers"

    def lookups(self, request: HttpRequest, model_admin: object) -> list[tuple[str, str]]:
        return [("some", _("Has blockers"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Application]) -> QuerySet[Application]:
        return blockers.having_some(queryset) if self.value() == "some" else queryset


def last_day_late(today: dt.date, days: int) -> dt.date:
    """What was sent on this day or before waits for more than so many business days."""
    day = today
    while business_days_between(day, today) <= days:
        day -= dt.timedelta(days=1)
    return day


def waiting_days(
    application: Application, today: dt.date | None = None, zone: dt.tzinfo | None = None
) -> int | None:
    """Business days since it was sent, as long as it waits for a decision: taking it does not begin them anew."""
    since = application.waits_since
    if application.state not in WITH_US or since is None:
        return None
    return business_days_between(timezone.localdate(since, zone), today or timezone.localdate())


def waiting_words(days: int) -> str:
    return ngettext("%(count)d business day", "%(count)d business days", days) % {"count": days}


# What the rows show, and what whose turn it is depends on.
READ = (
    *("state", "state_since", "reference", "blockers", "reason", "submitted_at", "clock_from", "held_for", "appealed_at", "upheld_at", "recommended_by", "recommended_at", "answer_by", "decided_at", "checked_at", "touched_at"),
    *("agency__legal_name", "agency__common_name", "agency__state"),
    *("agency__created_at", "agency__live_at", "agency__left_at"),
    *("reviewer__first_name", "reviewer__last_name", "reviewer__email"),
)  # fmt: skip


@cache
def _rows() -> QuerySet[Application]:
    """All of them, to be narrowed: said once, as to say what is read costs as much as to read it."""
    through: Any = Agency.cocs.through
    codes = through.objects.filter(agency=OuterRef("agency")).order_by("continuumofcare__code")
    rows = Application.objects.select_related("agency", "reviewer").only(*READ)
    return rows.annotate(coc_codes=ArraySubquery(codes.values("continuumofcare__code")))


class Queue(ChangeList):
    """The rows of one page learn together whose turn it is."""

    def get_queryset(self, request: HttpRequest, exclude_parameters: Any = None) -> QuerySet[Application]:
        self.root_queryset = _rows()
        return super().get_queryset(request, exclude_parameters)

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        # What rows have alike is put into words once.
        status_of = cache(status_words)
        waits_of = cache(partial(waits_words, PortalSettings.load().review_days))
        page_of = addresses_of("admin:onboarding_application_review")
        today = timezone.localdate()
        kept = f"?{escape(self.preserved_filters)}" if self.preserved_filters else ""
        take = taking(kept) if permissions.is_hmis_admin(request.user) else None
        self.result_list = learn(list(self.result_list))
        for row in self.result_list:
            page, name = page_of(row.pk), escape(row.agency.name)
            row.agency_link = SafeString(f'<a href="{page}{kept}">{name}</a>')
            row.status_words = status_of(row.state, bool(row.answer_by and row.answer_by < today))
            row.waits_words = waits_of(row.waits)
            row.reviewer_words = str(row.reviewer or "")
            if take and row.state == State.SUBMITTED:
                row.reviewer_words = take(page, name)


def learn(rows: list[Any]) -> list[Any]:
    """Rows learn together whose turn it is, what blocks them and how long they wait: in a flat number of queries."""
    facts = gather_all((row.agency for row in rows), known=rows)
    today, zone = timezone.localdate(), portal_zone()
    for row in rows:
        of_agency = facts[row.agency_id]
        row.blocked_by = blocked_by(row, of_agency)
        row.turn_words = whose_turn.of_application(row, of_agency).brief
        row.waits = waiting_days(row, today, zone)
    return rows


def taking(kept: str) -> Callable[[str, str], SafeString]:
    """What makes the button that takes an application and opens it, in one click, of its page and its agency's name."""
    words, act = escape(_("Take for review")), f"{ApplicationVerb.TAKE}/{kept}"

    def button(page: str, name: str) -> SafeString:
        return SafeString(
            f'<button type="submit" class="btn btn-quiet btn-row" formaction="{page}{act}">{words}'
            f'<span class="visually-hidden">: {name}</span></button>'
        )

    return button


def status_words(state: str, late: bool) -> SafeString:
    if late and state == State.CHANGES:
        return status("problem", _("Answer overdue"))
    return status(APPLICATION_KIND[State(state)], State(state).label)


def waits_words(target: int, days: int | None) -> SafeString | str:
    """In business days since it was sent, against those of the settings."""
    if days is None:
        return ""
    words = waiting_words(days)
    return status("problem", _("%s, late") % words) if days > target else words


def blocked_by(application: Application, facts: Facts) -> int | None:
    """How many things block an approval, while somebody is to decide; None when nobody is, or nothing was counted."""
    if application.state not in Application.SENT or application.blockers is None:
        return None
    return application.blockers + len(facts.renamed)


def as_csv(rows: QuerySet[Any]) -> StreamingHttpResponse:
    """What the list is narrowed to, with what the list says of each."""

    def cells(row: Any) -> tuple[Any, ...]:
        return (
            row.reference, row.agency.legal_name, " ".join(row.coc_codes), row.get_state_display(), row.turn_words,
            timezone.localdate(row.submitted_at).isoformat() if row.submitted_at else "",
            "" if row.waits is None else row.waits, row.reviewer or "", "" if row.blocked_by is None else row.blocked_by,
        )  # fmt: skip

    heads = (
        _("Reference"),
        _("Agency"),
        _("CoC"),
        _("State"),
        _("Whose turn"),
        _("Sent"),
        _("Business days waiting"),
        _("Reviewer"),
        _("Blockers"),
    )
    return csv_response(heads, map(cells, _learned(rows)), "applications.csv")


def _learned(rows: QuerySet[Any]) -> Iterator[object]:
    unread = rows.iterator(chunk_size=AT_ONCE)
    while batch := list(islice(unread, AT_ONCE)):
        yield from learn(batch)
