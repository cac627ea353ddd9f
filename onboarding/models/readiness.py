"""Technical readiness: the questions in their versions, the sites, and what an application answered."""

from functools import cached_property
from typing import ClassVar, Self

import pgtrigger
from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from onboarding.models.application import Application

# A row that hangs on a published version stands as it was published, and none is added to it or taken from it.
FROZEN = """
IF TG_OP <> 'INSERT' AND EXISTS (SELECT 1 FROM {published} AND {id} = OLD.{key}) THEN
    RAISE EXCEPTION 'pgtrigger: what is published cannot be changed';
END IF;
IF TG_OP <> 'DELETE' AND EXISTS (SELECT 1 FROM {published} AND {id} = NEW.{key}) THEN
    RAISE EXCEPTION 'pgtrigger: what is published cannot be added to';
END IF;
IF TG_OP = 'DELETE' THEN
    RETURN OLD;
END IF;
RETURN NEW;
"""
NUMBER = RegexValidator(r"^[1-9]\d{0,4}[a-z]?$", _("Enter a number such as 9, or 9a for a part of it"))
PUBLISHED_VERSION = "onboarding_readinessversion AS v WHERE v.published_at IS NOT NULL"
PUBLISHED_QUESTION = (
    "onboarding_readinessquestion AS q JOIN onboarding_readinessversion AS v ON v.id = q.version_id"
    " WHERE v.published_at IS NOT NULL"
)


def frozen(published: str, id: str, key: str) -> pgtrigger.Trigger:
    return pgtrigger.Trigger(
        name="published_frozen",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
        func=FROZEN.format(published=published, id=id, key=key),
    )


class Site(models.Model):
    """A place from which the agency's people will reach the HMIS."""

    class Connection(models.TextChoices):
        BROADBAND = "broadband", _("Broadband")
        MOBILE = "mobile", _("Mobile data")
        OTHER = "other", _("Other")

    agency = models.ForeignKey("agencies.Agency", on_delete=models.CASCADE, related_name="sites")
    address = models.CharField(_("address"), max_length=250)
    workstations = models.PositiveSmallIntegerField(_("workstations"))
    connection = models.CharField(_("connection"), max_length=10, choices=Connection.choices)
    intake_desks = models.PositiveSmallIntegerField(_("intake desks"), default=0)

    class Meta:
        ordering = ["pk"]
        verbose_name = _("site")

    def __str__(self) -> str:
        return self.address


class ReadinessVersion(models.Model):
    """A published set of technical readiness questions; an application keeps the set it answered."""

    number = models.PositiveSmallIntegerField(_("version"), unique=True)
    what_changed = models.TextField(_("what changed"), max_length=2000, blank=True)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    published_at = models.DateTimeField(_("published"), null=True, blank=True)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("published by"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )

    class Meta:
        ordering = ["-number"]
        verbose_name = _("version of the readiness questions")
        verbose_name_plural = _("versions of the readiness questions")
        constraints = [
            models.UniqueConstraint(
                models.Case(models.When(published_at__isnull=True, then=models.Value(1))),
                name="readiness_one_draft",
            )
        ]
        triggers: ClassVar = [
            pgtrigger.Protect(
                name="published_frozen",
                operation=pgtrigger.Update | pgtrigger.Delete,
                condition=pgtrigger.Condition("OLD.published_at IS NOT NULL"),
            )
        ]

    def __str__(self) -> str:
        return f"Version {self.number}"


class ReadinessQuestion(models.Model):
    """One question, what kind of answer it takes, and when it is asked."""

    version = models.ForeignKey(ReadinessVersion, on_delete=models.PROTECT, related_name="questions")
    # "9", or "9a" and "9b" where one question became several.
    number = models.CharField(_("number"), max_length=6, validators=[NUMBER])
    part_of = models.CharField(
        _("was part of question"),
        max_length=6,
        blank=True,
        validators=[NUMBER],
        help_text=_("Of an earlier version: its “Yes” answers this question too, its “No” does not."),
    )
    order = models.PositiveSmallIntegerField(_("order on the page"), default=0)
    group = models.CharField(_("group"), max_length=60)
    text = models.TextField(_("question"), max_length=500)
    hint = models.CharField(_("hint"), max_length=300, blank=True)
    answer_type = models.CharField(_("answers"), max_length=12)
    choices = models.JSONField(_("choices"), default=list, blank=True)
    # Further answers by part ("text", "number", "date", "file"): label, when (choices), required, min, max, past.
    parts = models.JSONField(_("further answers"), default=dict, blank=True)
    asked_when = models.JSONField(_("asked only when"), default=dict, blank=True)
    shown_from = models.CharField(_("answered in section A by"), max_length=40, blank=True)
    basis = models.CharField(_("basis"), max_length=200, blank=True)

    class Meta:
        ordering = ["version", "order", "number"]
        verbose_name = _("readiness question")
        constraints = [models.UniqueConstraint(fields=["version", "number"], name="readiness_question_once")]
        triggers: ClassVar = [frozen(PUBLISHED_VERSION, "v.id", "version_id")]

    def __str__(self) -> str:
        return f"{self.number}. {self.text}"

    @cached_property
    def meanings(self) -> tuple["ReadinessOutcome", ...]:
        """Its outcomes in their order, for a question that nobody writes to any more."""
        return tuple(self.outcomes.all())

    @property
    def asked_after(self) -> str:
        """The number of the question after whose answer this one is asked; "" when it always is."""
        return str(self.asked_when.get("question", ""))  # a number in the versions of before there were parts


