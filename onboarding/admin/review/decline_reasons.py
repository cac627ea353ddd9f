"""The list of reasons from which a decline takes one; a reason that is no longer offered stays in the list."""

from django.contrib import admin

from hmis_portal.desk.tools import DeskAdmin
from onboarding.events import OnboardingEvent
from onboarding.models import DeclineReason


@admin.register(DeclineReason)
class DeclineReasonAdmin(DeskAdmin):
    recorded_as = OnboardingEvent.CHANGED_DECLINE_REASONS
    list_display = ("text", "position", "in_use")
