"""Dated conditions of an approval, and what the agency reports of them."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from hmis_portal.models import StoredDocument
from onboarding.models.application import Application
from onboarding.models.sections import Upload


class Condition(models.Model):
    """A dated condition of an approval, from a remediation plan or from the reviewer.

    Open until it is met, waived by the HMIS Admin, or withdrawn with the approval; never deleted.
    """

    class Ended(models.TextChoices):
        WAIVED = "waived", _("Waived")
        WITHDRAWN = "withdrawn", _("Withdrawn with the approval")

    OPEN: ClassVar = models.Q(met_at__isnull=True, ended_at__isnull=True)

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="conditions")
    question = models.ForeignKey(
        "onboarding.ReadinessQuestion", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    text = models.CharField(_("what must be done"), max_length=500)
    owner = models.CharField(_("who sees to it"), max_length=200)
    due_on = models.DateField(_("due"))
    blocks_go_live = models.BooleanField(_("before go-live"), default=False)
    met_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    met_at = models.DateTimeField(null=True, blank=True)
    # One of Ended, where it ended without being met.
    ended_as = models.CharField(_("ended as"), max_length=9, choices=Ended.choices, blank=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_reason = models.TextField(_("reason"), max_length=2000, blank=True)
    # The agency asks for a later day: until when, and why.
    time_asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    time_asked_at = models.DateTimeField(null=True, blank=True)
    time_wanted = models.DateField(_("new day"), null=True, blank=True)
    time_reason = models.TextField(_("why more time is needed"), max_length=2000, blank=True)

    class Meta:
        ordering = ["due_on", "pk"]
        verbose_name = _("condition of approval")
        verbose_name_plural = _("conditions of approval")
        constraints = [
            models.CheckConstraint(
                name="condition_met_pair",
                condition=models.Q(met_at__isnull=True, met_by__isnull=True)
                | models.Q(met_at__isnull=False, met_by__isnull=False),
            ),
            models.CheckConstraint(
                name="condition_ended_pair",
                condition=models.Q(ended_as="", ended_at__isnull=True, ended_by__isnull=True)
                | (~models.Q(ended_as="") & models.Q(ended_at__isnull=False, met_at__isnull=True)),
            ),
            models.CheckConstraint(
                name="condition_time_asked_pair",
                condition=models.Q(
                    time_asked_at__isnull=True,
                    time_asked_by__isnull=True,
                    time_wanted__isnull=True,
                )
                | models.Q(
                    time_asked_at__isnull=False, time_asked_by__isnull=False, time_wanted__isnull=False
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.text

    @property
    def is_open(self) -> bool:
        return self.met_at is None and self.ended_at is None

    @property
    def is_overdue(self) -> bool:
        return self.is_open and self.due_on < timezone.localdate()

    def forget_time(self) -> list[str]:
        """Nothing is asked about the day any more; the names of the fields to save."""
        self.time_asked_by = self.time_asked_at = self.time_wanted = None
        self.time_reason = ""
        return ["time_asked_by", "time_asked_at", "time_wanted", "time_reason"]

    @property
    def waiting_report(self) -> "ConditionReport | None":
        """The agency's report that the HMIS Admin has not answered yet."""
        return next((report for report in self.reports.all() if report.answered_at is None), None)


class ConditionReport(models.Model):
    """The agency says that a condition is done and what shows it; the HMIS Admin accepts it or sends it back."""

    condition = models.ForeignKey(Condition, on_delete=models.PROTECT, related_name="reports")
    text = models.TextField(_("what was done"), max_length=2000)
    document = models.ForeignKey(
        StoredDocument, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    filename = models.CharField(max_length=120, blank=True)
    scan = models.CharField(max_length=8, choices=Upload.Scan.choices, default=Upload.Scan.NOT_SCANNED)
    reported_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    reported_at = models.DateTimeField(default=timezone.now)
    accepted = models.BooleanField(null=True, blank=True)
    answer = models.TextField(_("answer"), max_length=2000, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["reported_at", "pk"]
        verbose_name = _("report on a condition")
        verbose_name_plural = _("reports on conditions")
        constraints = [
            models.CheckConstraint(
                name="condition_report_answered_pair",
                condition=models.Q(answered_at__isnull=True, answered_by__isnull=True, accepted__isnull=True)
                | models.Q(answered_at__isnull=False, answered_by__isnull=False, accepted__isnull=False),
            ),
            models.CheckConstraint(
                name="condition_report_named_file",
                condition=models.Q(document__isnull=True) ^ ~models.Q(filename=""),
            ),
            models.UniqueConstraint(
                fields=["condition"],
                condition=models.Q(answered_at__isnull=True),
                name="condition_report_one_waits",
            ),
        ]

    def __str__(self) -> str:
        return self.text[:60]
