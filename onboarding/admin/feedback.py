"""What agencies answered to “How was it?”."""

from django.contrib import admin

from agencies.desk.lists import FoundByAgency
from hmis_portal.desk.tools import ReadOnlyAdmin
from onboarding.models import Feedback


@admin.register(Feedback)
class FeedbackAdmin(FoundByAgency, ReadOnlyAdmin):
    list_display = ("agency", "moment", "rating", "words", "given_by", "given_at")
    list_filter = ("moment", "rating")
    list_select_related = ("agency", "given_by")
    search_fields = ("agency__legal_name", "agency__common_name", "agency__ein", "words")
    date_hierarchy = "given_at"
