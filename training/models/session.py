"""Instructor-led sessions and who signed up for them."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from hmis_portal.text.words import datetime_words
from training.models.course import Course


class Session(models.Model):
    course = models.ForeignKey(
        Course, on_delete=models.PROTECT, related_name="sessions", verbose_name=_("course")
    )
    starts_at = models.DateTimeField(_("starts"))
    ends_at = models.DateTimeField(_("ends"))
    place = models.CharField(_("place"), max_length=200, blank=True)
    link = models.URLField(_("address to join online"), max_length=300, blank=True)
    capacity = models.PositiveSmallIntegerField(_("seats"), default=20)
    trainer = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("trainer"),
    )
    cancelled_at = models.DateTimeField(_("cancelled"), null=True, blank=True)

    class Meta:
        ordering = ["starts_at"]
        verbose_name = _("session")
        constraints = [
            models.CheckConstraint(name="session_ends_after_start", condition=Q(ends_at__gt=F("starts_at"))),
            models.CheckConstraint(name="session_is_somewhere", condition=~Q(place="") | ~Q(link="")),
        ]

    def __str__(self) -> str:
        return f"{self.course}, {datetime_words(self.starts_at)}"


class Signup(models.Model):
    class State(models.TextChoices):
        BOOKED = "booked", _("Booked")
        WAITING = "waiting", _("On the waiting list")
        CANCELLED = "cancelled", _("Cancelled")
        ATTENDED = "attended", _("Attended")
        ABSENT = "absent", _("Did not attend")

    session = models.ForeignKey(Session, on_delete=models.PROTECT, related_name="signups")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="signups")
    state = models.CharField(_("state"), max_length=10, choices=State.choices)
    signed_up_at = models.DateTimeField(_("signed up"), default=timezone.now)
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["signed_up_at", "pk"]
        verbose_name = _("sign-up")
        constraints = [
            models.UniqueConstraint(
                fields=["session", "person"], condition=~Q(state="cancelled"), name="signup_once_per_session"
            )
        ]

    def __str__(self) -> str:
        return f"{self.person}: {self.session}"
