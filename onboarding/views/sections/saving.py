"""A page with a draft: opened, saved, stored while somebody types, its draft thrown away."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from agencies.models import Agency, User
from hmis_portal.text.words import datetime_words
from hmis_portal.web.errors import GuardFailed
from onboarding.forms.base import LATER, DraftForm
from onboarding.models import Application, Note, Remark, SectionWork
from onboarding.review.remarks_read import by_field
from onboarding.sections import drafts
from onboarding.together import merging
from onboarding.together.conflicts import Clash, label_of
from onboarding.together.presence import others_at
from onboarding.together.sharing import assigned, section_of
from onboarding.views import together
from onboarding.views.sections.draft_page import DraftPage
from onboarding.views.sections.drafts import arrived, autosave_texts, saved_by
from onboarding.views.sections.sent import ASK, CHOOSE, SEEN, TAKE, Sent

# Each time somebody else was faster by a moment: more often than this in a row is no accident.
MOST_TIMES = 5


@dataclass(frozen=True)
class Conflict:
    """Who saved meanwhile, where they answered otherwise, and the names of the inputs with which one chooses."""

    who: str
    when: str
    clashes: Sequence[Clash]
    ask: str = ASK
    take: str = TAKE
    choose: str = CHOOSE


@dataclass(frozen=True)
class Shown:
    """What every page with a draft shows; a template reads the fields by their names."""

    agency: Agency
    application: Application
    form: DraftForm
    remarks: Sequence[Remark]
    version: int
    seen: str
    multipart: bool
    draft: SectionWork | None
    conflict: Conflict | None
    notes: Sequence[Note]  # whose answers are not on the page
    doer: User | None
    here: str
    here_url: str
    draft_name: str
    autosave_url: str
    autosave_texts: dict[str, str]
    discard_url: str
    back_url: str


def opened(page: DraftPage) -> HttpResponse:
    if together.ASK in page.request.GET:
        return together.ask(page)
    work = page.work
    form = page.as_it_stands(work)
    seen = merging.sealed(merging.digests(form.shown()), page.name)
    if work.draft and work.has_errors:
        form.is_valid()
    elif work.draft:
        form.without_judging()
    for words in form.left_out(work.draft):
        messages.info(page.request, words)
    return show(page, form, version=work.version, seen=seen, work=work)


def saved(page: DraftPage) -> HttpResponse:
    if together.ASK in page.request.GET:
        return together.ask(page)
    sent = Sent(page)
    for _time in range(MOST_TIMES):
        try:
            return _saved(sent)
        except drafts.Stale:
            sent = Sent(page, is_alone=False)
    return _asked(sent)


def _saved(sent: Sent) -> HttpResponse:
    """Raises Stale."""
    page, request = sent.page, sent.page.request
    if sent.over:
        return _nothing_to_merge(sent)
    if sent.merged.clashes:
        return _asked(sent)
    form, typed = sent.form, sent.typed
    if typed is not None and (page.again or CHOOSE in request.POST or LATER in request.POST):
        sent.save_draft(typed)
        return _left(sent)
    if page.check(form):
        try:
            sentence = sent.write()
        except GuardFailed as refusal:
            form.add_error(page.blamed, refusal.messages)
        else:
            _tell(sent, sentence)
            return arrived(request, redirect(page.after_saving()))
    if typed is None:
        return show(page, form, version=page.version, seen=request.POST.get(SEEN, ""))
    version = sent.save_draft(typed, has_errors=True)
    _tell(sent)
    return arrived(request, show(page, form, version=version, seen=sent.seal()))


def _left(sent: Sent) -> HttpResponse:
    """Kept as it was typed. Who chose between two answers goes on with the page."""
    request = sent.page.request
    if CHOOSE in request.POST:
        _tell(
            sent,
            _("Your choice is kept with the rest of the page. Save and continue when the page is right."),
        )
        return arrived(request, redirect(request.get_full_path()))
    if sent.page.again:
        _tell(sent)
        return arrived(request, redirect(sent.page.again))
    _tell(sent, _("The page is kept as you left it. Come back at any time."))
    return arrived(request, redirect(sent.page.back))


def _tell(sent: Sent, sentence: str = "") -> None:
    request = sent.page.request
    if sentence:
        messages.success(request, sentence)
    if sent.told:
        messages.info(request, sent.told)


def _nothing_to_merge(sent: Sent) -> HttpResponse:
    page = sent.page
    messages.warning(page.request, sent.over)
    # A second click of one's own has arrived with the first; what a colleague was faster with has not.
    back = redirect(page.back)
    return arrived(page.request, back) if sent.work.saved_by_id == page.by.pk else back


def _asked(sent: Sent) -> HttpResponse:
    """What was typed stands on the page; whoever typed it chooses where a colleague answered otherwise."""
    conflict = Conflict(**saved_by(sent.work), clashes=sent.clashes())
    form = sent.form.without_judging()
    return show(sent.page, form, version=sent.version, seen=sent.sealed_as_it_stands(), conflict=conflict)


def autosaved(page: DraftPage) -> JsonResponse:
    """To the script: the new version and what a colleague changed, or where both answered differently."""
    sent = Sent(page)
    if sent.typed is None:
        return JsonResponse({"error": _("Too long to keep")}, status=413)
    for _time in range(MOST_TIMES):
        try:
            return _autosaved(sent)
        except drafts.Stale:
            sent = Sent(page, is_alone=False)
    return JsonResponse({**saved_by(sent.work), "fields": ""}, status=409)


def _autosaved(sent: Sent) -> JsonResponse:
    """Raises Stale."""
    fields = ", ".join(label_of(sent.form, name) for name in sent.merged.clashes)
    if sent.over or fields or sent.typed is None:
        return JsonResponse({**saved_by(sent.work), "fields": fields}, status=409)
    saved = {"version": sent.save_draft(sent.typed), "saved_at": datetime_words(timezone.now())}
    return JsonResponse({**saved, "seen": sent.seal(), "taken": sent.taken(), "told": sent.told})


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
    seen: str,
    work: SectionWork | None = None,
    conflict: Conflict | None = None,
) -> HttpResponse:
    remarks = page.remarks()
    form.remarks = by_field(remarks)
    shown = Shown(
        agency=page.agency,
        application=page.application,
        form=form,
        remarks=remarks,
        version=version,
        seen=seen,
        multipart=form.is_multipart(),
        draft=work if work and work.draft else None,
        conflict=conflict,
        notes=together.show_notes(page, form),
        doer=assigned(page.application).get(section_of(page.section)),
        here=others_at(page.agency.pk, page.section, page.by),
        here_url=reverse("onboarding:page_open", args=[page.agency.pk]),
        draft_name=page.section,
        autosave_url=page.url("autosave"),
        autosave_texts=autosave_texts(),
        discard_url=page.url("discard"),
        back_url=page.back,
    )
    return render(
        page.request, page.template, {**vars(shown), **page.context()}, status=409 if conflict else 200
    )
