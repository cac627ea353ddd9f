"""One's own calendar of what is owed, which a calendar programme follows at a secret address."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from agencies import permissions
from hmis_portal import mail
from hmis_portal.web.doors import counted
from onboarding.models import CalendarFeed
from onboarding.owed import calendar


@require_http_methods(["GET", "HEAD", "POST"])
@counted("calendar")
def my_calendar(request: HttpRequest) -> HttpResponse:
    """The secret address of one's own calendar: made, made anew, or revoked."""
    user = permissions.person(request)
    if request.method == "POST":
        if "revoke" in request.POST:
            calendar.revoke(user)
            messages.success(request, _("The address is revoked: it opens nothing any more."))
        else:
            calendar.make(user)
            messages.success(request, _("The address is made. An earlier one opens nothing any more."))
        return redirect("onboarding:my_calendar")
    feed = CalendarFeed.objects.filter(person=user).first()
    context: dict[str, object] = {"feed": feed, "address": ""}
    if feed:
        context["address"] = mail.absolute("onboarding:calendar", token=calendar.token_of(feed))
    return render(request, "onboarding/owed/calendar.html", context)


@login_not_required
@require_safe
def calendar_file(request: HttpRequest, token: str) -> HttpResponse:
    """What a calendar programme reads, by the secret address alone."""
    person = calendar.of_token(token)
    if person is None:
        raise Http404
    answer = HttpResponse(calendar.written(person), content_type="text/calendar; charset=utf-8")
    answer["Cache-Control"] = "private, no-store"
    return answer