class ReadinessOutcome(models.Model):
    """What an unmet question means, one row a condition; the first row whose condition holds counts."""

    class Kind(models.TextChoices):
        BLOCKS_APPROVAL = "B", _("Blocks approval")
        BLOCKS_GO_LIVE = "G", _("Blocks go-live")
        PLAN = "P", _("Allowed with a plan")
        ADVICE = "A", _("Advice")
        PATH = "R", _("Changes the path")

    question = models.ForeignKey(ReadinessQuestion, on_delete=models.CASCADE, related_name="outcomes")
    order = models.PositiveSmallIntegerField(default=0)
    kind = models.CharField(_("outcome"), max_length=1, choices=Kind.choices)
    when = models.JSONField(_("when"), default=dict, blank=True)
    text = models.CharField(_("what it means"), max_length=300)

    class Meta:
        ordering = ["question", "order"]
        verbose_name = _("outcome")
        constraints = [
            models.UniqueConstraint(fields=["question", "order"], name="readiness_outcome_order_once")
        ]
        triggers: ClassVar = [frozen(PUBLISHED_QUESTION, "q.id", "question_id")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.text}"


class ReadinessYear(models.Model):
    """The questions answered again after approval, in the version then in force: once a year, topic by topic.

    Without `answered_at` it is still being answered; an application has at most one such.
    """

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="readiness_years")
    version = models.ForeignKey(ReadinessVersion, on_delete=models.PROTECT, related_name="+")
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("answered by"),
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
    )
    answered_at = models.DateTimeField(_("answered"), null=True)

    class Meta:
        ordering = ["-answered_at"]
        verbose_name = _("yearly readiness check")
        indexes = [models.Index(fields=["answered_at"], name="readiness_answered")]
        constraints = [
            models.UniqueConstraint(
                fields=["application"], condition=models.Q(answered_at=None), name="readiness_year_begun_once"
            ),
            models.CheckConstraint(
                condition=models.Q(answered_at=None, answered_by=None)
                | models.Q(answered_at__isnull=False, answered_by__isnull=False),
                name="readiness_year_answered_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        year = timezone.localtime(self.answered_at or timezone.now()).year
        return f"{self.application}: {year}"


class ReadinessAnswers(models.QuerySet["ReadinessAnswer"]):
    def given_to_the_end(self) -> Self:
        """Those of applications, and of the years that were answered to the end; with question and year."""
        ended = models.Q(yearly=None) | models.Q(yearly__answered_at__isnull=False)
        return self.filter(ended).select_related("question", "yearly")


class ReadinessAnswer(models.Model):
    """The agency's answer to one question, in an application or a year after it, and its plan where it is not met."""

    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="readiness")
    yearly = models.ForeignKey(
        ReadinessYear, on_delete=models.PROTECT, null=True, blank=True, related_name="answers"
    )
    question = models.ForeignKey(ReadinessQuestion, on_delete=models.PROTECT, related_name="answers")
    value = models.JSONField(default=dict)
    plan = models.CharField(_("what will be done"), max_length=500, blank=True)
    plan_owner = models.CharField(_("who sees to it"), max_length=200, blank=True)
    plan_due = models.DateField(_("by when"), null=True, blank=True)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    answered_at = models.DateTimeField(default=timezone.now)

    objects = ReadinessAnswers.as_manager()

    class Meta:
        ordering = ["question__order"]
        verbose_name = _("readiness answer")
        constraints = [
            models.UniqueConstraint(
                fields=["application", "yearly", "question"],
                name="readiness_answer_once_a_year",
                nulls_distinct=False,
            )
        ]

    def __str__(self) -> str:
        return f"{self.application}: {self.question_id}"
