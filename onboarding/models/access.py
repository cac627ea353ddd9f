"""A staff member’s access to the HMIS: as computed, as confirmed by the HMIS Admin, and who needs it as agencies say."""

from django.conf import settings
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from hmis_portal.text.words import date_words


class Access(models.Model):
    """One row a staff member. Its state changes only through `onboarding.services.perform`."""

    class State(models.TextChoices):
        NOT_READY = "not_ready", _("Not ready")
        READY = "ready", _("Ready: account to be made")
        GRANTED = "granted", _("Access granted")
        SUSPENDED = "suspended", _("Access suspended")
        ENDED = "ended", _("Access ended")

    class ToDo(models.TextChoices):
        """What the HMIS Admin still has to do in the HMIS itself."""

        SUSPEND = "suspend", _("Suspend the account")
        RESTORE = "restore", _("Open the account again")
        CLOSE = "close", _("Close the account")
        CHANGE = "change", _("Change the account")

    staff = models.OneToOneField("agencies.Staff", on_delete=models.PROTECT, related_name="access")
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.NOT_READY)
    state_since = models.DateTimeField(_("since"), default=timezone.now)
    reasons = models.JSONField(_("reasons"), default=list, blank=True)
    account_name = models.CharField(_("account in the HMIS"), max_length=100, blank=True)
    # Role, access level and projects that the account was last confirmed with: see `onboarding.access.agreed`.
    agreed = models.JSONField(default=dict, blank=True, editable=False)
    granted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    granted_at = models.DateTimeField(_("granted"), null=True, blank=True)
    # One of ToDo; empty when nothing.
    to_do = models.CharField(_("to do in the HMIS"), max_length=8, blank=True)
    to_do_since = models.DateTimeField(null=True, blank=True)
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    done_at = models.DateTimeField(_("last confirmed as done"), null=True, blank=True)
    done_on = models.DateField(_("last done in the HMIS"), null=True, blank=True)

    class Meta:
        ordering = ["staff__last_name", "staff__first_name"]
        verbose_name = _("access")
        verbose_name_plural = _("access")
        indexes = [
            models.Index(fields=["state"], name="access_by_state"),
            models.Index(fields=["-state_since"], name="access_latest"),
            models.Index(Lower("account_name"), name="access_by_account"),
            models.Index(fields=["to_do_since"], condition=~models.Q(to_do=""), name="access_to_do"),
        ]
        constraints = [
            models.CheckConstraint(
                name="access_granted_pair",
                condition=models.Q(granted_at__isnull=True, granted_by__isnull=True)
                | models.Q(granted_at__isnull=False, granted_by__isnull=False),
            ),
            models.CheckConstraint(
                name="access_granted_is_dated",
                condition=~models.Q(state__in=["granted", "suspended"]) | models.Q(granted_at__isnull=False),
            ),
            models.CheckConstraint(
                name="access_to_do_is_dated",
                condition=models.Q(to_do="") ^ models.Q(to_do_since__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return str(_("Access of %(person)s") % {"person": self.staff})


class CoordinatorNews(models.Model):
    """Something about one of an agency's people that its coordinator hears in the next morning's one e-mail."""

    class Kind(models.TextChoices):
        LISTED = "listed", _("on the roster")
        LEARNING_ASKED = "lms_asked", _("account at the learning site asked for")
        LEARNING_MADE = "lms_made", _("account at the learning site made")
        CHANNEL_WANTED = "channel", _("number or address for sign-in codes is missing")
        READY = "ready", _("ready for an account")
        NOT_READY = "not_ready", _("no longer ready")
        GRANTED = "granted", _("account made")
        SUSPENDED = "suspended", _("access suspended")
        RESTORED = "restored", _("access restored")
        ENDED = "ended", _("access ended")

    # Somebody who is taken off the list before anything hung on them takes the news of them along.
    staff = models.ForeignKey("agencies.Staff", on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    reasons = models.JSONField(default=list)
    day = models.DateField()
    told_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["staff__last_name", "staff__first_name", "pk"]
        verbose_name = _("news for a coordinator")
        verbose_name_plural = _("news for coordinators")
        indexes = [
            models.Index(fields=["staff"], name="coordinator_news_untold", condition=models.Q(told_on=None))
        ]

    def __str__(self) -> str:
        return f"{self.staff}: {self.get_kind_display()}"


class AccessConfirmation(models.Model):
    """Signed and dated by the coordinator or a manager; the next one is due so many months later."""

    class Answer(models.TextChoices):
        NEEDS = "needs", _("Still needs it")
        CHANGED = "changed", _("Role or projects changed")
        LEFT = "left", _("Left")

    agency = models.ForeignKey(
        "agencies.Agency", on_delete=models.PROTECT, related_name="access_confirmations"
    )
    due_on = models.DateField(_("was due"))
    signed_name = models.CharField(_("signed as"), max_length=150)
    signed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    signed_at = models.DateTimeField(_("signed"), default=timezone.now)
    # [{"staff": key, "name": …, "role": …, "answer": one of Answer, "last_day": "2026-11-22" of one who left}]
    people = models.JSONField()

    class Meta:
        ordering = ["-signed_at"]
        verbose_name = _("confirmation of access")
        verbose_name_plural = _("confirmations of access")
        indexes = [models.Index(fields=["signed_at"], name="access_confirmed_longest_ago")]
        constraints = [
            models.UniqueConstraint(fields=["agency", "due_on"], name="access_confirmed_once"),
            models.CheckConstraint(name="access_confirmation_is_signed", condition=~models.Q(signed_name="")),
        ]

    def __str__(self) -> str:
        return f"{self.agency}, {date_words(self.due_on)}"
