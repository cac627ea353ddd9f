"""The message log; the pages of the settings and of acts that take two are loaded with it."""

from django.contrib import admin, messages
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from hmis_portal import audit, documents, mail
from hmis_portal.desk import portal_settings  # noqa: F401 - registers its page, and with it that of the requests
from hmis_portal.desk.tools import ReadOnlyAdmin, guarded, status
from hmis_portal.events import PortalEvent
from hmis_portal.models import Message, MessageDocument
from hmis_portal.text.words import file_size
from hmis_portal.what_if import admin as what_if  # noqa: F401 - registers its page

# A message is shown as mail programs show it: its own styles, and nothing that runs, loads or leads out of its frame.
MESSAGE_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'self'; sandbox"
)

STATUS_KIND = {
    Message.Status.QUEUED: "waiting",
    Message.Status.SENT: "done",
    Message.Status.FAILED: "problem",
    Message.Status.CANCELLED: "plain",
}


@admin.register(Message)
class MessageAdmin(ReadOnlyAdmin):
    list_display = ("subject", "to", "status_word", "created_at")
    list_filter = ("status", "created_at")
    search_fields = ("to", "subject", "name", "user__first_name", "user__last_name")
    search_help_text = _("Search by address, person or subject")
    list_select_related = ("user",)
    fields = (
        "subject", "to", "user", "status_word", "created_at", "sent_at", "attempts", "error", "name", "key",
        "attachments", "as_text", "as_html",
    )  # fmt: skip
    readonly_fields = ("status_word", "attachments", "as_text", "as_html")
    actions = ("send_again",)  # type: ignore[assignment]

    def has_send_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("hmis_portal.change_portalsettings")

    @admin.action(description=_("Try to send the selected messages again"), permissions=["send"])
    def send_again(self, request: HttpRequest, rows: models.QuerySet[Message]) -> None:
        failed = list(rows.filter(status=Message.Status.FAILED))
        for message in failed:
            mail.send_again(message)
            audit.record(
                by=request.user,
                verb=PortalEvent.TRIED_A_MESSAGE_AGAIN,
                obj=message,
                agency_id=message.agency_id,
            )
        words = ngettext(
            "%(count)d message is sent again.", "%(count)d messages are sent again.", len(failed)
        )
        messages.success(request, words % {"count": len(failed)})

    @admin.display(description=_("status"), ordering="status")
    def status_word(self, message: Message) -> SafeString:
        return status(STATUS_KIND[Message.Status(message.status)], message.get_status_display())

    @admin.display(description=_("attachments"))
    def attachments(self, message: Message) -> SafeString | str:
        rows = MessageDocument.objects.filter(message=message).select_related("document").order_by("pk")
        lines = (
            (
                reverse("admin:hmis_portal_message_document", args=[row.pk]),
                row.filename,
                file_size(row.document.size),
            )
            for row in rows
        )
        return format_html_join(SafeString("<br>"), '<a href="{}">{}</a> ({})', lines) or gettext("None")

    @admin.display(description=_("as text"))
    def as_text(self, message: Message) -> SafeString:
        return format_html('<pre class="message-text">{}</pre>', mail.readable(message)[0])

    @admin.display(description=_("as HTML"))
    def as_html(self, message: Message) -> SafeString:
        url = reverse("admin:hmis_portal_message_html", args=[message.pk])
        return format_html(
            '<iframe class="message-frame" sandbox="" width="640" height="620" title="{}" src="{}"></iframe>',
            gettext("The message as HTML"),
            url,
        )

    def get_urls(self) -> list[URLPattern]:
        return [
            path("<uuid:pk>/html/", guarded(self, self.html_view), name="hmis_portal_message_html"),
            path(
                "document/<int:pk>/", guarded(self, self.document_view), name="hmis_portal_message_document"
            ),
            *super().get_urls(),
        ]

    def html_view(self, request: HttpRequest, pk: object) -> HttpResponse:
        response = HttpResponse(mail.readable(get_object_or_404(Message, pk=pk))[1])
        response["Content-Security-Policy"] = MESSAGE_POLICY
        response["X-Frame-Options"] = "SAMEORIGIN"
        response["Cache-Control"] = "private, no-store"
        return response

    def document_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        row = get_object_or_404(MessageDocument.objects.select_related("document"), pk=pk)
        return documents.response(row.document, filename=row.filename)
