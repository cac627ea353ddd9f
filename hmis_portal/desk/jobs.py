"""Files to make, as admin pages and the desk show them: what waits, what was given up, and another try."""

from datetime import datetime, timedelta
from typing import Any

from django.contrib import admin, messages
from django.db import transaction
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django_stubs_ext import StrOrPromise

from hmis_portal.desk.tools import ReadOnlyAdmin, status
from hmis_portal.desk.waiting import waits_filter, whether_filter
from hmis_portal.models.written import Given
from hmis_portal.running.away import Part
from hmis_portal.running.tries import Job

PARTS: dict[str, StrOrPromise] = {
    Part.STORAGE: gettext_lazy("the storage"),
    Part.DISK: gettext_lazy("room on the disk"),
    Part.MEMORY: gettext_lazy("memory"),
    Part.DATABASE: gettext_lazy("the database"),
    Part.TIMESTAMP: gettext_lazy("the timestamp authority"),
    Part.SEAL_KEY: gettext_lazy("a seal key"),
}


def late_files(rows: QuerySet[Any], now: datetime | Given | None = None) -> QuerySet[Any]:
    """Of files to make: given up for a person to see, or waiting for longer than a file takes (a part may be away)."""
    late = Q(parked_at__isnull=False) | Q(created_at__lt=(now or timezone.now()) - timedelta(minutes=5))
    return rows.filter(late, done_at=None)


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
    list_filter = (
        (
            "parked_at",
            whether_filter(
                by=gettext_lazy("whether it was given up"),
                filled=gettext_lazy("Given up"),
                empty=gettext_lazy("Not given up"),
            ),
        ),
        (
            "done_at",
            whether_filter(
                by=gettext_lazy("whether it is made"),
                filled=gettext_lazy("Made"),
                empty=gettext_lazy("Not made"),
            ),
        ),
    )
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
        return request.user.has_perm("hmis_portal.change_portalsettings")

    @admin.display(description=gettext_lazy("status"))
    def status_word(self, job: Job) -> SafeString:
        if job.done_at:
            return status("done", _("Made"))
        if job.parked_at:
            return status("problem", _("Given up"))
        return status("waiting", _("Waits") if job.waits_for else _("Being made"))

    @admin.action(description=gettext_lazy("Try the selected files again"), permissions=["try"])
    def try_again(self, request: HttpRequest, rows: QuerySet[Any]) -> None:
        count = 0
        with transaction.atomic():
            for job in rows.filter(done_at=None).exclude(parked_at=None):
                self.try_one(request, job)
                count += 1
        words = ngettext("%(count)d file is tried again.", "%(count)d files are tried again.", count)
        messages.success(request, words % {"count": count})

    def try_one(self, request: HttpRequest, job: Any) -> None:
        raise NotImplementedError
