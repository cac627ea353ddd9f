"""Support: how to reach people, the form, and the conversations with the HMIS Admin, whose number the head of a page shows."""

from dataclasses import dataclass
from functools import partial

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.db.models import Max
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from agencies import permissions
from hmis_portal import documents
from hmis_portal.web.error_pages import too_many_requests
from hmis_portal.web.visits import client_ip, too_often
from onboarding import questions
from onboarding.forms.questions import SupportForm, WriteForm
from onboarding.models import Thread, ThreadMessage

A_PAGE = 25


@login_not_required
@require_http_methods(["GET", "POST"])
def support(request: HttpRequest) -> HttpResponse:
    user = request.user if permissions.is_person(request.user) else None
    form = SupportForm(request.POST or None, request.FILES or None, user=user)
    if request.method == "POST" and form.is_valid():
        if wait := too_often(request, "questions"):
            return too_many_requests(request, wait=wait)
        data = form.cleaned_data
        kind = Thread.Kind.AGENCY if data.get("shared") else Thread.Kind.SUPPORT
        thread = questions.ask(
            kind=kind, subject=data["subject"], text=data["text"], by=user, name=data.get("name", ""),
            email=data.get("email", ""), agency=data.get("agency"), file=data.get("file"), ip=client_ip(request),
        )  # fmt: skip
        if user:
            messages.success(request, _("Your question was sent. You get the answer by e-mail and here."))
            return redirect("onboarding:question", thread_id=thread.pk)
        return redirect("onboarding:support_sent")
    mine = questions.with_news(questions.visible_to(user), user)[:10] if user else []
    return render(request, "onboarding/questions/support.html", {"form": form, "threads": mine})


@login_not_required
@require_safe
def support_sent(request: HttpRequest) -> HttpResponse:
    return render(request, "onboarding/questions/sent.html")


@require_safe
def conversations(request: HttpRequest) -> HttpResponse:
    """One's own questions and the conversations of the agencies one acts for: what is new first, then the latest."""
    user = permissions.person(request)
    rows = questions.with_news(questions.visible_to(user), user).annotate(latest=Max("messages__written_at"))
    page = Paginator(rows.order_by("-is_unread", "-latest"), A_PAGE).get_page(request.GET.get("page"))
    return render(request, "onboarding/questions/conversations.html", {"page": page})


@require_http_methods(["GET", "POST"])
def question(request: HttpRequest, thread_id: int) -> HttpResponse:
    """A question with all that was said; whoever sees it may go on writing."""
    user = permissions.person(request)
    thread = get_object_or_404(questions.visible_to(user).select_related("closed_by"), pk=thread_id)
    form = WriteForm(request.POST or None, request.FILES or None, thread=thread)
    if request.method == "POST" and form.is_valid():
        if wait := too_often(request, "questions"):
            return too_many_requests(request, wait=wait)
        questions.write_again(thread=thread, by=user, **form.cleaned_data)
        messages.success(request, _("Your message was sent."))
        return redirect("onboarding:question", thread_id=thread.pk)
    written = list(thread.messages.select_related("written_by", "document"))
    questions.mark_read(thread, user, written)
    context = {"thread": thread, "written": written, "form": form}
    return render(
        request, "onboarding/questions/question.html", context, status=422 if form.is_bound else 200
    )


@require_POST
def close_question(request: HttpRequest, thread_id: int) -> HttpResponse:
    """Nothing more is to be said."""
    user = permissions.person(request)
    thread = get_object_or_404(questions.visible_to(user), pk=thread_id)
    questions.close(thread=thread, by=user)
    messages.success(request, _("The conversation is closed. Writing again opens it."))
    return redirect("onboarding:question", thread_id=thread.pk)


@require_safe
def question_file(request: HttpRequest, thread_id: int, message_id: int) -> HttpResponse:
    threads = questions.visible_to(permissions.person(request)).filter(pk=thread_id)
    rows = ThreadMessage.objects.filter(thread__in=threads, document__isnull=False)
    message = get_object_or_404(rows.select_related("document"), pk=message_id)
    return documents.response(message.document, filename=message.filename)  # type: ignore[arg-type]


@dataclass(frozen=True)
class Unread:
    """`unread` of an HMIS Admin are those that wait for an answer."""

    url: str
    unread: int


def unread(request: HttpRequest) -> dict[str, object]:
    """For the head of every page, and called where that is drawn: one query a page, none for a visitor or a form that leads on.

    Nor while the portal is viewed as an agency: there the head leads to nothing of the Admin's own.
    """
    return {"conversations": partial(_unread, request)}


def _unread(request: HttpRequest) -> Unread:
    user = permissions.person(request)
    on_desk = permissions.is_hmis_admin(user)
    url = (
        reverse("admin:onboarding_thread_changelist") + "?waits=yes"
        if on_desk
        else reverse("onboarding:conversations")
    )
    return Unread(url, questions.unread(user))
