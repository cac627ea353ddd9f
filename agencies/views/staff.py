"""The roster: who works in the HMIS for the agency, and what becomes of it after approval."""

from dataclasses import dataclass
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from agencies import locks, permissions, roster, selectors
from agencies.events import AgenciesEvent
from agencies.forms.leavers import LeaverForm, ReturnForm
from agencies.forms.staff import RosterForm, StaffForm
from agencies.models import Agency, HmisRole, Person, Staff, User
from agencies.services import channels, leavers
from agencies.services import staff as services
from hmis_portal.text.words import date_words
from hmis_portal.web.addresses import address_of
from hmis_portal.web.errors import GuardFailed, WrongState
from hmis_portal.web.removed import one_or_told

STAFF_A_PAGE = 50
Notice = Staff.LeavingNotice


@dataclass(frozen=True)
class RosterPage:
    """What the page shows; its template reads the fields by their names."""

    agency: Agency
    page: Page[Staff]
    people: list[dict[str, object]]
    filters: roster.Filters
    choices: dict[str, object]
    query: str
    shows_left: bool
    others: int
    edits: bool
    manages: bool
    locked: str
    adds: bool
    uploads: bool


@require_GET
def staff(request: HttpRequest, agency_id: UUID) -> HttpResponse:
    """The people listed now, or (`?left=1`) those who left; narrowed and in the order that is asked for."""
    user = permissions.person(request)
    agency = permissions.agency_to_view(user, agency_id)
    shows_left = request.GET.get("left") == "1"
    projects = {str(project.pk): project.project_name for project in agency.projects.order_by("project_name")}
    filters = roster.Filters.of(request.GET, projects)
    listed = agency.staff.left() if shows_left else agency.staff.current()
    rows = filters.take(listed, reader=user)
    page = Paginator(
        rows.select_related("user__code_channel").prefetch_related("projects"), STAFF_A_PAGE
    ).get_page(request.GET.get("page"))
    query = "&".join(filter(None, ["left=1" if shows_left else "", filters.query]))
    edits, locked = permissions.is_editor(user, agency), locks.why_locked(agency)
    adds = edits and not locked and not shows_left
    shown = RosterPage(
        agency=agency,
        page=page,
        people=_lines(agency, list(page), user, shows_left=shows_left),
        filters=filters,
        choices={
            "projects": projects,
            "roles": HmisRole.choices,
            "states": roster.STATES,
            "orders": roster.ORDERS,
        },
        query=f"{query}&" if query else "",
        shows_left=shows_left,
        others=agency.staff.filter(left_on__isnull=shows_left).count(),
        edits=edits,
        manages=permissions.is_manager(user, agency),
        locked=locked,
        adds=adds,
        uploads=adds and roster.takes_list(agency),
    )
    return render(request, "agencies/staff.html", vars(shown))


def _lines(agency: Agency, rows: list[Staff], reader: User, *, shows_left: bool) -> list[dict[str, object]]:
    invited = selectors.invitations_of_staff(agency, rows)
    known, roles = roster.statuses(rows), dict(HmisRole.choices)
    return [
        {
            "row": row,
            "role": roles.get(row.hmis_role, ""),
            "projects": ", ".join(str(project) for project in row.projects.all()),
            "change_url": address_of("agencies:change_staff", agency.pk, row.pk),
            "leaver_url": address_of("agencies:report_leaver", agency.pk, row.pk),
            "last_day": row.last_day_as_told(reader),
            "invitation": invited.get(row.user_id or 0),
            "statuses": [status for of_app in known for status in of_app.get(row.pk, ())],
            "no_channel": not shows_left
            and row.user
            and row.logs_in
            and not hasattr(row.user, "code_channel"),
        }
        for row in rows
    ]


@require_http_methods(["GET", "POST"])
def add_staff(request: HttpRequest, agency_id: UUID) -> HttpResponse:
    user = permissions.person(request)
    agency = permissions.agency_to_edit(user, agency_id)
    locks.check(agency)
    known = selectors.known_people(agency)
    form = StaffForm(
        request.POST or None,
        agency=agency,
        instance=Staff(agency=agency),
        initial=_told_of(request.GET.get("person", ""), known),
        known=known,
    )
    if request.method == "POST" and form.is_valid():
        row = services.add_staff(agency=agency, by=user, data=form.cleaned_data)
        messages.success(request, _("%s is on the roster.") % row.name)
        return redirect("agencies:staff", agency_id=agency.pk)
    listed = set(agency.staff.current().values_list("email", flat=True))
    context = {
        "agency": agency,
        "form": form,
        "staff": None,
        "not_listed": [person for person in known if person.email not in listed],
    }
    return render(request, "agencies/staff_form.html", context)


