"""The queue of applications and the page on which one is reviewed."""

from typing import Any
from uuid import UUID

from django.contrib import admin, messages
from django.contrib.admin.views.main import ChangeList
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies import permissions
from hmis_portal import documents
from hmis_portal.desk.tools import ReadOnlyAdmin, act_page, address_of, guarded, link, status
from hmis_portal.desk.waiting import days_words
from hmis_portal.text.words import date_words
from onboarding.admin import reports
from onboarding.admin.base import APPLICATION_KIND, confirm
from onboarding.admin.review import page
from onboarding.admin.review.forms import VERBS, ExplainForm, PrivateNoteForm, RemarkForm
from onboarding.journey import whose_turn
from onboarding.journey.facts import gather_all
from onboarding.models import Application, RemarkReply
from onboarding.review import notes, remarks, replies
from onboarding.sections import catalogue, uploads
from onboarding.workflow import ApplicationVerb

State = Application.State


class TurnFilter(admin.SimpleListFilter):
    title = gettext_lazy("whose turn")
    parameter_name = "turn"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [
            ("hmis", _("The HMIS Admin")),
            ("mine", _("Mine")),
            ("agency", _("The agency")),
            ("lead", _("The Lead Agency")),
            ("overdue", _("Answer overdue")),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Application]) -> QuerySet[Application]:
        whose = self.value()
        return whose_turn.waiting(whose, queryset, request.user) if whose else queryset


# What the rows show, and what whose turn it is depends on.
READ = (
    *("state", "state_since", "reference", "reason", "submitted_at", "answer_by", "decided_at", "checked_at", "touched_at"),
    *("agency__legal_name", "agency__common_name", "agency__state"),
    *("agency__created_at", "agency__live_at", "agency__left_at"),
    *("reviewer__first_name", "reviewer__last_name", "reviewer__email"),
)  # fmt: skip


class Queue(ChangeList):
    """The rows of one page learn together whose turn it is."""

    def get_queryset(self, request: HttpRequest, exclude_parameters: Any = None) -> QuerySet[Application]:
        return super().get_queryset(request, exclude_parameters).only(*READ)

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        rows = list(self.result_list)
        facts = gather_all((row.agency for row in rows), known=rows)
        for row in rows:
            row.turn_words = whose_turn.of_application(row, facts[row.agency_id]).brief
        self.result_list = rows


