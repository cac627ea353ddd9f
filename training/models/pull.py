"""How far a run that fetches results has come, so that it goes on where it stood."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from training.models.held import DoorRun


class Pull(models.Model):
    """`place`: which of the mapped courses, in the order of their keys, is being read, from `begin` of its people on."""

    run = models.OneToOneField(DoorRun, on_delete=models.CASCADE, related_name="pull")
    place = models.PositiveIntegerField(default=0)
    begin = models.PositiveIntegerField(default=0)
    tries = models.PositiveSmallIntegerField(default=0)
    touched_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("progress of a run")

    def __str__(self) -> str:
        return str(self.run)
