"""Who of an agency stands where, for its managers and editors and for the HMIS staff; and of a team, for its supervisor."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from agencies.models import Agency
from agencies.permissions import agency_to_edit, is_editor, person
from hmis_portal.files import tables
from hmis_portal.models import PortalSettings
from training import permissions, selectors
from training.models import Course, OpenTraining
from training.requirements.board import STATES, Board, Filters, HoldUp, Row, table
from training.requirements.items import PositionStatus, StaffStatus
from training.services.reminding import remind as remind_people

A_PAGE = 50


@dataclass(frozen=True)
class BoardPage:
    """What the table of people and courses shows; its template reads the fields by their names."""

    statuses: Sequence[StaffStatus]
    filters: Filters
    states: Mapping[str, Promise]
    courses: list[Course]
    columns: list[Course]
    rows: list[Row]
    page: Page[StaffStatus]
    query: str
    people: int


@dataclass(frozen=True)
class AgencyPage:
    agency: Agency
    opened: OpenTraining | bool
    positions: list[PositionStatus]
    counted: int
    ready: int
    hold_up: HoldUp | None
    remind_url: str


@require_safe
def overview(request: HttpRequest, agency_id: UUID) -> HttpResponse:
    agency = permissions.agency_to_follow(request.user, agency_id)
    statuses = selectors.agency_statuses(agency)
    counted = [status for status in statuses if status.staff.logs_in and not status.staff.starts_later]
    shown = AgencyPage(
        agency=agency,
        opened=statuses[0].opened if statuses else OpenTraining.objects.filter(agency=agency).exists(),
        positions=selectors.agency_positions(agency),
        counted=len(counted),
        ready=sum(status.met for status in counted),
        hold_up=HoldUp.of(agency, statuses, PortalSettings.load().go_live_rule),
        remind_url=reverse("training:remind", args=[agency.pk]) if is_editor(request.user, agency) else "",
    )
    return render(request, "training/agency.html", {**vars(_shown(request, statuses)), **vars(shown)})


@require_safe
def team(request: HttpRequest) -> HttpResponse:
    """Those who name the person who is signed in as their supervisor."""
    statuses = selectors.team_statuses(person(request))
    context = {**vars(_shown(request, statuses)), "remind_url": reverse("training:remind_team")}
    return render(request, "training/team.html", context)


@require_safe
def as_csv(request: HttpRequest, agency_id: UUID) -> HttpResponse:
    """What the filters of the page leave, one line for each course of each person."""
    agency = permissions.agency_to_follow(request.user, agency_id)
    board = Board(selectors.agency_statuses(agency), Filters.of(request.GET))
    return tables.response(tables.csv_bytes(table(board.shown)), filename="training.csv")


@require_POST
def remind(request: HttpRequest, agency_id: UUID) -> HttpResponse:
    agency = agency_to_edit(request.user, agency_id)
    _remind(request, selectors.agency_statuses(agency))
    return redirect(f"{reverse('training:agency', args=[agency.pk])}?{_query(Filters.of(request.POST))}")


@require_POST
def remind_team(request: HttpRequest) -> HttpResponse:
    _remind(request, selectors.team_statuses(person(request)))
    return redirect(f"{reverse('training:team')}?{_query(Filters.of(request.POST))}")


def _remind(request: HttpRequest, statuses: Sequence[StaffStatus]) -> None:
    """One person (`staff`), or all whom the filters of the page leave."""
    only = request.POST.get("staff", "")
    board = Board(statuses, Filters.of(request.POST))
    chosen = [status for status in statuses if str(status.staff.pk) == only] if only else board.shown
    told, already = remind_people(chosen, by=person(request))
    if told:
        words = ngettext("We wrote to %(told)d person.", "We wrote to %(told)d people.", told)
        messages.success(request, words % {"told": told})
    if already:
        words = ngettext(
            "%(count)d person was reminded today already.",
            "%(count)d people were reminded today already.",
            already,
        )
        messages.info(request, words % {"count": already})
    if not told and not already:
        messages.info(request, _("Nobody among them has a course to complete."))


def _shown(request: HttpRequest, statuses: Sequence[StaffStatus]) -> BoardPage:
    filters = Filters.of(request.GET)
    board = Board(statuses, filters)
    page = Paginator(board.shown, A_PAGE).get_page(request.GET.get("page"))
    query = _query(filters)
    return BoardPage(
        statuses=statuses,
        filters=filters,
        states=STATES,
        courses=board.courses,
        columns=board.columns(),
        rows=board.rows(page.object_list),
        page=page,
        query=f"{query}&" if query else "",
        people=page.paginator.count,
    )


def _query(filters: Filters) -> str:
    return urlencode([(name, value) for name, value in filters.fields if value])
