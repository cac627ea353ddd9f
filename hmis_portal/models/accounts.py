"""What is asked of an account and takes effect later."""

from datetime import timedelta
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class EmailChange(models.Model):
    """A person asked to use another address. It waits for the new one to be confirmed, and 72 hours for the old one to
    stop it; until then the account is known by the old address, and signs nothing."""

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        DONE = "done", _("Changed")
        STOPPED = "stopped", _("Stopped from the old address")
        WITHDRAWN = "withdrawn", _("Withdrawn by the person")
        LAPSED = "lapsed", _("Lapsed: the new address was not confirmed, or is another account’s")

    WAIT = timedelta(hours=72)

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="email_changes")
    old = models.EmailField(_("old address"), max_length=254)
    new = models.EmailField(_("new address"), max_length=254)
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    asked_at = models.DateTimeField(_("asked"))
    due_at = models.DateTimeField(_("takes effect"))
    confirmed_at = models.DateTimeField(_("confirmed at the new address"), null=True, blank=True)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)

    class Meta:
        verbose_name = _("change of an e-mail address")
        ordering = ["-asked_at"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["user"], condition=Q(state="waiting"), name="email_change_waits_once"
            ),
            models.CheckConstraint(
                condition=Q(state="waiting", ended_at__isnull=True)
                | (~Q(state="waiting") & Q(ended_at__isnull=False)),
                name="email_change_ended_at",
            ),
            models.CheckConstraint(
                condition=~Q(state="done") | Q(confirmed_at__isnull=False), name="email_change_done_confirmed"
            ),
            models.CheckConstraint(condition=Q(due_at__gt=F("asked_at")), name="email_change_due_later"),
        ]

    def __str__(self) -> str:
        return f"{self.old} → {self.new}"
