"""A learner's practice cases: handing one in, and what a trainer said of those before."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from agencies.permissions import person
from hmis_portal import documents
from training import permissions, services
from training.forms import PracticeForm
from training.models import Course, PracticeCase, Requirement


@require_http_methods(["GET", "HEAD", "POST"])
def hand_in(request: HttpRequest, slug: str) -> HttpResponse:
    user = person(request)
    course = get_object_or_404(Course, slug=slug)
    asked = Requirement.objects.open().filter(person=user, course=course).exists()
    if not (course.has_practice_case and asked):
        raise Http404
    form = PracticeForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        attached = {"data": file.read(), "kind": file.content_kind, "filename": file.name} if file else {}
        with documents.away_beside(form, "file"):
            services.hand_in(person=user, course=course, text=form.cleaned_data["text"], **attached)
            messages.success(request, _("Handed in. A trainer looks it through and writes to you."))
            return redirect("training:mine")
    cases = PracticeCase.objects.filter(person=user, course=course)
    return render(request, "training/practice.html", {"form": form, "course": course, "cases": cases})


@require_safe
def file(request: HttpRequest, case_id: int) -> HttpResponse:
    case = permissions.practice_case_to_read(request.user, case_id)
    if case.document is None:
        raise Http404
    return documents.response(case.document, filename=case.filename)
