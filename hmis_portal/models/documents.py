"""Stored documents, and what was disposed of after its retention."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from hmis_portal.models.append_only import AppendOnly
from hmis_portal.text.words import date_words


class StoredDocument(AppendOnly):
    """Immutable bytes, found by their SHA-256; the bytes lie in the document storage."""

    sha256 = models.CharField(max_length=64, unique=True)
    size = models.PositiveBigIntegerField(_("size in bytes"))
    content_type = models.CharField(max_length=100)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta(AppendOnly.Meta):
        verbose_name = _("stored document")

    def __str__(self) -> str:
        return f"{self.content_type}, {self.size} bytes, {self.sha256[:12]}…"

    @property
    def path(self) -> str:
        return f"{self.sha256[:2]}/{self.sha256[2:4]}/{self.sha256}"


class Disposal(AppendOnly):
    """The bytes of a document were deleted once their retention period had passed; its row and its hash stay."""

    document = models.OneToOneField(StoredDocument, on_delete=models.PROTECT, related_name="disposal")
    at = models.DateTimeField(_("deleted"), auto_now_add=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("by"), on_delete=models.PROTECT, related_name="+"
    )
    reason = models.CharField(_("why"), max_length=300)

    class Meta(AppendOnly.Meta):
        verbose_name = _("deletion after retention")

    def __str__(self) -> str:
        return f"{self.document}: {date_words(self.at)}"
