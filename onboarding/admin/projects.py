"""New projects of approved agencies: which the HMIS Admin has still to set up, and that one is."""

from typing import ClassVar
from uuid import UUID

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies import permissions
from agencies.admin.projects import ProjectAdmin
from agencies.models import Project, User
from agencies.services.projects import accept
from hmis_portal.desk import waiting
from hmis_portal.desk.tools import act_page, guarded, link
from hmis_portal.desk.waiting import TODAY, Asked, Line, Rows, days_words, queue_of, waits_filter
from hmis_portal.forms import PortalFormMixin
from onboarding.projects.proposed import to_accept


class AcceptProjectForm(PortalFormMixin, forms.Form):
    submit_label = gettext_lazy("It is set up in the HMIS")


admin.site.unregister(Project)


@admin.register(Project)
class JourneyProjectAdmin(ProjectAdmin):
    list_filter = (waits_filter({"new": (gettext_lazy("New, to set up in the HMIS"), to_accept)}),)
    fields: ClassVar = (*ProjectAdmin.fields, "accept_act")
    readonly_fields: ClassVar = fields

    @admin.display(description=gettext_lazy("In the HMIS"))
    def accept_act(self, project: Project) -> SafeString | str:
        if project.accepted_at:
            return _("since %(day)s") % {"day": timezone.localdate(project.accepted_at).isoformat()}
        if not to_accept().filter(pk=project.pk).exists():
            return _("Not proposed yet, or over")
        return link(reverse("admin:onboarding_project_accept", args=[project.pk]), _("Set up in the HMIS"))

    def get_urls(self) -> list[URLPattern]:
        admins = {"read": permissions.is_hmis_admin, "write": permissions.is_hmis_admin}
        view = guarded(self, self.accept_view, **admins)
        return [path("<uuid:pk>/accept/", view, name="onboarding_project_accept"), *super().get_urls()]

    def accept_view(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        project = get_object_or_404(Project.objects.select_related("agency"), pk=pk)

        def act() -> str:
            accept(project=project, by=permissions.person(request))
            return _("“%(name)s” is in the HMIS.") % {"name": project.project_name}

        return act_page(
            self, request, title=_("“%(name)s” is set up in the HMIS") % {"name": project.project_name},
            form=AcceptProjectForm(request.POST if request.method == "POST" else None), act=act,
            back=reverse("admin:agencies_project_change", args=[project.pk]),
            facts=[(_("Agency"), project.agency.name)],
            explanation=_("The agency’s list then shows the project as running from its first day of operation on."),
        )  # fmt: skip


@Asked
def _to_accept() -> QuerySet[Project]:
    return to_accept(TODAY).select_related("agency")


def new_projects() -> Rows:
    def line(project: Project) -> Line:
        url = reverse("admin:agencies_project_change", args=[project.pk])
        return Line(project.project_name, url, project.agency.name, days_words(project.confirmed_at))

    return queue_of(
        _("New projects to set up in the HMIS"),
        reverse("admin:agencies_project_changelist") + "?waits=new",
        _to_accept,
        line,
        _("Every project of an approved agency is in the HMIS."),
    )


def queues_for(user: User) -> list[waiting.QueueMaker]:
    reads = permissions.is_hmis_admin(user) or permissions.is_auditor(user)
    return [new_projects] if reads else []


waiting.add(queues_for)
