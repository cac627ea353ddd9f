"""The files that signing makes: what is waiting, what was given up, and another try."""

from django.contrib import admin, messages
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from agencies import permissions
from hmis_portal import audit
from hmis_portal.admin_tools import ReadOnlyAdmin, status
from hmis_portal.desk import SHOWN
from hmis_portal.signing import integrity, revisions
from hmis_portal.signing.models import Revision, SealJob
from hmis_portal.visits import client_ip
from hmis_portal.words import date_words

STEPS = {
    Revision.CERTIFIED: gettext_lazy("File to read and sign"),
    Revision.CERTIFICATE: gettext_lazy("Certificate of completion"),
}


def step_words(job: SealJob) -> str:
    """Which file of its request a job makes, in words."""
    words = STEPS.get(job.step)
    return str(words) if words else _("File with the signature: %(role)s") % {"role": job.step}


def damage_notice(request: HttpRequest) -> SafeString | str:
    """On the desk: what the nightly check found damaged, until it is whole again, and that it has not run."""
    if not (permissions.is_hmis_admin(request.user) or permissions.is_auditor(request.user)):
        return ""
    return format_html("{}{}", _overdue(), _damaged())


def _overdue() -> SafeString | str:
    since = integrity.overdue_since()
    if since is None:
        return ""
    words = _(
        "The nightly check of stored records has not come to its end since %(day)s. Ask the people who run the portal "
        "to look at its workers."
    ) % {"day": date_words(since)}
    return format_html('<div class="notice notice--warning"><p>{}</p></div>', words)


def _damaged() -> SafeString | str:
    found = list(integrity.outstanding().values())
    if not found:
        return ""
    words = ngettext(
        "The nightly check found %(count)d record that is no longer as it was kept. Restore it from the backup:",
        "The nightly check found %(count)d records that are no longer as they were kept. Restore them from the backup:",
        len(found),
    ) % {"count": len(found)}
    rows = [
        (reverse("admin:hmis_portal_auditevent_change", args=[one.pk]), one.target_name)
        for one in found[:SHOWN]
    ]
    named = format_html_join(", ", '<a href="{}">{}</a>', rows)
    return format_html('<div class="notice notice--error"><p>{} {}</p></div>', words, named)


@admin.register(SealJob)
class SealJobAdmin(ReadOnlyAdmin):
    list_display = ("reference", "what", "status_word", "created_at", "attempts", "error")
    list_filter = (("parked_at", admin.EmptyFieldListFilter), ("done_at", admin.EmptyFieldListFilter))
    list_select_related = ("request",)
    search_fields = ("request__reference",)
    search_help_text = gettext_lazy("Search by reference")
    ordering = ("-created_at",)
    fields = ("reference", "what", "status_word", "created_at", "attempts", "error", "parked_at", "done_at")
    readonly_fields = ("reference", "what", "status_word")
    actions = ("try_again",)  # type: ignore[assignment]

    def has_try_permission(self, request: HttpRequest) -> bool:
        return permissions.is_hmis_admin(request.user)

    @admin.display(description=gettext_lazy("reference"), ordering="request__reference")
    def reference(self, job: SealJob) -> str:
        return job.request.reference

    @admin.display(description=gettext_lazy("file"))
    def what(self, job: SealJob) -> str:
        return step_words(job)

    @admin.display(description=gettext_lazy("status"))
    def status_word(self, job: SealJob) -> SafeString:
        if job.done_at:
            return status("done", _("Made"))
        return status("problem", _("Given up")) if job.parked_at else status("waiting", _("Being made"))

    @admin.action(description=gettext_lazy("Try the selected files again"), permissions=["try"])
    def try_again(self, request: HttpRequest, rows: QuerySet[SealJob]) -> None:
        count = 0
        with transaction.atomic():
            for job in rows.select_related("request").filter(done_at=None).exclude(parked_at=None):
                revisions.try_again(job)
                audit.record(by=permissions.person(request), verb="tried a file again", obj=job.request,
                             agency_id=job.request.agency_id, ip=client_ip(request), data={"step": job.step})  # fmt: skip
                count += 1
        words = ngettext("%(count)d file is tried again.", "%(count)d files are tried again.", count)
        messages.success(request, words % {"count": count})


admin.site.desk_panels.append(damage_notice)  # type: ignore[attr-defined]
