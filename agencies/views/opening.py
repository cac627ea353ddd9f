"""A director opens the agency's account."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from agencies import permissions
from agencies.forms.people import OpenAgencyForm
from agencies.services import opening
from hmis_portal.web import links
from hmis_portal.web.doors import counted
from hmis_portal.web.links import Page
from hmis_portal.web.visits import client_ip


@require_http_methods(["GET", "POST"])
@counted("agencies")
def create(request: HttpRequest) -> HttpResponse:
    user = permissions.person(request)
    answers: dict[str, object] | None = request.session.get(opening.ELIGIBILITY) or opening.eligibility_of(
        user
    )
    if answers is None or answers.get("victim_service_provider"):
        return redirect(links.to(Page.ELIGIBILITY))
    form = OpenAgencyForm(request.POST or None, initial={"title": user.title})
    if request.method == "POST" and form.is_valid():
        facts = {name: answers[name] for name in opening.FACTS if name in answers}
        facts.update({name: form.cleaned_data[name] for name in opening.FACTS if name in form.cleaned_data})
        agency = opening.open_agency(
            by=user, facts=facts, title=form.cleaned_data["title"], ip=client_ip(request)
        )
        request.session.pop(opening.ELIGIBILITY, None)
        messages.success(request, _("The account of %s is open. You manage it.") % agency.name)
        return redirect(links.to(Page.AGENCY_STEPS), agency_id=agency.pk)
    return render(request, "agencies/create.html", {"form": form})
