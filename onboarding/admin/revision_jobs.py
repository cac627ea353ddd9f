"""The PDFs of what applications sent, as files to make."""

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies import permissions
from hmis_portal import audit
from hmis_portal.desk.jobs import JobAdmin
from hmis_portal.events import PortalEvent
from hmis_portal.web.visits import client_ip
from onboarding.application import revisions
from onboarding.models import RevisionJob


@admin.register(RevisionJob)
class RevisionJobAdmin(JobAdmin):
    list_select_related = ("revision__application",)
    search_fields = ("revision__application__reference",)

    @admin.display(description=gettext_lazy("reference"), ordering="revision__application__reference")
    def reference(self, job: RevisionJob) -> str:
        return job.revision.application.reference

    @admin.display(description=gettext_lazy("file"))
    def what(self, job: RevisionJob) -> str:
        return _("What was sent, revision %(number)d") % {"number": job.revision.number}

    def try_one(self, request: HttpRequest, job: RevisionJob) -> None:
        application = job.revision.application
        revisions.try_again(job)
        audit.record(by=permissions.person(request), verb=PortalEvent.TRIED_A_FILE_AGAIN, obj=application,
                     agency_id=application.agency_id, ip=client_ip(request), data={"revision": job.revision.number})  # fmt: skip
