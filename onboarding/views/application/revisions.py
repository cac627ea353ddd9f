"""What was sent, as it was sent, and what changed since."""

from dataclasses import dataclass
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_safe

from agencies.permissions import agency_to_view
from hmis_portal import documents
from onboarding.application import revisions
from onboarding.models import Application, Revision, RevisionPdf
from onboarding.review.remarks_read import with_changes
from onboarding.sections.answers import Answers
from onboarding.views.application.pages import application_of, frame


@dataclass(frozen=True)
class RevisionPage:
    """What the page shows; its template reads the fields by their names."""

    revision: Revision
    numbers: list[int]
    pdf: RevisionPdf | None
    sections: list[revisions.FrozenSection]
    differences: list[revisions.AnswerDifference]
    before: Revision | None


@require_safe
def revision(request: HttpRequest, agency_id: UUID, number: int) -> HttpResponse:
    """What was sent, as it was sent, and what changed since the revision before."""
    agency = agency_to_view(request.user, agency_id)
    application = application_of(agency)
    shown = _revision(application, number)
    before = application.revisions.filter(number=number - 1).first()
    page = RevisionPage(
        revision=shown,
        numbers=list(application.revisions.values_list("number", flat=True)),
        pdf=getattr(shown, "pdf", None),
        sections=revisions.sent(shown)["sections"],
        differences=revisions.compare(revisions.sent(before), revisions.sent(shown)) if before else [],
        before=before,
    )
    return render(
        request, "onboarding/application/revision.html", {**frame(request, agency, application), **vars(page)}
    )


@require_safe
def revision_pdf(request: HttpRequest, agency_id: UUID, number: int) -> HttpResponse:
    agency = agency_to_view(request.user, agency_id)
    shown = _revision(application_of(agency), number)
    pdf = getattr(shown, "pdf", None)
    if pdf is None:
        raise Http404
    return documents.response(pdf.document, filename=revisions.filename(shown), inline=True)


def _revision(application: Application, number: int) -> Revision:
    sent = application.revisions.select_related("submitted_by", "pdf__document", "application")
    return get_object_or_404(sent, number=number)


@require_safe
def changes(request: HttpRequest, agency_id: UUID) -> HttpResponse:
    """What the reviewer asked to change, in the reviewer's words, and what changed since it was sent."""
    agency = agency_to_view(request.user, agency_id)
    application = application_of(agency)
    last = application.revisions.order_by("-number").first()
    if last is None or application.state != Application.State.CHANGES:
        return redirect("onboarding:application", agency.pk)
    before, now = revisions.sent(last), revisions.snapshot(Answers(application, agency))
    context = {
        **frame(request, agency, application),
        "remarks": with_changes(application, before, now),
        "differences": revisions.compare(before, now),
        "revision": last,
    }
    return render(request, "onboarding/application/changes.html", context)
