"""The sites of section D: where people will reach the HMIS from. The typing on a site's page is kept, too."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from agencies.models import Agency, User
from agencies.permissions import agency_to_edit, agency_to_view, is_editor, person
from hmis_portal.web.removed import one_or_told
from hmis_portal.web.task_row import TaskRow
from onboarding.application.status_line import StatusLine, status_line
from onboarding.events import OnboardingEvent
from onboarding.forms.sections.sites import SiteForm
from onboarding.models import Application, Remark, SectionWork, Site
from onboarding.record import changes, pages
from onboarding.record.places import IN_APPLICATION, RecordPlace
from onboarding.review.remarks_read import remarks_of, to_answer_about
from onboarding.sections import drafts, site_drafts
from onboarding.sections.answers import Answers
from onboarding.sections.drafts import Begun
from onboarding.sections.status import Status, StatusKey
from onboarding.selectors import latest_application
from onboarding.together.conflicts import typed_in
from onboarding.views.sections.draft_page import DraftPage
from onboarding.views.sections.drafts import autosave_texts
from onboarding.views.sections.saving import autosaved, discarded, opened, saved


@dataclass(frozen=True)
class ListedSite:
    site: Site
    work: SectionWork | None
    asked: int
    change_url: str
    remove_url: str


@dataclass(frozen=True)
class SitesPage:
    """What the page shows; its template reads the fields by their names."""

    agency: Agency
    application: Application
    status_line: StatusLine | None
    back_url: str
    add_url: str
    sites: list[ListedSite]
    begun: list[tuple[Begun, str]]
    may_edit: bool
    autosave_texts: dict[str, str]


@require_safe
def sites(request: HttpRequest, agency_id: UUID, place: RecordPlace = IN_APPLICATION) -> HttpResponse:
    agency = agency_to_view(request.user, agency_id)
    application = latest_application(agency)
    if application is None:
        return redirect("onboarding:application", agency.pk)
    answers = Answers(application, agency)
    may_edit = place.is_open(agency, application) and is_editor(request.user, agency)
    back = reverse("onboarding:section", args=[agency.pk, site_drafts.SECTION])
    remarks = remarks_of(application, site_drafts.SECTION) if may_edit and not place.in_record else []
    shown = SitesPage(
        agency=agency,
        application=application,
        status_line=None if place.in_record else status_line(application),
        back_url=pages.home(agency) if place.in_record else back,
        add_url=place.url("site_add", agency),
        sites=[_listed(site, answers, place, remarks) for site in answers.sites],
        begun=[
            (begun, place.url("site_add_page", agency, begun.page))
            for begun in site_drafts.begun(answers.works)
        ]
        if may_edit
        else [],
        may_edit=may_edit,
        autosave_texts=autosave_texts(),
    )
    return render(request, "onboarding/sections/sites.html", vars(shown))


def _listed(site: Site, answers: Answers, place: RecordPlace, remarks: Sequence[Remark]) -> ListedSite:
    return ListedSite(
        site=site,
        work=answers.works.get(site_drafts.key_of(site)),
        asked=to_answer_about(remarks, site_drafts.key_of(site)),
        change_url=place.url("site_change", answers.agency, site.pk),
        remove_url=place.url("site_remove", answers.agency, site.pk),
    )


def sites_task(answers: Answers, remarks: Sequence[Remark]) -> TaskRow:
    """The row of the section's list of pages that leads to its sites."""
    lacks = bool(site_drafts.begun(answers.works)) or any(
        work.draft for site in answers.sites if (work := answers.works.get(site_drafts.key_of(site)))
    )
    asked = sum(to_answer_about(remarks, site_drafts.key_of(site)) for site in answers.sites)
    key = StatusKey.STARTED if lacks else StatusKey.COMPLETE if answers.sites else StatusKey.NEW
    status = Status(key, asked=asked)
    return TaskRow(
        title=_("Sites"),
        url=reverse("onboarding:sites", args=[answers.agency.pk]),
        status_kind=status.look,
        status_text=status.text,
        hint=_("Each place from which your people will reach the HMIS."),
    )


