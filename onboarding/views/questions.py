"""Support: how to reach people, the form, and one's own questions with their answers."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from agencies import permissions
from hmis_portal.web.error_pages import too_many_requests
from hmis_portal.web.visits import client_ip, too_often
from onboarding import questions
from onboarding.forms.questions import SupportForm, WriteForm
from onboarding.models import Thread


@login_not_required
@require_http_methods(["GET", "POST"])
def support(request: HttpRequest) -> HttpResponse:
    user = request.user if permissions.is_person(request.user) else None
    form = SupportForm(request.POST or None, user=user)
    if request.method == "POST" and form.is_valid():
        if wait := too_often(request, "questions"):
            return too_many_requests(request, wait=wait)
        data = form.cleaned_data
        thread = questions.ask(
            kind=Thread.Kind.SUPPORT, subject=data["subject"], text=data["text"], by=user, name=data.get("name", ""),
            email=data.get("email", ""), agency=data.get("agency"), ip=client_ip(request),
        )  # fmt: skip
        if user:
            messages.success(request, _("Your question was sent. You get the answer by e-mail and here."))
            return redirect("onboarding:question", thread_id=thread.pk)
        return redirect("onboarding:support_sent")
    mine = questions.visible_to(user)[:10] if user else []
    return render(request, "onboarding/questions/support.html", {"form": form, "threads": mine})


@login_not_required
@require_safe
def support_sent(request: HttpRequest) -> HttpResponse:
    return render(request, "onboarding/questions/sent.html")


@require_http_methods(["GET", "POST"])
def question(request: HttpRequest, thread_id: int) -> HttpResponse:
    """A question with all that was said; whoever sees it may go on writing."""
    user = permissions.person(request)
    thread = get_object_or_404(questions.visible_to(user), pk=thread_id)
    form = WriteForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if wait := too_often(request, "questions"):
            return too_many_requests(request, wait=wait)
        questions.write_again(thread=thread, by=user, text=form.cleaned_data["text"])
        messages.success(request, _("Your message was sent."))
        return redirect("onboarding:question", thread_id=thread.pk)
    messages_written = thread.messages.select_related("written_by")
    return render(
        request,
        "onboarding/questions/question.html",
        {"thread": thread, "said": messages_written, "form": form},
    )
