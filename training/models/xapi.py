"""xAPI: who may send statements, and each statement as it came."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from hmis_portal.models import AppendOnly
from training.models.door import Door


class Credential(models.Model):
    """A key and a secret with which a learning system sends statements. Of the secret only the hash is kept."""

    door = models.ForeignKey(
        Door,
        on_delete=models.PROTECT,
        related_name="credentials",
        verbose_name=_("source"),
        limit_choices_to={"kind": Door.Kind.XAPI},
    )
    key = models.CharField(_("key (user name)"), max_length=40, unique=True)
    secret_sha256 = models.CharField(max_length=64, editable=False)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("made by")
    )
    made_at = models.DateTimeField(_("made"), default=timezone.now)
    used_on = models.DateField(_("last used"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True)
    revoked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("revoked by"),
    )

    class Meta:
        ordering = ["-made_at"]
        verbose_name = _("credentials of a learning system")
        verbose_name_plural = _("credentials of learning systems")
        constraints = [
            models.CheckConstraint(
                name="credential_revoked_by_someone",
                condition=Q(revoked_at__isnull=True, revoked_by__isnull=True)
                | Q(revoked_at__isnull=False, revoked_by__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return f"{self.key} ({self.door})"


class Statement(AppendOnly):
    """One statement as it came, with what the portal adds, and what became of it."""

    door = models.ForeignKey(
        Door, on_delete=models.PROTECT, related_name="statements", verbose_name=_("source")
    )
    credential = models.ForeignKey(Credential, on_delete=models.PROTECT, related_name="+")
    statement_id = models.UUIDField(_("statement"))
    body = models.JSONField(_("as it came"))
    voids = models.UUIDField(_("takes back"), null=True, blank=True)
    outcome = models.CharField(_("what became of it"), max_length=300)
    stored_at = models.DateTimeField(_("stored"), default=timezone.now)

    class Meta(AppendOnly.Meta):
        ordering = ["-stored_at", "-pk"]
        verbose_name = _("statement of a learning system (xAPI)")
        verbose_name_plural = _("statements of learning systems (xAPI)")
        indexes = [
            models.Index(fields=["door", "voids"], condition=Q(voids__isnull=False), name="statement_voiding")
        ]
        constraints = [models.UniqueConstraint(fields=["door", "statement_id"], name="statement_known_once")]

    def __str__(self) -> str:
        return str(self.statement_id)
