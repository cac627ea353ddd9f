"""The list of reasons from which a decline takes one; a reason that is no longer offered stays in the list."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from agencies import permissions
from hmis_portal import audit
from hmis_portal.desk.tools import DeskAdmin
from onboarding.events import OnboardingEvent
from onboarding.models import DeclineReason


@admin.register(DeclineReason)
class DeclineReasonAdmin(DeskAdmin):
    list_display = ("text", "position", "in_use")

    def save_model(self, request: HttpRequest, obj: DeclineReason, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        changed = {name: str(getattr(obj, name)) for name in form.changed_data}
        by, verb = permissions.person(request), OnboardingEvent.CHANGED_DECLINE_REASONS
        audit.record(by=by, verb=verb, obj=obj, data={"changed": changed})
