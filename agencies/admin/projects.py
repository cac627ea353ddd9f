"""Projects as the HMIS Admin sets them up, and HUD's code lists, of which single codes can be switched off."""

from typing import ClassVar

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from agencies.desk.lists import FoundByAgency
from agencies.hud import lists
from agencies.hud.drafts import checked, draft_of, with_rows
from agencies.hud.status import ProjectStatus, status_of
from agencies.hud.summary import answers
from agencies.models import HudCode, HudList, Project
from agencies.models.project import looked_at
from hmis_portal.desk.tools import DeskAdmin, ReadOnlyAdmin, link, status
from hmis_portal.web import links
from hmis_portal.web.links import Page

STATUS_KIND = {
    ProjectStatus.DRAFT: "plain",
    ProjectStatus.PROPOSED: "waiting",
    ProjectStatus.RUNNING: "done",
    ProjectStatus.ENDED: "plain",
}


@admin.register(Project)
class ProjectAdmin(FoundByAgency, ReadOnlyAdmin):
    list_display = ("project_name", "agency", "type", "status_word", "rules")
    list_select_related = ("agency",)
    search_fields = ("project_name", "project_common_name", "agency__legal_name", "agency__ein")
    fields: ClassVar[tuple[str, ...]] = (
        "project_name",
        "agency",
        "hud_id",
        "status_word",
        "rules",
        "answers",
        "sheet",
    )
    readonly_fields: ClassVar[tuple[str, ...]] = fields

    def get_queryset(self, request: HttpRequest) -> QuerySet[Project]:
        """Without copies that nobody has saved yet: they are no project of the agency so far."""
        return with_rows(super().get_queryset(request).filter(looked_at()).select_related("agency"))

    @admin.display(description=_("status"))
    def status_word(self, project: Project) -> SafeString:
        project_status = status_of(checked([project])[0], timezone.localdate())
        return status(STATUS_KIND[project_status], str(project_status.label))

    @admin.display(description=_("Project type"), ordering="project_type")
    def type(self, project: Project) -> str:
        return lists.codes().label("2.02.6", project.project_type)

    @admin.display(description=_("HUD’s rules"))
    def rules(self, project: Project) -> SafeString:
        findings = checked([project])[0].errors
        return (
            status("problem", _("%(count)s to mend") % {"count": len(findings)})
            if findings
            else status("done", _("In order"))
        )

    @admin.display(description=_("ProjectID"))
    def hud_id(self, project: Project) -> str:
        return project.hud_id

    @admin.display(description=_("Answers"))
    def answers(self, project: Project) -> SafeString:
        rows = [
            (group.title, row.question, row.answer or _("Not provided"))
            for group in answers(draft_of(project))
            for row in group.answers
        ]
        return format_html_join("\n", "<p>{} – {}: <strong>{}</strong></p>", rows)

    @admin.display(description=_("To set it up"))
    def sheet(self, project: Project) -> SafeString:
        return link(
            reverse(links.to(Page.AGENCY_SET_UP), args=[project.agency_id]),
            _("Project set-up sheet of the agency"),
        )


class _ListsAdmin(DeskAdmin):
    """HUD's lists come from HUD's files; here they are only switched on and off."""

    actions = None

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: object, form: object, change: bool) -> None:
        super().save_model(request, obj, form, change)
        lists.forget()


@admin.register(HudList)
class HudListAdmin(_ListsAdmin):
    list_display = ("name", "version", "active")
    list_filter = ("version", "active")
    search_fields = ("name",)
    readonly_fields = ("name", "version")


@admin.register(HudCode)
class HudCodeAdmin(_ListsAdmin):
    list_display = ("list", "code", "label", "active")
    list_display_links = ("code",)
    list_filter = ("active", "list__version")
    list_select_related = ("list",)
    search_fields = ("list__name", "code", "label")
    readonly_fields = ("list", "code", "label", "position")
