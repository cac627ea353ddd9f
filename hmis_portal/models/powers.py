"""Acts of power: asked by one person of the HMIS side, granted by another."""

from typing import ClassVar

import pgtrigger
from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

Q = models.Q


class PowerRequest(models.Model):
    """One act that takes two people: what, before and after, why, who asked, who decided. Changed only by
    `hmis_portal.powers.asking`; once decided, never again."""

    class Outcome(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        GRANTED = "granted", _("Granted")
        UNOPPOSED = "unopposed", _("Carried out after notice")
        REFUSED = "refused", _("Refused")
        TAKEN_BACK = "taken_back", _("Taken back")
        LAPSED = "lapsed", _("Lapsed")

    kind = models.CharField(max_length=40)
    target_type = models.CharField(max_length=80)
    target_id = models.CharField(max_length=64)
    target_name = models.CharField(_("of what"), max_length=250)
    agency_id = models.UUIDField(null=True, blank=True)
    what = models.CharField(_("what"), max_length=300)
    changes = models.JSONField(default=list, blank=True)  # for people: [name, before, after]
    data = models.JSONField(default=dict, blank=True)  # for the code that carries it out
    document = models.ForeignKey(  # what whoever decides has to look at
        "hmis_portal.StoredDocument", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("person concerned"), null=True, blank=True,
        on_delete=models.PROTECT, related_name="+",
    )  # fmt: skip
    reason = models.TextField(_("why"))
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("asked by"), on_delete=models.PROTECT, related_name="+"
    )
    asked_at = models.DateTimeField(_("asked"), default=timezone.now)
    expires_at = models.DateTimeField(_("lapses"))
    # Nobody else could grant it when it was asked: all are told, and it is carried out then unless somebody stops it.
    notice_until = models.DateTimeField(_("notice until"), null=True, blank=True)
    outcome = models.CharField(_("state"), max_length=12, choices=Outcome.choices, default=Outcome.WAITING)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("decided by"), null=True, blank=True,
        on_delete=models.PROTECT, related_name="+",
    )  # fmt: skip
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)
    decision_reason = models.TextField(_("why it was decided so"), blank=True)
    carried_out_at = models.DateTimeField(_("carried out"), null=True, blank=True)

    class Meta:
        ordering = ["-asked_at", "-pk"]
        verbose_name = _("request for a second person")
        verbose_name_plural = _("requests for a second person")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["kind", "target_type", "target_id"], condition=Q(outcome="waiting"), name="power_asked_once"
            ),
            models.CheckConstraint(
                name="power_granted_by_another",
                condition=~Q(outcome="granted") | ~Q(decided_by=models.F("asked_by")),
            ),
            models.CheckConstraint(
                name="power_not_for_oneself",
                condition=Q(person__isnull=True)
                | (~Q(asked_by=models.F("person")) & (~Q(outcome="granted") | ~Q(decided_by=models.F("person")))),
            ),
            models.CheckConstraint(
                name="power_decided_pair",
                condition=Q(outcome="waiting", decided_at__isnull=True, decided_by__isnull=True)
                | Q(outcome__in=["granted", "refused", "taken_back"], decided_at__isnull=False, decided_by__isnull=False)
                | Q(outcome__in=["unopposed", "lapsed"], decided_at__isnull=False, decided_by__isnull=True),
            ),
            models.CheckConstraint(
                name="power_carried_out_if_granted",
                condition=Q(outcome__in=["granted", "unopposed"], carried_out_at__isnull=False)
                | (~Q(outcome__in=["granted", "unopposed"]) & Q(carried_out_at__isnull=True)),
            ),
            models.CheckConstraint(
                name="power_unopposed_after_notice",
                condition=~Q(outcome="unopposed")
                | Q(notice_until__isnull=False, decided_at__gte=models.F("notice_until")),
            ),
        ]  # fmt: skip
        triggers: ClassVar = [
            pgtrigger.Protect(name="decided_for_good", operation=pgtrigger.Update, condition=pgtrigger.Q(old__decided_at__isnull=False)),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.what

    @property
    def is_waiting(self) -> bool:
        return self.outcome == self.Outcome.WAITING
