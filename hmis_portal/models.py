"""What every app stands on: the audit record, the message log, stored documents and the portal's settings."""

import re
import uuid
from datetime import timedelta
from typing import Any, ClassVar, Self

import pgtrigger
from django.conf import settings
from django.contrib.admin.utils import label_for_field
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from hmis_portal.running.tries import Tried
from hmis_portal.text.words import date_words


class AppendOnly(models.Model):
    """A row that is written once: UPDATE, DELETE and TRUNCATE are refused by the database itself."""

    class Meta:
        abstract = True
        triggers: ClassVar = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
            # PostgreSQL has no TRUNCATE triggers for each row.
            pgtrigger.Trigger(
                name="no_truncate",
                level=pgtrigger.Statement,
                when=pgtrigger.Before,
                operation=pgtrigger.Truncate,
                func="RAISE EXCEPTION 'pgtrigger: Cannot truncate % table', TG_TABLE_NAME;",
            ),
        ]


class AuditEvent(AppendOnly):
    """Who did what to what, when, from where to where, and why. Never changed."""

    at = models.DateTimeField(_("when"), auto_now_add=True, db_index=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("who"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    actor_name = models.CharField(_("name at the time"), max_length=200, blank=True)
    verb = models.CharField(_("what"), max_length=80)
    target_type = models.CharField(max_length=80)
    target_id = models.CharField(max_length=64)
    target_name = models.CharField(_("of what"), max_length=250, blank=True)
    agency_id = models.UUIDField(_("agency"), null=True, blank=True)
    before = models.CharField(_("from"), max_length=60, blank=True)
    after = models.CharField(_("to"), max_length=60, blank=True)
    reason = models.TextField(_("why"), blank=True)
    ip = models.GenericIPAddressField(_("IP address"), null=True, blank=True)
    data = models.JSONField(default=dict, blank=True)

    class Meta(AppendOnly.Meta):
        ordering = ["-at", "-pk"]
        verbose_name = _("audit event")
        indexes = [
            models.Index(fields=["agency_id", "-at"], name="audit_by_agency"),
            models.Index(fields=["target_type", "target_id", "-at"], name="audit_by_target"),
        ]

    def __str__(self) -> str:
        return f"{self.actor_name or 'Portal'}: {self.verb} {self.target_name}"


class StoredDocument(AppendOnly):
    """Immutable bytes, found by their SHA-256; the bytes lie in the document storage."""

    sha256 = models.CharField(max_length=64, unique=True)
    size = models.PositiveBigIntegerField(_("size in bytes"))
    content_type = models.CharField(max_length=100)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta(AppendOnly.Meta):
        verbose_name = _("stored document")

    def __str__(self) -> str:
        return f"{self.content_type}, {self.size} bytes, {self.sha256[:12]}…"

    @property
    def path(self) -> str:
        return f"{self.sha256[:2]}/{self.sha256[2:4]}/{self.sha256}"


class Disposal(AppendOnly):
    """The bytes of a document were deleted once their retention period had passed; its row and its hash stay."""

    document = models.OneToOneField(StoredDocument, on_delete=models.PROTECT, related_name="disposal")
    at = models.DateTimeField(_("deleted"), auto_now_add=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("by"), on_delete=models.PROTECT, related_name="+"
    )
    reason = models.CharField(_("why"), max_length=300)

    class Meta(AppendOnly.Meta):
        verbose_name = _("deletion after retention")

    def __str__(self) -> str:
        return f"{self.document}: {date_words(self.at)}"


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


class GoLiveRule(models.TextChoices):
    ALL_STAFF = "all", _("Every listed person is ready")
    COORDINATOR_AND_ONE = "coordinator", _("The coordinator and at least one user are ready")


CONTACTS = ("support_email", "support_phone", "support_hours", "sign_in_address", "code_sender")


def days_only(text: str) -> None:
    """A list of reminders is whole numbers of days between commas; anything else would be left out unseen."""
    if not re.fullmatch(r"\s*\d{1,3}(\s*,\s*\d{1,3})*\s*", text):
        raise ValidationError(_("Enter whole numbers of days with commas between them, like 3, 7, 14"))


class PortalSettings(models.Model):
    """The names and periods of this community. One row, edited in the admin."""

    CACHE_KEY = "portal-settings"

    hmis_name = models.CharField(_("name of the HMIS"), max_length=100, default="CT HMIS")
    hmis_long_name = models.CharField(
        _("name in full"), max_length=200, default="Connecticut Homeless Management Information System"
    )
    state_name = models.CharField(_("state"), max_length=50, default="Connecticut")
    lead_agency = models.CharField(_("Lead Agency"), max_length=200, default="CT HMIS Lead Agency")
    admin_name = models.CharField(_("HMIS Admin"), max_length=200, default="CT HMIS Admin")
    support_email = models.EmailField(_("support address"), default="help@hmis.example")
    support_phone = models.CharField(_("support phone"), max_length=40, default="(860) 555-0142")
    support_hours = models.CharField(
        _("support hours"), max_length=120, default="Monday to Friday, 9 a.m. to 5 p.m. Eastern Time"
    )
    support_answer_days = models.PositiveSmallIntegerField(
        _("support answers within (business days)"),
        default=2,
        help_text=_("Stands on the support pages, in messages and in the MOU."),
    )
    sign_in_address = models.URLField(
        _("address where people sign in to the HMIS"), default="https://hmis.example/"
    )
    code_sender = models.CharField(
        _("sender of the HMIS’s sign-in codes"),
        max_length=200,
        default="no-reply@hmis.example",
        help_text=_("The address or number that people must let through to get their code."),
    )
    invitation_days = models.PositiveSmallIntegerField(_("an invitation is valid for (days)"), default=14)
    invitations_before_review = models.PositiveSmallIntegerField(
        _("invitations an agency may send before its first review"), default=5,
        help_text=_("They go to people whom a stranger names. HMIS staff may invite further people at any time."),
    )  # fmt: skip
    answer_days = models.PositiveSmallIntegerField(_("days to answer a request for changes"), default=30)
    reopen_days = models.PositiveSmallIntegerField(
        _("days in which a closed application may be re-opened"), default=30
    )
    review_days = models.PositiveSmallIntegerField(
        _("business days before a waiting review is reported"), default=5
    )
    signature_reminder_days = models.CharField(
        _("reminders of an unsigned MOU, days after issue"),
        max_length=60,
        default="3, 7, 14",
        validators=[days_only],
    )
    draft_reminder_days = models.CharField(
        _("reminders of an idle draft, days"), max_length=60, default="7, 21, 45", validators=[days_only]
    )
    answer_reminder_days = models.CharField(
        _("reminders before the answer-by date, days"),
        max_length=60,
        default="14, 3",
        validators=[days_only],
    )
    training_due_days = models.PositiveSmallIntegerField(
        _("days to complete training once assigned"), default=14
    )
    mou_term_months = models.PositiveSmallIntegerField(_("term of an MOU (months)"), default=36)
    project_confirmation_months = models.PositiveSmallIntegerField(
        _("project data is confirmed again after (months)"), default=12
    )
    readiness_months = models.PositiveSmallIntegerField(
        _("technical readiness is answered again after (months)"), default=12
    )
    yearly_reminder_days = models.CharField(
        _("reminders of yearly tasks, days before they are due"),
        max_length=60,
        default="30, 7, 0",
        validators=[days_only],
    )
    retention_years = models.PositiveSmallIntegerField(
        _("years to keep signed documents after they end"),
        null=True,
        blank=True,
        help_text=_("Empty: no signed document can be deleted. Ask counsel before you set it."),
    )
    four_eyes = models.BooleanField(_("approval needs a second person"), default=False)
    go_live_rule = models.CharField(
        _("an agency goes live when"), max_length=12, choices=GoLiveRule.choices, default=GoLiveRule.ALL_STAFF
    )

    class Meta:
        verbose_name = verbose_name_plural = _("portal settings")
        constraints = [models.CheckConstraint(name="one_row_of_settings", condition=models.Q(pk=1))]

    def __str__(self) -> str:
        return str(_("Portal settings"))

    @classmethod
    def load(cls) -> Self:
        """The one row, from the cache; made with its defaults when the database is new."""
        found = cache.get(cls.CACHE_KEY)
        if found is None:
            found, _created = cls.objects.get_or_create(pk=1)
            cache.set(cls.CACHE_KEY, found, 60)
        return found

    @property
    def answer_within(self) -> str:
        """How soon support answers: "2 business days"."""
        count = self.support_answer_days
        return ngettext("%(count)d business day", "%(count)d business days", count) % {"count": count}

    @property
    def still_samples(self) -> list[str]:
        """The names of the contacts that nobody has changed from the invented ones that the portal comes with.

        The hours may well be right as they are: they are named only beside another.
        """
        same = [name for name in CONTACTS if getattr(self, name) == getattr(type(self)(), name)]
        return [] if same == ["support_hours"] else [str(label_for_field(name, type(self))) for name in same]

    @staticmethod
    def days(text: str) -> list[int]:
        """Whole numbers out of a comma-separated setting, such as "3, 7, 14"."""
        return [int(part) for part in text.replace(",", " ").split() if part.isdigit()]


def forget_settings(**_kwargs: Any) -> None:
    """Drop the cached row after the admin has saved another."""
    cache.delete(PortalSettings.CACHE_KEY)


models.signals.post_save.connect(forget_settings, sender=PortalSettings, dispatch_uid="forget_settings")
