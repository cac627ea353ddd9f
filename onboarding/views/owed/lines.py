"""What an agency owes: one list, to be given to colleagues, reminded of and printed."""

from dataclasses import dataclass
from functools import cached_property
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from agencies import permissions
from agencies.models import Agency, User
from onboarding import emails
from onboarding.forms.owed import AssignForm
from onboarding.journey.facts import gather
from onboarding.owed import people
from onboarding.owed.line import Line
from onboarding.owed.sources import lines_of
from onboarding.together import sharing


@dataclass(frozen=True)
class ShownLine:
    """A line as a reader of the list has it."""

    line: Line
    person: User | None  # a colleague who has it
    edits: bool
    may_assign: bool = False
    may_remind: bool = False

    @property
    def url(self) -> str:
        """Whoever only reads is led to the conditions, where an editor reports one."""
        if self.line.page == "onboarding:report_condition" and not self.edits:
            return reverse("onboarding:conditions", args=[self.line.agency_id])
        return self.line.url


class Owed:
    """The lines of an agency, who has them, and what this reader may do about each."""

    def __init__(self, agency: Agency, reader: User) -> None:
        self.agency, self.reader = agency, reader
        self.facts = gather(agency)
        self.lines = lines_of(self.facts)

    @cached_property
    def assigned(self) -> dict[str, User]:
        return sharing.assigned(self.facts.application) if self.facts.application else {}

    @cached_property
    def people(self) -> people.Concerned:
        return people.concerned(self.agency, self.assigned)

    @property
    def rows(self) -> list[ShownLine]:
        edits = permissions.is_editor(self.reader, self.agency)
        assigns = edits and self.facts.application is not None
        reminds = may_remind(self.reader, self.agency)
        return [
            ShownLine(
                line,
                self.assigned.get(line.key),
                edits,
                may_assign=assigns and line.of_agency and line.user_id is None,
                may_remind=reminds and any(person != self.reader for person in self.people.by(line)),
            )
            for line in self.lines
        ]

    def line(self, key: str) -> Line:
        """404 for what is no longer owed."""
        for line in self.lines:
            if line.key == key:
                return line
        raise Http404


def may_remind(user: User, agency: Agency) -> bool:
    return permissions.is_manager(user, agency) or permissions.is_hmis_admin(user)


@require_safe
def owed(request: HttpRequest, agency_id: UUID) -> HttpResponse:
    """The whole list."""
    agency = permissions.agency_to_view(request.user, agency_id)
    page = Owed(agency, permissions.person(request))
    context = {
        "agency": agency,
        "rows": page.rows,
        "blocking": "; ".join(line.title.rstrip(".") for line in page.lines if line.blocks),
    }
    return render(request, "onboarding/owed/owed.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def assign(request: HttpRequest, agency_id: UUID, key: str) -> HttpResponse:
    """Give a line to a colleague, or take it back."""
    agency = permissions.agency_to_edit(request.user, agency_id)
    page = Owed(agency, permissions.person(request))
    line, application = page.line(key), page.facts.application
    if application is None or not line.of_agency or line.user_id:
        raise Http404
    now = page.assigned.get(key)
    form = AssignForm(
        request.POST or None,
        people=sharing.colleagues(agency),
        initial={"person": str(now.pk) if now else ""},
    )
    if request.method == "POST" and form.is_valid():
        chosen = {key: form.chosen}
        sharing.assign(
            application, chosen, titles={key: line.title}, by=page.reader, tell=emails.owed_assigned
        )
        messages.success(request, _("Saved. Whoever got it is told by e-mail."))
        return redirect("onboarding:owed", agency.pk)
    return render(request, "onboarding/owed/assign.html", {"agency": agency, "line": line, "form": form})


@require_POST
def remind(request: HttpRequest, agency_id: UUID, key: str) -> HttpResponse:
    """Managers and the HMIS Admin; each person once a day."""
    agency = permissions.agency_to_view(request.user, agency_id)
    page = Owed(agency, permissions.person(request))
    if not may_remind(page.reader, agency):
        raise PermissionDenied
    line = page.line(key)
    told, already = people.remind(agency, line, lines=page.lines, people=page.people, by=page.reader)
    if told:
        messages.success(request, _("Reminded: %(names)s.") % {"names": ", ".join(map(str, told))})
    if already:
        words = _("Reminded earlier today: %(names)s. A person is reminded once a day.")
        messages.warning(request, words % {"names": ", ".join(map(str, already))})
    return redirect("onboarding:owed", agency.pk)
