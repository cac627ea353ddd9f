"""The queue of applications and the page on which one is reviewed."""

from copy import copy
from functools import partial
from typing import Any
from uuid import UUID

from django.contrib import admin, messages
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.views.main import ChangeList
from django.db.models import F
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies import permissions
from agencies.desk.lists import FoundByAgency
from hmis_portal import documents
from hmis_portal.desk.tools import ReadOnlyAdmin, guarded, status
from hmis_portal.web.addresses import address_of
from onboarding.admin.base import confirm
from onboarding.admin.desk import search
from onboarding.admin.queue import choices, listing, many
from onboarding.admin.reports import behind
from onboarding.admin.reports import pages as reports
from onboarding.admin.review import acts, asked, compare, page
from onboarding.admin.review.forms import VERBS
from onboarding.models import Application
from onboarding.sections import uploads
from onboarding.workflow import ApplicationVerb

State = Application.State
LOOKED_AT = 1000  # rows of a list in which the next one is looked for


@admin.register(Application)
class ApplicationAdmin(FoundByAgency, ReadOnlyAdmin):
    list_display = (
        "reference", "agency_name", "cocs", "status_word", "waits", "blocked_by", "turn", "reviewer_name",
    )  # fmt: skip
    list_display_links = None
    list_filter = (
        listing.TurnFilter,
        listing.AgeFilter,
        behind.FigureFilter,
        listing.BlockersFilter,
        "state",
        ("reviewer", choices.ReviewerFilter),
        ("agency__cocs", choices.AreaFilter),
        ("agency__cans", choices.AreaFilter),
        "agency__joining_reason",
    )
    action_form = many.QueueActionForm
    actions = (many.take, many.hand_back, many.assign, many.remind)  # type: ignore[assignment]  # other lists have none
    search_fields = ("reference", "agency__legal_name", "agency__common_name", "agency__ein")
    search_help_text = gettext_lazy("Search by agency, EIN or reference")
    empty_value_display = "–"
    ordering = (F("submitted_at").asc(nulls_last=True),)
    list_per_page = 100

    @admin.display(description=gettext_lazy("agency"), ordering="agency__legal_name")
    def agency_name(self, application: Any) -> SafeString:
        return application.agency_link  # type: ignore[no-any-return]

    @admin.display(description=gettext_lazy("state"), ordering="state")
    def status_word(self, application: Any) -> SafeString:
        return application.status_words  # type: ignore[no-any-return]

    @admin.display(description=gettext_lazy("CoC"))
    def cocs(self, application: Any) -> str:
        return ", ".join(application.coc_codes)

    @admin.display(description=gettext_lazy("waiting"), ordering="submitted_at")
    def waits(self, application: Any) -> SafeString | str:
        return application.waits_words  # type: ignore[no-any-return]

    @admin.display(description=gettext_lazy("blockers"), ordering="blockers")
    def blocked_by(self, application: Any) -> SafeString | int | None:
        number: int | None = application.blocked_by
        return status("problem", number) if number else number

    def has_decide_permission(self, request: HttpRequest) -> bool:
        return permissions.is_hmis_admin(request.user)

    def csv_view(self, request: HttpRequest) -> HttpResponseBase:
        return listing.as_csv(self.get_changelist_instance(request).queryset)

    @admin.display(description=gettext_lazy("whose turn"))
    def turn(self, application: Any) -> str:
        return str(application.turn_words)

    def get_changelist(self, request: HttpRequest, **kwargs: object) -> type[ChangeList]:
        return listing.Queue

    @admin.display(description=gettext_lazy("reviewer"), ordering="reviewer__last_name")
    def reviewer_name(self, application: Any) -> SafeString | str:
        """Whoever reads it; where nobody does, the button that takes it."""
        return application.reviewer_words  # type: ignore[no-any-return]

    def get_urls(self) -> list[URLPattern]:
        def own(route: str, view: Any, name: str, *, writes: bool = False) -> URLPattern:
            write = permissions.is_hmis_admin if writes else None
            view = view if hasattr(view, "__self__") else partial(view, self)
            return path(
                route,
                guarded(self, view, read=page.may_review, write=write),
                name=f"onboarding_application_{name}",
            )

        return [
            path("<uuid:pk>/change/", lambda request, pk: HttpResponseRedirect(self.page(pk))),
            own("csv/", self.csv_view, "csv"),
            own("review/<uuid:pk>/", self.review_view, "review"),
            own("review/<uuid:pk>/compare/", self.compare_view, "compare"),
            own("review/<uuid:pk>/revision/<int:number>.pdf", self.pdf_view, "revision_pdf"),
            own("review/<uuid:pk>/file/<uuid:upload>/", self.file_view, "file"),
            own("review/<uuid:pk>/next/", self.next_view, "next"),
            own("review/<uuid:pk>/history/", self.events_view, "events"),
            own("review/<uuid:pk>/remark/", acts.remark, "remark", writes=True),
            own("review/<uuid:pk>/remark/<int:remark>/", acts.close_remark, "close_remark", writes=True),
            own("review/<uuid:pk>/note/", acts.note, "note", writes=True),
            own("review/<uuid:pk>/explain/<int:reply>/", acts.explain, "explain", writes=True),
            own("review/<uuid:pk>/section/<slug:section>/", acts.mark_section, "section", writes=True),
            own("review/<uuid:pk>/<slug:verb>/", self.verb_view, "verb", writes=True),
            *reports.urls(),
            *search.urls(),
            *super().get_urls(),
        ]

    def page(self, pk: Any, anchor: str = "", *, kept: str = "") -> str:
        """`kept` is the list from which it was opened, as Django's admin hands it on."""
        url = address_of("admin:onboarding_application_review", pk)
        return url + (f"?{kept}" if kept else "") + (f"#{anchor}" if anchor else "")

    def page_in_list(self, request: HttpRequest, pk: object, anchor: str = "") -> str:
        return self.page(pk, anchor, kept=self.get_preserved_filters(request))

    def change_view(
        self, request: HttpRequest, object_id: str, *args: object, **kwargs: object
    ) -> HttpResponse:
        """The one page of an application is its review page."""
        if self.get_object(request, object_id) is None:
            raise Http404
        return HttpResponseRedirect(self.page(object_id))

    def application(self, request: HttpRequest, pk: UUID) -> Application:
        user = permissions.person(request)
        for row in asked.application(application=pk, user=user.pk, today=timezone.localdate()):
            permissions.remember_roles(user, row.agency, row.codenames)  # type: ignore[attr-defined]
            return row
        raise Http404

    def review_view(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        application = self.application(request, pk)
        more = vars(page.review_page(application, permissions.person(request)))
        return self._show(request, "page", application.agency.name, more)

    def compare_view(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        shown = compare.compare_page(
            self.application(request, pk), request.GET.get("a", ""), request.GET.get("b", "")
        )
        return self._show(request, "compare", _("Compare revisions"), vars(shown))

    def events_view(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        return self._show(
            request, "history", _("History"), vars(page.history_page(self.application(request, pk)))
        )

    def _show(self, request: HttpRequest, template: str, title: str, more: dict[str, object]) -> HttpResponse:
        """A page about one application; `kept` and `list_url` lead back to the list from which it was opened."""
        filters = request.GET.get("_changelist_filters", "")
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": title,
            "kept": self.get_preserved_filters(request),
            "list_url": reverse("admin:onboarding_application_changelist")
            + (f"?{filters}" if filters else ""),
            **more,
        }
        return render(request, f"admin/onboarding/review/{template}.html", context)

    def next_view(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        """The application after this one in the list from which it was opened; the first when this one has left it."""
        url = reverse("admin:onboarding_application_changelist")
        filters = request.GET.get("_changelist_filters", "")
        following = self._following(request, QueryDict(filters), pk)
        if following is None:
            messages.info(request, _("That was the last one of this list."))
            return HttpResponseRedirect(f"{url}?{filters}" if filters else url)
        return HttpResponseRedirect(self.page_in_list(request, following))

    def _following(self, request: HttpRequest, filters: QueryDict, pk: UUID) -> UUID | None:
        asked = copy(request)
        asked.GET = filters  # type: ignore[assignment]  # what a browser would have asked the list for
        try:
            rows = self.get_changelist_instance(asked).queryset
        except IncorrectLookupParameters:
            rows = self.get_queryset(request).order_by(*self.ordering)
        keys = list(rows.values_list("pk", flat=True)[:LOOKED_AT])
        if pk in keys:
            return next(iter(keys[keys.index(pk) + 1 :]), None)
        return next(iter(keys), None)

    def pdf_view(self, request: HttpRequest, pk: UUID, number: int) -> HttpResponse:
        revision = get_object_or_404(
            self.application(request, pk).revisions.select_related("pdf__document"),
            number=number,
            pdf__isnull=False,
        )
        return documents.response(
            revision.pdf.document,
            filename=f"{revision.application.reference} revision {number}.pdf",
            inline=True,
        )

    def file_view(self, request: HttpRequest, pk: UUID, upload: UUID) -> HttpResponse:
        file = get_object_or_404(uploads.readable(self.application(request, pk).agency), pk=upload)
        return documents.response(file.document, filename=file.filename)

    def verb_view(self, request: HttpRequest, pk: UUID, verb: str) -> HttpResponse:
        return confirm(
            request,
            site=self,
            obj=self.application(request, pk),
            verb=verb,
            forms_by_verb=VERBS,
            back=self.page_in_list(request, pk),
            title="",
            danger=verb in (ApplicationVerb.DECLINE, ApplicationVerb.REVOKE_APPROVAL),
        )
