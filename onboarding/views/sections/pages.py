"""One page for each section that is a form: agency, people, readiness, declaration."""

from typing import Any, Self
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from agencies.models import Agency
from agencies.permissions import agency_to_edit, agency_to_view, is_editor
from onboarding.application import check
from onboarding.application.lapsed import lapsed
from onboarding.application.status_line import status_line
from onboarding.forms.base import SectionForm
from onboarding.models import Remark, SectionKey, SectionWork
from onboarding.mou import agreement, party
from onboarding.review.remarks_read import remarks_of
from onboarding.sections import drafts
from onboarding.sections.answers import Answers
from onboarding.sections.catalogue import BY_KEY, Section
from onboarding.selectors import editable_application, latest_application, why_locked
from onboarding.views.sections.draft_page import DraftPage, autosaved, discarded, opened, saved


class SectionPage(DraftPage):
    """A section that is one form."""

    def __init__(self, request: HttpRequest, page: Section, answers: Answers) -> None:
        super().__init__(request, answers.agency, answers.application)
        self.page, self.answers = page, answers
        self.section, self.template = page.key, f"onboarding/sections/{page.key}.html"

    @classmethod
    def to_write(cls, request: HttpRequest, agency_id: UUID, section: str) -> Self:
        page = _form_section(section)
        agency = agency_to_edit(request.user, agency_id)
        return cls(request, page, Answers(editable_application(agency), agency))

    def form(self, **given: Any) -> SectionForm:
        return self.page.form(self.answers, self.by, **given)

    def fresh(self) -> "SectionPage":
        return SectionPage.to_write(self.request, self.agency.pk, self.section)

    @property
    def work(self) -> SectionWork:
        return self.answers.works.get(self.section) or SectionWork(
            application=self.application, section=self.section
        )

    def check(self, form: SectionForm) -> bool:
        form.is_valid()
        form.keep_files(self.by)
        return not form.errors

    def write(self, form: SectionForm, *, version: int) -> str:
        drafts.complete(form=form, section=self.section, version=version, by=self.by)
        if self.section in party.SECTIONS:
            for words in party.against(agreement.latest(self.agency)):
                messages.warning(self.request, words)
        return _("“%(title)s” is saved.") % {"title": self.page.title}

    def url(self, act: str = "") -> str:
        names = {"": "section", "autosave": "autosave", "discard": "discard"}
        return reverse(f"onboarding:{names[act]}", args=[self.agency.pk, self.section])

    @property
    def back(self) -> str:
        return back_url(self.request, self.agency, self.section)

    def remarks(self) -> list[Remark]:
        return remarks_of(self.application, self.section)

    def context(self) -> dict[str, Any]:
        shown = {"status_line": status_line(self.application), "section": self.page}
        is_declaration = self.section == SectionKey.DECLARATION
        return shown | ({"lapsed": lapsed(self.answers)} if is_declaration else {})


def _form_section(key: str) -> Section:
    page = BY_KEY.get(key)
    if page is None or page.make_form is None:
        raise Http404
    return page


@require_http_methods(["GET", "HEAD", "POST"])
def section(request: HttpRequest, agency_id: UUID, section: str) -> HttpResponse:
    if request.method == "POST":
        return saved(SectionPage.to_write(request, agency_id, section))
    page = _form_section(section)
    agency = agency_to_view(request.user, agency_id)
    application = latest_application(agency)
    if application is None:
        return redirect("onboarding:application", agency.pk)
    answers = Answers(application, agency)
    if not (application.is_editable and is_editor(request.user, agency)):
        return locked_page(request, page, answers)
    return opened(SectionPage(request, page, answers))


@require_POST
def autosave(request: HttpRequest, agency_id: UUID, section: str) -> JsonResponse:
    return autosaved(SectionPage.to_write(request, agency_id, section))


@require_POST
def discard(request: HttpRequest, agency_id: UUID, section: str) -> HttpResponse:
    return discarded(SectionPage.to_write(request, agency_id, section))


def locked_page(request: HttpRequest, page: Section, answers: Answers) -> HttpResponse:
    """The section's answers, for reading."""
    context = {
        "agency": answers.agency,
        "application": answers.application,
        "status_line": status_line(answers.application),
        "section": page,
        "groups": page.summary(answers),
        "why": why_locked(answers.application) if is_editor(request.user, answers.agency) else "",
        "back_url": back_url(request, answers.agency, page.key),
    }
    return render(request, "onboarding/application/locked.html", context)


def back_url(request: HttpRequest, agency: Agency, section: str) -> str:
    if request.GET.get("from") == "check":
        return check.address(agency.pk, section)
    return reverse("onboarding:application", args=[agency.pk])
