"""The sites of section D: where people will reach the HMIS from. The typing on a site's page is kept, too."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from agencies.models import Agency
from agencies.permissions import agency_to_edit, agency_to_view, is_editor, person
from hmis_portal.web.removed import one_or_told
from onboarding.application.status_line import status_line
from onboarding.events import OnboardingEvent
from onboarding.forms.sections.sites import SiteForm
from onboarding.models import Remark, SectionWork, Site
from onboarding.review.remarks_read import remarks_of
from onboarding.sections import drafts, site_drafts
from onboarding.sections.answers import Answers
from onboarding.sections.completeness import Status
from onboarding.sections.conflicts import typed_in
from onboarding.selectors import editable_application, latest_application
from onboarding.views.sections.draft_page import DraftPage, autosaved, discarded, opened, saved
from onboarding.views.sections.drafts import autosave_texts


@require_safe
def sites(request: HttpRequest, agency_id: UUID) -> HttpResponse:
    agency = agency_to_view(request.user, agency_id)
    application = latest_application(agency)
    if application is None:
        return redirect("onboarding:application", agency.pk)
    answers = Answers(application, agency)
    may_edit = application.is_editable and is_editor(request.user, agency)
    context = {
        "agency": agency,
        "application": application,
        "status_line": status_line(application),
        "sites": [(site, answers.works.get(site_drafts.key_of(site))) for site in answers.sites],
        "begun": site_drafts.begun(answers.works) if may_edit else [],
        "may_edit": may_edit,
        "autosave_texts": autosave_texts(),
    }
    return render(request, "onboarding/sections/sites.html", context)


def sites_task(answers: Answers) -> dict[str, str]:
    """The row of the section's list of pages that leads to its sites."""
    lacks = bool(site_drafts.begun(answers.works)) or any(
        work.draft for site in answers.sites if (work := answers.works.get(site_drafts.key_of(site)))
    )
    status = Status("started" if lacks else "complete" if answers.sites else "new")
    return {
        "title": _("Sites"),
        "url": reverse("onboarding:sites", args=[answers.agency.pk]),
        "status_kind": status.look,
        "status_text": status.text,
        "hint": _("Each place from which your people will reach the HMIS."),
    }


class SitePage(DraftPage):
    """A listed site, or one that is being added, on a page with a random name."""

    template = "onboarding/sections/site.html"

    def __init__(
        self, request: HttpRequest, agency_id: UUID, site_id: int | None = None, page: str = ""
    ) -> None:
        agency = agency_to_edit(request.user, agency_id)
        super().__init__(request, agency, editable_application(agency))
        self.site = one_of(request, agency, site_id) if site_id else None
        if self.site is None and page and not drafts.is_page(page):
            raise Http404
        self.page = page or drafts.new_page()
        self.section = site_drafts.key_of(self.site, self.page)

    def form(self, **given: Any) -> SiteForm:
        return SiteForm(instance=self.site or Site(agency=self.agency), **given)

    def fresh(self) -> "SitePage":
        return SitePage(self.request, self.agency.pk, self.site.pk if self.site else None, self.page)

    def write(self, form: SiteForm, *, version: int) -> str:
        site_drafts.write(form, self.application, key=self.section, version=version, by=self.by)
        return _("The site is saved.")

    def over(self, work: SectionWork) -> str:
        if self.site or work.draft:
            return ""
        return _("This page was already saved or discarded. Nothing was added twice.")

    def url(self, act: str = "") -> str:
        if self.site:
            return reverse(f"onboarding:site_{act or 'change'}", args=[self.agency.pk, self.site.pk])
        name = f"onboarding:site_add_{act}" if act else "onboarding:site_add_page"
        return reverse(name, args=[self.agency.pk, self.page])

    @property
    def back(self) -> str:
        return reverse("onboarding:sites", args=[self.agency.pk])

    def after_discarding(self) -> str:
        return self.url() if self.site else self.back

    def remarks(self) -> list[Remark]:
        remarks = remarks_of(self.application, site_drafts.SECTION)
        return [remark for remark in remarks if self.site and remark.field == self.section]

    def context(self) -> dict[str, Any]:
        return {"status_line": status_line(self.application), "site": self.site}


def one_of(request: HttpRequest, agency: Agency, site_id: int) -> Site:
    return one_or_told(
        request, Site.objects.filter(agency=agency), site_id, agency_id=agency.pk, verb=OnboardingEvent.REMOVED_SITE,
        back=reverse("onboarding:sites", args=[agency.pk]),
        typed=lambda: typed_in(SiteForm(instance=Site(agency=agency), data=request.POST)),
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
def site_add(request: HttpRequest, agency_id: UUID, page: str = "") -> HttpResponse:
    """Each opening of "Add a site" gets a page of its own, under which its typing is kept."""
    shown = SitePage(request, agency_id, page=page)
    if request.method == "POST":
        return saved(shown)
    return opened(shown) if page else redirect(shown.url())


@require_http_methods(["GET", "HEAD", "POST"])
def site_change(request: HttpRequest, agency_id: UUID, site_id: int) -> HttpResponse:
    page = SitePage(request, agency_id, site_id)
    return saved(page) if request.method == "POST" else opened(page)


@require_POST
def site_autosave(
    request: HttpRequest, agency_id: UUID, site_id: int | None = None, page: str = ""
) -> JsonResponse:
    return autosaved(SitePage(request, agency_id, site_id, page))


@require_POST
def site_discard(
    request: HttpRequest, agency_id: UUID, site_id: int | None = None, page: str = ""
) -> HttpResponse:
    return discarded(SitePage(request, agency_id, site_id, page))


@require_http_methods(["GET", "HEAD", "POST"])
def site_remove(request: HttpRequest, agency_id: UUID, site_id: int) -> HttpResponse:
    agency = agency_to_edit(request.user, agency_id)
    application = editable_application(agency)
    site = one_of(request, agency, site_id)
    if request.method == "POST":
        site_drafts.remove(application, site, by=person(request))
        messages.success(request, _("The site is removed."))
        return redirect("onboarding:sites", agency.pk)
    context = {
        "agency": agency,
        "application": application,
        "status_line": status_line(application),
        "site": site,
    }
    return render(request, "onboarding/sections/site_remove.html", context)
