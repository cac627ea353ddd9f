"""What anyone may read: the training guide, and whether a certificate is genuine."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from hmis_portal.text.prose import in_language
from hmis_portal.text.references import grouped_number
from hmis_portal.web.error_pages import too_many_requests
from hmis_portal.web.visits import too_often
from training import selectors
from training.forms import CertificateNumberForm
from training.models import Certificate
from training.papers import transcript


@login_not_required
@require_safe
def guide(request: HttpRequest) -> HttpResponse:
    return render(request, in_language("training/guide.html"), {"courses": selectors.catalogue()})


@login_not_required
@require_safe
def certificate_lookup(request: HttpRequest) -> HttpResponse:
    form = CertificateNumberForm(request.GET or None)
    if form.is_valid():
        return redirect("training:certificate_public", form.cleaned_data["number"])
    return render(request, "training/certificate_lookup.html", {"form": form})


@login_not_required
@never_cache
@require_safe
def certificate_public(request: HttpRequest, number: str) -> HttpResponse:
    """Name, course, dates and state; never an address. An unknown number is an answer, not an error."""
    if wait := too_often(request, "certificates"):
        return too_many_requests(request, wait=wait)
    certificate = (
        Certificate.objects.select_related("completion__void").filter(number=grouped_number(number)).first()
    )
    if certificate is None:
        return render(request, "training/certificate_unknown.html", {"number": number}, status=404)
    state, sentence = transcript.certificate_state(certificate)
    return render(
        request,
        "training/certificate.html",
        {"certificate": certificate, "state": state, "sentence": sentence},
    )
