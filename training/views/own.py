"""A person's own training: where they stand, registering, proof, certificates."""

from dataclasses import dataclass

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from agencies.permissions import person
from agencies.selectors import lacks_channel
from hmis_portal import documents
from training import permissions, selectors, services
from training.forms import EvidenceForm
from training.models import Course, Evidence, LearningAccount, Requirement, Signup
from training.papers import certificates, transcript
from training.requirements.items import Item, PositionStatus, StaffStatus


@dataclass(frozen=True)
class OwnPage:
    """What the page shows; its template reads the fields by their names."""

    statuses: list[StaffStatus]
    account: LearningAccount | None
    opened: str
    positions: list[PositionStatus]
    places: list[Signup]
    next_step: Item | None
    lacks_channel: bool
    transcript: list[transcript.TranscriptRow]
    evidence: list[Evidence]


@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    user = person(request)
    items = selectors.items_of([user.pk])[user.pk]
    statuses, positions = selectors.own_statuses(user, items), selectors.own_positions(items)
    next_step = selectors.next_step([*statuses, *positions])
    shown = OwnPage(
        statuses=statuses,
        account=next((getattr(status.staff.user, "learning_account", None) for status in statuses), None),
        opened=request.GET.get("open", ""),
        positions=positions,
        places=selectors.own_sessions(user),
        next_step=next_step,
        lacks_channel=bool(statuses) and next_step is None and lacks_channel(user),
        transcript=transcript.transcript(user),
        evidence=transcript.own_evidence(user),
    )
    return render(request, "training/mine.html", vars(shown))


@require_POST
def registered(request: HttpRequest, requirement_id: int) -> HttpResponse:
    user = person(request)
    requirement = get_object_or_404(
        Requirement.objects.select_related("course"), pk=requirement_id, person=user
    )
    services.say_registered(requirement, by=user)
    messages.success(request, _("Noted: you registered for “%(course)s”.") % {"course": requirement.course})
    return redirect("training:mine")


@require_http_methods(["GET", "HEAD", "POST"])
def upload(request: HttpRequest, slug: str) -> HttpResponse:
    user = person(request)
    course = get_object_or_404(Course, slug=slug, evidence_allowed=True)
    if course.is_agreement or not Requirement.objects.open().filter(person=user, course=course).exists():
        raise Http404
    form = EvidenceForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        with documents.away_beside(form, "file"):
            services.upload_evidence(
                person=user,
                course=course,
                data=file.read(),
                kind=file.content_kind,
                filename=file.name,
                claimed_on=form.cleaned_data["completed_on"],
                by=user,
            )
            messages.success(request, _("Sent. A trainer checks it; until then it does not count."))
            return redirect("training:mine")
    return render(request, "training/upload.html", {"form": form, "course": course})


@require_safe
def evidence_file(request: HttpRequest, evidence_id: int) -> HttpResponse:
    evidence = permissions.evidence_to_read(request.user, evidence_id)
    return documents.response(evidence.document, filename=evidence.filename)


@require_safe
def certificate_pdf(request: HttpRequest, certificate_id: int) -> HttpResponse:
    certificate = permissions.certificate_to_read(request.user, certificate_id)
    name = f"certificate-{slugify(certificate.title)}-{certificate.completion.completed_on}.pdf"
    return documents.response(certificates.document_of(certificate), filename=name, inline=True)
