"""The files of an MOU, each to those who may read it."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from agencies import permissions
from hmis_portal import documents
from hmis_portal.signing.agreeing import paper, requests, text_versions
from hmis_portal.signing.models import CompletionCertificate, Revision
from hmis_portal.web.errors import WrongState
from onboarding.models import Mou
from onboarding.mou import agreement, bundle, wording
from onboarding.mou.party import AGENCY, LEAD
from onboarding.views.mou import page


@require_safe
def mou_pdf(request: HttpRequest, agency_id: UUID) -> HttpResponse:
    """The newest file of the agency's MOU: a scan, where it was signed on paper."""
    agency = permissions.agency_to_read_mou(request.user, agency_id)
    mou = agreement.latest(agency)
    if page.is_to_agree(request, mou):
        return redirect("onboarding:consent", agency.pk)
    revision = requests.latest_pdf(mou.request) if mou else None
    for role in (LEAD, AGENCY):
        if mou and paper.scan_of(mou.request, role):
            return redirect("onboarding:mou_scan", agency.pk, mou.pk, role)
    if mou is None or revision is None:
        raise WrongState(
            _("The file is still being made. Try again in a minute."),
            back=reverse("onboarding:mou", args=[agency.pk]),
        )
    return documents.response(revision.document, filename=_filename(mou, revision), inline=True)


@require_safe
def mou_draft(request: HttpRequest, agency_id: UUID) -> HttpResponse:
    """The published text in the agency's name, for its counsel and board to read before anybody is named."""
    agency = permissions.agency_to_read_mou(request.user, agency_id)
    version, _filled = wording.current_text()
    document = text_versions.public_pdf(version, wording.values(agency), draft=True)
    name = _("MOU version %(number)s, for reading.pdf") % {"number": version.number}
    return documents.response(document, filename=name, inline=True)


@require_safe
def mou_file(request: HttpRequest, agency_id: UUID, mou_id: UUID, step: str) -> HttpResponse:
    """One file of one MOU, also of those that came to nothing."""
    agency = permissions.agency_to_read_mou(request.user, agency_id)
    mou = get_object_or_404(Mou.objects.select_related("request"), pk=mou_id, agency=agency)
    if step == Revision.CERTIFICATE:
        certificate = get_object_or_404(
            CompletionCertificate.objects.select_related("document"), request=mou.request
        )
        name = _("%(reference)s certificate of completion.pdf") % {"reference": mou.reference}
        return documents.response(certificate.document, filename=name, inline=True)
    revision = get_object_or_404(Revision.objects.select_related("document"), request=mou.request, step=step)
    return documents.response(revision.document, filename=_filename(mou, revision), inline=True)


@require_safe
def mou_bundle(request: HttpRequest, agency_id: UUID, mou_id: UUID) -> HttpResponse:
    """One ZIP to keep: the executed file, its certificate, the root certificate and how to check them."""
    agency = permissions.agency_to_read_mou(request.user, agency_id)
    mou = get_object_or_404(Mou.objects.select_related("request"), pk=mou_id, agency=agency)
    return documents.download(bundle.bundle(mou), "application/zip", filename=f"{mou.reference}.zip")


def _filename(mou: Mou, revision: Revision) -> str:
    words = {
        Revision.CERTIFIED: _("to sign"),
        AGENCY: _("signed by the agency"),
        LEAD: _("executed"),
    }
    return f"{mou.reference} {words[revision.step]}.pdf"
