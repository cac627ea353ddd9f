"""Who still has to take what; from here a trainer records completions of one or many."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from agencies.permissions import person
from hmis_portal.desk.tools import ReadOnlyAdmin, act_page, guarded, status
from hmis_portal.web.errors import GuardFailed
from training import permissions, selectors, services
from training.admin.forms import RecordSelectedForm
from training.admin.said import say_received
from training.doors.receiving import outcome_of
from training.models import Requirement

MOST = 400  # recorded at once: their ids are the address of the page, which servers cut at 4,094 letters


class OpenFilter(admin.SimpleListFilter):
    title = _("requirement")
    parameter_name = "open"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("closed", _("Closed")), ("all", _("All"))]

    def choices(self, changelist: Any) -> Any:
        choices = list(super().choices(changelist))
        choices[0]["display"] = _("Open")
        return choices

    def queryset(self, request: HttpRequest, queryset: QuerySet[Requirement]) -> QuerySet[Requirement]:
        if self.value() == "all":
            return queryset
        return queryset.filter(closed_on__isnull=self.value() != "closed")


@admin.register(Requirement)
class RequirementAdmin(ReadOnlyAdmin):
    list_display = ("person", "agency", "course", "status_word", "why", "due_on")
    list_filter = (OpenFilter, ("registered_on", admin.EmptyFieldListFilter), "course")
    search_fields = (
        "person__first_name",
        "person__last_name",
        "person__email",
        "reasons__staff__agency__legal_name",
        "reasons__staff__agency__ein",
        "reasons__holder__agency__legal_name",
        "reasons__holder__agency__ein",
        "course__title",
    )
    search_help_text = _("Search by person, agency or course")
    list_select_related = ("person", "course")
    ordering = ("due_on", "pk")
    actions = ("record_selected",)  # type: ignore[assignment]
    fields = (
        "person",
        "course",
        "version",
        "status_word",
        "why",
        "assigned_on",
        "due_on",
        "registered_on",
        "closed_on",
        "closed_because",
    )
    readonly_fields = ("status_word", "why")

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        """Judge the rows of the page together, in a fixed number of queries."""
        changelist = super().get_changelist_instance(request)
        rows = list(changelist.result_list)
        _judge(rows)
        changelist.result_list = rows
        return changelist

    def get_queryset(self, request: HttpRequest) -> QuerySet[Requirement]:
        return (
            super()
            .get_queryset(request)
            .prefetch_related("reasons__staff__agency", "reasons__holder__agency")
        )

    def get_object(
        self, request: HttpRequest, object_id: str, from_field: str | None = None
    ) -> Requirement | None:
        requirement = super().get_object(request, object_id, from_field)
        if requirement is not None:
            _judge([requirement])
        return requirement

    @admin.display(description=_("agency"))
    def agency(self, row: Requirement) -> str:
        return ", ".join(dict.fromkeys(str(reason.source.agency) for reason in row.reasons.all()))

    @admin.display(description=_("status"))
    def status_word(self, row: Requirement) -> SafeString:
        item = row.__dict__.get("item")
        return status(item.tone, item.label) if item else status("plain", row.get_closed_because_display())

    @admin.display(description=_("where it stands"))
    def why(self, row: Requirement) -> str:
        item = row.__dict__.get("item")
        return item.sentence if item else ""

    def has_record_permission(self, request: HttpRequest) -> bool:
        return permissions.may_record_completions(request.user)

    @admin.action(description=_("Record a completion for the selected people"), permissions=["record"])
    def record_selected(self, request: HttpRequest, queryset: QuerySet[Requirement]) -> HttpResponse:
        ids = [str(pk) for pk in queryset.values_list("pk", flat=True)]
        if len(ids) > MOST:
            words = gettext("Select %(most)d or fewer: %(selected)d are selected. Narrow the list first.")
            messages.warning(request, words % {"most": MOST, "selected": len(ids)})
            return HttpResponseRedirect(request.get_full_path())
        return HttpResponseRedirect(reverse("admin:training_requirement_record") + f"?ids={','.join(ids)}")

    def get_urls(self) -> list[URLPattern]:
        may = permissions.may_record_completions
        view = guarded(self, self.record_view, read=may, write=may)
        return [path("record/", view, name="training_requirement_record"), *super().get_urls()]

    def record_view(self, request: HttpRequest) -> HttpResponse:
        back = reverse("admin:training_requirement_changelist")
        ids = {int(part) for part in request.GET.get("ids", "").split(",") if part.isdigit()}
        chosen = (
            Requirement.objects.open()
            .filter(pk__in=ids)
            .select_related("person", "course")
            .order_by("course", "person")
        )
        rows = [row for row in chosen if not row.course.is_agreement]
        if not rows:
            messages.warning(
                request,
                gettext("Select people whose course can be recorded; the agreement is signed by themselves."),
            )
            return HttpResponseRedirect(back)
        form = RecordSelectedForm(request.POST or None, rows=rows)
        return act_page(
            self, request, title=gettext("Record completions"), form=form, back=back,
            act=lambda: _record(request, rows, form),
            facts=[(row.person, row.course) for row in rows],
            reasons=permissions.against_oneself(person(request), [row.person for row in rows]),
            explanation="\n".join([gettext("A completion is kept for good; a mistake is voided with a reason, never erased."), *_left_out(len(rows), len(ids))]),
        )  # fmt: skip


def _left_out(shown: int, selected: int) -> list[str]:
    """Nobody who was selected is left out without a word."""
    if shown == selected:
        return []
    words = gettext(
        "%(shown)d of the %(selected)d that you selected are listed: the others are closed, or are user agreements, "
        "which are signed by the persons themselves."
    )
    return [words % {"shown": shown, "selected": selected}]


def _record(request: HttpRequest, rows: list[Requirement], form: RecordSelectedForm) -> str:
    if reasons := permissions.against_oneself(person(request), [row.person for row in rows]):
        raise GuardFailed(reasons)
    results = [
        services.Result(
            person=row.person,
            course=row.course,
            completed_on=form.cleaned_data["completed_on"],
            score=form.score_of(row),
            note=form.cleaned_data["note"],
        )
        for row in rows
    ]
    answers = services.record_all(results, by=person(request))
    return say_received(request, [outcome_of(answer) for answer in answers])


def _judge(rows: list[Requirement]) -> None:
    items = selectors.items_of({row.person_id for row in rows})
    by_row = {item.requirement.pk: item for of_person in items.values() for item in of_person}
    for row in rows:
        row.__dict__["item"] = by_row.get(row.pk)
