"""A text that people agree to, in numbered versions."""

import re
from typing import ClassVar

import pgtrigger
from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from hmis_portal.models import PortalSettings

SHA256 = 64
VARIABLE = re.compile(r"\{\{ ?([a-z_]+) ?\}\}")
NAMES = ("hmis_name", "hmis_long_name", "state_name", "lead_agency", "admin_name")  # that the settings have


class TextVersion(models.Model):
    """One version of a text that people agree to. A published text never changes, in the database either."""

    class Kind(models.TextChoices):
        MOU = "mou", _("Memorandum of understanding")
        USER_AGREEMENT = "user_agreement", _("User agreement")
        DISCLOSURE = "disclosure", _("Electronic records disclosure")

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        PUBLISHED = "published", _("Published")
        RETIRED = "retired", _("Retired")

    kind = models.CharField(_("kind"), max_length=20, choices=Kind.choices)
    number = models.PositiveSmallIntegerField(_("version"))
    title = models.CharField(_("title"), max_length=200)
    body = models.TextField(
        _("text"), help_text=_("Markdown; each clause begins with “## 1. Heading {#anchor}”.")
    )
    sha256 = models.CharField(_("SHA-256 of the canonical text"), max_length=SHA256, editable=False)
    sample = models.BooleanField(_("sample, to be replaced by counsel’s text"), default=False)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.DRAFT)
    what_changed = models.TextField(_("what changed, for the agencies"), blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    published_at = models.DateTimeField(_("published"), null=True, blank=True)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        verbose_name = _("agreement text")
        ordering = ["kind", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["kind", "number"], name="text_version_number_once"),
            models.UniqueConstraint(
                fields=["kind"], condition=models.Q(state="published"), name="text_version_one_published"
            ),
            models.CheckConstraint(
                name="text_version_published_has_time",
                condition=models.Q(state="draft", published_at__isnull=True)
                | (~models.Q(state="draft") & models.Q(published_at__isnull=False)),
            ),
        ]
        triggers: ClassVar = [
            pgtrigger.Protect(
                name="published_frozen",
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition(
                    "OLD.state <> 'draft' AND (NEW.state = 'draft' OR (OLD.kind, OLD.number, OLD.title, OLD.body, OLD.sha256,"
                    " OLD.sample, OLD.published_at) IS DISTINCT FROM (NEW.kind, NEW.number, NEW.title, NEW.body, NEW.sha256,"
                    " NEW.sample, NEW.published_at))"
                ),
            ),
            pgtrigger.Protect(
                name="published_kept",
                operation=pgtrigger.Delete,
                condition=pgtrigger.Condition("OLD.state <> 'draft'"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name}, version {self.number}"

    @property
    def name(self) -> str:
        """Its title, in which this community's names stand; what each document fills in is told by its word."""
        return VARIABLE.sub(lambda match: _named(match[1]), self.title)


def _named(variable: str) -> str:
    return str(getattr(PortalSettings.load(), variable)) if variable in NAMES else variable.replace("_", " ")
