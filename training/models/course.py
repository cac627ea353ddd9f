"""Courses, their policy, and the rules that say who needs them. Every value is edited in the admin."""

from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from agencies.hud import lists
from agencies.models import HmisRole, Position
from training import validity

PROJECT_TYPES = "2.02.6"  # HUD's number of the list


class CourseQuerySet(models.QuerySet["Course"]):
    def active(self) -> Self:
        return self.filter(active=True)

    def given_in_sessions(self) -> Self:
        ways = [Course.PassesWith.ATTENDANCE, Course.PassesWith.SESSION]
        return self.active().filter(passes_with__in=ways, min_score=None)


class Course(models.Model):
    class PassesWith(models.TextChoices):
        QUIZ = "quiz", _("a quiz")
        SIGNATURE = "signature", _("your signature in the portal")
        PRACTICE = "practice", _("an approved practice case")
        ATTENDANCE = "attendance", _("attendance")
        SESSION = "session", _("an instructor-led session or a practice case")
        CHECKLIST = "checklist", _("a signed checklist")

    class Rule(models.TextChoices):
        COMPLETION = "completion", _("from the day of completion")
        FIXED = "fixed", _("up to a fixed day of the calendar")

    slug = models.SlugField(_("short name"), max_length=60, unique=True)
    title = models.CharField(_("title"), max_length=150)
    version = models.PositiveSmallIntegerField(
        _("version"), default=1, help_text=_("Raised by “Ask for a newer version”, never by hand.")
    )
    description = models.TextField(_("what it is about"), max_length=2000)
    how_to_register = models.TextField(_("how to register"), max_length=2000)
    link = models.URLField(_("address of the course"), max_length=300, blank=True)
    minutes = models.PositiveSmallIntegerField(_("takes about (minutes)"), null=True, blank=True)
    passes_with = models.CharField(_("passed with"), max_length=12, choices=PassesWith.choices)
    min_score = models.PositiveSmallIntegerField(_("least score (percent)"), null=True, blank=True)
    valid_months = models.PositiveSmallIntegerField(
        _("valid for (months)"), null=True, blank=True, help_text=_("Empty: taken once.")
    )
    rule = models.CharField(_("validity runs"), max_length=10, choices=Rule.choices, default=Rule.COMPLETION)
    anniversary = models.DateField(_("one of its fixed days"), null=True, blank=True)
    campaign_on = models.DateField(
        _("campaign date"),
        null=True,
        blank=True,
        help_text=_(
            "Fixed day only: someone new who is done by this date is good for a full period after it."
        ),
    )
    window_days = models.PositiveSmallIntegerField(_("renewal opens (days before)"), default=60)
    grace_days = models.PositiveSmallIntegerField(_("grace after it lapses (days)"), default=0)
    idle_months = models.PositiveSmallIntegerField(
        _("taken again after so many months without a sign-in to the HMIS"), null=True, blank=True,
        validators=[MinValueValidator(1)],
        help_text=_("By the HMIS’s own list of users; empty, or without such a list: never."),
    )  # fmt: skip
    due_days = models.PositiveSmallIntegerField(
        _("due after (days)"), null=True, blank=True, help_text=_("Empty: the portal's setting.")
    )
    mandatory = models.BooleanField(_("needed for access"), default=True)
    evidence_allowed = models.BooleanField(_("proof may be uploaded"), default=True)
    position = models.PositiveSmallIntegerField(_("order in lists"), default=0)
    exists_since = models.DateField(_("given since"), null=True, blank=True)
    active = models.BooleanField(_("in use"), default=True)

    objects = CourseQuerySet.as_manager()

    class Meta:
        ordering = ["position", "title"]
        verbose_name = _("course")
        constraints = [
            models.CheckConstraint(name="course_version_from_1", condition=Q(version__gte=1)),
            models.CheckConstraint(
                name="course_score_is_percent",
                condition=Q(min_score__isnull=True) | Q(min_score__range=(1, 100)),
            ),
            models.CheckConstraint(
                name="course_months_from_1",
                condition=Q(valid_months__isnull=True) | Q(valid_months__range=(1, 120)),
            ),
            models.CheckConstraint(
                name="course_fixed_has_its_calendar",
                condition=~Q(rule="fixed") | Q(valid_months__isnull=False, anniversary__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["passes_with"], condition=Q(passes_with="signature"), name="course_one_agreement"
            ),
            models.CheckConstraint(
                name="course_campaign_only_fixed", condition=Q(campaign_on__isnull=True) | Q(rule="fixed")
            ),
            # A window as long as the period would be open all the time.
            models.CheckConstraint(
                name="course_window_within_period",
                condition=Q(valid_months__isnull=True) | Q(window_days__lt=F("valid_months") * 28),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_agreement(self) -> bool:
        """Completed by a signature in the portal and by nothing else."""
        return self.passes_with == self.PassesWith.SIGNATURE

    @property
    def has_practice_case(self) -> bool:
        """Whether a trainer may let a practice case pass for it."""
        return (
            self.passes_with in {self.PassesWith.PRACTICE, self.PassesWith.SESSION} and self.min_score is None
        )

    @property
    def is_given_in_sessions(self) -> bool:
        """Whether to have been there is enough; what asks for a score or a signature is passed elsewhere."""
        ways = {self.PassesWith.ATTENDANCE, self.PassesWith.SESSION}
        return self.passes_with in ways and self.min_score is None

    @property
    def policy(self) -> validity.Policy:
        return validity.Policy(
            valid_months=self.valid_months,
            rule=validity.Rule(self.rule),
            anniversary=self.anniversary,
            window_days=self.window_days,
            grace_days=self.grace_days,
            min_score=self.min_score,
            idle_months=self.idle_months,
        )

    @property
    def passes_words(self) -> str:
        """How it is passed: "A quiz, at least 80 percent"."""
        text = str(self.get_passes_with_display())
        text = text[:1].upper() + text[1:]
        if self.min_score:
            return str(_("%(text)s, at least %(score)d percent") % {"text": text, "score": self.min_score})
        return text

    @property
    def who_words(self) -> str:
        """Who needs it; the rules are prefetched where many courses are shown."""
        return "; ".join(dict.fromkeys(rule.words for rule in self.rules.all())) or str(
            _("Nobody at present")
        )

    @property
    def time_words(self) -> str:
        hours, minutes = divmod(self.minutes or 0, 60)
        parts = [ngettext("%(count)d hour", "%(count)d hours", hours) % {"count": hours}] if hours else []
        parts += (
            [ngettext("%(count)d minute", "%(count)d minutes", minutes) % {"count": minutes}]
            if minutes
            else []
        )
        return str(_("About %(time)s") % {"time": " ".join(parts)})

    @property
    def renewal_words(self) -> str:
        """How long a completion is good, in words."""
        if self.valid_months is None:
            return str(_("Taken once"))
        if self.valid_months == 12:
            return str(_("Every year"))
        if self.valid_months % 12 == 0:
            return str(_("Every %(years)d years") % {"years": self.valid_months // 12})
        return str(_("Every %(months)d months") % {"months": self.valid_months})


class CourseRule(models.Model):
    """One reason for which people need a course."""

    class AppliesTo(models.TextChoices):
        EVERYONE = "everyone", _("everyone")
        LOGS_IN = "logs_in", _("everyone who signs in to the HMIS")
        ROLE = "role", _("an HMIS role")
        PROJECT_TYPE = "project_type", _("project types")
        POSITION = "position", _("a position in the agency")

    course = models.ForeignKey(Course, on_delete=models.CASCADE, related_name="rules")
    applies_to = models.CharField(_("for"), max_length=12, choices=AppliesTo.choices)
    role = models.CharField(_("HMIS role"), max_length=12, choices=HmisRole.choices, blank=True)
    project_types = ArrayField(
        models.PositiveSmallIntegerField(),
        verbose_name=_("HUD project types"),
        default=list,
        blank=True,
        help_text=_("HUD's numbers, separated by commas: 0 and 1 emergency shelter, 13 rapid re-housing …"),
    )
    position = models.CharField(_("position"), max_length=12, choices=Position.choices, blank=True)

    class Meta:
        ordering = ["pk"]
        verbose_name = _("who needs it")
        verbose_name_plural = _("who needs it")
        constraints = [
            models.CheckConstraint(
                name="rule_names_what_it_applies_to",
                condition=Q(applies_to="role", position="", project_types=[]) & ~Q(role="")
                | Q(applies_to="position", role="", project_types=[]) & ~Q(position="")
                | Q(applies_to="project_type", role="", position="") & ~Q(project_types=[])
                | Q(applies_to__in=["everyone", "logs_in"], role="", position="", project_types=[]),
            )
        ]

    def __str__(self) -> str:
        return f"{self.course}: {self.words}"

    @property
    def words(self) -> str:
        """For whom, as it reads in a list."""
        match self.applies_to:
            case self.AppliesTo.ROLE:
                return self.get_role_display()
            case self.AppliesTo.POSITION:
                return self.get_position_display()
            case self.AppliesTo.PROJECT_TYPE:
                names = [lists.codes().label(PROJECT_TYPES, code) for code in self.project_types]
                return str(_("People in projects of these types: %(names)s") % {"names": ", ".join(names)})
            case self.AppliesTo.LOGS_IN:
                return str(_("Everyone who signs in to the HMIS"))
        return str(_("Everyone"))


class CourseEquivalence(models.Model):
    """`by` satisfies `course`, for what was completed from one day on; never the other way round."""

    course = models.ForeignKey(
        Course, verbose_name=_("course"), on_delete=models.CASCADE, related_name="satisfied_by"
    )
    by = models.ForeignKey(
        Course, verbose_name=_("is satisfied by"), on_delete=models.PROTECT, related_name="satisfies"
    )
    from_on = models.DateField(_("for completions from"))
    until_on = models.DateField(_("for completions until"), null=True, blank=True)

    class Meta:
        verbose_name = _("equivalence")
        constraints = [
            models.UniqueConstraint(fields=["course", "by"], name="equivalence_once"),
            models.CheckConstraint(name="equivalence_of_another_course", condition=~Q(course=F("by"))),
            models.CheckConstraint(
                name="equivalence_ends_after_start",
                condition=Q(until_on__isnull=True) | Q(until_on__gte=F("from_on")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.by} → {self.course}"
