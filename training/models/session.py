"""Instructor-led sessions and who signed up for them."""

from datetime import datetime, timedelta
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from hmis_portal.models.written import Given
from hmis_portal.text.words import datetime_words, span_words
from training.models.course import Course

# The trainer's screen takes people in from half an hour before a session begins until as long after its end.
DOOR = timedelta(minutes=30)


class SessionQuerySet(models.QuerySet["Session"]):
    def to_come(self, now: datetime | Given | None = None) -> Self:
        """Those that one can still sign up for."""
        return self.filter(cancelled_at=None, starts_at__gt=now or timezone.now())


class Session(models.Model):
    """`sequence` counts the changes of time, place or link that calendars must take over (RFC 5545, 3.8.7.4)."""

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
    series = models.UUIDField(_("repeated together with"), null=True, blank=True, editable=False)
    sequence = models.PositiveSmallIntegerField(default=0, editable=False)
    cancelled_at = models.DateTimeField(_("called off"), null=True, blank=True)
    cancelled_because = models.CharField(_("called off because"), max_length=500, blank=True)

    objects = SessionQuerySet.as_manager()

    class Meta:
        ordering = ["starts_at"]
        verbose_name = _("session")
        indexes = [models.Index(fields=["starts_at"], name="session_by_day")]
        constraints = [
            models.CheckConstraint(name="session_ends_after_start", condition=Q(ends_at__gt=F("starts_at"))),
            models.CheckConstraint(name="session_is_somewhere", condition=~Q(place="") | ~Q(link="")),
            models.CheckConstraint(name="session_has_a_seat", condition=Q(capacity__gte=1)),
        ]

    def __str__(self) -> str:
        return f"{self.course}, {datetime_words(self.starts_at)}"

    @property
    def has_begun(self) -> bool:
        return self.starts_at <= timezone.now()

    @property
    def is_to_come(self) -> bool:
        return self.cancelled_at is None and not self.has_begun

    @property
    def door_is_open(self) -> bool:
        """Whether who comes in is let in by the code on the trainer's screen."""
        now = timezone.now()
        return self.cancelled_at is None and self.starts_at - DOOR <= now <= self.ends_at + DOOR

    @property
    def when_words(self) -> str:
        """November 22, 2026, 9:00 a.m. to 10:30 a.m. Eastern Time."""
        return span_words(self.starts_at, self.ends_at)

    @property
    def where_words(self) -> str:
        """The place, the address to join online, or both."""
        online = _("online: %(link)s") % {"link": self.link} if self.link else ""
        return "; ".join(str(part) for part in (self.place, online) if part)


class Signup(models.Model):
    """A person's place in a session: one row for good, whatever becomes of it.

    `sequence` counts what became of it, so that a calendar takes over a seat that was given back and taken again.
    """

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
    sequence = models.PositiveSmallIntegerField(default=0, editable=False)
    here_at = models.DateTimeField(_("came in"), null=True, blank=True)
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["signed_up_at", "pk"]
        verbose_name = _("sign-up")
        constraints = [models.UniqueConstraint(fields=["session", "person"], name="signup_once_for_good")]

    def __str__(self) -> str:
        return f"{self.person}: {self.session}"

    @property
    def calendar_sequence(self) -> int:
        """Grows with each change of the session and of this place in it, never falls (RFC 5545, 3.8.7.4)."""
        return self.session.sequence + self.sequence
