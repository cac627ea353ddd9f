"""What the HMIS Admin carries into the HMIS: HUD's CSV of an approved agency, and the same as a sheet to read."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from agencies.hud import csv
from agencies.hud.drafts import project_findings
from agencies.hud.export import export_of, left_out_of
from agencies.hud.lists import codes
from agencies.hud.summary import answers
from agencies.permissions import agency_to_view, person
from hmis_portal import audit, documents
from hmis_portal.web.errors import GuardFailed, WrongState
from onboarding.events import OnboardingEvent
from onboarding.models import Application


@require_safe
def hud_csv(request: HttpRequest, agency_id: UUID) -> HttpResponse:
    agency = agency_to_view(request.user, agency_id)
    back = reverse("onboarding:setup_sheet", args=[agency.pk])
    if not Application.objects.filter(agency=agency, state=Application.State.APPROVED).exists():
        raise WrongState(_("The CSV can be made once the application is approved."), back=back)
    export, left_out = export_of([agency], by=person(request))
    if left_out and not export.projects:
        raise GuardFailed(
            [f"{row.project.project_name}: {reason}" for row in left_out for reason in row.reasons],
            back=back,
        )
    audit.record(
        by=person(request),
        verb=OnboardingEvent.HUD_CSV_DOWNLOADED,
        obj=agency,
        agency_id=agency.pk,
        data={"export_id": export.id.hex, "left out": [row.project.project_name for row in left_out]},
    )
    name = f"hud-{slugify(agency.name)[:60] or 'agency'}-{timezone.localdate().isoformat()}.zip"
    return documents.download(csv.as_zip(export), "application/zip", filename=name)


@require_safe
def setup_sheet(request: HttpRequest, agency_id: UUID) -> HttpResponse:
    agency = agency_to_view(request.user, agency_id)
    rows = project_findings(agency)
    return render(
        request,
        "onboarding/projects/setup_sheet.html",
        {
            "agency": agency,
            "projects": [(row, answers(row.draft)) for row in rows if not row.only_copied],
            "left_out": left_out_of(rows),
            "version": codes().version,
            "may_download": Application.objects.filter(
                agency=agency, state=Application.State.APPROVED
            ).exists(),
        },
    )
