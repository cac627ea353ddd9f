"""Who still needs access to the HMIS, confirmed every few months."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from agencies.permissions import agency_to_view, person
from hmis_portal.web.visits import client_ip
from onboarding.access import confirming
from onboarding.forms.access import ConfirmAccessForm
from onboarding.models import AccessConfirmation


@require_http_methods(["GET", "HEAD", "POST"])
def confirm_access(request: HttpRequest, agency_id: UUID) -> HttpResponse:
    agency, user = agency_to_view(request.user, agency_id), person(request)
    may, due = confirming.may_confirm(user, agency), confirming.due_on(agency)
    if request.method == "POST" and not may:
        raise PermissionDenied
    rows = list(confirming.people(agency))
    form = None
    if may and due and rows:
        form = ConfirmAccessForm(request.POST or None, rows=rows, signer=user, due=due)
        if request.method == "POST" and form.is_valid():
            confirming.confirm(
                agency, due=form.cleaned_data["due"], answers=form.answers, signed_name=form.cleaned_data["signed_name"],
                by=user, ip=client_ip(request),
            )  # fmt: skip
            messages.success(request, _("Confirmed and signed. Thank you."))
            if changed := form.named(AccessConfirmation.Answer.CHANGED):
                words = _("Now change these entries on the roster: %s.")
                messages.warning(request, words % ", ".join(changed))
                return redirect("agencies:staff", agency.pk)
            return redirect("onboarding:confirm_access", agency.pk)
    context = {
        "agency": agency, "form": form, "due": due, "rows": rows, "may_confirm": may,
        "newest": agency.access_confirmations.select_related("signed_by").first(),
    }  # fmt: skip
    return render(request, "onboarding/access/confirm.html", context)
