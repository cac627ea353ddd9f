"""What a manager confirms in step 1, in frozen wordings, and who confirmed which."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class RequirementText(models.Model):
    """What a manager confirms in step 1, in one frozen wording."""

    class Requirement(models.TextChoices):
        ELIGIBILITY = "eligibility", _("Eligibility")
        TRAINING = "training", _("Training")
        SECURITY = "security", _("Data security")

    requirement = models.CharField(max_length=12, choices=Requirement.choices)
    version = models.PositiveSmallIntegerField()
    text = models.TextField(max_length=2000)
    # Empty of the wordings that the portal came with.
    published_at = models.DateTimeField(_("published"), null=True, blank=True)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("published by")
    )  # fmt: skip

    class Meta:
        ordering = ["requirement", "version"]
        verbose_name = _("text of a requirement")
        verbose_name_plural = _("texts of requirements")
        constraints = [
            models.UniqueConstraint(fields=["requirement", "version"], name="requirement_text_once")
        ]

    def __str__(self) -> str:
        return f"{self.get_requirement_display()}, version {self.version}"


class RequirementConfirmation(models.Model):
    """Which manager confirmed which text of a requirement, and when."""

    agency = models.ForeignKey("agencies.Agency", on_delete=models.PROTECT, related_name="confirmations")
    text = models.ForeignKey(RequirementText, on_delete=models.PROTECT, related_name="+")
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    confirmed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["confirmed_at"]
        verbose_name = _("confirmation of a requirement")
        constraints = [models.UniqueConstraint(fields=["agency", "text"], name="requirement_confirmed_once")]

    def __str__(self) -> str:
        return f"{self.agency_id}: {self.text_id}"
