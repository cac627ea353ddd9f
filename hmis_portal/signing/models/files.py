"""The sealed files of a request, the work to make them, and the chain of what happened."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from hmis_portal.attesting.marks import Marked
from hmis_portal.models import AppendOnly, StoredDocument
from hmis_portal.running.tries import Job
from hmis_portal.signing.models.keys import SealKey
from hmis_portal.signing.models.requests import SigningRequest
from hmis_portal.signing.models.texts import SHA256


class Revision(AppendOnly):
    """One sealed file of a request; each begins with all bytes of the one before."""

    CERTIFIED = "certified"
    CERTIFICATE = "certificate"  # a step that makes no revision but the certificate of completion

    request = models.ForeignKey(SigningRequest, on_delete=models.PROTECT, related_name="revisions")
    step = models.CharField(max_length=20)
    position = models.PositiveSmallIntegerField()
    document = models.ForeignKey(StoredDocument, on_delete=models.PROTECT, related_name="+")
    sha256 = models.CharField(max_length=SHA256)
    size = models.PositiveIntegerField()
    previous = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="next"
    )
    seal_key = models.ForeignKey(SealKey, on_delete=models.PROTECT, related_name="+")
    certificate_serial = models.CharField(max_length=64)
    certificate = models.TextField(_("certificate (PEM)"))
    level = models.CharField(max_length=10)
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta(AppendOnly.Meta):
        verbose_name = _("sealed file")
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["request", "step"], name="revision_step_once"),
            models.UniqueConstraint(fields=["request", "position"], name="revision_position_once"),
            models.CheckConstraint(
                name="revision_chain",
                condition=models.Q(position=0, previous__isnull=True)
                | models.Q(position__gt=0, previous__isnull=False),
            ),
        ]
        indexes = [models.Index(fields=["sha256"], name="revision_by_hash")]

    def __str__(self) -> str:
        return f"{self.request_id}: {self.step}"


class CompletionCertificate(AppendOnly):
    """The document about the signing of a request: who, how identified, when, which hashes, with the events inside."""

    request = models.OneToOneField(SigningRequest, on_delete=models.PROTECT, related_name="certificate")
    document = models.ForeignKey(StoredDocument, on_delete=models.PROTECT, related_name="+")
    sha256 = models.CharField(max_length=SHA256, db_index=True)
    events_head = models.CharField(_("hash of the last event"), max_length=SHA256)
    seal_key = models.ForeignKey(SealKey, on_delete=models.PROTECT, related_name="+")
    certificate_serial = models.CharField(max_length=64)
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta(AppendOnly.Meta):
        verbose_name = _("certificate of completion")

    def __str__(self) -> str:
        return f"{self.request_id}: certificate"


class SealJob(Job):
    """A file that must be made. Written with its cause in one transaction; a sweep finds what is not done."""

    request = models.ForeignKey(SigningRequest, on_delete=models.CASCADE, related_name="jobs")
    step = models.CharField(max_length=20)

    class Meta:
        verbose_name = _("file to make")
        verbose_name_plural = _("files to make")
        constraints = [models.UniqueConstraint(fields=["request", "step"], name="seal_job_once")]
        indexes = [
            models.Index(fields=["created_at"], condition=models.Q(done_at=None), name="seal_job_open")
        ]

    def __str__(self) -> str:
        return f"{self.request_id}: {self.step}"


class SigningEvent(Marked, AppendOnly):
    """What happened to a request, each entry holding the hash of the one before."""

    CHAINED = True

    request = models.ForeignKey(SigningRequest, on_delete=models.PROTECT, related_name="events")
    sequence = models.PositiveIntegerField()
    kind = models.CharField(max_length=30)
    at = models.DateTimeField()
    data = models.JSONField(default=dict)
    previous_hash = models.CharField(max_length=SHA256, blank=True)
    hash = models.CharField(max_length=SHA256)

    class Meta(AppendOnly.Meta):
        verbose_name = _("signing event")
        ordering = ["request", "sequence"]
        constraints = [
            models.UniqueConstraint(fields=["request", "sequence"], name="signing_event_sequence_once")
        ]

    def __str__(self) -> str:
        return f"{self.sequence}. {self.kind}"
