"""Section C of the application: the page of one person, whose typing is kept as that of a section."""

from functools import cached_property
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from agencies.events import AgenciesEvent
from agencies.models import Agency, Person, Staff
from agencies.permissions import agency_to_edit
from agencies.selectors import known_people
from hmis_portal.web.removed import one_or_told
from onboarding.application import check
from onboarding.application.status_line import status_line
from onboarding.forms.roster.person import PersonForm, role_table
from onboarding.models import Remark, SectionKey, SectionWork
from onboarding.review.remarks_read import remarks_of
from onboarding.roster import staff_drafts
from onboarding.sections import drafts
from onboarding.selectors import editable_application
from onboarding.together.conflicts import typed_in
from onboarding.views.sections.draft_page import DraftPage
from onboarding.views.sections.saving import autosaved, discarded, opened, saved


class PersonPage(DraftPage):
    """Somebody on the list, or somebody who is being added, on a page with a random name."""

    template = "onboarding/roster/person.html"
    blamed = "email"

    def __init__(
        self, request: HttpRequest, agency_id: UUID, staff_id: int | None = None, page: str = ""
    ) -> None:
        agency = agency_to_edit(request.user, agency_id)
        super().__init__(request, agency, editable_application(agency))
        self.staff = one_of(request, agency, staff_id) if staff_id else None
        if self.staff is None and page and not drafts.is_page(page):
            raise Http404
        self.page = page or drafts.new_page()
        self.section = staff_drafts.key_of(self.staff, self.page)

    def form(self, **kwargs: Any) -> PersonForm:
        instance = self.staff or Staff(agency=self.agency)
        return PersonForm(agency=self.agency, instance=instance, known=self.known, **kwargs)

    @cached_property
    def known(self) -> list[Person]:
        return known_people(self.agency)

    def fresh(self) -> "PersonPage":
        return PersonPage(self.request, self.agency.pk, self.staff.pk if self.staff else None, self.page)

    def write(self, form: PersonForm, *, version: int) -> str:
        written = staff_drafts.write(form, self.application, key=self.section, version=version, by=self.by)
        sentence = _("%(name)s is saved.") if self.staff else _("%(name)s is on the list.")
        return sentence % {"name": written.name}

    def over(self, work: SectionWork) -> str:
        if self.staff or work.draft:
            return ""
        return _("This page was already saved or discarded. Nothing was added twice.")

    def url(self, act: str = "") -> str:
        if self.staff:
            return reverse(f"onboarding:staff_{act or 'change'}", args=[self.agency.pk, self.staff.pk])
        name = f"onboarding:staff_add_{act}" if act else "onboarding:staff_add_page"
        return reverse(name, args=[self.agency.pk, self.page])

    @property
    def back(self) -> str:
        if self.request.GET.get("from") == "check":
            return check.address(self.agency.pk, SectionKey.STAFF)
        return reverse("onboarding:section", args=[self.agency.pk, SectionKey.STAFF])

    def after_discarding(self) -> str:
        return self.url() if self.staff else self.back

    def remarks(self) -> list[Remark]:
        return remarks_of(self.application, staff_drafts.SECTION, self.section)

    def context(self) -> dict[str, object]:
        return {
            "status_line": status_line(self.application),
            "staff": self.staff,
            "roles": role_table(),
        }


def one_of(request: HttpRequest, agency: Agency, staff_id: int) -> Staff:
    return one_or_told(
        request, Staff.objects.current().filter(agency=agency), staff_id, agency_id=agency.pk, verb=AgenciesEvent.REMOVED_STAFF,
        back=reverse("onboarding:section", args=[agency.pk, SectionKey.STAFF]),
        typed=lambda: typed_in(PersonForm(agency=agency, instance=Staff(agency=agency), data=request.POST)),
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
def staff_add(request: HttpRequest, agency_id: UUID, page: str = "") -> HttpResponse:
    """Each opening of "Add a person" gets a page of its own, under which its typing is kept."""
    shown = PersonPage(request, agency_id, page=page)
    if request.method == "POST":
        return saved(shown)
    if not page:
        query = request.GET.urlencode()
        return redirect(shown.url() + (f"?{query}" if query else ""))
    return opened(shown)


@require_POST
def staff_add_known(request: HttpRequest, agency_id: UUID) -> HttpResponse:
    """Somebody whom the agency's directory has goes on the list: what it says of them stands typed on their page."""
    page = PersonPage(request, agency_id)
    known = next((person for person in page.known if person.email == request.POST.get("email")), None)
    if known is None:
        raise Http404
    told = {name: getattr(known, name) for name in ("first_name", "last_name", "title", "email")}
    typed = {name: [value] for name, value in (told | {"phone": known.full_phone}).items()}
    drafts.save(application=page.application, section=page.section, typed=typed, version=0, by=page.by)
    return redirect(page.url())


@require_http_methods(["GET", "HEAD", "POST"])
def staff_change(request: HttpRequest, agency_id: UUID, staff_id: int) -> HttpResponse:
    page = PersonPage(request, agency_id, staff_id)
    return saved(page) if request.method == "POST" else opened(page)


@require_POST
def staff_autosave(
    request: HttpRequest, agency_id: UUID, staff_id: int | None = None, page: str = ""
) -> JsonResponse:
    return autosaved(PersonPage(request, agency_id, staff_id, page))


@require_POST
def staff_discard(
    request: HttpRequest, agency_id: UUID, staff_id: int | None = None, page: str = ""
) -> HttpResponse:
    """Forget the typing; whoever is on the list stays as saved."""
    return discarded(PersonPage(request, agency_id, staff_id, page))
