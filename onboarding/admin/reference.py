"""The texts of the requirements, in their versions."""

from django.contrib import admin

from hmis_portal.desk.tools import ReadOnlyAdmin
from onboarding.models import RequirementText


@admin.register(RequirementText)
class RequirementTextAdmin(ReadOnlyAdmin):
    list_display = ("requirement", "version", "text")
