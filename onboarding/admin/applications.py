"""The queue of applications and the page on which one is reviewed."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import admin, messages
from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.functional import lazy
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies import permissions
from agencies.models import User
from hmis_portal import audit, documents
from hmis_portal.admin_tools import ReadOnlyAdmin, guarded, status
from hmis_portal.desk import days_words
from hmis_portal.errors import WrongState
from hmis_portal.forms import DateField, PortalFormMixin
from hmis_portal.models import PortalSettings
from onboarding import review, sections, services
from onboarding.admin import pages, reports
from onboarding.admin.base import APPLICATION_KIND, ReasonForm, VerbForm, acting, confirm
from onboarding.models import Application, ReviewNote, SectionReview, Upload

State = Application.State
REVIEWABLE = (State.IN_REVIEW,)


class HandOverForm(VerbForm):
    explanation = gettext_lazy("Your colleague becomes the reviewer. Remarks that are not sent yet go along.")
    to = forms.ModelChoiceField(User.objects.none(), label=gettext_lazy("Hand over to"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["to"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101
        people = permissions.people_in(permissions.HMIS_ADMIN)
        field.queryset = people.exclude(pk=self.obj.reviewer_id)
        if not field.queryset.exists():
            field.help_text = _("There is no other HMIS Admin to hand it to.")

    def details(self) -> dict[str, Any]:
        return {"to": self.cleaned_data["to"]}


class TakeForm(VerbForm):
    explanation = gettext_lazy("You become the reviewer. The agency sees that its application is being read.")


class HandBackForm(VerbForm):
    explanation = gettext_lazy("The application waits in the queue again, for any HMIS Admin.")


class RequestChangesForm(VerbForm):
    shows_guard = True
    explanation = gettext_lazy(
        "The agency gets the remarks below by e-mail and on its pages, and can change its answers again."
    )

    @property
    def notes(self) -> QuerySet[ReviewNote]:
        return self.obj.notes.filter(resolved_at__isnull=True)


class RecommendForm(VerbForm):
    shows_guard = True
    explanation = gettext_lazy("Another HMIS Admin then approves it.")


class ApproveForm(VerbForm):
    """One group of fields for each plan, and room for one condition of the reviewer's own."""

    shows_guard = True
    note = forms.CharField(
        label=gettext_lazy("Note"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("Kept in the history."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.proposed = review.proposed_conditions(review.readiness_outcomes(self.obj))
        for number, one in enumerate(self.proposed, start=1):
            self._add(f"condition{number}", one, required=True)
        self._add("own", {"text": "", "owner": "", "due_on": None}, required=False)
        self.order_fields([name for name in self.fields if name != "note"] + ["note"])
        self.dress()

    def _add(self, prefix: str, one: dict[str, Any], *, required: bool) -> None:
        label = _("Condition: what must be done") if required else _("A further condition")
        question = one.get("question")
        self.fields[f"{prefix}_text"] = forms.CharField(
            label=label,
            max_length=500,
            required=required,
            initial=one["text"],
            help_text=str(question) if question else "",
        )
        self.fields[f"{prefix}_owner"] = forms.CharField(
            label=_("Who sees to it"), max_length=200, required=required, initial=one["owner"]
        )
        self.fields[f"{prefix}_due"] = DateField(
            label=_("Due"), required=required, initial=one["due_on"], not_past=True
        )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("own_text") or data.get("own_owner") or data.get("own_due"):
            for name, text in (
                ("own_text", _("Enter what must be done")),
                ("own_owner", _("Enter who sees to it")),
                ("own_due", _("Enter the date by which it is due")),
            ):
                if not data.get(name) and name not in self.errors:
                    self.add_error(name, text)
        return data

    def details(self) -> dict[str, Any]:
        data = self.cleaned_data
        conditions = [
            {
                "question": one["question"],
                "text": data[f"condition{number}_text"],
                "owner": data[f"condition{number}_owner"],
                "due_on": data[f"condition{number}_due"],
                "blocks_go_live": one["blocks_go_live"],
            }
            for number, one in enumerate(self.proposed, start=1)
        ]
        if data.get("own_text"):
            conditions.append(
                {"text": data["own_text"], "owner": data["own_owner"], "due_on": data["own_due"]}
            )
        return {"conditions": conditions}


class ReopenForm(VerbForm):
    shows_guard = True
    explanation = gettext_lazy(
        "The agency can change its answers again. All of them are kept; the MOU is issued anew."
    )
    note = forms.CharField(
        label=gettext_lazy("Note"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )


class DeclineForm(ReasonForm):
    explanation = lazy(
        lambda: (
            _(
                "The agency is told the reason. It may re-open the application within %(days)s days. An MOU that is not executed is voided."
            )
            % {"days": PortalSettings.load().reopen_days}
        ),
        str,
    )()


class RevokeForm(ReasonForm):
    shows_guard = True
    explanation = gettext_lazy(
        "The application goes back to you for review; the signed MOU stays good. Possible until the MOU is executed."
    )


VERBS: dict[str, type[VerbForm]] = {
    "take": TakeForm,
    "hand_over": HandOverForm,
    "hand_back": HandBackForm,
    "request_changes": RequestChangesForm,
    "recommend": RecommendForm,
    "approve": ApproveForm,
    "decline": DeclineForm,
    "revoke_approval": RevokeForm,
    "reopen": ReopenForm,
}


class NoteForm(PortalFormMixin, forms.Form):
    submit_label = gettext_lazy("Save remark")
    text = forms.CharField(
        label=gettext_lazy("What should the agency change?"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 5}),
        error_messages={"required": gettext_lazy("Enter what the agency should change")},
        help_text=gettext_lazy("The agency reads this beside its answer, once you ask for changes."),
    )


class TurnFilter(admin.SimpleListFilter):
    title = gettext_lazy("whose turn")
    parameter_name = "turn"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [
            ("hmis", _("The HMIS Admin")),
            ("mine", _("Mine")),
            ("agency", _("The agency")),
            ("overdue", _("Answer overdue")),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        match self.value():
            case "hmis":
                return queryset.filter(state__in=[State.SUBMITTED, State.IN_REVIEW])
            case "mine":
                return queryset.filter(state__in=[State.SUBMITTED, State.IN_REVIEW], reviewer=request.user)
            case "agency":
                return queryset.filter(state__in=[State.DRAFT, State.CHANGES])
            case "overdue":
                return queryset.filter(state=State.CHANGES, answer_by__lt=timezone.localdate())
        return queryset


@admin.register(Application)
class ApplicationAdmin(ReadOnlyAdmin):
    list_display = ("agency_name", "reference", "status_word", "since", "turn", "reviewer_name", "sent")
    list_display_links = None
    list_filter = (TurnFilter, "state", ("reviewer", admin.RelatedOnlyFieldListFilter))
    search_fields = ("reference", "agency__legal_name", "agency__common_name", "agency__ein")
    search_help_text = gettext_lazy("Search by agency, EIN or reference")
    list_select_related = ("agency", "reviewer")
    ordering = ("-state_since",)
    list_per_page = 100

    @admin.display(description=gettext_lazy("agency"), ordering="agency__legal_name")
    def agency_name(self, application: Application) -> SafeString:
        url = reverse("admin:onboarding_application_review", args=[application.pk])
        return format_html('<a href="{}">{}</a>', url, application.agency.name)

    @admin.display(description=gettext_lazy("state"), ordering="state")
    def status_word(self, application: Application) -> SafeString:
        if (
            application.state == State.CHANGES
            and application.answer_by
            and application.answer_by < timezone.localdate()
        ):
            return status("problem", _("Answer overdue"))
        return status(APPLICATION_KIND[State(application.state)], application.get_state_display())

    @admin.display(description=gettext_lazy("since"), ordering="state_since")
    def since(self, application: Application) -> str:
        return days_words(application.state_since)

    @admin.display(description=gettext_lazy("whose turn"))
    def turn(self, application: Application) -> str:
        return pages.turn_words(application)

    @admin.display(description=gettext_lazy("reviewer"), ordering="reviewer__last_name")
    def reviewer_name(self, application: Application) -> str:
        return str(application.reviewer or "")

    @admin.display(description=gettext_lazy("sent"), ordering="submitted_at")
    def sent(self, application: Application) -> str:
        return (
            f"{timezone.localdate(application.submitted_at):%b %-d, %Y}" if application.submitted_at else ""
        )

    # --- own pages ---

    def get_urls(self) -> list[URLPattern]:
        def own(route: str, view: Any, name: str, *, writes: bool = False) -> URLPattern:
            write = permissions.is_hmis_admin if writes else None
            return path(
                route,
                guarded(self, view, read=pages.may_review, write=write),
                name=f"onboarding_application_{name}",
            )

        return [
            path("<uuid:pk>/change/", lambda request, pk: HttpResponseRedirect(self.page(pk))),
            own("review/<uuid:pk>/", self.review_view, "review"),
            own("review/<uuid:pk>/compare/", self.compare_view, "compare"),
            own("review/<uuid:pk>/revision/<int:number>.pdf", self.pdf_view, "revision_pdf"),
            own("review/<uuid:pk>/file/<uuid:upload>/", self.file_view, "file"),
            own("review/<uuid:pk>/note/", self.note_view, "note", writes=True),
            own("review/<uuid:pk>/note/<int:note>/", self.close_note_view, "close_note", writes=True),
            own("review/<uuid:pk>/section/<slug:section>/", self.section_view, "section", writes=True),
            own("review/<uuid:pk>/<slug:verb>/", self.verb_view, "verb", writes=True),
            *reports.urls(),
            *super().get_urls(),
        ]

    def page(self, pk: Any, anchor: str = "") -> str:
        return reverse("admin:onboarding_application_review", args=[pk]) + (f"#{anchor}" if anchor else "")

    def change_view(self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any) -> HttpResponse:
        """The one page of an application is its review page."""
        return HttpResponseRedirect(self.page(object_id))

    def application(self, pk: UUID) -> Application:
        return get_object_or_404(
            Application.objects.select_related("agency", "reviewer", "recommended_by", "decided_by"), pk=pk
        )

    def review_view(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        application = self.application(pk)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": application.agency.name,
            **pages.review_context(application, acting(request)),
        }
        return render(request, "admin/onboarding/review.html", context)

    def compare_view(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        application = self.application(pk)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("Compare revisions"),
            **pages.compare_context(application, request.GET.get("a", ""), request.GET.get("b", "")),
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
        found = get_object_or_404(
            Upload.objects.select_related("document"),
            pk=upload,
            agency=self.application(pk).agency,
            removed_at__isnull=True,
        )
        return documents.response(found.document, filename=found.filename)

    def note_view(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        """A remark on one answer or one section; sent only when changes are asked for."""
        application = self.application(pk)
        place = pages.place_of(application, request.GET.get("section", ""), request.GET.get("field", ""))
        if place is None:
            raise Http404
        form = NoteForm(request.POST or None)
        form.cancel_url = self.page(pk, f"section-{place.section}")
        if request.method == "POST" and form.is_valid():
            self.add_note(application, place, form.cleaned_data["text"], acting(request))
            messages.success(request, _("The remark is saved. The agency sees it once you ask for changes."))
            return HttpResponseRedirect(form.cancel_url)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("Remark: %(place)s") % {"place": place.label},
            "form": form,
            "explanation": place.answer and _("The agency’s answer: %(answer)s") % {"answer": place.answer},
            "back": form.cancel_url,
            "subject": application.reference,
            "agency_of": application.agency,
        }
        return render(request, "admin/onboarding/confirm.html", context, status=422 if form.is_bound else 200)

    def in_review(self, application: Application) -> Application:
        """The locked application; its review may only be written while it is in review."""
        services.lock_agency(application.agency_id)
        locked = Application.objects.select_for_update(of=("self",)).get(pk=application.pk)
        if locked.state not in REVIEWABLE:
            raise WrongState(
                _("The application is “%(state)s”: remarks are written while it is in review.")
                % {"state": locked.get_state_display()},
                back=self.page(application.pk),
            )
        return locked

    @transaction.atomic
    def add_note(self, application: Application, place: pages.Place, text: str, by: User) -> None:
        locked = self.in_review(application)
        note = ReviewNote.objects.create(
            application=locked,
            section=place.section,
            field=place.field,
            place=place.label[:250],
            text=text,
            written_by=by,
        )
        SectionReview.objects.filter(application=locked, section=place.section).delete()
        audit.record(by=by, verb="remark", obj=note, agency_id=locked.agency_id, reason=text)

    def close_note_view(self, request: HttpRequest, pk: UUID, note: int) -> HttpResponse:
        """A remark that was not sent is taken back; one that was sent is closed."""
        if request.method != "POST":
            raise Http404
        application, by = self.application(pk), acting(request)
        with transaction.atomic():
            self.in_review(application)
            found = get_object_or_404(application.notes.select_for_update(), pk=note)
            back = self.page(pk, f"section-{found.section}")
            if found.sent_at is None:
                audit.record(
                    by=by,
                    verb="take back remark",
                    obj=found,
                    agency_id=application.agency_id,
                    reason=found.text,
                )
                found.delete()
                messages.success(request, _("The remark is taken back."))
            elif found.resolved_at is None:
                found.resolved_by, found.resolved_at = by, timezone.now()
                found.save(update_fields=["resolved_by", "resolved_at"])
                audit.record(by=by, verb="close remark", obj=found, agency_id=application.agency_id)
                messages.success(request, _("The remark is closed."))
            else:
                messages.warning(request, _("This remark was closed already."))
        return HttpResponseRedirect(back)

    def section_view(self, request: HttpRequest, pk: UUID, section: str) -> HttpResponse:
        """Mark a section as in order, or take the mark back."""
        if request.method != "POST" or section not in sections.BY_KEY:
            raise Http404
        application, by = self.application(pk), acting(request)
        with transaction.atomic():
            locked = self.in_review(application)
            if request.POST.get("in_order") == "yes":
                _row, made = SectionReview.objects.get_or_create(
                    application=locked, section=section, defaults={"reviewed_by": by}
                )
                verb = "section in order" if made else ""
            else:
                gone, _rows = SectionReview.objects.filter(application=locked, section=section).delete()
                verb = "section to check again" if gone else ""
            if verb:
                audit.record(
                    by=by, verb=verb, obj=locked, agency_id=locked.agency_id, data={"section": section}
                )
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
            danger=verb in ("decline", "revoke_approval"),
        )
