"""What an agency owes: one list, to be given to colleagues, reminded of, printed and followed in a calendar."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from agencies import permissions
from onboarding.journey.facts import gather
from onboarding.owed.sources import lines_of


@require_safe
def owed(request: HttpRequest, agency_id: UUID) -> HttpResponse:
    """The whole list."""
    agency = permissions.agency_to_view(request.user, agency_id)
    lines = lines_of(gather(agency))
    blocking = "; ".join(line.title.rstrip(".") for line in lines if line.blocks)
    return render(
        request, "onboarding/owed/owed.html", {"agency": agency, "lines": lines, "blocking": blocking}
    )
