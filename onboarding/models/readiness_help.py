"""Readiness questions sent to somebody outside the agency by a link, and what they answered."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from onboarding.models.application import Application
from onboarding.models.readiness import ReadinessQuestion


class HelpRequest(models.Model):
    """The link opens these questions and the agency's name, until it ends; of its token only the hash is kept."""

    class End(models.TextChoices):
        DECIDED = "decided", _("All answers decided")
        REVOKED = "revoked", _("Revoked")
        SENT = "sent", _("The application was sent")

    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="help_requests")
    name = models.CharField(_("name"), max_length=150)
    email = models.EmailField(_("e-mail"))
    note = models.CharField(_("note"), max_length=500, blank=True)
    questions = models.JSONField(_("questions"), default=list)  # their numbers
    # What the token is made from with the portal's own key: a copy of the database opens no link.
    nonce = models.CharField(max_length=32)
    token_hash = models.CharField(max_length=64, unique=True)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("asked by"), on_delete=models.PROTECT, related_name="+"
    )
    sent_at = models.DateTimeField(_("sent"), default=timezone.now)
    sent_count = models.PositiveSmallIntegerField(_("times sent"), default=1)
    expires_at = models.DateTimeField(_("valid until"))
    done_at = models.DateTimeField(_("answered"), null=True, blank=True)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    end = models.CharField(_("why it ended"), max_length=8, choices=End.choices, blank=True)

    class Meta:
        ordering = ["-pk"]
        verbose_name = _("request for help with readiness")
        verbose_name_plural = _("requests for help with readiness")
        constraints: ClassVar = [
            models.CheckConstraint(
                name="help_request_ended_pair",
                condition=models.Q(ended_at__isnull=True, end="")
                | models.Q(ended_at__isnull=False) & ~models.Q(end=""),
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_open(self) -> bool:
        return self.ended_at is None and timezone.now() < self.expires_at


class HelpAnswer(models.Model):
    """A helper's answer to one question: a proposal until an editor takes it or leaves it."""

    request = models.ForeignKey(HelpRequest, on_delete=models.CASCADE, related_name="answers")
    question = models.ForeignKey(ReadinessQuestion, on_delete=models.PROTECT, related_name="+")
    value = models.JSONField(default=dict)
    answered_at = models.DateTimeField(default=timezone.now)
    taken = models.BooleanField(null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["question__order"]
        verbose_name = _("proposed readiness answer")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["request", "question"], name="help_answer_once"),
            models.CheckConstraint(
                name="help_answer_decided_together",
                condition=models.Q(taken__isnull=True, decided_by__isnull=True, decided_at__isnull=True)
                | models.Q(taken__isnull=False, decided_by__isnull=False, decided_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.request}: {self.question_id}"
