"""The agency's record after the application was sent: what stands there, its history, and each page to change it."""

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Self
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Page as ShownPage
from django.core.paginator import Paginator
from django.db import transaction
from django.forms import BaseForm
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from agencies.models import Agency, Person, Position
from agencies.permissions import agency_to_edit, agency_to_view, is_editor
from onboarding.forms.base import SectionForm
from onboarding.forms.record import HANDS_OVER, Before, dated, day_of, succeeding
from onboarding.models import Application, RecordChange, RecordProposal, Remark
from onboarding.mou import agreement, party
from onboarding.record import changes, pages, succession
from onboarding.record.proposals import What, stands, words
from onboarding.sections.answers import Answers
from onboarding.sections.catalogue import BY_KEY, Section
from onboarding.sections.short_pages import Page, page_of
from onboarding.sections.summaries import RowGroup
from onboarding.selectors import latest_application
from onboarding.views.sections.draft_page import DraftPage
from onboarding.views.sections.saving import autosaved, discarded, opened, saved


class RecordPage(DraftPage):
    """A page of the record: the application's own form, without what binds, and from which day it is so."""

    template = "onboarding/record/page.html"
    states = pages.STATES

    def __init__(self, request: HttpRequest, agency_id: UUID, section: str, page: str) -> None:
        agency = agency_to_edit(request.user, agency_id)
        super().__init__(request, agency, pages.open_application(agency))
        self.answers = Answers(self.application, agency)
        self.of_section, self.page = _page(self.answers, section, page)
        self.section = changes.draft_key(self.page)

    def form(self, **kwargs: object) -> SectionForm:
        form = self.of_section.form(self.answers, self.by, **kwargs)
        form = form.only(lambda field: pages.shows(self.page, field))
        return dated(succeeding(form, self.holder.name) if self.holder else form)

    def fresh(self) -> Self:
        return type(self)(self.request, self.agency.pk, self.of_section.key, self.page.key)

    @cached_property
    def holder(self) -> Person | None:
        """Whoever holds the position of this page, where it can be handed over; None on every other page."""
        return (
            succession.holder(self.agency, self.page.key) if self.page.key in succession.POSITIONS else None
        )

    def write(self, form: Any, *, version: int) -> str:
        with transaction.atomic():
            changes.save(
                form=form, section=self.of_section, page=self.page, answers=self.answers, effective_on=day_of(form),
                version=version, by=self.by,
            )  # fmt: skip
            told = self._take_over(form)
        for sentence in told:
            messages.info(self.request, sentence)
        if any(map(self.page.shows, party.TYPED_AS)):
            for sentence in party.against(agreement.latest(self.agency)):
                messages.warning(self.request, sentence)
        return _("“%(title)s” is saved.") % {"title": self.page.title}

    def _take_over(self, form: BaseForm) -> list[str]:
        new = succession.holder(self.agency, self.page.key) if self.holder else None
        if self.holder is None or new is None or new.pk == self.holder.pk:
            return []
        handed = succession.Succession(
            self.agency, Position(self.page.key), self.holder, new, day_of(form), self.by
        )
        return succession.take_over(handed, Before(form.cleaned_data[HANDS_OVER]))

    def url(self, act: str = "") -> str:
        return pages.url(self.agency, self.page, act)

    @property
    def back(self) -> str:
        return pages.home(self.agency)

    def remarks(self) -> list[Remark]:
        return []

    def context(self) -> dict[str, object]:
        history = RecordChange.objects.filter(agency=self.agency, title=str(self.page.title)).select_related(
            "changed_by"
        )
        happens = (
            succession.will_happen(self.agency, Position(self.page.key), self.holder) if self.holder else []
        )
        return {"page": self.page, "section": self.of_section, "changes": history[:10], "happens": happens}


def _page(answers: Answers, section: str, key: str) -> tuple[Section, Page]:
    of_section = BY_KEY.get(section)
    if of_section not in pages.SECTIONS or of_section is None:
        raise Http404
    page = next((page for page in of_section.pages(answers) if page.key == key), None)
    if page is None:
        raise Http404
    return of_section, page


@dataclass(frozen=True)
class RecordOverview:
    """What the page shows; its template reads the fields by their names."""

    agency: Agency
    closed: str
    may_edit: bool
    groups: list[RowGroup]
    binding: list[tuple[RecordProposal.What, str, str]]
    proposals: list[tuple[RecordProposal, str, str]]
    page: ShownPage[RecordChange]


@require_safe
def record(request: HttpRequest, agency_id: UUID) -> HttpResponse:
    """What stands in the record, with a way to change each of it, and who changed what from when on."""
    agency = agency_to_view(request.user, agency_id)
    application = latest_application(agency)
    if application is None or application.is_editable:
        return redirect("onboarding:application", agency.pk)
    closed = pages.why_closed(agency, application)
    proposals = list(RecordProposal.objects.filter(agency=agency).select_related("proposed_by", "decided_by"))
    history = Paginator(RecordChange.objects.filter(agency=agency).select_related("changed_by"), 20)
    shown = RecordOverview(
        agency=agency,
        closed=closed,
        may_edit=is_editor(request.user, agency) and not closed,
        groups=_groups(agency, application),
        binding=_binding(agency),
        proposals=[(row, words(row.what, row.before), words(row.what, row.after)) for row in proposals],
        page=history.get_page(request.GET.get("page")),
    )
    return render(request, "onboarding/record/record.html", vars(shown))


def _groups(agency: Agency, application: Application) -> list[RowGroup]:
    """The answers by page, each leading to its page of the record."""
    answers = Answers(application, agency)
    groups = []
    for section in pages.SECTIONS:
        short_pages = section.pages(answers)
        for group, page in zip(section.summary(answers), short_pages, strict=False):
            rows = [
                row._replace(url=pages.url(agency, page_of(short_pages, row.field) or page))
                for row in group.rows
                if row.field not in pages.BINDING
            ]
            groups.append(replace(group, rows=rows, url=pages.url(agency, page)))
    return groups


def _binding(agency: Agency) -> list[tuple[RecordProposal.What, str, str]]:
    """What binds: its name, what stands there, and where a change is proposed."""
    return [
        (what, words(what, stands(agency, what)), reverse("onboarding:propose", args=[agency.pk, what.value]))
        for what in What
    ]


@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest, agency_id: UUID, section: str, page: str) -> HttpResponse:
    shown = RecordPage(request, agency_id, section, page)
    return saved(shown) if request.method == "POST" else opened(shown)


@require_POST
def autosave(request: HttpRequest, agency_id: UUID, section: str, page: str) -> JsonResponse:
    return autosaved(RecordPage(request, agency_id, section, page))


@require_POST
def discard(request: HttpRequest, agency_id: UUID, section: str, page: str) -> HttpResponse:
    return discarded(RecordPage(request, agency_id, section, page))
