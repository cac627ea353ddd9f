"""Step 1: a manager confirms the three requirements."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from agencies import permissions
from hmis_portal.web.visits import client_ip
from onboarding.application import requirements
from onboarding.forms.application.requirements import ConfirmForm


@require_http_methods(["GET", "POST"])
def confirm_requirements(request: HttpRequest, agency_id: UUID) -> HttpResponse:
    """Readers see what was confirmed, by whom and when; a manager confirms what is open."""
    user = permissions.person(request)
    get = permissions.agency_to_manage if request.method == "POST" else permissions.agency_to_view
    agency = get(user, agency_id)
    texts, known = requirements.current_texts(), requirements.confirmations(agency)
    form = ConfirmForm(request.POST or None, texts=[text for text in texts if text.pk not in known])
    if request.method == "POST" and (form.is_valid() or not form.fields):
        new = requirements.confirm(agency=agency, by=user, texts=texts, ip=client_ip(request))
        messages.success(
            request,
            _("The requirements are confirmed.") if new else _("The requirements were confirmed already."),
        )
        return redirect("onboarding:journey", agency_id=agency.pk)
    rows = [
        {
            "text": text,
            "confirmation": known.get(text.pk),
            "field": None if text.pk in known else form[f"text_{text.pk}"],
        }
        for text in texts
    ]
    context = {
        "agency": agency,
        "form": form,
        "rows": rows,
        "is_open": bool(form.fields),
        "manages": permissions.is_manager(user, agency),
    }
    return render(request, "onboarding/application/confirm_requirements.html", context)
