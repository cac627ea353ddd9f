"""The way back from reading an agency's pages as its manager sees them."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from agencies.desk import viewing


@require_POST
def end_viewing(request: HttpRequest) -> HttpResponse:
    """To the agency's page on the desk, from where it began."""
    agency_id = viewing.end(request)
    return redirect("admin:agencies_agency_change", agency_id) if agency_id else redirect("agencies:start")
