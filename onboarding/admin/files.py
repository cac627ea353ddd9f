"""The files that signing makes: what is waiting, what was given up, and another try."""

from datetime import timedelta
from typing import Any

from django.contrib import admin, messages
from django.db import transaction
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from agencies import permissions
from hmis_portal import audit, pulse
from hmis_portal.admin_tools import ReadOnlyAdmin, status
from hmis_portal.away import Part
from hmis_portal.desk import SHOWN, waits_filter
from hmis_portal.models import AuditEvent
from hmis_portal.signing.agreeing import revisions
from hmis_portal.signing.models import Revision, SealJob
from hmis_portal.signing.verifying import integrity
from hmis_portal.tries import Job
from hmis_portal.visits import client_ip
from hmis_portal.words import date_words
from onboarding import revisions as sent
from onboarding.models import RevisionJob

PARTS: dict[str, Any] = {
    Part.STORAGE: gettext_lazy("the storage"),
    Part.DISK: gettext_lazy("room on the disk"),
    Part.MEMORY: gettext_lazy("memory"),
    Part.DATABASE: gettext_lazy("the database"),
    Part.TIMESTAMP: gettext_lazy("the timestamp authority"),
    Part.SEAL_KEY: gettext_lazy("a seal key"),
}
PROGRAMS = {
    pulse.Program.BEAT: gettext_lazy("the scheduler (beat)"),
    pulse.Program.WORKER: gettext_lazy("the workers"),
    pulse.Program.UPLOADS: gettext_lazy("the worker for uploaded files"),
}
STEPS = {
    Revision.CERTIFIED: gettext_lazy("File to read and sign"),
    Revision.CERTIFICATE: gettext_lazy("Certificate of completion"),
}


def step_words(job: SealJob) -> str:
    """Which file of its request a job makes, in words."""
    words = STEPS.get(job.step)
    return str(words) if words else _("File with the signature: %(role)s") % {"role": job.step}


def late_files(rows: QuerySet) -> QuerySet:
    """Of files to make: given up for a person to see, or waiting for longer than a file takes (a part may be away)."""
    late = Q(parked_at__isnull=False) | Q(created_at__lt=timezone.now() - timedelta(minutes=5))
    return rows.filter(late, done_at=None)


def damage_notice(request: HttpRequest) -> SafeString | str:
    """On the desk: what the nightly check found damaged, until it is whole again, and that it has not run."""
    if not (permissions.is_hmis_admin(request.user) or permissions.is_auditor(request.user)):
        return ""
    return format_html("{}{}{}", _silent(), _overdue(), _damaged())


def _silent() -> SafeString | str:
    silent = pulse.silent()
    if not silent:
        return ""
    names = ", ".join(str(PROGRAMS[one]) for one in silent)
    words = _(
        "Not at work for some minutes: %(names)s. What people send is kept, but letters, sealed files and reminders wait. "
        "Ask the people who run the portal to start what is missing."
    ) % {"names": names}
    return format_html('<div class="notice notice--warning"><p>{}</p></div>', words)


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
    """One notice for each kind of finding: what is to be done differs."""
    found = list(integrity.outstanding().values())
    gone = [one for one in found if one.verb == integrity.GONE]
    unreadable = [one for one in found if one.verb == integrity.UNREADABLE]
    changed = [one for one in found if one.verb not in (integrity.GONE, integrity.UNREADABLE)]
    notices = [
        (changed, ngettext(
            "The nightly check found %(count)d record that is no longer as it was kept. Restore it from the backup:",
            "The nightly check found %(count)d records that are no longer as they were kept. Restore them from the backup:",
            len(changed),
        )),
        (gone, ngettext(
            "The nightly check found that %(count)d document is gone from the storage. Restore it from the backup:",
            "The nightly check found that %(count)d documents are gone from the storage. Restore them from the backup:",
            len(gone),
        )),
        (unreadable, ngettext(
            "%(count)d document cannot be read. Whether it is as it was kept is not known; ask the people who run the "
            "portal to look at the storage:",
            "%(count)d documents cannot be read. Whether they are as they were kept is not known; ask the people who run "
            "the portal to look at the storage:",
            len(unreadable),
        )),
    ]  # fmt: skip
    return mark_safe("".join(_notice(words % {"count": len(rows)}, rows) for rows, words in notices if rows))


def _notice(words: str, found: list[AuditEvent]) -> SafeString:
    rows = [
        (reverse("admin:hmis_portal_auditevent_change", args=[one.pk]), one.target_name)
        for one in found[:SHOWN]
    ]
    named = format_html_join(", ", '<a href="{}">{}</a>', rows)
    return format_html('<div class="notice notice--error"><p>{} {}</p></div>', words, named)


def state_words(job: Job) -> str:
    """What holds up a file that is not made yet."""
    if job.parked_at:
        return _("given up")
    if job.waits_for:
        return _("waits for %(part)s, which is away") % {"part": PARTS.get(job.waits_for, job.waits_for)}
    return _("waits; %(why)s") % {"why": job.error or _("no worker took it")}


class JobAdmin(ReadOnlyAdmin):
    """Files to make: what waits, what was given up, and another try."""

    list_display = ("reference", "what", "status_word", "created_at", "attempts", "error")
    list_filter = (("parked_at", admin.EmptyFieldListFilter), ("done_at", admin.EmptyFieldListFilter))
    search_help_text = gettext_lazy("Search by reference")
    ordering = ("-created_at",)
    fields = (
        "reference", "what", "status_word", "created_at", "attempts", "waits", "error", "next_try_at", "parked_at", "done_at",
    )  # fmt: skip
    readonly_fields = ("reference", "what", "status_word")
    actions = ("try_again",)  # type: ignore[assignment]

    def get_list_filter(self, request: HttpRequest) -> Any:
        rows = self.model._default_manager.all()
        late = waits_filter({"late": (gettext_lazy("Could not be made"), lambda: late_files(rows))})
        return (late, *super().get_list_filter(request))

    def has_try_permission(self, request: HttpRequest) -> bool:
        return permissions.is_hmis_admin(request.user)

    @admin.display(description=gettext_lazy("status"))
    def status_word(self, job: Job) -> SafeString:
        if job.done_at:
            return status("done", _("Made"))
        if job.parked_at:
            return status("problem", _("Given up"))
        return status("waiting", _("Waits") if job.waits_for else _("Being made"))

    @admin.action(description=gettext_lazy("Try the selected files again"), permissions=["try"])
    def try_again(self, request: HttpRequest, rows: QuerySet) -> None:
        count = 0
        with transaction.atomic():
            for job in rows.filter(done_at=None).exclude(parked_at=None):
                self.try_one(request, job)
                count += 1
        words = ngettext("%(count)d file is tried again.", "%(count)d files are tried again.", count)
        messages.success(request, words % {"count": count})

    def try_one(self, request: HttpRequest, job: Any) -> None:
        raise NotImplementedError


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
        audit.record(by=permissions.person(request), verb="tried a file again", obj=job.request,
                     agency_id=job.request.agency_id, ip=client_ip(request), data={"step": job.step})  # fmt: skip


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
        sent.try_again(job)
        audit.record(by=permissions.person(request), verb="tried a file again", obj=application,
                     agency_id=application.agency_id, ip=client_ip(request), data={"revision": job.revision.number})  # fmt: skip


admin.site.desk_panels.append(damage_notice)  # type: ignore[attr-defined]
