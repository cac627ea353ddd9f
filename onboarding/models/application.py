"""The participation application: one row a try, a frozen revision a submission."""

import uuid
from datetime import datetime
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from hmis_portal.models import AppendOnly, StoredDocument
from hmis_portal.running.tries import Job


class Application(models.Model):
    """An agency's participation application. Its state changes only through `onboarding.services.perform`."""

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        SUBMITTED = "submitted", _("Submitted")
        IN_REVIEW = "in_review", _("In review")
        ON_HOLD = "on_hold", _("On hold")
        CHANGES = "changes_requested", _("Changes requested")
        APPROVED = "approved", _("Approved")
        DECLINED = "declined", _("Declined")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    SENT: ClassVar = (State.SUBMITTED, State.IN_REVIEW, State.ON_HOLD)  # with the HMIS Admin
    OPEN: ClassVar = (State.DRAFT, *SENT, State.CHANGES)
    APPEALED: ClassVar = models.Q(state=State.DECLINED, appealed_at__isnull=False, upheld_at__isnull=True)
    EDITABLE: ClassVar = (State.DRAFT, State.CHANGES)

    # Whether sections are somebody's or questions to colleagues are open; read with `selectors.latest_application`.
    is_shared = True

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    agency = models.ForeignKey("agencies.Agency", on_delete=models.PROTECT, related_name="applications")
    reference = models.CharField(_("reference"), max_length=20, unique=True)
    state = models.CharField(_("state"), max_length=20, choices=State.choices, default=State.DRAFT)
    state_since = models.DateTimeField(_("since"), default=timezone.now)
    started_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    started_at = models.DateTimeField(_("started"), default=timezone.now)
    touched_at = models.DateTimeField(_("last worked on"), default=timezone.now)
    # When its sections were last looked at; older than `touched_at`: what is recorded of them may be out of date.
    checked_at = models.DateTimeField(null=True, blank=True, editable=False)
    previous = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    readiness_version = models.ForeignKey(
        "onboarding.ReadinessVersion",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="applications",
    )
    submitted_at = models.DateTimeField(_("last submitted"), null=True, blank=True)
    # What readiness leaves that blocks an approval, as `onboarding.review.blockers` counts it; null: not counted yet.
    blockers = models.PositiveSmallIntegerField(null=True, blank=True, editable=False)
    # While it is on hold: for whom or what all wait.
    held_for = models.CharField(_("waits for"), max_length=200, blank=True)
    # From when its wait for a decision counts, where that is later than its sending: a hold stops the clock.
    clock_from = models.DateTimeField(null=True, blank=True, editable=False)
    reviewer = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("reviewer"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    answer_by = models.DateField(_("answer by"), null=True, blank=True)
    # While the agency waits for the answer to its request for a later day.
    time_asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    time_asked_at = models.DateTimeField(null=True, blank=True)
    recommended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    recommended_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)
    reason = models.TextField(_("reason"), blank=True)
    # The agency asks another HMIS Admin to look at the decline; `upheld_at` when that one left it as it is.
    appealed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    appealed_at = models.DateTimeField(null=True, blank=True)
    appeal = models.TextField(_("why a second look"), max_length=2000, blank=True)
    upheld_at = models.DateTimeField(null=True, blank=True)
    # Section F, written when it is complete.
    declared_name = models.CharField(_("name"), max_length=200, blank=True)
    declared_title = models.CharField(_("title"), max_length=150, blank=True)
    declared_text = models.TextField(blank=True)  # the words of the statement as it was made
    # Of the answers it was made about; when they differ, it has lapsed.
    declared_sha256 = models.CharField(max_length=64, blank=True)
    declared_at = models.DateTimeField(null=True, blank=True)
    declared_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ["-started_at"]
        verbose_name = _("application")
        indexes = [
            models.Index(fields=["state", "state_since"], name="application_queue"),
            models.Index(fields=["state", "submitted_at"], name="application_longest_waiting"),
            # What needs a decision (`whose_turn.waiting`) in the order of the queue. One of all applications is taken
            # for every other choice too, and read to its end where few match.
            models.Index(
                fields=["submitted_at", "-id"],
                include=["agency"],
                condition=models.Q(state__in=["submitted", "in_review"])
                | models.Q(appealed_at__isnull=False, state="declined", upheld_at=None),
                name="application_to_decide",
            ),
            models.Index(
                fields=["reviewer", "submitted_at"],
                condition=models.Q(state__in=["submitted", "in_review"]),
                name="application_mine_longest",
            ),
            models.Index(
                fields=["appealed_at"],
                condition=models.Q(appealed_at__isnull=False, upheld_at=None),
                name="application_appealed",
            ),
            models.Index(
                fields=["answer_by"],
                condition=models.Q(state="changes_requested"),
                name="application_to_answer",
            ),
            models.Index(
                fields=["time_asked_at"],
                condition=models.Q(state="changes_requested", time_asked_at__isnull=False),
                name="application_time_asked",
            ),
            models.Index(fields=["decided_at"], name="application_decided"),
            models.Index(fields=["reviewer", "state"], name="application_by_reviewer"),
            models.Index(
                fields=["agency", "-decided_at"],
                condition=models.Q(state="approved"),
                name="application_approved",
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["agency"],
                condition=models.Q(
                    state__in=["draft", "submitted", "in_review", "on_hold", "changes_requested"]
                ),
                name="application_one_open_per_agency",
            ),
            models.CheckConstraint(
                name="application_submitted_is_dated",
                condition=models.Q(state__in=["draft", "withdrawn"]) | models.Q(submitted_at__isnull=False),
            ),
            models.CheckConstraint(
                name="application_decided_pair",
                condition=models.Q(decided_at__isnull=True, decided_by__isnull=True)
                | models.Q(decided_at__isnull=False, decided_by__isnull=False),
            ),
            models.CheckConstraint(
                name="application_in_review_has_reviewer",
                condition=~models.Q(state__in=["in_review", "on_hold"]) | models.Q(reviewer__isnull=False),
            ),
            models.CheckConstraint(
                name="application_on_hold_says_for_whom",
                condition=~models.Q(state="on_hold") | ~models.Q(held_for=""),
            ),
            models.CheckConstraint(
                name="application_changes_have_answer_by",
                condition=~models.Q(state="changes_requested") | models.Q(answer_by__isnull=False),
            ),
            models.CheckConstraint(
                name="application_time_asked_pair",
                condition=models.Q(time_asked_at__isnull=True, time_asked_by__isnull=True)
                | models.Q(time_asked_at__isnull=False, time_asked_by__isnull=False),
            ),
            models.CheckConstraint(
                name="application_appeal_whole",
                condition=models.Q(appealed_at__isnull=True, appealed_by__isnull=True, upheld_at__isnull=True)
                | models.Q(appealed_at__isnull=False, appealed_by__isnull=False) & ~models.Q(appeal=""),
            ),
            models.CheckConstraint(
                name="application_declared_pair",
                condition=models.Q(declared_at__isnull=True, declared_by__isnull=True)
                | models.Q(declared_at__isnull=False, declared_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def is_editable(self) -> bool:
        return self.state in self.EDITABLE

    @property
    def appeal_waits(self) -> bool:
        """A second look at the decline was asked for, and not given yet."""
        return self.appealed_at is not None and self.upheld_at is None

    @property
    def waits_since(self) -> datetime | None:
        """Since when the agency waits for a decision, without the days on hold."""
        return self.clock_from or self.submitted_at

    @property
    def is_open(self) -> bool:
        return self.state in self.OPEN


class Revision(AppendOnly):
    """What was submitted, frozen: answers by section and field as a person reads them."""

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="revisions")
    number = models.PositiveSmallIntegerField(_("revision"))
    # {"sections": [{"key", "letter", "title", "groups": [{"key", "title", "rows": [{"field", "question", "answer"}]}]}]}
    snapshot = models.JSONField()
    submitted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    submitted_at = models.DateTimeField(default=timezone.now)

    class Meta(AppendOnly.Meta):
        ordering = ["number"]
        verbose_name = _("revision")
        indexes = [
            models.Index(fields=["number", "submitted_at"], include=["application"], name="revision_sent")
        ]
        constraints = [models.UniqueConstraint(fields=["application", "number"], name="revision_number_once")]

    def __str__(self) -> str:
        return f"{self.application} revision {self.number}"


class RevisionPdf(AppendOnly):
    """The PDF of a revision, made by a worker once."""

    revision = models.OneToOneField(Revision, on_delete=models.PROTECT, related_name="pdf")
    document = models.ForeignKey(StoredDocument, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta(AppendOnly.Meta):
        verbose_name = _("PDF of a revision")

    def __str__(self) -> str:
        return str(self.revision)


class RevisionJob(Job):
    """The tries to make the PDF of a revision."""

    revision = models.OneToOneField(Revision, on_delete=models.PROTECT, related_name="job")

    class Meta:
        verbose_name = _("PDF of what was sent")
        verbose_name_plural = _("PDFs of what was sent")

    def __str__(self) -> str:
        return str(self.revision)
