"""Lists of organizations that the IRS publishes, as somebody loaded them: beside them stand the EINs of agencies."""

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from hmis_portal.running.tries import Tried


class RegisterLoad(Tried):
    """One load of a list: its rows take the place of those before when all of them are there."""

    class Kind(models.TextChoices):
        EXEMPT = "exempt", _("Exempt organizations")
        REVOKED = "revoked", _("Automatic revocations")

    class State(models.TextChoices):
        WAITING = "waiting", _("Being loaded")
        STANDS = "stands", _("Used for checks")
        REPLACED = "replaced", _("Replaced by a later file")
        REFUSED = "refused", _("Refused")

    kind = models.CharField(_("list"), max_length=7, choices=Kind.choices)
    state = models.CharField(_("state"), max_length=8, choices=State.choices, default=State.WAITING)
    name = models.CharField(_("file"), max_length=200)
    of_day = models.DateField(_("day of the file"))
    may_shrink = models.BooleanField(_("may have far fewer rows than the file before"), default=False)
    rows = models.PositiveIntegerField(_("rows"), default=0)
    sha256 = models.CharField(_("SHA-256"), max_length=64, blank=True)
    loaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("loaded by"), on_delete=models.PROTECT, related_name="+"
    )
    asked_at = models.DateTimeField(_("given"), default=timezone.now)
    loaded_at = models.DateTimeField(_("loaded"), null=True, blank=True)

    class Meta:
        ordering = ["-asked_at", "-pk"]
        verbose_name = _("file of the IRS register")
        verbose_name_plural = _("files of the IRS register")
        constraints = [
            models.UniqueConstraint(
                fields=["kind"], condition=Q(state="stands"), name="register_one_file_stands"
            ),
            models.CheckConstraint(
                name="register_loaded_is_whole",
                condition=Q(state__in=["waiting", "refused"], loaded_at__isnull=True)
                | Q(state__in=["stands", "replaced"], loaded_at__isnull=False, rows__gt=0) & ~Q(sha256=""),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_open(self) -> bool:
        return self.state == self.State.WAITING

    def give_up(self) -> None:
        self.state = self.State.REFUSED

    def lease(self) -> timedelta:
        """As long as a worker may take."""
        return timedelta(seconds=80)


class RegisterPiece(models.Model):
    """A part of an uploaded file that waits for the worker, so that nobody holds the whole of it."""

    load = models.ForeignKey(RegisterLoad, on_delete=models.CASCADE, related_name="pieces")
    number = models.PositiveIntegerField()
    data = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["load", "number"], name="register_piece_once")]

    def __str__(self) -> str:
        return f"{self.load}: {self.number}"


class RegisterEntry(models.Model):
    """A row of a list. Only those of the file that is used are kept."""

    # Two million rows point at one: the loader, which alone writes them, holds what the database would ask for each.
    load = models.ForeignKey(
        RegisterLoad, on_delete=models.CASCADE, related_name="entries", db_constraint=False, db_index=False
    )
    ein = models.CharField(max_length=9)
    name = models.CharField(max_length=200)
    other_name = models.CharField(max_length=200, blank=True)  # under which it does business, or is sorted
    city = models.CharField(max_length=60, blank=True)
    region = models.CharField(max_length=30, blank=True)
    status = models.CharField(max_length=2, blank=True)
    subsection = models.CharField(max_length=10, blank=True)  # of section 501(c)
    revoked_on = models.DateField(null=True)
    posted_on = models.DateField(null=True)
    reinstated_on = models.DateField(null=True)

    class Meta:
        indexes = [models.Index(fields=["ein"], name="register_by_ein")]

    def __str__(self) -> str:
        return f"{self.ein} {self.name}"
