"""The readiness questions and the texts of the requirements, in their versions."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from hmis_portal.admin_tools import ReadOnlyAdmin
from onboarding.models import ReadinessOutcome, ReadinessQuestion, ReadinessVersion, RequirementText


class OutcomeInline(admin.TabularInline):
    model = ReadinessOutcome
    extra = 0


@admin.register(ReadinessVersion)
class ReadinessVersionAdmin(ReadOnlyAdmin):
    list_display = ("number", "published_at")


@admin.register(ReadinessQuestion)
class ReadinessQuestionAdmin(admin.ModelAdmin):
    """A published version's questions are frozen: applications have answered them."""

    list_display = ("number", "text", "group", "version")
    list_display_links = ("number", "text")
    list_filter = ("version", "group")
    search_fields = ("text",)
    list_select_related = ("version",)
    inlines = [OutcomeInline]

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_change_permission(request, obj) and not (obj and obj.version.published_at)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_delete_permission(request, obj) and not (obj and obj.version.published_at)


@admin.register(RequirementText)
class RequirementTextAdmin(ReadOnlyAdmin):
    list_display = ("requirement", "version", "text")