def _told_of(key: str, known: list[Person]) -> dict[str, str]:
    """What the directory says of the person whom somebody chose to put on the roster."""
    chosen = next((person for person in known if str(person.pk) == key), None)
    if chosen is None:
        return {}
    particulars = {name: getattr(chosen, name) for name in ("first_name", "last_name", "title", "email")}
    return particulars | {"phone": chosen.full_phone}


@require_http_methods(["GET", "POST"])
def change_staff(request: HttpRequest, agency_id: UUID, staff_id: int) -> HttpResponse:
    """Change a person's role, projects or details."""
    user = permissions.person(request)
    agency = permissions.agency_to_edit(user, agency_id)
    row = one_or_told(
        request, Staff.objects.filter(agency=agency), staff_id, agency_id=agency.pk, verb=AgenciesEvent.REMOVED_STAFF,
        back=reverse("agencies:staff", args=[agency.pk]),
    )  # fmt: skip
    if row.left_on is not None:
        words = _("%(name)s is reported as a leaver: the last working day was %(day)s. Nothing was saved.")
        raise WrongState(words % {"name": row.name, "day": date_words(row.left_on)})
    locks.check(agency)
    now = services.version(row)
    form = RosterForm(
        request.POST or None,
        agency=agency,
        instance=row,
        initial={"version": now},
        known=selectors.known_people(agency),
    )
    if request.method == "POST" and form.is_valid() and _changed(row, form, by=user):
        messages.success(request, _("The entry of %s was saved.") % row.name)
        return redirect("agencies:staff", agency_id=agency.pk)
    context = {"agency": agency, "form": form, "staff": row, "not_listed": []}
    return render(request, "agencies/staff_form.html", context)


def _changed(row: Staff, form: RosterForm, *, by: User) -> bool:
    """Save; when a colleague was faster the form says so, and a second save is meant."""
    try:
        with transaction.atomic():
            services.change_staff(staff=row, by=by, data=form.cleaned_data, seen=form.cleaned_data["version"])
            value = form.cleaned_data.get("code_channel", "")
            channels.enter_of_staff(staff=row, value=value, by=by)
    except GuardFailed as error:
        form.add_refusal(error.messages, version=services.version(row))
        return False
    return True


@require_http_methods(["GET", "POST"])
def report_leaver(request: HttpRequest, agency_id: UUID, staff_id: int) -> HttpResponse:
    user = permissions.person(request)
    agency = permissions.agency_to_edit(user, agency_id)
    row = get_object_or_404(Staff, pk=staff_id, agency=agency)
    if "stays" in request.POST:
        leavers.keep_staff(staff=row, by=user)
        messages.success(request, _("%s stays on the roster.") % row.name)
        return redirect("agencies:staff", agency_id=agency.pk)
    form = LeaverForm(request.POST or None, staff=row, reader=user)
    if request.method == "POST" and form.is_valid():
        row = leavers.report_leaver(staff=row, by=user, **form.cleaned_data)
        messages.success(request, _leaver_words(row))
        return redirect("agencies:staff", agency_id=agency.pk)
    announced_on = row.last_day_as_told(user)
    context = {
        "agency": agency,
        "form": form,
        "staff": row,
        "announced_on": announced_on,
        "steps": leavers.notice_period(row) if announced_on else [],
    }
    return render(request, "agencies/report_leaver.html", context)


def _leaver_words(row: Staff) -> str:
    if row.left_on is None:
        words = _("%(name)s leaves: the last working day is %(day)s. Access ends after that day.")
        words %= {"name": row.name, "day": date_words(row.leaves_on)}
    else:
        words = _("%s is reported as a leaver. The HMIS Admin closes the account.") % row.name
    words_of = {
        Notice.AGENCY: _("You tell the person yourselves: the portal sends them no e-mail."),
        Notice.AT_END: _("The person is told by e-mail when the access ends, and not before."),
        Notice.NOW: _("The person is told by e-mail."),
    }
    return f"{words} {words_of[Notice(row.leaving_notice)]}"


@require_http_methods(["GET", "POST"])
def return_staff(request: HttpRequest, agency_id: UUID, staff_id: int) -> HttpResponse:
    user = permissions.person(request)
    agency = permissions.agency_to_edit(user, agency_id)
    row = get_object_or_404(Staff, pk=staff_id, agency=agency)
    locks.check(agency)
    form = ReturnForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        services.return_staff(staff=row, by=user, start_date=form.cleaned_data["start_date"])
        messages.success(
            request, _("%s is back on the roster. Training and access are decided anew.") % row.name
        )
        return redirect("agencies:staff", agency_id=agency.pk)
    return render(request, "agencies/return_staff.html", {"agency": agency, "form": form, "staff": row})
