"""The desk's search over agencies, people, applications, MOUs and questions: whatever a caller says of themselves."""

from dataclasses import dataclass

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_stubs_ext import StrOrPromise

from agencies import permissions
from agencies.desk import finding
from agencies.desk.finding import SHOWN, Sought
from agencies.models import Agency, Words
from hmis_portal.desk.tools import status
from hmis_portal.text.words import ein_words
from onboarding.admin.base import APPLICATION_KIND, MOU_KIND
from onboarding.models import Application, Mou, Thread


class SearchForm(forms.Form):
    q = forms.CharField(
        required=False,
        max_length=200,
        error_messages={"max_length": gettext_lazy("Search for at most 200 characters")},
    )


@dataclass(frozen=True)
class Hit:
    text: str
    url: str
    detail: str = ""
    state: str = ""


@dataclass(frozen=True)
class Group:
    """What was found of one kind; `more` where not all of it is shown, `any_of_many` where it is not the first of it."""

    title: str
    hits: list[Hit]
    more: bool
    any_of_many: bool


def _group(title: StrOrPromise, hits: list[Hit], *, any_of_many: bool = False) -> Group:
    return Group(str(title), hits[:SHOWN], len(hits) > SHOWN, any_of_many)


def _agency(agency: Agency) -> Hit:
    ein = f"EIN {ein_words(agency.ein)}" if agency.ein else ""
    other = agency.legal_name if agency.common_name else ""
    details = ", ".join(part for part in (other, agency.city, ein) if part)
    url = reverse("admin:agencies_agency_change", args=[agency.pk])
    return Hit(agency.name, url, details, status("plain", agency.get_state_display()))


def _person(person: finding.FoundPerson) -> Hit:
    if person.user:
        url = reverse("admin:agencies_user_change", args=[person.user.pk])
    else:
        url = reverse("admin:onboarding_person", args=[person.known[0].pk])
    details = [person.email, *(agency.name for agency in person.agencies)]
    if person.user and person.user.is_staff:
        details.append(_("works for the HMIS"))
    return Hit(person.name, url, ", ".join(details), "" if person.user else status("plain", _("No account")))


def _applications(sought: Sought, agencies: list[Agency]) -> list[Hit]:
    rows = Application.objects.filter(Q(reference=sought.reference or None) | Q(agency__in=agencies))
    return [
        Hit(
            row.reference,
            reverse("admin:onboarding_application_review", args=[row.pk]),
            row.agency.name,
            status(APPLICATION_KIND[Application.State(row.state)], row.get_state_display()),
        )
        for row in rows.select_related("agency").order_by("-started_at")[: SHOWN + 1]
    ]


def _mous(sought: Sought, agencies: list[Agency]) -> list[Hit]:
    rows = Mou.objects.filter(Q(reference=sought.reference or None) | Q(agency__in=agencies))
    return [
        Hit(
            row.reference,
            reverse("admin:onboarding_mou_change", args=[row.pk]),
            row.agency.name,
            status(MOU_KIND[Mou.State(row.state)], row.get_state_display()),
        )
        for row in rows.select_related("agency").order_by("-issued_at")[: SHOWN + 1]
    ]


def _threads(sought: Sought, agencies: list[Agency]) -> list[Hit]:
    rows = Thread.objects.alias(words=Words("subject", "name", "email")).select_related("agency", "opened_by")
    return [
        Hit(
            row.subject,
            reverse("admin:onboarding_thread_answer", args=[row.pk]),
            ", ".join(str(part) for part in (row.opened_by or row.name or row.email, row.agency) if part),
            status("turn", _("Waiting")) if row.is_waiting else "",
        )
        for row in rows.filter(sought.in_words() | Q(agency__in=agencies)).order_by("-opened_at")[: SHOWN + 1]
    ]


def look_for(term: str) -> list[Group]:
    """Ten queries, whatever is found. What belongs to an agency is found by the agency's name, too."""
    sought = finding.read(term)
    agencies, many_agencies = finding.agencies(sought)
    people, many_people = finding.people(sought)
    shown = agencies[:SHOWN]
    groups = [
        _group(_("People"), [_person(person) for person in people], any_of_many=many_people),
        _group(_("Agencies"), [_agency(agency) for agency in agencies], any_of_many=many_agencies),
        _group(_("Applications"), _applications(sought, shown)),
        _group(_("MOUs"), _mous(sought, shown)),
        _group(_("Questions"), _threads(sought, shown)),
    ]
    return [group for group in groups if group.hits]


def search_view(request: HttpRequest) -> HttpResponse:
    if not permissions.reads_every_agency(request.user):
        raise PermissionDenied
    form = SearchForm(request.GET)
    term = form.cleaned_data["q"] if form.is_valid() else ""
    context = {
        **admin.site.each_context(request),
        "title": _("Search results for “%s”") % term if term else _("Search"),
        "term": term,
        "problems": form.errors.get("q", []),
        "groups": look_for(term) if term else [],
        "considered": finding.CONSIDERED,
    }
    return render(request, "admin/onboarding/desk/search.html", context)


def search_box(request: HttpRequest) -> str:
    """For the head of the desk."""
    if not permissions.reads_every_agency(request.user):
        return ""
    return render_to_string("admin/onboarding/desk/search_box.html", {"term": ""})


def urls() -> list[URLPattern]:
    return [path("search/", admin.site.admin_view(search_view), name="onboarding_search")]


admin.site.desk_tops.append(search_box)  # type: ignore[attr-defined]
