"""The sites of section D: where people will reach the HMIS from."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from agencies.models import Agency
from agencies.permissions import agency_to_edit, agency_to_view, is_editor, person
from onboarding import drafts
from onboarding.forms.sites import SiteForm
from onboarding.models import Application, Site
from onboarding.selectors import editable_application, latest_application
from onboarding.standing import standing


@require_safe
def sites(request: HttpRequest, agency_id: UUID) -> HttpResponse:
    agency = agency_to_view(request.user, agency_id)
    application = latest_application(agency)
    if application is None:
        return redirect("onboarding:application", agency.pk)
    context = {
        "agency": agency,
        "application": application,
        "standing": standing(application),
        "sites": list(agency.sites.all()),
        "may_edit": application.is_editable and is_editor(request.user, agency),
    }
    return render(request, "onboarding/application/sites.html", context)


def site_add(request: HttpRequest, agency_id: UUID) -> HttpResponse:
    agency = agency_to_edit(request.user, agency_id)
    application = editable_application(agency)
    return _site(request, agency, application, Site(agency=agency))


def site_change(request: HttpRequest, agency_id: UUID, site_id: int) -> HttpResponse:
    agency = agency_to_edit(request.user, agency_id)
    application = editable_application(agency)
    return _site(request, agency, application, _one(agency, site_id))


def _site(request: HttpRequest, agency: Agency, application: Application, site: Site) -> HttpResponse:
    form = SiteForm(request.POST or None, instance=site)
    form.cancel_url = reverse("onboarding:sites", args=[agency.pk])
    if request.method == "POST" and form.is_valid():
        with drafts.writing(application):
            saved = form.save()
            drafts.note(
                application,
                "readiness",
                person(request),
                {f"site-{saved.pk}": form.changed_data} if form.has_changed() else {},
            )
        messages.success(request, _("The site is saved."))
        return redirect("onboarding:sites", agency.pk)
    context = {
        "agency": agency,
        "application": application,
        "standing": standing(application),
        "form": form,
        "site": site,
    }
    return render(request, "onboarding/application/site.html", context)


def site_remove(request: HttpRequest, agency_id: UUID, site_id: int) -> HttpResponse:
    agency = agency_to_edit(request.user, agency_id)
    application = editable_application(agency)
    site = _one(agency, site_id)
    if request.method == "POST":
        with drafts.writing(application):
            drafts.note(application, "readiness", person(request), {f"site-{site.pk}": [str(site), None]})
            site.delete()
        messages.success(request, _("The site is removed."))
        return redirect("onboarding:sites", agency.pk)
    context = {"agency": agency, "application": application, "standing": standing(application), "site": site}
    return render(request, "onboarding/application/site_remove.html", context)


def _one(agency: Agency, site_id: int) -> Site:
    found = Site.objects.filter(agency=agency, pk=site_id).first()
    if found is None:
        raise Http404
    return found
