"""On the desk: what the nightly check found, and which program is not at work."""

from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from hmis_portal.desk.waiting import SHOWN
from hmis_portal.events import PortalEvent
from hmis_portal.models import AuditEvent
from hmis_portal.running import pulse
from hmis_portal.signing.verifying import integrity
from hmis_portal.text.words import date_words

PROGRAMS = {
    pulse.Program.BEAT: gettext_lazy("the scheduler (beat)"),
    pulse.Program.WORKER: gettext_lazy("the workers"),
    pulse.Program.UPLOADS: gettext_lazy("the worker for uploaded files"),
}


def damage_notice(request: HttpRequest) -> SafeString | str:
    """On the desk: what the nightly check found damaged, until it is whole again, and that it has not run."""
    if not request.user.has_perm("hmis_portal.view_auditevent"):
        return ""
    return format_html("{}{}{}", _silent(), _overdue(), _damaged())


def _silent() -> SafeString | str:
    silent = pulse.silent()
    if not silent:
        return ""
    names = ", ".join(str(PROGRAMS[program]) for program in silent)
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
    events = list(integrity.outstanding().values())
    gone = [event for event in events if event.verb == PortalEvent.DOCUMENT_GONE]
    unreadable = [event for event in events if event.verb == PortalEvent.DOCUMENT_UNREADABLE]
    changed = [
        event
        for event in events
        if event.verb not in (PortalEvent.DOCUMENT_GONE, PortalEvent.DOCUMENT_UNREADABLE)
    ]
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


def _notice(words: str, events: list[AuditEvent]) -> SafeString:
    rows = [
        (reverse("admin:hmis_portal_auditevent_change", args=[event.pk]), event.target_name)
        for event in events[:SHOWN]
    ]
    named = format_html_join(", ", '<a href="{}">{}</a>', rows)
    return format_html('<div class="notice notice--error"><p>{} {}</p></div>', words, named)


admin.site.desk_tops.append(damage_notice)  # type: ignore[attr-defined]
