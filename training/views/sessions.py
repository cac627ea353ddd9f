"""Sessions of courses: the public list, one's own places in them, and coming in by the code on the screen."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from agencies.permissions import is_person, person
from hmis_portal import documents
from hmis_portal.text.words import date_words
from training import selectors
from training.models import Session, Signup
from training.papers import calendars
from training.services import sessions

A_PAGE = 25
State = Signup.State


@login_not_required
@require_safe
def listed(request: HttpRequest) -> HttpResponse:
    """Who may come reads here when and where; where it is held online, the address is only for who has a seat."""
    course = selectors.course_called(request.GET.get("course", ""))
    rows = selectors.sessions_to_come(course)
    page = Paginator(rows, A_PAGE).get_page(request.GET.get("page"))
    own = selectors.places_of(request.user.pk, page.object_list) if is_person(request.user) else {}
    shown = [(session, own.get(session.pk)) for session in page.object_list]
    return render(request, "training/sessions.html", {"shown": shown, "page": page, "course": course})


@login_not_required
@require_safe
def session(request: HttpRequest, session_id: int) -> HttpResponse:
    row = get_object_or_404(Session.objects.select_related("course", "trainer"), pk=session_id)
    mine = selectors.places_of(request.user.pk, [row]).get(row.pk) if is_person(request.user) else None
    context = {
        "session": row,
        "mine": mine,
        "clash": _seat_elsewhere(mine),
        "free": max(sessions.free_seats(row), 0),
        "needed": is_person(request.user) and bool(sessions.who_needs([request.user.pk], row.course)),
    }
    return render(request, "training/session.html", context)


def _seat_elsewhere(place: Signup | None) -> Signup | None:
    """For whose sake a place on the waiting list is passed over."""
    if place is None or place.state != State.WAITING:
        return None
    return sessions.clashes([place.person_id], place.session).select_related("session__course").first()


@require_POST
def sign_up(request: HttpRequest, session_id: int) -> HttpResponse:
    row = get_object_or_404(Session, pk=session_id)
    signup = sessions.sign_up(row, person=person(request))
    if signup.state == State.BOOKED:
        messages.success(request, _("You have a seat. We wrote to you, with a file for your calendar."))
    else:
        messages.success(
            request, _("Every seat is taken. You are on the waiting list; we write to you when one is free.")
        )
    return redirect("training:session", row.pk)


@require_http_methods(["GET", "HEAD", "POST"])
def give_back(request: HttpRequest, session_id: int) -> HttpResponse:
    signup = _own_place(request, session_id)
    if request.method == "POST":
        sessions.give_back(signup, by=person(request))
        messages.success(
            request,
            _("You are no longer expected on %(day)s.") % {"day": date_words(signup.session.starts_at)},
        )
        return redirect("training:sessions")
    return render(request, "training/session_give_back.html", {"signup": signup, "session": signup.session})


@require_safe
def calendar_file(request: HttpRequest, session_id: int) -> HttpResponse:
    signup = _own_place(request, session_id)
    if signup.state != State.BOOKED:
        raise Http404
    name = f"{slugify(signup.session.course.title)}.ics"
    return documents.download(
        calendars.file_of(signup, calendars.Method.PUBLISH), "text/calendar; charset=utf-8", filename=name
    )


@require_http_methods(["GET", "HEAD", "POST"])
def here(request: HttpRequest, session_id: int, code: str) -> HttpResponse:
    """Where the code on the trainer's screen leads: one press says that the person is in the room."""
    row = get_object_or_404(Session.objects.select_related("course"), pk=session_id)
    if request.method == "POST":
        sessions.check_in(row, person=person(request), code=code)
        messages.success(request, _("Noted: you are here. The trainer confirms the list at the end."))
        return redirect("training:session", row.pk)
    return render(request, "training/session_here.html", {"session": row})


def _own_place(request: HttpRequest, session_id: int) -> Signup:
    """A place that the person who is signed in holds or waits for; nobody sees another's."""
    rows = Signup.objects.exclude(state=State.CANCELLED).select_related("session__course", "person")
    return get_object_or_404(rows, session=session_id, person=person(request))
