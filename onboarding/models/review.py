"""The HMIS Admin’s review: remarks on fields and what the agency answers, sections in order, reasons to decline."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from onboarding.models.application import Application, Revision


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


class PrivateNote(models.Model):
    """What the HMIS side writes down about an agency for itself: never shown or mailed to the agency."""

    agency = models.ForeignKey("agencies.Agency", on_delete=models.PROTECT, related_name="+")
    text = models.TextField(_("note"), max_length=2000)
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    written_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-written_at", "-pk"]
        verbose_name = _("private note")

    def __str__(self) -> str:
        return str(_("Private note"))
