"""Section C of the application: the list of everyone who will work in the HMIS."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from agencies.models import AccessLevel, Agency, HmisRole, Person, Staff
from agencies.permissions import agency_to_edit, agency_to_view, is_editor, person
from agencies.selectors import known_people
from onboarding.application.status_line import StatusLine, status_line
from onboarding.models import Application, Remark, SectionKey, SectionWork
from onboarding.review.remarks_read import remarks_of, to_answer_about
from onboarding.roster import staff_drafts
from onboarding.sections.answers import Answers
from onboarding.sections.catalogue import BY_KEY
from onboarding.sections.drafts import Begun
from onboarding.selectors import editable_application, latest_application
from onboarding.views.roster.person import one_of
from onboarding.views.sections.drafts import autosave_texts
from onboarding.views.sections.pages import back_url, locked_page

A_PAGE = 10  # as many as three screens of a phone hold
BROAD = (AccessLevel.AGENCY, AccessLevel.CASE_REPORTS)


@dataclass(frozen=True)
class ListPage:
    """What the page shows; its template reads the fields by their names."""

    agency: Agency
    application: Application
    status_line: StatusLine
    page: Page[Staff]
    people: list[tuple[Staff, SectionWork | None, int]]
    begun: list[Begun]
    autosave_texts: dict[str, str]
    projects: int
    not_listed: list[Person]
    warnings: list[str]
    back_url: str
    remarks: Sequence[Remark]


@require_safe
def staff_list(request: HttpRequest, agency_id: UUID) -> HttpResponse:
    agency = agency_to_view(request.user, agency_id)
    application = latest_application(agency)
    if application is None:
        return redirect("onboarding:application", agency.pk)
    answers = Answers(application, agency)
    if not (application.is_editable and is_editor(request.user, agency)):
        return locked_page(request, BY_KEY[SectionKey.STAFF], answers)
    people, remarks = answers.staff, remarks_of(application, SectionKey.STAFF)
    page = Paginator(people, A_PAGE).get_page(request.GET.get("page"))
    shown = ListPage(
        agency=agency,
        application=application,
        status_line=status_line(application),
        page=page,
        people=[
            (staff_member, answers.works.get(key), to_answer_about(remarks, key))
            for staff_member in page
            if (key := staff_drafts.key_of(staff_member))
        ],
        begun=staff_drafts.begun(answers.works),
        autosave_texts=autosave_texts(),
        projects=agency.projects.count(),
        not_listed=not_listed(agency, people, answers.works),
        warnings=warnings(people),
        back_url=back_url(request, agency, SectionKey.STAFF),
        remarks=remarks,
    )
    return render(request, "onboarding/roster/list.html", vars(shown))


def not_listed(agency: Agency, people: list[Staff], works: Mapping[str, SectionWork]) -> list[Person]:
    """Whom the agency knows and has not put on the list, nor begun to."""
    begun = [work.draft.get("email", []) for key, work in works.items() if key.startswith(staff_drafts.NEW)]
    listed = {person.email for person in people}.union(*begun)
    return [person for person in known_people(agency) if person.email not in listed]


def warnings(people: list[Staff]) -> list[str]:
    """Advice on the list as a whole; none of it holds up the application."""
    warnings = []
    if people and not any(staff_member.hmis_role == HmisRole.HDC for staff_member in people):
        warnings.append(
            _(
                "Nobody on the list has the role HMIS Data Coordinator (HDC). Add the coordinator, or change a role."
            )
        )
    levels = {staff_member.access_level for staff_member in people if staff_member.logs_in}
    if len(people) > 2 and len(levels) == 1 and levels & set(BROAD):
        warnings.append(
            _("Everyone has the same broad access. Give each person the least that their work needs.")
        )
    return warnings


@require_http_methods(["GET", "HEAD", "POST"])
def staff_remove(request: HttpRequest, agency_id: UUID, staff_id: int) -> HttpResponse:
    agency = agency_to_edit(request.user, agency_id)
    application = editable_application(agency)
    staff_member = one_of(request, agency, staff_id)
    if request.method == "POST":
        staff_drafts.remove(application, staff_member, by=person(request))
        messages.success(request, _("%(name)s is no longer on the list.") % {"name": staff_member.name})
        return redirect("onboarding:section", agency.pk, SectionKey.STAFF)
    context = {
        "agency": agency,
        "application": application,
        "status_line": status_line(application),
        "staff": staff_member,
    }
    return render(request, "onboarding/roster/remove.html", context)
