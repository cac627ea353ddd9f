"""Who still has to take what; from here a trainer records completions of one or many."""

from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.views.main import ChangeList
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from agencies.desk.lists import FoundByBoth
from hmis_portal.desk.tools import ReadOnlyAdmin, status
from hmis_portal.desk.waiting import whether_filter
from training import permissions, selectors
from training.admin.completions.entry import MOST
from training.models import Requirement


class OpenFilter(admin.SimpleListFilter):
    title = _("requirement")
    parameter_name = "open"

    def lookups(self, request: HttpRequest, model_admin: object) -> list[tuple[str, Any]]:
        return [("closed", _("Closed")), ("all", _("All"))]

    def choices(self, changelist: ChangeList) -> Any:
        choices = list(super().choices(changelist))
        choices[0]["display"] = _("Open")
        return choices

    def queryset(self, request: HttpRequest, queryset: QuerySet[Requirement]) -> QuerySet[Requirement]:
        if self.value() == "all":
            return queryset
        return queryset.filter(closed_on__isnull=self.value() != "closed")


@admin.register(Requirement)
class RequirementAdmin(FoundByBoth, ReadOnlyAdmin):
    list_display = ("person", "agency", "course", "status_word", "why", "due_on")
    list_filter = (
        OpenFilter,
        (
            "registered_on",
            whether_filter(by=_("registration"), filled=_("Registered"), empty=_("Not registered")),
        ),
        "course",
    )
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

    @admin.action(description=_("Enter results of the selected people"), permissions=["record"])
    def record_selected(self, request: HttpRequest, queryset: QuerySet[Requirement]) -> HttpResponse:
        ids = [str(pk) for pk in queryset.values_list("pk", flat=True)]
        if len(ids) > MOST:
            words = gettext("Select %(most)d or fewer: %(selected)d are selected. Narrow the list first.")
            messages.warning(request, words % {"most": MOST, "selected": len(ids)})
            return HttpResponseRedirect(request.get_full_path())
        return HttpResponseRedirect(reverse("admin:training_completion_record") + f"?ids={','.join(ids)}")


def _judge(rows: list[Requirement]) -> None:
    items = selectors.items_of({row.person_id for row in rows})
    by_row = {item.requirement.pk: item for of_person in items.values() for item in of_person}
    for row in rows:
        row.__dict__["item"] = by_row.get(row.pk)
