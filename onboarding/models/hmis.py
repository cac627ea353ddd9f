"""What the HMIS itself calls things, and the files that come from it."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agencies.models import AccessLevel, HmisRole


class RoleInHmis(models.Model):
    """A role here, for some projects or all of them, as it is called in the HMIS. The most specific row holds."""

    role = models.CharField(_("role here"), max_length=12, choices=HmisRole.choices)
    access_level = models.CharField(
        _("access level here"), max_length=12, choices=AccessLevel.choices, blank=True,
        help_text=_("Empty: whichever the person has."),
    )  # fmt: skip
    # Codes of HUD's lists 2.02.6 and 2.06.1.
    project_type = models.PositiveSmallIntegerField(
        _("project type"), null=True, blank=True, help_text=_("Empty: projects of every type.")
    )
    funder = models.PositiveSmallIntegerField(
        _("funding source"), null=True, blank=True, help_text=_("Empty: projects with whichever money.")
    )
    roles = models.CharField(
        _("role or roles in the HMIS"), max_length=300, help_text=_("Separate several by semicolons.")
    )
    level = models.CharField(
        _("access level in the HMIS"), max_length=200, blank=True,
        help_text=_("Empty: the HMIS has none beside the role."),
    )  # fmt: skip

    class Meta:
        ordering = ["role", "access_level", "project_type", "funder"]
        verbose_name = _("role in the HMIS")
        verbose_name_plural = _("roles in the HMIS")
        constraints = [
            models.UniqueConstraint(
                fields=["role", "access_level", "project_type", "funder"],
                name="role_in_hmis_once",
                nulls_distinct=False,
                violation_error_message=_(
                    "This role is mapped already for the same projects. Change that row"
                ),
            ),
            models.CheckConstraint(name="role_in_hmis_is_named", condition=~models.Q(roles="")),
        ]

    def __str__(self) -> str:
        return f"{self.get_role_display()}: {self.roles}"

    @property
    def specificity(self) -> tuple[int, int]:
        """How closely the row describes: the project first (money before type), then the access level."""
        project = 2 * (self.funder is not None) + (self.project_type is not None)
        return project, int(bool(self.access_level))

    @property
    def names(self) -> list[str]:
        return [name for name in (part.strip() for part in self.roles.split(";")) if name]


class HmisFile(models.Model):
    """A file of the HMIS side that was uploaded and is shown before anything is done with it."""

    class Kind(models.TextChoices):
        ANSWERS = "answers", _("What was done in the HMIS")

    kind = models.CharField(max_length=8, choices=Kind.choices)
    name = models.CharField(max_length=200)
    table = models.JSONField()  # hmis_portal.files.tables.Table.kept
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("uploaded file of the HMIS")
        constraints = [
            models.UniqueConstraint(fields=["kind", "uploaded_by"], name="hmis_file_one_waits"),
        ]

    def __str__(self) -> str:
        return self.name
