"""Section C of the application: the page of one person, whose typing is kept as that of a section."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from agencies.models import Agency, Staff
from agencies.permissions import agency_to_edit, person
from hmis_portal.errors import GuardFailed
from onboarding import drafts, staff_drafts
from onboarding.conflicts import between
from onboarding.forms.base import LATER, as_data
from onboarding.forms.staff import PersonForm, role_table
from onboarding.models import Application, SectionWork
from onboarding.notes import notes_of
from onboarding.selectors import editable_application
from onboarding.standing import standing
from onboarding.views.keeping import autosave_texts, keep_answer, posted_version, saved_by


class Place:
    """Which person's page is meant, for whom, and where it leads."""

    def __init__(
        self, request: HttpRequest, agency_id: UUID, staff_id: int | None = None, page: str = ""
    ) -> None:
        self.request = request
        self.agency: Agency = agency_to_edit(request.user, agency_id)
        self.application: Application = editable_application(self.agency)
        self.staff = one_of(self.agency, staff_id) if staff_id else None
        if not staff_id and page and not staff_drafts.is_page(page):
            raise Http404
        self.page = page or staff_drafts.new_page()
        self.key = staff_drafts.key_of(self.staff, self.page)

    def form(self, **given: Any) -> PersonForm:
        return self.form_of(self.staff, **given)

    def form_of(self, staff: Staff | None, **given: Any) -> PersonForm:
        return PersonForm(agency=self.agency, instance=staff or Staff(agency=self.agency), **given)

    def url(self, act: str = "") -> str:
        """The page itself, or "keep" or "discard" of it."""
        if self.staff:
            return reverse(f"onboarding:staff_{act or 'change'}", args=[self.agency.pk, self.staff.pk])
        name = f"onboarding:staff_add_{act}" if act else "onboarding:staff_add_page"
        return reverse(name, args=[self.agency.pk, self.page])

    @property
    def back(self) -> str:
        if self.request.GET.get("from") == "check":
            return reverse("onboarding:check_answers", args=[self.agency.pk])
        return reverse("onboarding:section", args=[self.agency.pk, "staff"])


def one_of(agency: Agency, staff_id: int) -> Staff:
    found = Staff.objects.current().filter(agency=agency, pk=staff_id).first()
    if found is None:
        raise Http404
    return found


@require_http_methods(["GET", "HEAD", "POST"])
def staff_add(request: HttpRequest, agency_id: UUID, page: str = "") -> HttpResponse:
    """Each opening of "Add a person" gets a page of its own, under which its typing is kept."""
    place = Place(request, agency_id, page=page)
    if request.method == "POST":
        return _save(place)
    if not page:
        query = request.GET.urlencode()
        return redirect(place.url() + (f"?{query}" if query else ""))
    return _open(place)


@require_http_methods(["GET", "HEAD", "POST"])
def staff_change(request: HttpRequest, agency_id: UUID, staff_id: int) -> HttpResponse:
    place = Place(request, agency_id, staff_id)
    return _save(place) if request.method == "POST" else _open(place)


def _open(place: Place) -> HttpResponse:
    work = drafts.work_of(place.application, place.key)
    form = place.form(data=as_data(work.draft)) if work.draft else place.form()
    if work.draft and not work.has_errors:
        form.without_judging()
    return _page(place, form, version=work.version, work=work)


def _save(place: Place) -> HttpResponse:
    by, version = person(place.request), posted_version(place.request)
    form = place.form(data=place.request.POST)
    typed = form.typed(place.request.POST)
    given: dict[str, Any] = {"application": place.application, "section": place.key, "by": by}
    try:
        if LATER in place.request.POST and typed is not None:
            drafts.keep(**given, typed=typed, version=version)
            messages.success(place.request, _("The page is kept as you left it. Come back at any time."))
            return redirect(place.back)
        if form.is_valid():
            try:
                written = staff_drafts.write(form, place.application, key=place.key, version=version, by=by)
                return _saved(place, written)
            except GuardFailed as refusal:
                form.add_error("email", refusal.messages)
        if typed is not None:
            version = drafts.keep(**given, typed=typed, version=version, has_errors=True)
        return _page(place, form, version=version)
    except drafts.Stale as stale:
        return _conflict(place, form, stale.work)


def _saved(place: Place, written: Staff) -> HttpResponse:
    said = _("%(name)s is saved.") if place.staff else _("%(name)s is on the list.")
    messages.success(place.request, said % {"name": written.name})
    return redirect(place.back)


def _conflict(place: Place, form: PersonForm, work: SectionWork) -> HttpResponse:
    """What was typed stands on the page; whoever typed it chooses between it and the colleague's."""
    if place.staff is None and not work.draft:
        messages.warning(
            place.request, _("This page was already saved or discarded. Nothing was added twice.")
        )
        return redirect(place.back)
    staff = one_of(place.agency, place.staff.pk) if place.staff else None
    theirs = place.form_of(staff, data=as_data(work.draft) if work.draft else None)
    conflict = {
        "title": _("%(who)s saved this person on %(when)s, after you opened the page") % saved_by(work),
        "rows": list(between(form, theirs)),
    }
    return _page(place, form.without_judging(), version=work.version, conflict=conflict)


@require_POST
def staff_keep(
    request: HttpRequest, agency_id: UUID, staff_id: int | None = None, page: str = ""
) -> JsonResponse:
    """Keep what is being typed; answers with the new version, or with who saved in between."""
    place = Place(request, agency_id, staff_id, page)
    given: dict[str, Any] = {"application": place.application, "section": place.key, "by": person(request)}
    version = posted_version(request)
    return keep_answer(
        place.form().typed(request.POST), lambda typed: drafts.keep(**given, typed=typed, version=version)
    )


@require_POST
def staff_discard(
    request: HttpRequest, agency_id: UUID, staff_id: int | None = None, page: str = ""
) -> HttpResponse:
    """Forget the typing; whoever is on the list stays as saved."""
    place = Place(request, agency_id, staff_id, page)
    given: dict[str, Any] = {"application": place.application, "section": place.key, "by": person(request)}
    try:
        drafts.discard(**given, version=posted_version(request))
    except drafts.Stale:
        messages.warning(request, _("A colleague saved this page just now. This is what stands."))
    return redirect(place.url() if place.staff else place.back)


def _page(
    place: Place,
    form: PersonForm,
    *,
    version: int,
    work: SectionWork | None = None,
    conflict: dict[str, Any] | None = None,
) -> HttpResponse:
    context = {
        "agency": place.agency,
        "application": place.application,
        "standing": standing(place.application),
        "form": form,
        "staff": place.staff,
        "roles": role_table(),
        "version": version,
        "multipart": False,
        "draft": work if work and work.draft else None,
        "conflict": conflict,
        "notes": notes_of(place.application, staff_drafts.SECTION, place.key),
        "autosave_url": place.url("keep"),
        "autosave_texts": autosave_texts(),
        "discard_url": place.url("discard"),
        "back_url": place.back,
    }
    status = 409 if conflict else 200
    return render(place.request, "onboarding/application/staff_person.html", context, status=status)
