"""Sources of results outside the portal, and who and what they mean by their own names."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from training.models.course import Course


class Door(models.Model):
    """One source of results outside the portal: a file's sender, a learning system. Each has its own identities."""

    class Kind(models.TextChoices):
        FILE = "import", _("a file (CSV or Excel)")
        XAPI = "xapi", _("xAPI statements")
        MOODLE = "moodle", _("Moodle")

    name = models.CharField(_("name"), max_length=100, unique=True)
    kind = models.CharField(_("results come by"), max_length=20, choices=Kind.choices)
    active = models.BooleanField(_("in use"), default=True)
    # Of its files: which heading is what, as somebody said last, and how days are written.
    columns = models.JSONField(default=dict, editable=False)
    date_order = models.CharField(_("days are written"), max_length=3, blank=True, editable=False)

    class Meta:
        ordering = ["name"]
        verbose_name = _("source of results")
        verbose_name_plural = _("sources of results")

    def __str__(self) -> str:
        return self.name


class MappedAccount(models.Model):
    """Whom a source means by an account or address of its own: said once by a person, and remembered."""

    door = models.ForeignKey(
        Door, on_delete=models.CASCADE, related_name="accounts", verbose_name=_("source")
    )
    key = models.CharField(_("account or address there"), max_length=254)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("person")
    )

    class Meta:
        ordering = ["key"]
        verbose_name = _("account at a source")
        verbose_name_plural = _("accounts at the source")
        constraints = [models.UniqueConstraint(fields=["door", "key"], name="account_mapped_once")]

    def __str__(self) -> str:
        return f"{self.key} → {self.person}"


class MappedCourse(models.Model):
    """Which course a source means by a name or number of its own; none: results of it are not for the HMIS."""

    door = models.ForeignKey(Door, on_delete=models.CASCADE, related_name="courses", verbose_name=_("source"))
    key = models.CharField(_("course there"), max_length=300)
    course = models.ForeignKey(
        Course,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("course"),
        help_text=_("Empty: not a course of the HMIS; its results are left out."),
    )

    class Meta:
        ordering = ["key"]
        verbose_name = _("course at a source")
        verbose_name_plural = _("courses at the source")
        constraints = [models.UniqueConstraint(fields=["door", "key"], name="course_mapped_once")]

    def __str__(self) -> str:
        return f"{self.key} → {self.course or _('none')}"
