"""Section C of the application: everyone who will work in the HMIS, a page each."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from agencies.models import AccessLevel, Agency, HmisRole, Staff, User
from agencies.permissions import agency_to_edit, agency_to_view, is_editor, person
from agencies.services import staff as roster
from hmis_portal.errors import GuardFailed
from onboarding import drafts
from onboarding.answers import Answers
from onboarding.forms.staff import PersonForm, role_table
from onboarding.models import Application
from onboarding.sections import BY_KEY
from onboarding.selectors import editable_application, latest_application
from onboarding.standing import standing
from onboarding.views.sections import back_url, locked_page, notes_of

BROAD = (AccessLevel.AGENCY, AccessLevel.CASE_REPORTS)


@require_safe
def staff_list(request: HttpRequest, agency_id: UUID) -> HttpResponse:
    agency = agency_to_view(request.user, agency_id)
    application = latest_application(agency)
    if application is None:
        return redirect("onboarding:application", agency.pk)
    answers = Answers(application, agency)
    if not (application.is_editable and is_editor(request.user, agency)):
        return locked_page(request, BY_KEY["staff"], answers)
    people = answers.staff
    context = {
        "agency": agency,
        "application": application,
        "standing": standing(application),
        "people": people,
        "has_projects": agency.projects.exists(),
        "warnings": warnings(people),
        "back_url": back_url(request, agency),
        "notes": notes_of(application, "staff"),
    }
    return render(request, "onboarding/application/staff.html", context)


def warnings(people: list[Staff]) -> list[str]:
    """Advice on the list as a whole; none of it holds up the application."""
    found = []
    if people and not any(one.hmis_role == HmisRole.HDC for one in people):
        found.append(
            _(
                "Nobody on the list has the role HMIS Data Coordinator (HDC). Add the coordinator, or change a role."
            )
        )
    levels = {one.access_level for one in people if one.logs_in}
    if len(people) > 2 and len(levels) == 1 and levels & set(BROAD):
        found.append(
            _("Everyone has the same broad access. Give each person the least that their work needs.")
        )
    return found


def staff_add(request: HttpRequest, agency_id: UUID) -> HttpResponse:
    agency = agency_to_edit(request.user, agency_id)
    application = editable_application(agency)
    form = _form(request, agency, None)
    if request.method == "POST" and form.is_valid():
        added = _write(
            form,
            application,
            person(request),
            lambda data: roster.add_staff(agency=agency, by=person(request), data=data),
        )
        if added:
            messages.success(request, _("%(name)s is on the list.") % {"name": added.name})
            return redirect(back_to_list(request, agency))
    return _page(request, agency, application, form, None)


def staff_change(request: HttpRequest, agency_id: UUID, staff_id: int) -> HttpResponse:
    agency = agency_to_edit(request.user, agency_id)
    application = editable_application(agency)
    one = _one(agency, staff_id)
    form = _form(request, agency, one)
    if request.method == "POST" and form.is_valid():
        changed = _write(
            form,
            application,
            person(request),
            lambda data: roster.change_staff(staff=one, by=person(request), data=data),
        )
        if changed:
            messages.success(request, _("%(name)s is saved.") % {"name": changed.name})
            return redirect(back_to_list(request, agency))
    return _page(request, agency, application, form, one)


def staff_remove(request: HttpRequest, agency_id: UUID, staff_id: int) -> HttpResponse:
    agency = agency_to_edit(request.user, agency_id)
    application = editable_application(agency)
    one = _one(agency, staff_id)
    if request.method == "POST":
        with drafts.writing(application):
            roster.remove_staff(staff=one, by=person(request))
            drafts.note(application, "staff", person(request), {f"staff-{staff_id}": [one.name, None]})
        messages.success(request, _("%(name)s is no longer on the list.") % {"name": one.name})
        return redirect("onboarding:section", agency.pk, "staff")
    context = {"agency": agency, "application": application, "standing": standing(application), "staff": one}
    return render(request, "onboarding/application/staff_remove.html", context)


def _one(agency: Agency, staff_id: int) -> Staff:
    found = Staff.objects.current().filter(agency=agency, pk=staff_id).first()
    if found is None:
        raise Http404
    return found


def _form(request: HttpRequest, agency: Agency, one: Staff | None) -> PersonForm:
    form = PersonForm(
        request.POST if request.method == "POST" else None,
        agency=agency,
        instance=one or Staff(agency=agency),
    )
    form.cancel_url = back_to_list(request, agency)
    return form


def _write(
    form: PersonForm, application: Application, by: User, act: Callable[[dict[str, Any]], Staff]
) -> Staff | None:
    """Write through the roster's service; its refusal (a colleague was faster) becomes an error of the form."""
    try:
        with drafts.writing(application):
            written = act(form.cleaned_data)
            drafts.note(
                application,
                "staff",
                by,
                {f"staff-{written.pk}": form.changed_data} if form.has_changed() else {},
            )
            return written
    except GuardFailed as refusal:
        form.add_error("email", refusal.messages)
        return None


def back_to_list(request: HttpRequest, agency: Agency) -> str:
    if request.GET.get("from") == "check":
        return reverse("onboarding:check_answers", args=[agency.pk])
    return reverse("onboarding:section", args=[agency.pk, "staff"])


def _page(
    request: HttpRequest, agency: Agency, application: Application, form: PersonForm, one: Staff | None
) -> HttpResponse:
    context = {
        "agency": agency,
        "application": application,
        "standing": standing(application),
        "form": form,
        "staff": one,
        "roles": role_table(),
        "back_url": back_to_list(request, agency),
    }
    return render(request, "onboarding/application/staff_person.html", context)
