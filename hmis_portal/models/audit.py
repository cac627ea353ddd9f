"""The audit record: who did what to what."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from hmis_portal.attesting.marks import Marked
from hmis_portal.auditing.words import sentence
from hmis_portal.models.append_only import AppendOnly


class AuditEvent(Marked, AppendOnly):
    """Who did what to what, when, from where to where, and why. Never changed."""

    CHAINED = True

    at = models.DateTimeField(_("when"), default=timezone.now, editable=False, db_index=True)
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
            models.Index(fields=["verb", "at"], name="audit_by_verb"),
        ]

    def __str__(self) -> str:
        return f"{self.actor_name or _('The portal')}: {sentence(self)}"
