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
        USERS = "users", _("User list of the HMIS")

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


class HmisUserList(models.Model):
    """One list of users as the HMIS gave it out. The newest is compared with what is agreed here."""

    name = models.CharField(max_length=200)
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField(_("uploaded"), default=timezone.now)
    columns = models.JSONField(default=dict)  # field → heading, remembered for the next file
    faults = models.JSONField(default=list)  # rows that could not be read, a sentence each
    compared_at = models.DateTimeField(_("compared"), null=True, blank=True)

    class Meta:
        ordering = ["-uploaded_at", "-pk"]
        verbose_name = _("user list of the HMIS")
        verbose_name_plural = _("user lists of the HMIS")

    def __str__(self) -> str:
        return self.name


class HmisAccount(models.Model):
    """A row of a user list; only those of the newest list are kept."""

    list = models.ForeignKey(HmisUserList, on_delete=models.CASCADE, related_name="accounts")
    user_name = models.CharField(max_length=100)
    user_key = models.CharField(max_length=100)  # in small letters
    name = models.CharField(max_length=200, blank=True)
    email = models.CharField(max_length=254, blank=True)  # in small letters
    organization = models.CharField(max_length=300, blank=True)
    roles = models.TextField(blank=True)
    projects = models.TextField(blank=True)
    active = models.BooleanField(default=True)
    last_sign_in = models.DateField(null=True, blank=True)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="hmis_accounts",
    )
    # Another account of the same person was matched first.
    second = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["list", "user_key"], name="hmis_account_once_a_list")]

    def __str__(self) -> str:
        return self.user_name


class HmisLink(models.Model):
    """Whose an account is, said by the HMIS Admin where neither user name nor address tells."""

    user_key = models.CharField(max_length=100, unique=True)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    linked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    linked_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return self.user_key


class Difference(models.Model):
    """Where the HMIS's list and what is agreed here differ: one row for each, found again by every later list."""

    class Kind(models.TextChoices):
        NO_RIGHT = "no_right", _("Account without right")
        NO_ACCOUNT = "no_account", _("Right without account")
        WRONG = "wrong", _("Wrong role or project")
        IDLE = "idle", _("Not used for long")

    kind = models.CharField(max_length=10, choices=Kind.choices)
    key = models.CharField(max_length=130, unique=True)  # kind, and the user name or the access
    user_name = models.CharField(max_length=100, blank=True)
    name = models.CharField(max_length=200, blank=True)
    organization = models.CharField(max_length=300, blank=True)
    access = models.ForeignKey(
        "onboarding.Access", on_delete=models.CASCADE, null=True, blank=True, related_name="+"
    )
    why = models.TextField()
    found_at = models.DateTimeField(default=timezone.now)
    seen_at = models.DateTimeField()
    over_at = models.DateTimeField(null=True, blank=True)  # the newest comparison did not find it
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    asked_at = models.DateTimeField(null=True, blank=True)
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("difference to the HMIS")
        verbose_name_plural = _("differences to the HMIS")
        indexes = [
            models.Index(fields=["kind"], condition=models.Q(over_at__isnull=True), name="difference_open")
        ]
        constraints = [
            models.CheckConstraint(
                name="difference_asked_before_done",
                condition=models.Q(done_at__isnull=True) | models.Q(asked_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.user_name or self.name}"
