"""What came through a door in one run, and the results that wait for a person to say what is missing."""

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from training.models.door import Door
from training.models.record import Completion


class DoorRun(models.Model):
    """One time that results came through a door: what came and what became of it."""

    door = models.ForeignKey(Door, on_delete=models.PROTECT, related_name="runs", verbose_name=_("source"))
    about = models.CharField(_("what"), max_length=200, blank=True)
    begun_at = models.DateTimeField(_("begun"), default=timezone.now)
    begun_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("by"),
    )
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    came = models.PositiveIntegerField(_("came"), default=0)
    recorded = models.PositiveIntegerField(_("recorded"), default=0)
    known = models.PositiveIntegerField(_("already known"), default=0)
    held = models.PositiveIntegerField(_("held"), default=0)
    refused = models.PositiveIntegerField(_("refused"), default=0)
    left_out = models.PositiveIntegerField(_("left out"), default=0)
    error = models.CharField(_("what failed"), max_length=500, blank=True)

    class Meta:
        ordering = ["-begun_at", "-pk"]
        verbose_name = _("run of a source")
        verbose_name_plural = _("runs of sources")

    def __str__(self) -> str:
        return f"{self.door}: {self.about}" if self.about else str(self.door)


class HeldResultQuerySet(models.QuerySet["HeldResult"]):
    def waiting(self) -> Self:
        return self.filter(state=HeldResult.State.WAITING)


class HeldResult(models.Model):
    """A result that nobody can record yet. It waits, and blocks no other; a person says what is missing, or drops it."""

    class Why(models.TextChoices):
        NO_PERSON = "no_person", _("Nobody here has this account or address")
        TWO_PEOPLE = "two_people", _("Its keys name different people")
        NO_COURSE = "no_course", _("No course here has this name")
        NO_DATE = "no_date", _("The date can be read in two ways, or is missing")
        NO_SCORE = "no_score", _("The score is missing")
        VOIDED_THERE = "voided_there", _("The source takes it back")
        CHANGED = "changed", _("The source has changed the grade of a result that is recorded")

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        RECORDED = "recorded", _("Recorded")
        DROPPED = "dropped", _("Dropped")

    door = models.ForeignKey(
        Door, on_delete=models.PROTECT, null=True, blank=True, related_name="held", verbose_name=_("source")
    )
    run = models.ForeignKey(DoorRun, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    why = models.CharField(_("why"), max_length=12, choices=Why.choices)
    who = models.CharField(_("person there"), max_length=250, blank=True)
    what = models.CharField(_("course there"), max_length=300, blank=True)
    attempt = models.JSONField(_("as it came"))
    fingerprint = models.CharField(max_length=64, editable=False)
    held_at = models.DateTimeField(_("held"), default=timezone.now)
    state = models.CharField(_("state"), max_length=8, choices=State.choices, default=State.WAITING)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("decided by"),
    )
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=500, blank=True)
    completion = models.ForeignKey(
        Completion, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = HeldResultQuerySet.as_manager()

    class Meta:
        ordering = ["-held_at", "-pk"]
        verbose_name = _("held result")
        indexes = [models.Index(fields=["held_at"], condition=Q(state="waiting"), name="held_waiting")]
        constraints = [
            models.UniqueConstraint(
                fields=["door", "fingerprint"], nulls_distinct=False, name="held_known_once"
            ),
            models.CheckConstraint(
                name="held_decision_is_whole",
                condition=Q(state="waiting", decided_at__isnull=True)
                | Q(state="recorded", decided_at__isnull=False)
                | Q(state="dropped", decided_at__isnull=False) & ~Q(reason=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.what}, {self.who}"
