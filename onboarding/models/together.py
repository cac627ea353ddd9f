"""Colleagues who fill in one application: who does which section, and what they ask one another."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from onboarding.models.application import Application


class Assignment(models.Model):
    """Who is to do a section, or a line of what is owed. It counts as long as this person works for the agency."""

    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="assignments")
    task = models.CharField(max_length=60)  # the key of the section or of the line
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    assigned_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    assigned_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("task of a colleague")
        constraints = [
            models.UniqueConstraint(fields=["application", "task"], name="section_of_one_colleague")
        ]

    def __str__(self) -> str:
        return f"{self.task}: {self.person}"


class Note(models.Model):
    """A question that one colleague leaves for another at an answer; the agency's own, never part of what is sent."""

    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="notes")
    page = models.CharField(max_length=100)  # the name of its draft
    url = models.CharField(max_length=300)
    field = models.CharField(max_length=150)
    label = models.CharField(max_length=300)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    asked_of = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    resolved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    resolved_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["pk"]
        verbose_name = _("question among colleagues")
        constraints = [
            models.CheckConstraint(
                name="note_resolved_pair",
                condition=models.Q(resolved_at__isnull=True, resolved_by__isnull=True)
                | models.Q(resolved_at__isnull=False, resolved_by__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return self.label


class NoteText(models.Model):
    """What was written to it: the question first."""

    note = models.ForeignKey(Note, on_delete=models.CASCADE, related_name="texts")
    text = models.TextField(max_length=1000)
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    written_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.text[:60]
