"""One question and a text box after sending and after going live; nothing waits for the answer."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from agencies.permissions import agency_to_edit, person
from hmis_portal.web.visits import client_ip
from onboarding.forms.feedback import FeedbackForm
from onboarding.journey import feedback


@require_http_methods(["GET", "HEAD", "POST"])
def how_it_was(request: HttpRequest, agency_id: UUID, moment: str) -> HttpResponse:
    agency = agency_to_edit(request.user, agency_id)
    if moment not in feedback.Moment.values:
        raise Http404
    form = FeedbackForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        feedback.give(
            agency=agency, moment=moment, by=person(request), ip=client_ip(request), **form.cleaned_data
        )
        messages.success(request, _("Thank you. The HMIS Admins read what you said."))
        return redirect("onboarding:journey", agency.pk)
    context = {
        "agency": agency,
        "form": form,
        "title": feedback.Moment(moment).label,
        "asked": feedback.asks(agency, moment),
    }
    return render(request, "onboarding/journey/feedback.html", context)
