"""Practice cases: what a learner did with invented people in the training database, looked through by a trainer."""

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from hmis_portal.models import StoredDocument
from training.models.course import Course
from training.models.record import Completion


class PracticeCaseQuerySet(models.QuerySet["PracticeCase"]):
    def waiting(self) -> Self:
        return self.filter(state=PracticeCase.State.WAITING)


class PracticeCase(models.Model):
    """One attempt: handed in as text, a file or both; returned with remarks, or passed. Every attempt is kept."""

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting for a trainer")
        RETURNED = "returned", _("Returned with remarks")
        PASSED = "passed", _("Passed")

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="practice_cases"
    )
    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="practice_cases")
    text = models.TextField(_("what was done"), max_length=10_000, blank=True)
    document = models.ForeignKey(
        StoredDocument, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    filename = models.CharField(_("file"), max_length=150, blank=True)
    handed_in_at = models.DateTimeField(_("handed in"), default=timezone.now)
    state = models.CharField(_("state"), max_length=8, choices=State.choices, default=State.WAITING)
    remarks = models.TextField(_("remarks"), max_length=4000, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField(_("looked through"), null=True, blank=True)
    completion = models.OneToOneField(
        Completion, on_delete=models.PROTECT, null=True, blank=True, related_name="practice_case"
    )

    objects = PracticeCaseQuerySet.as_manager()

    class Meta:
        ordering = ["-handed_in_at", "-pk"]
        verbose_name = _("practice case")
        constraints = [
            models.CheckConstraint(
                name="practice_case_is_something", condition=~Q(text="") | Q(document__isnull=False)
            ),
            models.CheckConstraint(
                name="practice_case_decided_by_another",
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("person")),
            ),
            models.CheckConstraint(
                name="practice_case_decision_is_whole",
                condition=Q(state="waiting", decided_by__isnull=True, decided_at__isnull=True)
                | Q(state="returned", decided_by__isnull=False, decided_at__isnull=False) & ~Q(remarks="")
                | Q(
                    state="passed",
                    decided_by__isnull=False,
                    decided_at__isnull=False,
                    completion__isnull=False,
                ),
            ),
            models.UniqueConstraint(
                fields=["person", "course"], condition=Q(state="waiting"), name="practice_case_waits_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.course}, {self.person}"
