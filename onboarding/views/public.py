"""Pages for everybody: what the portal is, what joining asks, and the eligibility check."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from agencies import permissions
from agencies.services import opening
from agencies.services.opening import ELIGIBILITY
from hmis_portal.text.prose import in_language
from hmis_portal.web.doors import counted
from onboarding.application.requirements import current_texts
from onboarding.forms.public import EligibilityForm, VictimServiceForm
from onboarding.journey import usual_times

# In the session while the check is going on: the first answer was "no".
NOT_VICTIM_SERVICE = "eligibility-first-answer"


@login_not_required
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    return render(request, in_language("onboarding/public/home.html"), {"usual": usual_times.known()})


@login_not_required
@require_safe
def guide(request: HttpRequest) -> HttpResponse:
    return render(request, in_language("onboarding/public/guide.html"), {"usual": usual_times.known()})


@login_not_required
@require_safe
def steps(request: HttpRequest) -> HttpResponse:
    return render(request, in_language("onboarding/public/steps.html"), {"usual": usual_times.known()})


@login_not_required
@require_safe
def requirements(request: HttpRequest) -> HttpResponse:
    return render(request, in_language("onboarding/public/requirements.html"), {"texts": current_texts()})


@login_not_required
@require_http_methods(["GET", "POST"])
@counted("eligibility")
def eligibility(request: HttpRequest) -> HttpResponse:
    """The first question decides whether any other is asked."""
    form = VictimServiceForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if form.cleaned_data["victim_service_provider"]:
            _forget(request)
            request.session.pop(NOT_VICTIM_SERVICE, None)
            return redirect("onboarding:eligibility_comparable")
        request.session[NOT_VICTIM_SERVICE] = True
        return redirect("onboarding:eligibility_services")
    return render(request, "onboarding/public/eligibility.html", {"form": form})


@login_not_required
@require_safe
def eligibility_comparable(request: HttpRequest) -> HttpResponse:
    """A victim service provider: what it uses instead, and whom to call."""
    return render(request, in_language("onboarding/public/eligibility_comparable.html"))


@login_not_required
@require_http_methods(["GET", "POST"])
@counted("eligibility")
def eligibility_services(request: HttpRequest) -> HttpResponse:
    if not request.session.get(NOT_VICTIM_SERVICE):
        return redirect("onboarding:eligibility")
    form = EligibilityForm(request.POST or None, initial=_answers(request))
    if request.method == "POST" and form.offers_none:
        _forget(request)
        return redirect("onboarding:eligibility_other_ways")
    if request.method == "POST" and form.is_valid():
        if not form.cleaned_data["commits"]:
            _forget(request)
            return redirect("onboarding:eligibility_not_yet")
        request.session[ELIGIBILITY] = form.facts()
        if permissions.is_person(request.user):
            opening.remember_eligibility(request.user, form.facts())
        return redirect("onboarding:eligibility_result")
    return render(request, "onboarding/public/eligibility_services.html", {"form": form})


def _answers(request: HttpRequest) -> dict[str, object] | None:
    """Of this browser, or of whoever is signed in."""
    answers: dict[str, object] | None = request.session.get(ELIGIBILITY)
    if answers is None and permissions.is_person(request.user):
        return opening.eligibility_of(request.user)
    return answers


def _forget(request: HttpRequest) -> None:
    request.session.pop(ELIGIBILITY, None)
    if permissions.is_person(request.user):
        opening.forget_eligibility(request.user)


@login_not_required
@require_safe
def eligibility_other_ways(request: HttpRequest) -> HttpResponse:
    """An agency that offers none of the services: what it can do instead, and whom to ask."""
    return render(request, in_language("onboarding/public/eligibility_other_ways.html"))


@login_not_required
@require_safe
def eligibility_not_yet(request: HttpRequest) -> HttpResponse:
    """An agency that will not follow the policies cannot join: what to read, and whom to talk to."""
    return render(request, in_language("onboarding/public/eligibility_not_yet.html"))


@login_not_required
@require_safe
def eligibility_result(request: HttpRequest) -> HttpResponse:
    if _answers(request) is None:
        return redirect("onboarding:eligibility")
    return render(
        request,
        in_language("onboarding/public/eligibility_result.html"),
        {"signed_in": permissions.is_person(request.user)},
    )
