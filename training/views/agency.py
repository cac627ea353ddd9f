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
    counted = [one for one in statuses if one.staff.logs_in and not one.staff.starts_later]
    context = {
        "agency": agency,
        "opened": OpenTraining.objects.filter(agency=agency).first(),
        "statuses": statuses,
        "unfold": len(statuses) <= UNFOLDED,
        "counted": len(counted),
        "ready": sum(one.met for one in counted),
    }
    return render(request, "training/agency.html", context)
