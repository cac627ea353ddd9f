"""Where a sign-in leads."""

from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET

from agencies import permissions, selectors
from agencies.emails import invitation_link


@require_GET
def start(request: HttpRequest) -> HttpResponse:
    """To the one place where this person works; a chooser for several; opening an agency for none."""
    user = permissions.person(request)
    places = selectors.destinations(user)
    invitations = list(selectors.waiting_invitations(user))
    if not invitations and len(places) == 1:
        return redirect(places[0].url)
    if not invitations and not places:
        return redirect("agencies:create")
    waiting = [{"row": row, "address": urlsplit(invitation_link(str(row.pk))).path} for row in invitations]
    return render(request, "agencies/start.html", {"places": places, "invitations": waiting})


@require_GET
def my_agency(request: HttpRequest) -> HttpResponse:
    """To the one agency that this person acts for; else all they act for or work in. The HMIS's own people read the list."""
    user = permissions.person(request)
    places, rosters = selectors.own_agencies(user), selectors.on_rosters(user)
    if not places and not rosters and permissions.is_hmis_staff(user):
        return redirect("admin:agencies_agency_changelist")
    if len(places) == 1 and all(row.agency == places[0].agency for row, _coordinators in rosters):
        return redirect(places[0].url)
    return render(request, "agencies/my_agency.html", {"places": places, "rosters": rosters})
