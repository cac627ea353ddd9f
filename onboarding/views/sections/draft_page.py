"""A page whose typing is kept: opened, saved, left for later, discarded, edited by two colleagues at once.

Sections, one person, one site and the yearly readiness questions differ in their form and in what saving writes;
everything else about them is here.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Self

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from agencies.models import Agency, User
from agencies.permissions import person
from hmis_portal.web.errors import GuardFailed
from onboarding.forms.base import LATER, DraftForm, Typed, as_data
from onboarding.models import Application, Remark, SectionWork
from onboarding.review.remarks_read import by_field
from onboarding.sections import drafts
from onboarding.sections.conflicts import between
from onboarding.views.sections.drafts import (
    arrived,
    autosave_answer,
    autosave_texts,
    posted_version,
    saved_by,
)


class DraftPage:
    """One page in one request; made by a view that has checked who may do what."""

    template: str
    section: str  # the name of its draft
    states: Sequence[str] = Application.EDITABLE  # of the application, in which it may be written
    blamed: str | None = None  # the field that is marked when writing is refused

    def __init__(self, request: HttpRequest, agency: Agency, application: Application) -> None:
        self.request, self.agency, self.application = request, agency, application

    def form(self, **given: Any) -> DraftForm:
        raise NotImplementedError

    def check(self, form: Any) -> bool:
        return bool(form.is_valid())

    def write(self, form: Any, *, version: int) -> str:
        """Write what was typed, and say so. Raises Stale, WrongState, GuardFailed."""
        raise NotImplementedError

    def url(self, act: str = "") -> str:
        """The address of the page itself, or of "autosave" or "discard"."""
        raise NotImplementedError

    @property
    def back(self) -> str:
        raise NotImplementedError

    def context(self) -> Mapping[str, Any]:
        """What its template shows besides."""
        return {}

    def remarks(self) -> list[Remark]:
        """What the reviewer asks to change here."""
        return []

    def fresh(self) -> Self:
        """The same page with the answers as they are now, after a colleague saved."""
        return self

    def title_of_conflict(self) -> str:
        return _("%(who)s saved this page on %(when)s, after you opened it")

    def over(self, work: SectionWork) -> str:
        """Why there is nothing to choose although somebody saved in between; "" when there is."""
        return ""

    def after_discarding(self) -> str:
        return self.url()

    @property
    def work(self) -> SectionWork:
        return drafts.work_of(self.application, self.section)

    @property
    def by(self) -> User:
        return person(self.request)

    @property
    def version(self) -> int:
        return posted_version(self.request)

    def save_draft(self, typed: Typed, *, has_errors: bool = False) -> int:
        return drafts.save(
            application=self.application,
            section=self.section,
            typed=typed,
            version=self.version,
            by=self.by,
            has_errors=has_errors,
            states=self.states,
        )


def opened(page: DraftPage) -> HttpResponse:
    work = page.work
    form = page.form(data=as_data(work.draft)) if work.draft else page.form()
    if work.draft and not work.has_errors:
        form.without_judging()
    return show(page, form, version=work.version, work=work)


def saved(page: DraftPage) -> HttpResponse:
    request = page.request
    form = page.form(data=request.POST, files=request.FILES)
    typed = form.typed(request.POST)
    try:
        if LATER in request.POST and typed is not None:
            page.save_draft(typed)
            messages.success(request, _("The page is kept as you left it. Come back at any time."))
            return arrived(request, redirect(page.back))
        if page.check(form):
            try:
                sentence = page.write(form, version=page.version)
            except GuardFailed as refusal:
                form.add_error(page.blamed, refusal.messages)
            else:
                messages.success(request, sentence)
                return arrived(request, redirect(page.back))
        version = page.version if typed is None else page.save_draft(typed, has_errors=True)
    except drafts.Stale as stale:
        return _conflict(page, form, stale.work)
    shown = show(page, form, version=version)
    return shown if typed is None else arrived(request, shown)


def _conflict(page: DraftPage, form: DraftForm, work: SectionWork) -> HttpResponse:
    """What was typed stands on the page; whoever typed it chooses between it and the colleague's."""
    if sentence := page.over(work):
        messages.warning(page.request, sentence)
        # A second click of one's own has arrived with the first; what a colleague was faster with has not.
        back = redirect(page.back)
        return arrived(page.request, back) if work.saved_by_id == page.by.pk else back
    theirs = page.fresh().form(data=as_data(work.draft) if work.draft else None)
    conflict = {"title": page.title_of_conflict() % saved_by(work), "rows": list(between(form, theirs))}
    return show(page, form.without_judging(), version=work.version, conflict=conflict)


def autosaved(page: DraftPage) -> JsonResponse:
    """To the script: the new version, or who saved in between."""
    return autosave_answer(page.form().typed(page.request.POST), page.save_draft)


def discarded(page: DraftPage) -> HttpResponse:
    """Forget the typing that was never saved as answers."""
    try:
        drafts.discard(
            application=page.application,
            section=page.section,
            version=page.version,
            by=page.by,
            states=page.states,
        )
    except drafts.Stale:
        messages.warning(page.request, _("A colleague saved this page just now. This is what stands."))
        return redirect(page.url())
    return redirect(page.after_discarding())


def show(
    page: DraftPage,
    form: DraftForm,
    *,
    version: int,
    work: SectionWork | None = None,
    conflict: dict[str, Any] | None = None,
) -> HttpResponse:
    remarks = page.remarks()
    form.remarks = by_field(remarks)
    context = {
        "remarks": remarks,
        "agency": page.agency,
        "application": page.application,
        "form": form,
        "version": version,
        "multipart": form.is_multipart(),
        "draft": work if work and work.draft else None,
        "conflict": conflict,
        "autosave_url": page.url("autosave"),
        "autosave_texts": autosave_texts(),
        "discard_url": page.url("discard"),
        "back_url": page.back,
        **page.context(),
    }
    return render(page.request, page.template, context, status=409 if conflict else 200)
