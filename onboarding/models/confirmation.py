"""That an agency looked through who has access to the HMIS, and what it said of each."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class AccessConfirmation(models.Model):
    """Signed and dated by the coordinator or a manager; the next one is due so many months later."""

    class Answer(models.TextChoices):
        NEEDS = "needs", _("Still needs it")
        CHANGED = "changed", _("Role or projects changed")
        LEFT = "left", _("Left")

    agency = models.ForeignKey(
        "agencies.Agency", on_delete=models.PROTECT, related_name="access_confirmations"
    )
    due_on = models.DateField(_("was due"))
    signed_name = models.CharField(_("signed as"), max_length=150)
    signed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    signed_at = models.DateTimeField(_("signed"), default=timezone.now)
    # [{"staff": key, "name": …, "role": …, "answer": one of Answer, "last_day": "2026-11-22" of one who left}]
    people = models.JSONField()

    class Meta:
        ordering = ["-signed_at"]
        verbose_name = _("confirmation of access")
        verbose_name_plural = _("confirmations of access")
        constraints = [
            models.UniqueConstraint(fields=["agency", "due_on"], name="access_confirmed_once"),
            models.CheckConstraint(name="access_confirmation_is_signed", condition=~models.Q(signed_name="")),
        ]

    def __str__(self) -> str:
        return f"{self.agency}, {self.due_on}"
