"""What agencies and the HMIS Admin write to each other: questions and conversations, and who has read how far."""

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agencies.models import Words
from hmis_portal.models import StoredDocument
from onboarding.models.sections import Upload


class Thread(models.Model):
    """A question or conversation: of one person, or of an agency with the HMIS Admin."""

    class Kind(models.TextChoices):
        SUPPORT = "support", _("Support")
        CLAUSE = "clause", _("Question on a clause")
        REVIEW = "review", _("About the application")
        # Between an agency and the HMIS Admin, begun by either side: all who act for the agency read it.
        AGENCY = "agency", _("Conversation")

    kind = models.CharField(max_length=8, choices=Kind.choices)
    agency = models.ForeignKey(
        "agencies.Agency", on_delete=models.PROTECT, null=True, blank=True, related_name="threads"
    )
    clause = models.CharField(_("clause"), max_length=80, blank=True)
    subject = models.CharField(_("subject"), max_length=200)
    name = models.CharField(_("name"), max_length=200, blank=True)
    email = models.EmailField(_("e-mail"), max_length=254)
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    opened_at = models.DateTimeField(default=timezone.now)
    # The HMIS Admin wrote last; null while the other side waits for an answer.
    answered_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ["-opened_at"]
        verbose_name = _("question")
        indexes = [
            models.Index(
                fields=["opened_at"],
                condition=models.Q(answered_at__isnull=True, closed_at__isnull=True),
                name="thread_waiting",
            ),
            GinIndex(Words("subject", "name", "email"), name="thread_by_words"),
        ]
        constraints = [
            models.CheckConstraint(
                name="thread_closed_by_at",
                condition=models.Q(closed_by__isnull=True) | models.Q(closed_at__isnull=False),
            ),
            models.CheckConstraint(
                name="thread_conversation_has_agency",
                condition=~models.Q(kind="agency") | models.Q(agency__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.subject

    @property
    def is_waiting(self) -> bool:
        """The HMIS Admin has neither answered nor closed it."""
        return self.answered_at is None and self.closed_at is None

    @property
    def is_shared(self) -> bool:
        """Whether all who act for the agency read it."""
        return self.agency_id is not None and self.kind != self.Kind.SUPPORT


class ThreadMessage(models.Model):
    """One contribution to a thread."""

    thread = models.ForeignKey(Thread, on_delete=models.CASCADE, related_name="messages")
    text = models.TextField(_("text"), max_length=5000)
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    from_admin = models.BooleanField(default=False)
    written_at = models.DateTimeField(default=timezone.now)
    document = models.ForeignKey(
        StoredDocument, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    filename = models.CharField(max_length=120, blank=True)
    scan = models.CharField(max_length=8, choices=Upload.Scan.choices, default=Upload.Scan.NOT_SCANNED)

    class Meta:
        ordering = ["written_at", "pk"]
        verbose_name = _("message in a question")
        constraints = [
            models.CheckConstraint(
                name="thread_message_named_file",
                condition=models.Q(document__isnull=True) | ~models.Q(filename=""),
            )
        ]

    def __str__(self) -> str:
        return self.text[:60]


class ThreadRead(models.Model):
    """How far a person has read a thread."""

    thread = models.ForeignKey(Thread, on_delete=models.CASCADE, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    message = models.ForeignKey(ThreadMessage, on_delete=models.CASCADE, related_name="+")

    class Meta:
        verbose_name = _("read question")
        constraints = [models.UniqueConstraint(fields=["thread", "user"], name="thread_read_once")]

    def __str__(self) -> str:
        return f"{self.thread_id}: {self.user_id}"
