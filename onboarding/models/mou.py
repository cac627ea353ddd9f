"""The Memorandum of Understanding of one agency: its state and term. The evidence lies in hmis_portal.signing."""

import uuid
from collections.abc import Sequence
from datetime import date, timedelta
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from hmis_portal.models import AppendOnly
from hmis_portal.signing.models import NAME_LENGTH
from hmis_portal.what_if import clock

RENEW_DAYS = 90


class Mou(models.Model):
    """One request to sign one version of the MOU. Its state changes only through `onboarding.services.perform`."""

    class State(models.TextChoices):
        ISSUED = "issued", _("Waiting for the agency's signature")
        SIGNED = "signed", _("Signed by the agency")
        EXECUTED = "executed", _("Executed")
        DECLINED = "declined", _("Declined by the signatory")
        VOIDED = "voided", _("Voided")
        SUPERSEDED = "superseded", _("Superseded by a newer version")
        ENDED = "ended", _("Ended")

    class VoidKind(models.TextChoices):
        REFUSED = "refused", _("Refused by the Lead Agency")
        WITHDRAWN = "withdrawn", _("Signature withdrawn")
        REPLACED = "replaced", _("Replaced")
        ERROR = "error", _("Voided because of an error")
        APPLICATION = "application", _("The application was closed")
        LEFT = "left", _("The agency left the HMIS")
        ENDED = "ended", _("The MOU that it renews ended")

    class EndKind(models.TextChoices):
        TERM = "term", _("The term is over")
        LEFT = "left", _("The agency leaves the HMIS")
        SANCTION = "sanction", _("Sanction")
        REPLACED = "replaced", _("A newer version was signed")

    OPEN: ClassVar = (State.ISSUED, State.SIGNED)

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    agency = models.ForeignKey("agencies.Agency", on_delete=models.PROTECT, related_name="mous")
    reference = models.CharField(_("reference"), max_length=24, unique=True)
    state = models.CharField(_("state"), max_length=12, choices=State.choices, default=State.ISSUED)
    state_since = models.DateTimeField(_("since"), default=timezone.now)
    request = models.OneToOneField("signing.SigningRequest", on_delete=models.PROTECT, related_name="mou")
    signatory = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("signatory"),
        on_delete=models.PROTECT,
        related_name="mous_to_sign",
    )
    # As the agency's manager named them, then as they signed: the agency learns no other name of an account.
    signatory_name = models.CharField(_("name of the signatory"), max_length=NAME_LENGTH, blank=True)
    issued_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    issued_at = models.DateTimeField(_("issued"), default=timezone.now)
    signed_at = models.DateTimeField(_("signed by the agency"), null=True, blank=True)
    # Whom section A2 named as authorized signatory when the agency signed; empty when nobody yet.
    signatory_named = models.CharField(max_length=200, blank=True)
    executed_at = models.DateTimeField(_("executed"), null=True, blank=True)
    term_ends_on = models.DateField(_("last day of the term"), null=True, blank=True)
    ended_on = models.DateField(_("ended on"), null=True, blank=True)
    void_kind = models.CharField(_("kind"), max_length=12, choices=VoidKind.choices, blank=True)
    reason = models.TextField(_("reason"), blank=True)
    end_kind = models.CharField(_("why it ended"), max_length=10, choices=EndKind.choices, blank=True)
    successor_of = models.ForeignKey(
        "self",
        verbose_name=_("renewal of"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="successors",
    )
    # A renewal in a newer text that was asked for: it begins when both have signed, and the MOU before it ends then.
    replaces = models.BooleanField(_("takes the place of the MOU before it"), default=False)
    # The newer text in which the agency is asked to sign anew, and the last day on which this MOU carries access.
    renew_to = models.ForeignKey(
        "signing.TextVersion",
        verbose_name=_("to be signed anew as"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="asked_of",
    )
    renew_by = models.DateField(_("to be signed anew by"), null=True, blank=True)

    class Meta:
        ordering = ["-issued_at"]
        verbose_name = _("MOU")
        indexes = [
            models.Index(fields=["state", "state_since"], name="mou_queue"),
            models.Index(fields=["-state_since"], name="mou_latest"),
            models.Index(fields=["state", "signed_at"], name="mou_signed_longest_ago"),
            models.Index(fields=["state", "executed_at", "id"], name="mou_executed_longest_ago"),
            models.Index(
                fields=["agency", "-issued_at"],
                include=["executed_at"],
                condition=models.Q(state="executed"),
                name="mou_executed",
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["agency"],
                condition=models.Q(state__in=["issued", "signed"]),
                name="mou_one_open_per_agency",
            ),
            models.UniqueConstraint(
                fields=["agency"],
                condition=models.Q(state="executed", successor_of__isnull=True),
                name="mou_one_executed_per_agency",
            ),
            models.UniqueConstraint(
                fields=["successor_of"],
                condition=models.Q(state__in=["issued", "signed", "executed"]),
                name="mou_one_renewal_that_counts",
            ),
            models.CheckConstraint(
                name="mou_signed_is_dated",
                condition=~models.Q(state__in=["signed", "executed", "ended"])
                | models.Q(signed_at__isnull=False),
            ),
            models.CheckConstraint(
                name="mou_executed_is_dated",
                condition=~models.Q(state__in=["executed", "ended"])
                | models.Q(executed_at__isnull=False, term_ends_on__isnull=False),
            ),
            models.CheckConstraint(
                name="mou_voided_has_kind", condition=models.Q(state="voided") ^ models.Q(void_kind="")
            ),
            models.CheckConstraint(
                name="mou_asked_by_a_day",
                condition=models.Q(renew_to__isnull=True, renew_by__isnull=True)
                | models.Q(renew_to__isnull=False, renew_by__isnull=False),
            ),
            models.CheckConstraint(
                name="mou_replaces_another",
                condition=models.Q(replaces=False) | models.Q(successor_of__isnull=False),
            ),
            models.CheckConstraint(
                name="mou_ended_is_dated",
                condition=~models.Q(state="ended") | models.Q(ended_on__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def may_be_renewed(self) -> bool:
        """Executed, and a newer text is to be signed or its last 90 days have begun."""
        if self.state != self.State.EXECUTED or self.term_ends_on is None:
            return False
        return self.is_asked_anew or clock.today() >= self.term_ends_on - timedelta(days=RENEW_DAYS)

    @property
    def is_asked_anew(self) -> bool:
        """Executed, and the agency is asked to sign a newer text."""
        return self.state == self.State.EXECUTED and self.renew_by is not None

    @property
    def renewal_due_on(self) -> date | None:
        """The last day on which it carries access without a successor."""
        return min((day for day in (self.renew_by, self.term_ends_on) if day), default=None)

    @property
    def came_to_nothing(self) -> bool:
        """A renewal that was declined, voided or superseded: the MOU before it still tells how things stand."""
        over = (self.State.DECLINED, self.State.VOIDED, self.State.SUPERSEDED)
        return self.successor_of_id is not None and self.state in over

    @property
    def is_in_force(self) -> bool:
        """Executed and within its term today."""
        return (
            self.state == self.State.EXECUTED
            and self.term_ends_on is not None
            and clock.today() <= self.term_ends_on
        )


def to_act_on(mous: Sequence[Mou]) -> Mou | None:
    """Of an agency's MOUs, newest first: the newest that is open or executed, so during a renewal the new one; else the last.

    A renewal that came to nothing is passed over.
    """
    open_or_executed = (*Mou.OPEN, Mou.State.EXECUTED)
    last = next((row for row in mous if not row.came_to_nothing), None)
    return next((row for row in mous if row.state in open_or_executed), last)


class OneParty(AppendOnly):
    """Why a name in an MOU and the name that stands today are one party, as the HMIS Admin recorded it."""

    mou = models.ForeignKey(Mou, on_delete=models.PROTECT, related_name="explained")
    signed = models.CharField(_("name in the MOU"), max_length=200)
    now = models.CharField(_("name today"), max_length=200)
    reason = models.TextField(_("why both are one party"), max_length=2000)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(_("recorded"), default=timezone.now)

    class Meta(AppendOnly.Meta):
        verbose_name = _("two names of one party")
        verbose_name_plural = _("two names of one party")
        ordering = ["recorded_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["mou", "signed", "now"], name="one_party_recorded_once")
        ]

    def __str__(self) -> str:
        return f"{self.mou}: {self.signed} = {self.now}"
