"""The files that signing makes."""

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hmis_portal import audit
from hmis_portal.desk.jobs import JobAdmin
from hmis_portal.events import PortalEvent
from hmis_portal.signing.agreeing import revisions
from hmis_portal.signing.agreeing.evidence.chain import SIDES
from hmis_portal.signing.models import Revision, SealJob
from hmis_portal.web.visits import client_ip

STEPS = {
    Revision.CERTIFIED: gettext_lazy("File to read and sign"),
    Revision.CERTIFICATE: gettext_lazy("Certificate of completion"),
}


def step_words(job: SealJob) -> str:
    """Which file of its request a job makes, in words."""
    words = STEPS.get(job.step)
    return str(words) if words else _("File with the signature: %(role)s") % {"role": SIDES[job.step]}


@admin.register(SealJob)
class SealJobAdmin(JobAdmin):
    list_select_related = ("request",)
    search_fields = ("request__reference",)

    @admin.display(description=gettext_lazy("reference"), ordering="request__reference")
    def reference(self, job: SealJob) -> str:
        return job.request.reference

    @admin.display(description=gettext_lazy("file"))
    def what(self, job: SealJob) -> str:
        return step_words(job)

    def try_one(self, request: HttpRequest, job: SealJob) -> None:
        revisions.try_again(job)
        audit.record(by=request.user, verb=PortalEvent.TRIED_A_FILE_AGAIN, obj=job.request,
                     agency_id=job.request.agency_id, ip=client_ip(request), data={"step": job.step})  # fmt: skip
