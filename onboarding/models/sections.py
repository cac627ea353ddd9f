"""The work in the sections of an application: drafts and what was uploaded."""

import uuid
from enum import StrEnum

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from hmis_portal.models import StoredDocument
from onboarding.models.application import Application


class SectionKey(StrEnum):
    """The sections of the application, as stored and as in their addresses."""

    AGENCY = "agency"
    PEOPLE = "people"
    PROJECTS = "projects"
    STAFF = "staff"
    READINESS = "readiness"
    DOCUMENTS = "documents"
    DECLARATION = "declaration"


class SectionWork(models.Model):
    """What stands in one section: the raw strings last typed, their version, and whether it is complete."""

    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="sections")
    section = models.CharField(max_length=80)
    draft = models.JSONField(default=dict, blank=True)
    version = models.PositiveIntegerField(default=0)
    saved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    saved_at = models.DateTimeField(null=True, blank=True)
    has_errors = models.BooleanField(default=False)
    completed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("section")
        constraints = [models.UniqueConstraint(fields=["application", "section"], name="section_work_once")]

    def __str__(self) -> str:
        return f"{self.application_id}: {self.section}"


class Upload(models.Model):
    """A file that the agency gave, of one kind; removing it keeps the row."""

    class Kind(models.TextChoices):
        PROOF = "proof", _("Proof of status")
        PRIVACY_NOTICE = "privacy_notice", _("Privacy notice")
        POLICIES = "policies", _("Policies")
        QSOA_BAA = "qsoa_baa", _("QSOA or BAA")
        READINESS = "readiness", _("For a technical readiness question")

    class Scan(models.TextChoices):
        NOT_SCANNED = "none", _("Not scanned")
        CLEAN = "clean", _("No virus found")

        @classmethod
        def of(cls, *, found_clean: bool) -> "Upload.Scan":
            """What a file's field found (`hmis_portal.forms.files.UploadField`)."""
            return cls.CLEAN if found_clean else cls.NOT_SCANNED

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    agency = models.ForeignKey("agencies.Agency", on_delete=models.PROTECT, related_name="uploads")
    kind = models.CharField(max_length=16, choices=Kind.choices)
    question = models.CharField(max_length=6, blank=True, default="")
    document = models.ForeignKey(StoredDocument, on_delete=models.PROTECT, related_name="+")
    filename = models.CharField(max_length=120)
    scan = models.CharField(max_length=8, choices=Scan.choices, default=Scan.NOT_SCANNED)
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField(default=timezone.now)
    removed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    removed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["uploaded_at"]
        verbose_name = _("uploaded document")
        constraints = [
            models.CheckConstraint(
                name="upload_removed_pair",
                condition=models.Q(removed_at__isnull=True, removed_by__isnull=True)
                | models.Q(removed_at__isnull=False, removed_by__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return self.filename

    @classmethod
    def kind_for(cls, question: str) -> str:
        """What a file given to a readiness question is: the privacy notice, which 31 asks for, is a document by itself."""
        return cls.Kind.PRIVACY_NOTICE if question == "31" else cls.Kind.READINESS
