"""A person's account in the learning management system (LMS), which the help desk makes outside the portal."""

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class LearningAccountQuerySet(models.QuerySet["LearningAccount"]):
    def waiting(self) -> Self:
        return self.filter(made_on=None)


class LearningAccount(models.Model):
    """Asked for when a person is given their first course; made once, by whom and when."""

    person = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="learning_account",
        verbose_name=_("person"),
    )
    asked_on = models.DateField(_("asked for"), default=timezone.localdate)
    made_on = models.DateField(_("made"), null=True, blank=True)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("made by"),
    )
    user_name = models.CharField(_("user name there"), max_length=254, blank=True)

    objects = LearningAccountQuerySet.as_manager()

    class Meta:
        ordering = ["asked_on", "pk"]
        verbose_name = _("learning account")
        constraints = [
            models.CheckConstraint(
                name="learning_account_made_by_somebody_under_a_name",
                condition=Q(made_on__isnull=True, made_by__isnull=True)
                | Q(made_on__isnull=False, made_by__isnull=False) & ~Q(user_name=""),
            )
        ]

    def __str__(self) -> str:
        return f"{self.person}"
