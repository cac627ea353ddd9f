"""The HMIS Admin's review: remarks on fields, sections checked, dated conditions of an approval."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from hmis_portal.models import StoredDocument
from onboarding.models.application import Application, Revision, Upload


class Remark(models.Model):
    """A reviewer's words about one field or section; open until the reviewer closes it."""

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="remarks")
    section = models.CharField(_("section"), max_length=40)
    # A summary row's field, in sections with a page per item "<key of the item>:<field>"; empty for the whole section.
    field = models.CharField(_("field"), max_length=80, blank=True)
    # The section and question as they read on the page when the remark was made.
    place = models.CharField(_("about"), max_length=250, blank=True)
    text = models.TextField(_("what to change"), max_length=2000)
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    written_at = models.DateTimeField(default=timezone.now)
    sent_at = models.DateTimeField(_("sent to the agency"), null=True, blank=True)
    resolved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    resolved_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["written_at"]
        verbose_name = _("remark")
        constraints = [
            models.CheckConstraint(
                name="remark_resolved_pair",
                condition=models.Q(resolved_at__isnull=True, resolved_by__isnull=True)
                | models.Q(resolved_at__isnull=False, resolved_by__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return self.place or f"{self.section} {self.field}".strip()

    def as_row(self) -> dict[str, str]:
        return {"place": str(self), "text": self.text}

    @property
    def reply(self) -> "RemarkReply | None":
        """What the agency says to it now, and has not sent yet."""
        return next((reply for reply in self.replies.all() if reply.is_current), None)


class RemarkReply(models.Model):
    """What the agency answers to a remark: it goes to the reviewer with the revision that is sent next."""

    class Kind(models.TextChoices):
        CHANGED = "changed", _("Changed")
        NOT_CHANGED = "not_changed", _("Not changed, because …")
        EXPLAIN = "explain", _("Please explain")

    CURRENT: ClassVar = models.Q(revision__isnull=True, answered_at__isnull=True)

    remark = models.ForeignKey(Remark, on_delete=models.PROTECT, related_name="replies")
    kind = models.CharField(_("answer"), max_length=12, choices=Kind.choices)
    text = models.TextField(_("in words"), max_length=2000, blank=True)
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    written_at = models.DateTimeField(default=timezone.now)
    revision = models.ForeignKey(
        Revision, on_delete=models.PROTECT, null=True, blank=True, related_name="replies"
    )
    # The reviewer's words to "Please explain"; the remark is then to be answered again.
    answer = models.TextField(_("explanation"), max_length=2000, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["written_at", "pk"]
        verbose_name = _("answer to a remark")
        verbose_name_plural = _("answers to remarks")
        constraints = [
            models.UniqueConstraint(
                fields=["remark"],
                condition=models.Q(revision__isnull=True, answered_at__isnull=True),
                name="remark_reply_one_current",
            ),
            models.CheckConstraint(
                name="remark_reply_has_words", condition=models.Q(kind="changed") | ~models.Q(text="")
            ),
            models.CheckConstraint(
                name="remark_reply_answered_pair",
                condition=models.Q(answered_at__isnull=True, answered_by__isnull=True, answer="")
                | (models.Q(answered_at__isnull=False, answered_by__isnull=False) & ~models.Q(answer="")),
            ),
        ]

    def __str__(self) -> str:
        match self.kind:
            case self.Kind.NOT_CHANGED:
                return str(_("Not changed, because: %(text)s")) % {"text": self.text}
            case self.Kind.EXPLAIN:
                return str(_("Please explain: %(text)s")) % {"text": self.text}
        changed = str(self.Kind.CHANGED.label)
        return f"{changed}: {self.text}" if self.text else changed

    @property
    def is_current(self) -> bool:
        return self.revision_id is None and self.answered_at is None


class SectionReview(models.Model):
    """A section that the reviewer found in order; an edit of the section removes it."""

    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="section_reviews")
    section = models.CharField(max_length=40)
    reviewed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    reviewed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("section in order")
        constraints = [models.UniqueConstraint(fields=["application", "section"], name="section_review_once")]

    def __str__(self) -> str:
        return self.section


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


class DeclineReason(models.Model):
    """One of the reasons for which an application may be declined, as the HMIS Admin words them."""

    text = models.CharField(_("reason"), max_length=120, unique=True)
    position = models.PositiveSmallIntegerField(_("place in the list"), default=10)
    in_use = models.BooleanField(_("offered"), default=True)

    class Meta:
        ordering = ["position", "pk"]
        verbose_name = _("reason to decline")
        verbose_name_plural = _("reasons to decline")

    def __str__(self) -> str:
        return self.text


class RequirementText(models.Model):
    """What a manager confirms in step 1, in one frozen wording."""

    class Requirement(models.TextChoices):
        ELIGIBILITY = "eligibility", _("Eligibility")
        TRAINING = "training", _("Training")
        SECURITY = "security", _("Data security")

    requirement = models.CharField(max_length=12, choices=Requirement.choices)
    version = models.PositiveSmallIntegerField()
    text = models.TextField(max_length=2000)
    # Empty of the wordings that the portal came with.
    published_at = models.DateTimeField(_("published"), null=True, blank=True)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("published by")
    )  # fmt: skip

    class Meta:
        ordering = ["requirement", "version"]
        verbose_name = _("text of a requirement")
        verbose_name_plural = _("texts of requirements")
        constraints = [
            models.UniqueConstraint(fields=["requirement", "version"], name="requirement_text_once")
        ]

    def __str__(self) -> str:
        return f"{self.get_requirement_display()}, version {self.version}"


class RequirementConfirmation(models.Model):
    """Which manager confirmed which text of a requirement, and when."""

    agency = models.ForeignKey("agencies.Agency", on_delete=models.PROTECT, related_name="confirmations")
    text = models.ForeignKey(RequirementText, on_delete=models.PROTECT, related_name="+")
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    confirmed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["confirmed_at"]
        verbose_name = _("confirmation of a requirement")
        constraints = [models.UniqueConstraint(fields=["agency", "text"], name="requirement_confirmed_once")]

    def __str__(self) -> str:
        return f"{self.agency_id}: {self.text_id}"
