"""Colleagues share the work: who does which section, and questions left at answers."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from agencies.permissions import agency_to_edit, person
from hmis_portal.forms import PortalFormMixin
from onboarding.forms.base import DraftForm
from onboarding.forms.together import AskForm, ShareForm, WriteNoteForm
from onboarding.models import Note
from onboarding.sections import catalogue
from onboarding.selectors import editable_application
from onboarding.together import notes, sharing
from onboarding.together.conflicts import label_of
from onboarding.views.sections.draft_page import DraftPage

# In the query of a page's address: a question about one of its answers is asked there.
ASK = "ask"


@require_http_methods(["GET", "HEAD", "POST"])
def share(request: HttpRequest, agency_id: UUID) -> HttpResponse:
    """Who does which section."""
    agency = agency_to_edit(request.user, agency_id)
    application = editable_application(agency)
    titles = {str(section.key): f"{section.letter}. {section.title}" for section in catalogue.SECTIONS}
    form = ShareForm(
        request.POST or None, titles=titles, people=sharing.colleagues(agency), now=sharing.assigned(application)
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():
        sharing.assign(application, form.wanted(), titles=titles, by=person(request))
        messages.success(request, _("Saved. Whoever got a section is told by e-mail."))
        return redirect("onboarding:application", agency.pk)
    return render(request, "onboarding/together/share.html", {"agency": agency, "form": form})


def ask(page: DraftPage) -> HttpResponse:
    """A question to a colleague about one of the answers of this page."""
    request, form = page.request, page.as_it_stands(page.work)
    questions = {name: label_of(form, name) for name in form.shown() if _is_asked(form, name)}
    people = sharing.colleagues(page.agency, of=page.by)
    asking = AskForm(
        request.POST or None, questions=questions, people=people, initial={"field": request.GET[ASK]}
    )
    if request.method == "POST" and asking.is_valid():
        data = asking.cleaned_data
        notes.ask(
            page.application, page=page.section, url=page.url(), field=data["field"], label=questions[data["field"]],
            of=asking.people[data["of"]], text=data["text"], by=page.by,
        )  # fmt: skip
        messages.success(request, _("Your question stands at the answer, and was sent by e-mail."))
        return redirect(page.url())
    shown = {"agency": page.agency, "form": asking, "alone": not people, "back_url": page.url()}
    return render(request, "onboarding/together/ask.html", shown)


def _is_asked(form: DraftForm, name: str) -> bool:
    question = form.question(name)
    return question is not None and not question.is_hidden


def show_notes(page: DraftPage, form: DraftForm) -> list[Note]:
    """Put the open questions at the answers they are about. Returns those whose answer is not on the page."""
    elsewhere = []
    for note in notes.open_notes(page.application).filter(page=page.section):
        question = form.question(note.field)
        if question is None:
            elsewhere.append(note)
            continue
        words = format_html(
            '<p class="remark"><strong>{}</strong> <a href="{}">{}</a></p>',
            _("%(who)s asks %(whom)s about this.") % {"who": note.asked_by, "whom": note.asked_of},
            reverse("onboarding:note", args=[page.agency.pk, note.pk]),
            _("Read and answer"),
        )
        asked: PortalFormMixin = question.form  # type: ignore[assignment]  # of the page, or of one of its rows
        asked.asides = {
            **asked.asides,
            question.html_name: asked.asides.get(question.html_name, SafeString()) + words,
        }
    return elsewhere


@require_http_methods(["GET", "HEAD", "POST"])
def note(request: HttpRequest, agency_id: UUID, note_id: int) -> HttpResponse:
    """A question among colleagues with all that was written to it."""
    agency = agency_to_edit(request.user, agency_id)
    note = get_object_or_404(
        Note.objects.select_related("asked_by", "asked_of", "resolved_by", "application__agency"),
        pk=note_id,
        application__agency=agency,
    )
    if request.method == "POST" and "resolve" in request.POST:
        notes.resolve(note, by=person(request))
        messages.success(request, _("The question is resolved."))
        return redirect(note.url)
    form = WriteNoteForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        notes.write(note, form.cleaned_data["text"], by=person(request))
        messages.success(request, _("Your words were sent."))
        return redirect("onboarding:note", agency.pk, note.pk)
    texts = note.texts.select_related("written_by")
    return render(
        request,
        "onboarding/together/note.html",
        {"agency": agency, "note": note, "texts": texts, "form": form},
    )