@admin.register(Application)
class ApplicationAdmin(ReadOnlyAdmin):
    list_display = ("agency_name", "status_word", "since", "turn", "reviewer_name", "sent", "reference")
    list_display_links = None
    list_filter = (TurnFilter, "state", ("reviewer", admin.RelatedOnlyFieldListFilter))
    search_fields = ("reference", "agency__legal_name", "agency__common_name", "agency__ein")
    search_help_text = gettext_lazy("Search by agency, EIN or reference")
    list_select_related = ("agency", "reviewer")
    ordering = ("-state_since",)
    list_per_page = 100

    @admin.display(description=gettext_lazy("agency"), ordering="agency__legal_name")
    def agency_name(self, application: Application) -> SafeString:
        return link(self.page(application.pk), application.agency.name)

    @admin.display(description=gettext_lazy("state"), ordering="state")
    def status_word(self, application: Application) -> SafeString:
        late = application.answer_by and application.answer_by < timezone.localdate()
        if late and application.state == State.CHANGES:
            return status("problem", _("Answer overdue"))
        state = State(application.state)
        return status(APPLICATION_KIND[state], state.label)

    @admin.display(description=gettext_lazy("since"), ordering="state_since")
    def since(self, application: Application) -> str:
        return days_words(application.state_since)

    @admin.display(description=gettext_lazy("whose turn"))
    def turn(self, application: Application) -> str:
        return str(application.turn_words)  # type: ignore[attr-defined]

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return Queue

    @admin.display(description=gettext_lazy("reviewer"), ordering="reviewer__last_name")
    def reviewer_name(self, application: Application) -> str:
        return str(application.reviewer or "")

    @admin.display(description=gettext_lazy("sent"), ordering="submitted_at")
    def sent(self, application: Application) -> str:
        return date_words(application.submitted_at)

    def get_urls(self) -> list[URLPattern]:
        def own(route: str, view: Any, name: str, *, writes: bool = False) -> URLPattern:
            write = permissions.is_hmis_admin if writes else None
            return path(
                route,
                guarded(self, view, read=page.may_review, write=write),
                name=f"onboarding_application_{name}",
            )

        return [
            path("<uuid:pk>/change/", lambda request, pk: HttpResponseRedirect(self.page(pk))),
            own("review/<uuid:pk>/", self.review_view, "review"),
            own("review/<uuid:pk>/compare/", self.compare_view, "compare"),
            own("review/<uuid:pk>/revision/<int:number>.pdf", self.pdf_view, "revision_pdf"),
            own("review/<uuid:pk>/file/<uuid:upload>/", self.file_view, "file"),
            own("review/<uuid:pk>/remark/", self.remark_view, "remark", writes=True),
            own("review/<uuid:pk>/remark/<int:remark>/", self.close_remark_view, "close_remark", writes=True),
            own("review/<uuid:pk>/note/", self.note_view, "note", writes=True),
            own("review/<uuid:pk>/explain/<int:reply>/", self.explain_view, "explain", writes=True),
            own("review/<uuid:pk>/section/<slug:section>/", self.section_view, "section", writes=True),
            own("review/<uuid:pk>/<slug:verb>/", self.verb_view, "verb", writes=True),
            *reports.urls(),
            *super().get_urls(),
        ]

    def page(self, pk: Any, anchor: str = "") -> str:
        return address_of("admin:onboarding_application_review", pk) + (f"#{anchor}" if anchor else "")

    def change_view(self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any) -> HttpResponse:
        """The one page of an application is its review page."""
        if self.get_object(request, object_id) is None:
            raise Http404
        return HttpResponseRedirect(self.page(object_id))

    def application(self, pk: UUID) -> Application:
        return get_object_or_404(
            Application.objects.select_related(
                "agency", "reviewer", "recommended_by", "decided_by", "time_asked_by"
            ),
            pk=pk,
        )

    def review_view(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        application = self.application(pk)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": application.agency.name,
            **vars(page.review_page(application, permissions.person(request))),
        }
        return render(request, "admin/onboarding/review.html", context)

    def compare_view(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        application = self.application(pk)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("Compare revisions"),
            **vars(page.compare_page(application, request.GET.get("a", ""), request.GET.get("b", ""))),
        }
        return render(request, "admin/onboarding/compare.html", context)

    def pdf_view(self, request: HttpRequest, pk: UUID, number: int) -> HttpResponse:
        revision = get_object_or_404(
            self.application(pk).revisions.select_related("pdf__document"), number=number, pdf__isnull=False
        )
        return documents.response(
            revision.pdf.document,
            filename=f"{revision.application.reference} revision {number}.pdf",
            inline=True,
        )

    def file_view(self, request: HttpRequest, pk: UUID, upload: UUID) -> HttpResponse:
        file = get_object_or_404(uploads.readable(self.application(pk).agency), pk=upload)
        return documents.response(file.document, filename=file.filename)

    def remark_view(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        """A remark on one answer or one section; sent only when changes are asked for."""
        application = self.application(pk)
        place = page.place_of(application, request.GET.get("section", ""), request.GET.get("field", ""))
        if place is None:
            raise Http404
        form = RemarkForm(request.POST or None)
        at_once = application.state == State.CHANGES
        if at_once:
            form.fields["text"].help_text = _(
                "The agency gets this by e-mail at once, and reads it beside its answer."
            )

        def act() -> str:
            remarks.add(
                application,
                section=place.section,
                field=place.field,
                place=place.label,
                text=form.cleaned_data["text"],
                by=permissions.person(request),
            )
            if at_once:
                return _("The remark is sent to the agency.")
            return _("The remark is saved. The agency sees it once you ask for changes.")

        return act_page(
            self,
            request,
            title=_("Remark: %(place)s") % {"place": place.label},
            form=form,
            act=act,
            back=self.page(pk, f"section-{place.section}"),
            trail=application.agency.name,
            caption=f"{application.agency.name}, {application.reference}",
            explanation=place.answer and _("The agency’s answer: %(answer)s") % {"answer": place.answer},
        )

    def note_view(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        """A note for the HMIS side alone."""
        application = self.application(pk)
        form = PrivateNoteForm(request.POST or None)

        def act() -> str:
            notes.add(application.agency, text=form.cleaned_data["text"], by=permissions.person(request))
            return _("The private note is saved.")

        return act_page(
            self,
            request,
            title=_("Add a private note"),
            form=form,
            act=act,
            back=self.page(pk, "private-notes"),
            trail=application.agency.name,
            caption=f"{application.agency.name}, {application.reference}",
        )

    def explain_view(self, request: HttpRequest, pk: UUID, reply: int) -> HttpResponse:
        """What a remark means, for the agency that asked."""
        application = self.application(pk)
        rows = RemarkReply.objects.filter(remark__application=application, kind=RemarkReply.Kind.EXPLAIN)
        asking = get_object_or_404(rows.select_related("remark"), pk=reply)
        form = ExplainForm(request.POST or None)

        def act() -> str:
            replies.explain(asking, text=form.cleaned_data["text"], by=permissions.person(request))
            return _("Your explanation is sent to the agency.")

        return act_page(
            self,
            request,
            title=_("Explain: %(place)s") % {"place": asking.remark},
            form=form,
            act=act,
            back=self.page(pk, f"section-{asking.remark.section}"),
            trail=application.agency.name,
            caption=f"{application.agency.name}, {application.reference}",
            facts=[(_("Remark"), asking.remark.text), (_("The agency asks"), asking.text)],
        )

    def close_remark_view(self, request: HttpRequest, pk: UUID, remark: int) -> HttpResponse:
        if request.method != "POST":
            raise Http404
        application = self.application(pk)
        row = application.remarks.filter(pk=remark).first()
        messages.success(request, remarks.close(application, remark, by=permissions.person(request)))
        return HttpResponseRedirect(self.page(pk, f"section-{row.section}" if row else ""))

    def section_view(self, request: HttpRequest, pk: UUID, section: str) -> HttpResponse:
        """Mark a section as in order, or take the mark back."""
        if request.method != "POST" or section not in catalogue.BY_KEY:
            raise Http404
        in_order = request.POST.get("in_order") == "yes"
        remarks.mark(self.application(pk), section, in_order=in_order, by=permissions.person(request))
        return HttpResponseRedirect(self.page(pk, f"section-{section}"))

    def verb_view(self, request: HttpRequest, pk: UUID, verb: str) -> HttpResponse:
        return confirm(
            request,
            site=self,
            obj=self.application(pk),
            verb=verb,
            forms_by_verb=VERBS,
            back=self.page(pk),
            title="",
            danger=verb in (ApplicationVerb.DECLINE, ApplicationVerb.REVOKE_APPROVAL),
        )
