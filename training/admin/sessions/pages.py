"""Sessions at the desk: planned, changed, called off, the screen with the code, the list of who was there."""

from collections.abc import Callable
from typing import Any

from django.contrib import admin
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import URLPattern, path, reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from agencies.permissions import person
from hmis_portal import mail
from hmis_portal.desk.tools import ReadOnlyAdmin, act_page, guarded, link, status
from training import permissions
from training.admin.sessions.forms import AttendanceForm, CallOffForm, ChangeSessionForm, PlanForm
from training.admin.sessions.signs import code_as_svg
from training.models import Session, Signup
from training.services import sessions

SCREEN_SECONDS = 60


@admin.register(Session)
class SessionAdmin(ReadOnlyAdmin):
    list_display = ("starts_at", "course", "place", "trainer", "seats", "state")
    list_filter = (
        ("course", admin.RelatedOnlyFieldListFilter),
        ("trainer", admin.RelatedOnlyFieldListFilter),
    )
    date_hierarchy = "starts_at"
    search_fields = ("course__title", "place", "trainer__last_name", "trainer__email")
    search_help_text = _("Search by course, place or trainer")
    list_select_related = ("course", "trainer")
    ordering = ("-starts_at",)
    fields = (
        "course", "when_words", "place", "link", "trainer", "seats", "state", "cancelled_because", "people", "acts",
    )  # fmt: skip
    readonly_fields = ("when_words", "seats", "state", "people", "acts")
    change_list_template = "admin/training/sessions.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Session]:
        taken = Count("signups", filter=Q(signups__state__in=[Signup.State.BOOKED, Signup.State.ATTENDED]))
        waiting = Count("signups", filter=Q(signups__state=Signup.State.WAITING))
        rows: QuerySet[Session] = super().get_queryset(request)
        return rows.annotate(taken=taken, waiting=waiting)

    @admin.display(description=_("when"))
    def when_words(self, row: Session) -> str:
        return row.when_words

    @admin.display(description=_("seats"))
    def seats(self, row: Any) -> str:
        words = gettext("%(taken)d of %(capacity)d taken") % {"taken": row.taken, "capacity": row.capacity}
        waiting = ngettext("%(count)d waits", "%(count)d wait", row.waiting) % {"count": row.waiting}
        return f"{words}, {waiting}" if row.waiting else words

    @admin.display(description=_("state"))
    def state(self, row: Session) -> SafeString:
        if row.cancelled_at:
            return status("problem", gettext("Called off"))
        return status("plain", gettext("Begun")) if row.has_begun else status("waiting", gettext("To come"))

    @admin.display(description=_("people"))
    def people(self, row: Session) -> SafeString | str:
        signups = row.signups.exclude(state=Signup.State.CANCELLED).select_related("person")
        return "; ".join(f"{signup.person} ({signup.get_state_display()})" for signup in signups) or gettext(
            "Nobody yet"
        )

    @admin.display(description=_("acts"))
    def acts(self, row: Session) -> SafeString:
        offered = []
        if row.is_to_come:
            offered += [("change_plan", gettext("Change it")), ("call_off", gettext("Call it off"))]
        if row.door_is_open:
            offered.append(("screen", gettext("Show the code to come in")))
        if row.has_begun and not row.cancelled_at:
            offered.append(("attendance", gettext("Record who was there")))
        links = [
            link(reverse(f"admin:training_session_{name}", args=[row.pk]), words) for name, words in offered
        ]
        return SafeString(" &nbsp; ".join(links))

    def get_urls(self) -> list[URLPattern]:
        may = permissions.may_plan_sessions
        own: dict[str, tuple[str, Callable[..., HttpResponse]]] = {
            "plan/": ("plan", self.plan_view),
            "<int:pk>/plan/": ("change_plan", self.change_plan_view),
            "<int:pk>/call-off/": ("call_off", self.call_off_view),
            "<int:pk>/attendance/": ("attendance", self.attendance_view),
            "<int:pk>/screen/": ("screen", self.screen_view),
        }
        pages = [
            path(address, guarded(self, view, read=may, write=may), name=f"training_session_{name}")
            for address, (name, view) in own.items()
        ]
        return [*pages, *super().get_urls()]

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, object] | None = None
    ) -> HttpResponse:
        context = {**(extra_context or {}), "may_plan": permissions.may_plan_sessions(request.user)}
        return super().changelist_view(request, context)

    def plan_view(self, request: HttpRequest) -> HttpResponse:
        form = PlanForm(request.POST or None, initial={"trainer": person(request)})

        def act() -> str:
            data = form.cleaned_data
            planned = sessions.plan(
                data["course"], form.plan(), by=person(request), weeks=data["times"], every=data["every"]
            )
            return ngettext(
                "%(count)d session is planned.", "%(count)d sessions are planned.", len(planned)
            ) % {"count": len(planned)}

        return act_page(
            self, request, title=gettext("Plan a session"), form=form, act=act,
            back=reverse("admin:training_session_changelist"),
            explanation=gettext("It stands at once in the public list of dates. Times are the clock's in the state."),
        )  # fmt: skip

    def change_plan_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        session = get_object_or_404(Session.objects.select_related("course"), pk=pk)
        form = ChangeSessionForm(request.POST or None, session=session)

        def act() -> str:
            if not form.cleaned_data.get("also_later"):
                sessions.change(session, form.plan(), by=person(request))
                return gettext("The session is changed. Who signed up is told of another time or place.")
            changed = len(sessions.change_series(session, form.plan(), by=person(request)))
            words = gettext("%d sessions are changed. Who signed up is told of another time or place.")
            return words % changed

        return act_page(
            self, request, title=gettext("Change a session"), form=form, act=act, caption=str(session),
            back=reverse("admin:training_session_change", args=[pk]),
            explanation=gettext("Fewer seats send nobody away; more seats go to those who wait."),
        )  # fmt: skip

    def call_off_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        session = get_object_or_404(Session.objects.select_related("course"), pk=pk)
        later = sessions.later_of(session)
        form = CallOffForm(request.POST or None, later=later.count())

        def act() -> str:
            by, reason = person(request), form.cleaned_data["reason"]
            if not form.cleaned_data.get("also_later"):
                sessions.call_off(session, by=by, reason=reason)
                return gettext("The session is called off. Everybody who signed up is told.")
            off = sessions.call_off_series(session, by=by, reason=reason)
            return gettext("%d sessions are called off. Everybody who signed up is told.") % off

        told = Signup.objects.filter(state__in=[Signup.State.BOOKED, Signup.State.WAITING])
        facts = [(gettext("People who are told"), told.filter(session=session).count())]
        if "also_later" in form.fields:
            people = told.filter(session__in=later).values("person").distinct().count()
            facts.append((gettext("People of the later dates"), people))
        return act_page(
            self, request, title=gettext("Call a session off"), form=form, act=act, caption=str(session),
            back=reverse("admin:training_session_change", args=[pk]),
            facts=facts,
        )  # fmt: skip

    def attendance_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        session = get_object_or_404(Session.objects.select_related("course"), pk=pk)
        form = AttendanceForm(request.POST or None, session=session)

        def act() -> str:
            completions = sessions.record_attendance(
                session, present=form.present(), others=form.cleaned_data["others"], by=person(request)
            )
            return ngettext(
                "%(count)d completion is recorded.", "%(count)d completions are recorded.", len(completions)
            ) % {"count": len(completions)}  # fmt: skip

        return act_page(
            self, request, title=gettext("Record who was there"), form=form, act=act, caption=str(session),
            back=reverse("admin:training_session_change", args=[pk]),
            reasons=[] if session.has_begun else [gettext("The session has not begun.")],
            explanation=gettext("Who was there has completed the course. A mistake is voided with a reason afterwards."),
        )  # fmt: skip

    def screen_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """For the projector: the code that people scan, made anew each minute."""
        session = get_object_or_404(Session.objects.select_related("course"), pk=pk)
        address = mail.absolute("training:here", session.pk, sessions.code_of(session))
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": str(session.course),
            "session": session,
            "code": code_as_svg(address),
            "here": session.signups.filter(here_at__isnull=False).count(),
            "seats": session.signups.exclude(
                state__in=[Signup.State.WAITING, Signup.State.CANCELLED]
            ).count(),
        }
        page = render(request, "admin/training/session_screen.html", context)
        page["Refresh"] = str(SCREEN_SECONDS)
        return page
