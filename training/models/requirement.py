"""Who has to take what: one open row for each person and course, and the reasons for it."""

from typing import Self, cast

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agencies.models import Person, Staff
from training.models.course import Course


class OpenTraining(models.Model):
    """An agency whose application is approved and whose MOU is executed: its staff are given their courses."""

    agency = models.OneToOneField(
        "agencies.Agency", on_delete=models.PROTECT, primary_key=True, related_name="open_training"
    )
    opened_at = models.DateTimeField(default=timezone.now)
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )

    class Meta:
        verbose_name = _("agency in training")
        verbose_name_plural = _("agencies in training")

    def __str__(self) -> str:
        return str(self.agency)


class RequirementQuerySet(models.QuerySet["Requirement"]):
    def open(self) -> Self:
        return self.filter(closed_on__isnull=True)


class Requirement(models.Model):
    """A person has to hold a course, from the day it was assigned until the reasons are gone.

    The row stays open over the years: each renewal is a new completion. The user agreement belongs to a person in
    one agency, so its requirement names the staff row; every other course belongs to the person.
    """

    class Closed(models.TextChoices):
        NOT_NEEDED = "not_needed", _("no longer needed")
        LEFT = "left", _("left the agency")
        NEWER_VERSION = "newer_version", _("a newer version is required")

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="requirements"
    )
    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="requirements")
    staff = models.ForeignKey(
        "agencies.Staff", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    version = models.PositiveSmallIntegerField(_("version required"), default=1)
    assigned_on = models.DateField(_("assigned"))
    due_on = models.DateField(_("due"))
    # The newer text of the user agreement that is asked of the person by the due day.
    text = models.ForeignKey(
        "signing.TextVersion",
        verbose_name=_("text asked for"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    registered_on = models.DateField(_("registered"), null=True, blank=True)
    closed_on = models.DateField(_("closed"), null=True, blank=True)
    closed_because = models.CharField(_("because"), max_length=14, choices=Closed.choices, blank=True)

    objects = RequirementQuerySet.as_manager()

    class Meta:
        ordering = ["course__position", "pk"]
        verbose_name = _("requirement")
        indexes = [
            models.Index(fields=["person"], condition=Q(closed_on__isnull=True), name="requirement_open"),
            models.Index(fields=["due_on"], condition=Q(closed_on__isnull=True), name="requirement_due"),
            models.Index(
                fields=["registered_on"],
                condition=Q(closed_on__isnull=True, registered_on__isnull=False),
                name="requirement_registered",
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "course", "staff"],
                condition=Q(closed_on__isnull=True),
                nulls_distinct=False,
                name="requirement_one_open",
            ),
            models.CheckConstraint(
                name="requirement_due_after_assigned", condition=Q(due_on__gte=F("assigned_on"))
            ),
            models.CheckConstraint(
                name="requirement_closed_says_why",
                condition=Q(closed_on__isnull=True, closed_because="")
                | Q(closed_on__isnull=False) & ~Q(closed_because=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.course} for {self.person}"


class Because(models.Model):
    """One reason for a requirement: a staff row, or a position held without one, and what about it brings the course."""

    requirement = models.ForeignKey(Requirement, on_delete=models.CASCADE, related_name="reasons")
    staff = models.ForeignKey("agencies.Staff", on_delete=models.PROTECT, null=True, related_name="+")
    holder = models.ForeignKey("agencies.Person", on_delete=models.PROTECT, null=True, related_name="+")
    reason = models.CharField(max_length=250)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["requirement", "staff"], name="reason_once_per_staff_row"),
            models.UniqueConstraint(fields=["requirement", "holder"], name="reason_once_per_holder"),
            models.CheckConstraint(
                name="reason_of_staff_or_holder",
                condition=Q(staff__isnull=True, holder__isnull=False)
                | Q(staff__isnull=False, holder__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return self.reason

    @property
    def source(self) -> Staff | Person:
        """Whose line of the roster, or who holds the position."""
        return cast(Staff | Person, self.staff or self.holder)


class Notice(models.Model):
    """One rung of the reminder ladder for one requirement in one cycle: made once, so it is told once."""

    class Kind(models.TextChoices):
        DUE = "due", _("due")
        OVERDUE = "overdue", _("overdue")
        RENEW_BY = "renew_by", _("renew by")
        LAPSED = "lapsed", _("lapsed")
        SUSPENDED = "suspended", _("suspended")

    requirement = models.ForeignKey(Requirement, on_delete=models.CASCADE, related_name="notices")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    deadline = models.DateField(help_text=_("The day that names the cycle."))
    rung = models.SmallIntegerField(help_text=_("Days before the deadline; negative after it."))
    message = models.ForeignKey("hmis_portal.Message", on_delete=models.SET_NULL, null=True, related_name="+")
    made_at = models.DateTimeField(auto_now_add=True)
    copied_at = models.DateTimeField(_("told to others"), null=True)

    class Meta:
        ordering = ["pk"]
        verbose_name = _("reminder")
        indexes = [
            models.Index(fields=["made_at"], condition=Q(copied_at__isnull=True), name="notice_to_copy")
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["requirement", "kind", "deadline", "rung"], name="notice_once_per_cycle"
            )
        ]

    def __str__(self) -> str:
        return f"{self.requirement}: {self.kind} {self.deadline} ({self.rung})"


class UserAgreement(models.Model):
    """One request to a person to sign the user agreement for one agency; the evidence lies in hmis_portal.signing."""

    staff = models.ForeignKey("agencies.Staff", on_delete=models.PROTECT, related_name="agreements")
    request = models.OneToOneField(
        "signing.SigningRequest", on_delete=models.PROTECT, related_name="user_agreement"
    )
    completion = models.OneToOneField(
        "training.Completion", on_delete=models.PROTECT, null=True, blank=True, related_name="agreement"
    )
    issued_at = models.DateTimeField(default=timezone.now)
    replaced_at = models.DateTimeField(_("replaced by a newer text"), null=True, blank=True)

    class Meta:
        ordering = ["-issued_at"]
        verbose_name = _("user agreement")
        constraints = [
            models.UniqueConstraint(
                fields=["staff"],
                condition=Q(completion__isnull=True, replaced_at__isnull=True),
                name="agreement_one_open",
            )
        ]

    def __str__(self) -> str:
        return f"{self.request} ({self.staff})"
