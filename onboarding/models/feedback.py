"""How it was for an agency: asked after it has sent its application, and when it has gone live."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Feedback(models.Model):
    """Given once by an agency at a moment, by whom it likes; it decides nothing."""

    class Moment(models.TextChoices):
        SENDING = "sending", _("After sending the application")
        GO_LIVE = "go-live", _("After going live")

    class Rating(models.IntegerChoices):
        VERY_EASY = 5, _("Very easy")
        EASY = 4, _("Easy")
        SO_SO = 3, _("So-so")
        HARD = 2, _("Hard")
        VERY_HARD = 1, _("Very hard")

    agency = models.ForeignKey(
        "agencies.Agency", on_delete=models.PROTECT, related_name="feedback", verbose_name=_("agency")
    )
    moment = models.CharField(_("when"), max_length=7, choices=Moment.choices)
    rating = models.PositiveSmallIntegerField(_("how it was"), choices=Rating.choices)
    words = models.TextField(_("in own words"), max_length=2000, blank=True)
    given_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("by")
    )
    given_at = models.DateTimeField(_("given"), default=timezone.now)

    class Meta:
        ordering = ["-given_at", "-pk"]
        verbose_name = _("answer to “How was it?”")
        verbose_name_plural = _("answers to “How was it?”")
        constraints = [
            models.UniqueConstraint(fields=["agency", "moment"], name="feedback_once_a_moment"),
            models.CheckConstraint(name="feedback_from_1_to_5", condition=models.Q(rating__range=(1, 5))),
        ]

    def __str__(self) -> str:
        return str(self.get_moment_display())
