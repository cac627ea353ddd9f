"""Courses, who needs them, what satisfies them."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from agencies.permissions import person
from hmis_portal.desk.tools import DeskAdmin, act_page, guarded
from hmis_portal.what_if.asking import is_confirmed
from hmis_portal.what_if.saving import AsksWhatIf, page_before
from training import permissions, services
from training.admin.base import HTTPS
from training.admin.forms import NewerVersionForm
from training.events import TrainingEvent
from training.models import Course, CourseEquivalence, CourseRule
from training.what_if import COURSE, NEWER_VERSION

# A changed description alone is saved at once.
STEERING = {
    "min_score", "mandatory", "valid_months", "rule", "anniversary", "campaign_on", "window_days", "grace_days", "idle_months", "due_days",
}  # fmt: skip


def _changes_who(form: Any, formsets: Any) -> bool:
    """Whether other people need it than before."""
    return "active" in form.changed_data or any(formset.has_changed() for formset in formsets)


class RuleInline(admin.TabularInline[CourseRule, Course]):
    model = CourseRule
    extra = 0


class EquivalenceInline(admin.TabularInline[CourseEquivalence, Course]):
    model = CourseEquivalence
    fk_name = "course"
    extra = 0


@admin.register(Course)
class CourseAdmin(AsksWhatIf, DeskAdmin):
    what_if = COURSE
    recorded_as = TrainingEvent.COURSE_CHANGED
    list_display = ("title", "passes_with", "renewal_words", "mandatory", "active", "version")
    list_filter = ("active", "mandatory", "passes_with")
    search_fields = ("title", "slug")
    prepopulated_fields = {"slug": ("title",)}
    inlines = (RuleInline, EquivalenceInline)
    change_form_template = "admin/training/course.html"
    fieldsets = (
        (
            None,
            {
                "fields": (
                    "title",
                    "slug",
                    "description",
                    "how_to_register",
                    "link",
                    "minutes",
                    "position",
                    "active",
                )
            },
        ),
        (
            _("Passing"),
            {"fields": ("passes_with", "min_score", "evidence_allowed", "mandatory", "exists_since")},
        ),
        (
            _("Validity"),
            {
                "fields": (
                    "valid_months",
                    "rule",
                    "anniversary",
                    "campaign_on",
                    "window_days",
                    "grace_days",
                    "idle_months",
                )
            },
        ),
        (_("Being asked"), {"fields": ("due_days", "version")}),
    )
    readonly_fields = ("version",)
    formfield_overrides = HTTPS  # type: ignore[assignment]

    def get_prepopulated_fields(self, request: HttpRequest, obj: Course | None = None) -> dict[str, Any]:
        return {} if obj else super().get_prepopulated_fields(request, obj)

    def get_readonly_fields(self, request: HttpRequest, obj: Course | None = None) -> tuple[str, ...]:
        """Kept facts point to a course by its short name and kind: these do not change."""
        return ("version", "slug", "passes_with") if obj else ("version",)

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def save_related(self, request: HttpRequest, form: object, formsets: object, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        if _changes_who(form, formsets):
            services.reassign_everyone()

    def steers(self, form: Any, formsets: Any, change: bool) -> bool:
        return _changes_who(form, formsets) or (change and not STEERING.isdisjoint(form.changed_data))

    def what_if_data(self, form: object, formsets: object) -> dict[str, object]:
        return {**super().what_if_data(form, formsets), "reassign": _changes_who(form, formsets)}

    def get_urls(self) -> list[URLPattern]:
        view = guarded(
            self,
            self.newer_version_view,
            read=permissions.may_change_courses,
            write=permissions.may_change_courses,
        )
        return [
            path("<int:pk>/newer-version/", view, name="training_course_newer_version"),
            *super().get_urls(),
        ]

    def newer_version_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        course = get_object_or_404(Course, pk=pk)
        back = reverse("admin:training_course_change", args=[pk])
        form = NewerVersionForm(request.POST or None)

        def act() -> str | HttpResponse:
            answers = form.cleaned_data
            if not is_confirmed(request, NEWER_VERSION):
                data = {"course": course.pk, "due_on": answers["due_on"].isoformat()}
                return page_before(request, NEWER_VERSION, _("Newer version of %s") % course, data)
            asked = services.ask_newer_version(course, by=person(request), **answers)
            return ngettext("%(asked)d person is asked.", "%(asked)d people are asked.", asked) % {
                "asked": asked
            }

        return act_page(
            self, request, title=_("Ask for a newer version of “%(course)s”") % {"course": course}, form=form,
            act=act, back=back,
            explanation=_("Everyone who needs the course takes it again by the due date. What they have done counts until then."),
        )  # fmt: skip
