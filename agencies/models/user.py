"""People who sign in: one account a person, known by e-mail."""

from collections.abc import Collection
from typing import ClassVar
from uuid import UUID

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Model
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agencies.models.matching import Digits, Number, Words
from hmis_portal.accounts.factors.strength import lacks_second_factor
from hmis_portal.models.keys import among
from hmis_portal.models.written import Keys
from hmis_portal.text import typed


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: object) -> "User":
        """Make an account; without a password nobody can sign in with it until one is set."""
        user = self.model(email=typed.email(email), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: object) -> "User":
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    def accounts_of(self, people: Collection[int] | Keys) -> models.QuerySet["User"]:
        """The accounts of these people (ids), with those that were merged into them: what was done under either is theirs."""
        own, merged = (among(name, people, models.BigIntegerField()) for name in ("pk", "merged_into"))
        return self.filter(models.Q(own) | models.Q(merged))

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email__iexact=typed.email(username or ""))


class User(AbstractBaseUser, PermissionsMixin):
    """A person. Exists from the invitation on, without a usable password until it is accepted."""

    email = models.EmailField(_("e-mail"), max_length=254, unique=True)
    first_name = models.CharField(_("first name"), max_length=100, blank=True)
    last_name = models.CharField(_("last name"), max_length=100, blank=True)
    title = models.CharField(_("title"), max_length=150, blank=True)
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    is_staff = models.BooleanField(
        _("works for the HMIS"), default=False, help_text=_("May sign in to the admin.")
    )
    is_active = models.BooleanField(_("may sign in"), default=True)
    date_joined = models.DateTimeField(_("account made"), default=timezone.now)
    closed_at = models.DateTimeField(_("account closed"), null=True, blank=True)
    # The account under which the same person goes on: what is kept for good stays here, and is read there.
    merged_into = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, editable=False, related_name="merged"
    )
    # By the HMIS's own user list: the last sign-in there, and the day of the list that said so.
    hmis_signed_in_on = models.DateField(null=True, blank=True, editable=False)
    hmis_listed_on = models.DateField(null=True, blank=True, editable=False)
    # See hmis_portal/accounts/factors/first_factor.py.
    password_reset_at = models.DateTimeField(null=True, blank=True, editable=False)
    first_factor_until = models.DateTimeField(null=True, blank=True, editable=False)
    # Of this request alone, see agencies/desk/viewing.py.
    views_as_manager_of: UUID | None = None

    objects: ClassVar[UserManager] = UserManager()
    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        ordering = ["last_name", "first_name", "email"]
        verbose_name = _("person")
        verbose_name_plural = _("people")
        indexes = [
            models.Index(fields=["last_name", "first_name"], name="user_in_order"),
            GinIndex(Words("first_name", "last_name", "email"), name="user_by_words"),
            models.Index(Digits(Number("phone")), name="user_by_phone"),
        ]
        constraints = [
            models.UniqueConstraint(Lower("email"), name="user_email_once"),
            models.CheckConstraint(
                name="user_closed_cannot_sign_in",
                condition=models.Q(closed_at__isnull=True) | models.Q(is_active=False),
            ),
            models.CheckConstraint(
                name="user_merged_is_closed",
                condition=models.Q(merged_into__isnull=True) | models.Q(closed_at__isnull=False),
            ),
            models.CheckConstraint(
                name="user_not_merged_into_itself",
                condition=models.Q(merged_into__isnull=True) | ~models.Q(merged_into=models.F("pk")),
            ),
        ]

    def __str__(self) -> str:
        return self.get_full_name() or self.email

    @property
    def goes_on_as(self) -> "User":
        """The account that counts: the one into which this was merged, or itself."""
        return self.merged_into or self

    def has_perm(self, perm: str, obj: Model | None = None) -> bool:
        return super().has_perm(perm, obj) and not lacks_second_factor(self)

    def has_module_perms(self, app_label: str) -> bool:
        return super().has_module_perms(app_label) and not lacks_second_factor(self)

    def get_full_name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()

    def get_short_name(self) -> str:
        return self.first_name or self.email


class EligibilityCheck(models.Model):
    """What a person answered before there was an agency: asked once, whichever device they go on with."""

    user = models.OneToOneField(
        User, on_delete=models.CASCADE, primary_key=True, related_name="eligibility_check"
    )
    answers = models.JSONField()  # under the names of the agency's fields
    given_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return str(self.user)
