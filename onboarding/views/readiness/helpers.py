"""Readiness questions sent to somebody outside: sending, revoking, the page behind the link, and taking what came back."""

from collections.abc import Callable
from functools import wraps
from typing import Self
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from agencies.permissions import agency_to_edit, person
from hmis_portal.web.doors import counted
from onboarding.forms.base import LATER, Typed, as_data, stored_as_typed
from onboarding.forms.readiness.helper import AskHelperForm, HelperForm, answers_of
from onboarding.models import HelpAnswer, HelpRequest, SectionKey
from onboarding.readiness import helpers, topics
from onboarding.sections import drafts
from onboarding.sections.answers import Answers
from onboarding.selectors import editable_application
from onboarding.views.sections.pages import SectionPage
from onboarding.views.sections.saving import saved
from onboarding.views.sections.sent import CHOOSE

View = Callable[..., HttpResponse]


def _list(agency_id: UUID) -> str:
    return reverse("onboarding:section", args=[agency_id, SectionKey.READINESS])


@require_http_methods(["GET", "HEAD", "POST"])
@counted("helpers")
def ask(request: HttpRequest, agency_id: UUID) -> HttpResponse:
    """Whole topics, or with ?topic=… single questions of one."""
    agency = agency_to_edit(request.user, agency_id)
    answers = Answers(editable_application(agency), agency)
    choices, chosen = topics.to_send(answers, request.GET.get("topic", ""))
    form = AskHelperForm(request.POST or None, choices=choices, initial={"what": chosen})
    form.cancel_url = _list(agency.pk)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        numbers = topics.numbers_of(answers, data["what"])
        helpers.ask(
            application=answers.application, questions=numbers, name=data["name"], email=data["email"],
            note=data["note"], by=person(request),
        )  # fmt: skip
        messages.success(request, _("The questions are sent to %(name)s.") % {"name": data["name"]})
        return redirect(_list(agency.pk))
    context = {"agency": agency, "form": form, "back_url": _list(agency.pk)}
    return render(request, "onboarding/readiness/ask_helper.html", context)


def _one(request: HttpRequest, agency_id: UUID, request_id: int) -> HelpRequest:
    application = editable_application(agency_to_edit(request.user, agency_id))
    rows = HelpRequest.objects.select_related("application__agency")
    return get_object_or_404(rows, application=application, pk=request_id)


@require_POST
@counted("helpers")
def send_again(request: HttpRequest, agency_id: UUID, request_id: int) -> HttpResponse:
    help_request = _one(request, agency_id, request_id)
    helpers.send_again(help_request, by=person(request))
    words = _("A new link is sent to %(name)s. The earlier one opens nothing from now on.")
    messages.success(request, words % {"name": help_request.name})
    return redirect(_list(agency_id))


@require_POST
def revoke(request: HttpRequest, agency_id: UUID, request_id: int) -> HttpResponse:
    help_request = _one(request, agency_id, request_id)
    helpers.revoke(help_request, by=person(request))
    messages.success(request, _("The link to %(name)s is revoked.") % {"name": help_request.name})
    return redirect(_list(agency_id))


@require_POST
def take(request: HttpRequest, agency_id: UUID, answer_id: int) -> HttpResponse:
    """The answer is put into its field, where it is seen and saved as if it had been typed."""
    return _decided(request, agency_id, answer_id, take=True)


@require_POST
def leave(request: HttpRequest, agency_id: UUID, answer_id: int) -> HttpResponse:
    return _decided(request, agency_id, answer_id, take=False)


class ProposalPage(SectionPage):
    """A topic's page, sent with the button beside a helper's answer: what was typed is kept, and the answer decided."""

    proposal: HelpAnswer
    take: bool

    @classmethod
    def of(cls, request: HttpRequest, agency_id: UUID, proposal: HelpAnswer, *, take: bool) -> Self:
        topic = topics.topic_of(proposal.question)
        page = cls.to_write(request, agency_id, SectionKey.READINESS, topic.key)
        page.proposal, page.take = proposal, take
        return page

    def fresh(self) -> "ProposalPage":
        return self.of(self.request, self.agency.pk, self.proposal, take=self.take)

    def save_draft(self, typed: Typed, *, version: int, has_errors: bool = False) -> int:
        with drafts.writing(self.application):
            number = super().save_draft(typed, version=version, has_errors=has_errors)
            helpers.decide(self.proposal, take=self.take, by=self.by)
        return number

    @property
    def back(self) -> str:
        return f"{self.url()}#{topics.anchor_of(self.proposal.question)}"


def _decided(request: HttpRequest, agency_id: UUID, answer_id: int, *, take: bool) -> HttpResponse:
    application = editable_application(agency_to_edit(request.user, agency_id))
    proposal = get_object_or_404(helpers.proposals(application), pk=answer_id)
    page = ProposalPage.of(request, agency_id, proposal, take=take)
    typed, stored = page.form().typed(request.POST) or {}, stored_as_typed(page.form())
    differs = any(typed.get(name, [""]) != values for name, values in stored.items())
    if not (take or (typed and differs)):
        with drafts.writing(application):
            helpers.decide(proposal, take=take, by=page.by)
        return redirect(page.back)
    posted = request.POST.copy() if typed else as_data(stored)
    if take:
        for name, values in topics.as_typed(proposal.question, proposal.value).items():
            posted.setlist(name, values)
    posted[LATER] = "1"
    posted.pop(CHOOSE, None)
    request.POST = posted  # type: ignore[assignment]  # as if it had been typed
    return saved(page)


def _told_to_nobody(view: View) -> View:
    """The address is the secret: no copy is kept, and no search engine lists it.

    No other site learns it by the portal's own referrer policy; a stricter one would make a browser send the form from
    "null", which is refused as if another site had sent it.
    """

    @wraps(view)
    def told_to_nobody(request: HttpRequest, token: str) -> HttpResponse:
        answer = view(request, token)
        answer["Cache-Control"], answer["X-Robots-Tag"] = "private, no-store", "noindex"
        return answer

    return told_to_nobody


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
@_told_to_nobody
@counted("helper_answers")
def answers(request: HttpRequest, token: str) -> HttpResponse:
    """The questions that were sent, for whoever has the link; nothing else of the agency but its name."""
    help_request = helpers.of_token(token)
    if help_request is None:
        raise Http404
    if not helpers.is_open(help_request):
        return render(request, "onboarding/readiness/help_over.html", {"help": help_request}, status=410)
    shown = Answers(help_request.application, help_request.application.agency)
    form = HelperForm(
        request.POST or None,
        request=help_request,
        questions=[question for question in shown.questions if question.number in help_request.questions],
        answers=answers_of(help_request),
    )
    if request.method == "POST" and form.is_valid():
        done = LATER not in request.POST
        helpers.answer(help_request, form.values, done=done)
        words = (
            _("Your answers are sent. Thank you.")
            if done
            else _("Your answers are kept. Come back at any time.")
        )
        messages.success(request, words)
        return redirect("onboarding:readiness_help", token)
    context = {"help": help_request, "agency_name": help_request.application.agency.name, "form": form}
    return render(request, "onboarding/readiness/help.html", context)
