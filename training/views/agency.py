"""Who of an agency stands where, for its managers and editors and for the HMIS staff."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from training import permissions, selectors
from training.models import OpenTraining

UNFOLDED = 10  # on a longer list each person's courses are folded away


@require_safe
def overview(request: HttpRequest, agency_id: UUID) -> HttpResponse:
    agency = permissions.agency_to_follow(request.user, agency_id)
    statuses = selectors.agency_statuses(agency)
    counted = [status for status in statuses if status.staff.logs_in and not status.staff.starts_later]
    context = {
        "agency": agency,
        "opened": OpenTraining.objects.filter(agency=agency).first(),
        "statuses": statuses,
        "unfold": len(statuses) <= UNFOLDED,
        "counted": len(counted),
        "ready": sum(status.met for status in counted),
    }
    return render(request, "training/agency.html", context)
