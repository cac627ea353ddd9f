"""The agency's record after it was sent: what changed on its own pages, and what the HMIS Admin is asked to accept."""

from typing import Any, ClassVar

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

PERSON: Any = settings.AUTH_USER_MODEL


class RecordChange(models.Model):
    """One saving of a page of the record: what stood there before and after, and from which day it is so.

    `changed` is a list of {"question", "before", "after"} in words. `told_at` is when the HMIS Admin's digest held it.
    """

    agency = models.ForeignKey("agencies.Agency", on_delete=models.PROTECT, related_name="record_changes")
    title = models.CharField(_("page"), max_length=250)
    changed = models.JSONField(_("what changed"), encoder=DjangoJSONEncoder)
    effective_on = models.DateField(_("from"))
    changed_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+", verbose_name=_("by"))
    changed_at = models.DateTimeField(_("changed"), default=timezone.now)
    told_at = models.DateTimeField(_("HMIS Admin told"), null=True, blank=True)

    class Meta:
        ordering = ["-changed_at", "-pk"]
        verbose_name = _("change of an agency's record")
        verbose_name_plural = _("changes of agencies' records")
        indexes = [
            models.Index(fields=["agency", "-changed_at"], name="record_change_by_agency"),
            models.Index(fields=["changed_at"], name="record_change_untold", condition=Q(told_at=None)),
        ]

    def __str__(self) -> str:
        return self.title


class RecordProposal(models.Model):
    """A change that binds: it takes effect when the HMIS Admin accepts it."""

    class What(models.TextChoices):
        LEGAL_NAME = "legal_name", _("Legal name")
        EIN = "ein", _("Employer Identification Number (EIN)")
        LEGAL_FORM = "legal_form", _("Legal form")

    class State(models.TextChoices):
        OPEN = "open", _("Waits for the HMIS Admin")
        ACCEPTED = "accepted", _("Accepted")
        REFUSED = "refused", _("Refused")
        TAKEN_BACK = "taken_back", _("Taken back by the agency")

    # The fields of the agency's row that each of them changes together.
    FIELDS: ClassVar = {
        What.LEGAL_NAME: ("legal_name",),
        What.EIN: ("ein",),
        What.LEGAL_FORM: ("legal_form", "legal_form_other"),
    }

    agency = models.ForeignKey("agencies.Agency", on_delete=models.PROTECT, related_name="record_proposals")
    what = models.CharField(_("what"), max_length=10, choices=What.choices)
    before = models.JSONField(_("stands there"))  # field → value, as are those of `after`
    after = models.JSONField(_("proposed"))
    effective_on = models.DateField(_("from"))
    why = models.TextField(_("why"), max_length=2000)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.OPEN)
    proposed_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+", verbose_name=_("by"))
    proposed_at = models.DateTimeField(_("proposed"), default=timezone.now)
    decided_by = models.ForeignKey(
        PERSON,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("decided by"),
    )
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)
    reason = models.TextField(_("reason"), max_length=2000, blank=True)
    amends_mou = models.BooleanField(_("the MOU is amended"), null=True, blank=True)

    class Meta:
        ordering = ["-proposed_at", "-pk"]
        verbose_name = _("proposed change of an agency")
        verbose_name_plural = _("proposed changes of agencies")
        constraints = [
            models.UniqueConstraint(
                fields=["agency", "what"], condition=Q(state="open"), name="record_proposal_one_open"
            ),
            models.CheckConstraint(
                name="record_proposal_decided",
                condition=Q(state="open", decided_at=None, decided_by=None)
                | (~Q(state="open") & Q(decided_at__isnull=False, decided_by__isnull=False)),
            ),
            models.CheckConstraint(
                name="record_proposal_refused_with_reason", condition=~Q(state="refused") | ~Q(reason="")
            ),
        ]

    def __str__(self) -> str:
        return str(self.get_what_display())