class SitePage(DraftPage):
    """A listed site, or one that is being added, on a page with a random name."""

    template = "onboarding/sections/site.html"

    def __init__(
        self,
        request: HttpRequest,
        agency_id: UUID,
        site_id: int | None = None,
        page: str = "",
        place: RecordPlace = IN_APPLICATION,
    ) -> None:
        agency = agency_to_edit(request.user, agency_id)
        super().__init__(request, agency, place.application(agency))
        self.place, self.states = place, place.states
        self.site = one_of(request, agency, site_id, place) if site_id else None
        if self.site is None and page and not drafts.is_page(page):
            raise Http404
        self.page = page or drafts.new_page()
        self.section = site_drafts.key_of(self.site, self.page)

    def form(self, **kwargs: object) -> SiteForm:
        return SiteForm(instance=self.site or Site(agency=self.agency), proposed=self.proposed, **kwargs)

    @cached_property
    def proposed(self) -> str:
        """The agency's own address, for its first site."""
        agency = self.agency
        if self.site or agency.victim_service_provider or not agency.street or agency.sites.exists():
            return ""
        return ", ".join(filter(None, (agency.street, agency.city)))

    def fresh(self) -> "SitePage":
        site_id = self.site.pk if self.site else None
        return SitePage(self.request, self.agency.pk, site_id, self.page, self.place)

    def write(self, form: SiteForm, *, version: int) -> str:
        with transaction.atomic():
            site = site_drafts.write(
                form, self.application, key=self.section, version=version, by=self.by, states=self.states
            )
            if self.place.in_record:
                _record(self.agency, site, changes.of_form(form), by=self.by)
        return _("The site is saved.")

    def over(self, work: SectionWork) -> str:
        if self.site or work.draft:
            return ""
        return _("This page was already saved or discarded. Nothing was added twice.")

    def url(self, act: str = "") -> str:
        if self.site:
            return self.place.url(f"site_{act or 'change'}", self.agency, self.site.pk)
        return self.place.url(f"site_add_{act or 'page'}", self.agency, self.page)

    @property
    def back(self) -> str:
        return self.place.url("sites", self.agency)

    def after_discarding(self) -> str:
        return self.url() if self.site else self.back

    def remarks(self) -> list[Remark]:
        if self.place.in_record:
            return []
        remarks = remarks_of(self.application, site_drafts.SECTION)
        return [remark for remark in remarks if self.site and remark.field == self.section]

    def context(self) -> dict[str, object]:
        line = None if self.place.in_record else status_line(self.application)
        return {"status_line": line, "site": self.site, "in_record": self.place.in_record}


def _record(agency: Agency, site: Site, changed: list[dict[str, str]], *, by: User) -> None:
    """In the record, for its history and the HMIS Admin."""
    if changed:
        title = _("Site: %(address)s") % {"address": site}
        changes.record(
            agency=agency, title=title[:250], changed=changed, effective_on=timezone.localdate(), by=by
        )


def one_of(request: HttpRequest, agency: Agency, site_id: int, place: RecordPlace = IN_APPLICATION) -> Site:
    return one_or_told(
        request, Site.objects.filter(agency=agency), site_id, agency_id=agency.pk, verb=OnboardingEvent.REMOVED_SITE,
        back=place.url("sites", agency),
        typed=lambda: typed_in(SiteForm(instance=Site(agency=agency), data=request.POST)),
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
def site_add(
    request: HttpRequest, agency_id: UUID, page: str = "", place: RecordPlace = IN_APPLICATION
) -> HttpResponse:
    """Each opening of "Add a site" gets a page of its own, under which its typing is kept."""
    shown = SitePage(request, agency_id, page=page, place=place)
    if request.method == "POST":
        return saved(shown)
    return opened(shown) if page else redirect(shown.url())


@require_http_methods(["GET", "HEAD", "POST"])
def site_change(
    request: HttpRequest, agency_id: UUID, site_id: int, place: RecordPlace = IN_APPLICATION
) -> HttpResponse:
    page = SitePage(request, agency_id, site_id, place=place)
    return saved(page) if request.method == "POST" else opened(page)


@require_POST
def site_autosave(
    request: HttpRequest,
    agency_id: UUID,
    site_id: int | None = None,
    page: str = "",
    place: RecordPlace = IN_APPLICATION,
) -> JsonResponse:
    return autosaved(SitePage(request, agency_id, site_id, page, place))


@require_POST
def site_discard(
    request: HttpRequest,
    agency_id: UUID,
    site_id: int | None = None,
    page: str = "",
    place: RecordPlace = IN_APPLICATION,
) -> HttpResponse:
    return discarded(SitePage(request, agency_id, site_id, page, place))


@require_http_methods(["GET", "HEAD", "POST"])
def site_remove(
    request: HttpRequest, agency_id: UUID, site_id: int, place: RecordPlace = IN_APPLICATION
) -> HttpResponse:
    agency = agency_to_edit(request.user, agency_id)
    application = place.application(agency)
    site, by = one_of(request, agency, site_id, place), person(request)
    if request.method == "POST":
        with transaction.atomic():
            site_drafts.remove(application, site, by=by, states=place.states)
            if place.in_record:
                gone = {"question": _("Address"), "before": str(site), "after": _("Removed")}
                _record(agency, site, [gone], by=by)
        messages.success(request, _("The site is removed."))
        return redirect(place.url("sites", agency))
    context = {
        "agency": agency,
        "application": application,
        "status_line": None if place.in_record else status_line(application),
        "site": site,
        "list_url": place.url("sites", agency),
    }
    return render(request, "onboarding/sections/site_remove.html", context)
