"""The agency's own page: six steps, whose turn it is, and what happened."""

from dataclasses import dataclass
from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from agencies import permissions
from agencies.models import Agency
from onboarding.journey import feedback, history, usual_times
from onboarding.journey.facts import gather
from onboarding.journey.steps import Journey, Step
from onboarding.journey.turns.turn import Turn
from onboarding.models import Application, Mou
from onboarding.views.owed.lines import ShownLine

SHOWN = 5  # lines of what is owed; the rest stand on their own page


@dataclass(frozen=True)
class JourneyPage:
    """What the page shows; its template reads the fields by their names."""

    agency: Agency
    journey: Journey
    steps: list[Step]
    turn: Turn
    asked: str
    pace: str
    application: Application | None
    mou: Mou | None
    rows: list[ShownLine]
    more: int
    events: list[history.ToldEvent]
    manages: bool


def journey(request: HttpRequest, agency_id: UUID) -> HttpResponse:
    """The six-step page that a manager's sign-in leads to."""
    agency = permissions.agency_to_view(request.user, agency_id)
    steps = Journey(gather(agency), permissions.person(request))
    edits = permissions.is_editor(request.user, agency)
    shown = JourneyPage(
        agency=agency,
        journey=steps,
        steps=steps.steps,
        turn=steps.turn,
        asked=feedback.Moment.GO_LIVE if edits and feedback.asks(agency, feedback.Moment.GO_LIVE) else "",
        pace=usual_times.pace(steps.facts),
        application=steps.facts.application,
        mou=steps.facts.mou,
        rows=[ShownLine(line, None, edits) for line in steps.owed[:SHOWN]],
        more=max(0, len(steps.owed) - SHOWN),
        events=history.in_words(history.latest(agency)),
        manages=permissions.is_manager(request.user, agency),
    )
    return render(request, "onboarding/journey/journey.html", vars(shown))


def agency_history(request: HttpRequest, agency_id: UUID) -> HttpResponse:
    """Who did what when, newest first."""
    agency = permissions.agency_to_view(request.user, agency_id)
    page = Paginator(history.of_agency(agency), 50).get_page(request.GET.get("page"))
    context = {"agency": agency, "page": page, "events": history.in_words(page.object_list)}
    return render(request, "onboarding/journey/history.html", context)
