"""Instructor-led sessions."""

from typing import Any

from django.contrib import admin
from django.contrib.admin.widgets import AdminSplitDateTime
from django.http import HttpRequest
from django.utils.translation import gettext

from agencies.models import User
from agencies.permissions import TRAINER
from training.admin.base import HTTPS
from training.models import Session, Signup


class SignupInline(admin.TabularInline):
    model = Signup
    extra = 0
    fields = ("person", "state", "signed_up_at")
    readonly_fields = ("person", "signed_up_at")
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Session | None = None) -> bool:
        return False


@admin.register(Session)
class SessionAdmin(admin.ModelAdmin):
    list_display = ("course", "starts_at", "ends_at", "place", "capacity", "trainer", "cancelled_at")
    list_filter = ("course",)
    list_select_related = ("course", "trainer")
    date_hierarchy = "starts_at"
    inlines = (SignupInline,)
    formfield_overrides = HTTPS  # type: ignore[assignment]

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Date and time are two inputs under one label: each says itself what it is."""
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field is not None and isinstance(field.widget, AdminSplitDateTime):
            for widget, part in zip(field.widget.widgets, (gettext("date"), gettext("time")), strict=True):
                widget.attrs["aria-label"] = f"{field.label}: {part}"
        return field

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "trainer":
            kwargs["queryset"] = User.objects.filter(groups__name=TRAINER, is_active=True)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def has_delete_permission(self, request: HttpRequest, obj: Session | None = None) -> bool:
        return False
