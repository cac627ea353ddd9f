"""The message log, with the documents that messages carry."""

import uuid
from datetime import timedelta

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from hmis_portal.models.documents import StoredDocument
from hmis_portal.running.tries import Tried


class Message(Tried):
    """One e-mail to one person: recorded with its cause before it is sent, and never sent twice for one cause."""

    class Status(models.TextChoices):
        QUEUED = "queued", _("Waiting to be sent")
        SENT = "sent", _("Sent")
        FAILED = "failed", _("Could not be sent")
        CANCELLED = "cancelled", _("No longer needed")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    key = models.CharField(_("cause"), max_length=200, unique=True)
    name = models.CharField(_("template"), max_length=100)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("person"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="messages",
    )
    to = models.EmailField(_("to"), max_length=254)
    subject = models.CharField(_("subject"), max_length=250)
    body_text = models.TextField(_("text"))
    body_html = models.TextField(_("HTML"))
    link_kind = models.CharField(max_length=40, blank=True)
    link_object = models.CharField(max_length=64, blank=True)
    documents = models.ManyToManyField(StoredDocument, through="MessageDocument", blank=True)
    agency_id = models.UUIDField(null=True, blank=True, db_index=True)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.QUEUED)
    created_at = models.DateTimeField(_("recorded"), auto_now_add=True)
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)
    seen_at = models.DateTimeField(_("seen in the portal"), null=True, blank=True)

    MOST_TRIES = 12

    class Meta:
        ordering = ["-created_at"]
        verbose_name = _("message")
        verbose_name_plural = _("message log")
        indexes = [
            models.Index(fields=["next_try_at"], condition=models.Q(status="queued"), name="message_waiting"),
            models.Index(fields=["user", "-created_at"], name="message_by_person"),
            models.Index(fields=["-created_at"], name="message_recent"),
        ]
        constraints = [
            models.CheckConstraint(
                name="message_sent_has_time",
                condition=models.Q(status="sent", sent_at__isnull=False) | ~models.Q(status="sent"),
            )
        ]

    def __str__(self) -> str:
        return f"{self.subject} → {self.to}"

    @property
    def is_open(self) -> bool:
        return self.status == self.Status.QUEUED

    def give_up(self) -> None:
        self.status = self.Status.FAILED

    def pause(self) -> timedelta:
        """A mail server that is away is asked for two days."""
        return timedelta(minutes=min(2**self.attempts, 360))

    def lease(self) -> timedelta:
        """Longer than `hmis_portal.tasks.deliver` may take: nobody else sends it meanwhile."""
        return timedelta(seconds=45)


class MessageDocument(models.Model):
    """A document that goes with a message, under the name the reader sees."""

    message = models.ForeignKey(Message, on_delete=models.CASCADE)
    document = models.ForeignKey(StoredDocument, on_delete=models.PROTECT)
    filename = models.CharField(max_length=150)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["message", "document"], name="message_document_once")]

    def __str__(self) -> str:
        return self.filename
