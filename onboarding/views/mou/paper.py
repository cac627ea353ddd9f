"""Nobody is forced to sign electronically: print the exact file, sign by hand, upload the scan."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from agencies import permissions
from agencies.models import Agency
from hmis_portal import documents
from hmis_portal.powers.admin import asked_words, takes_two
from hmis_portal.signing.agreeing import requests
from hmis_portal.signing.models import PaperScan
from hmis_portal.web.errors import WrongState
from onboarding.forms.mou.acts import AskPaperForm, PaperForm
from onboarding.models import Mou
from onboarding.mou import agreement, paper_power
from onboarding.views.mou.acting import asked, recorded
from onboarding.workflow import MouVerb


@require_http_methods(["GET", "HEAD", "POST"])
def mou_paper(request: HttpRequest, agency_id: UUID) -> HttpResponse:
    """How to sign on paper, and the form that records it; for the signatory, the manager and the HMIS Admin."""
    agency, mou = _waiting(request, agency_id)
    party = agreement.agency_party(mou)
    initial = {"legal_name": party.legal_name, "title": party.title, "authority": party.authority}
    posted = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    by = permissions.person(request)
    asks = paper_power.takes_two(mou, by)
    form = AskPaperForm(*posted, initial=initial) if asks else PaperForm(*posted, initial=initial)
    form.cancel_url = reverse("onboarding:mou", args=[agency.pk])
    if request.method == "POST" and form.is_valid() and isinstance(form, AskPaperForm):
        if row := asked(request, mou, form):
            messages.success(request, asked_words(row))
            return redirect("onboarding:mou", agency_id=agency.pk)
    elif request.method == "POST" and form.is_valid() and recorded(request, mou, form, MouVerb.SIGN_ON_PAPER):
        messages.success(
            request, _("Recorded: the MOU is signed on paper. Keep the paper; it remains the original.")
        )
        return redirect("onboarding:mou", agency_id=agency.pk)
    context = {
        "agency": agency,
        "mou": mou,
        "form": form,
        "revision": requests.to_read(party),
        "label": party.label,
        "takes_two": takes_two(by) if asks else "",
    }
    return render(request, "onboarding/mou/paper.html", context)


@require_safe
def mou_scan(request: HttpRequest, agency_id: UUID, mou_id: UUID, role: str) -> HttpResponse:
    """The scan by which one side signed on paper."""
    agency = permissions.agency_to_read_mou(request.user, agency_id)
    scan = get_object_or_404(
        PaperScan.objects.select_related("document", "act__party__request"),
        act__party__role=role,
        act__party__request__mou=mou_id,
        act__party__request__mou__agency=agency,
    )
    name = _("%(reference)s signed on paper, %(role)s.pdf") % {
        "reference": scan.act.party.request.reference,
        "role": role,
    }
    return documents.response(scan.document, filename=name, inline=True)


def _waiting(request: HttpRequest, agency_id: UUID) -> tuple[Agency, Mou]:
    agency = permissions.agency_to_read_mou(request.user, agency_id)
    mou = agreement.latest(agency)
    mine = mou is not None and mou.signatory_id == request.user.pk
    if not (mine or permissions.is_manager(request.user, agency) or permissions.is_hmis_admin(request.user)):
        raise PermissionDenied(
            _("A signature on paper is recorded by the signatory, the manager or the HMIS Admin.")
        )
    back = reverse("onboarding:mou", args=[agency.pk])
    if mou is None:
        raise WrongState(_("Name the signatory first; then the MOU can be printed and signed."), back=back)
    if mou.state != Mou.State.ISSUED:
        raise WrongState(
            _("This MOU no longer waits for a signature: %(state)s.") % {"state": mou.get_state_display()},
            back=back,
        )
    return agency, mou
