"""What agencies answered to the readiness questions a year after, for reading."""

from django.contrib import admin
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy

from hmis_portal.desk.tools import ReadOnlyAdmin, link
from onboarding.models import ReadinessYear
from onboarding.readiness import summary
from onboarding.readiness.each_year import YearlyAnswers


@admin.register(ReadinessYear)
class ReadinessYearAdmin(ReadOnlyAdmin):
    """What an agency answered a year after, question by question."""

    list_display = ("agency_name", "answered_at", "answered_by", "version")
    list_select_related = ("application__agency", "answered_by", "version")
    date_hierarchy = "answered_at"
    search_fields = ("application__agency__legal_name", "application__agency__ein")
    fields = ("agency_name", "version", "answered_by", "answered_at", "answers")
    readonly_fields = ("agency_name", "answers")

    @admin.display(description=gettext_lazy("agency"))
    def agency_name(self, year: ReadinessYear) -> SafeString:
        url = reverse("admin:onboarding_application_review", args=[year.application_id])
        return link(url, year.application.agency.name)

    @admin.display(description=gettext_lazy("answers"))
    def answers(self, year: ReadinessYear) -> SafeString:
        shown = YearlyAnswers(year.application, year.application.agency, year)
        rows = (row for group in summary.readiness(shown) if group.key != "sites" for row in group.rows)
        items = format_html_join(
            "", "<li><strong>{}</strong><br>{}</li>", ((row.question, row.answer or "–") for row in rows)
        )
        return format_html('<ul class="remarks">{}</ul>', items)
