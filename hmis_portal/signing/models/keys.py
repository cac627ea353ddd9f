"""The keys of the seal, and what of them is no longer trusted. Private keys are never stored here."""

from datetime import datetime, timedelta

from cryptography import x509
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from hmis_portal.models import AppendOnly
from hmis_portal.text.words import date_words

SEALS_FOR, WARNED_BEFORE = timedelta(days=365), timedelta(days=60)


class SealKey(models.Model):
    """A certificate authority of the portal whose seals may be trusted; its private key is never stored here."""

    serial = models.CharField(_("serial number"), max_length=64, unique=True)
    subject = models.CharField(_("subject"), max_length=200)
    certificate = models.TextField(_("certificate (PEM)"))
    chain = models.TextField(_("chain up to the root (PEM)"))
    development = models.BooleanField(_("for development only"), default=False)
    active_from = models.DateTimeField(_("active from"), auto_now_add=True)
    retired_at = models.DateTimeField(_("retired"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True)
    revoked_because = models.CharField(_("reason"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("seal key")
        ordering = ["-active_from"]

    def __str__(self) -> str:
        return str(_("Seal key …%(end)s") % {"end": self.serial[-8:]})

    @property
    def use_until(self) -> datetime:
        """A key seals for a year, or until its certificate ends; the certificate lives longer, for those who check."""
        certificate = x509.load_pem_x509_certificate(self.certificate.encode())
        return min(self.active_from + SEALS_FOR, certificate.not_valid_after_utc)

    @property
    def ends_soon(self) -> bool:
        return self.retired_at is None and self.use_until - timezone.now() < WARNED_BEFORE


class RevokedCertificate(AppendOnly):
    """A one-time certificate that must no longer be trusted; published in the authority's list."""

    seal_key = models.ForeignKey(
        SealKey, verbose_name=_("issued by"), on_delete=models.PROTECT, related_name="revoked"
    )
    serial = models.CharField(_("serial number"), max_length=64, unique=True)
    reason = models.CharField(_("reason"), max_length=300)
    at = models.DateTimeField(_("revoked"), auto_now_add=True)

    class Meta(AppendOnly.Meta):
        verbose_name = _("revoked certificate")

    def __str__(self) -> str:
        return self.serial


class RevocationList(AppendOnly):
    """What an authority says is revoked, signed by who holds its key and published here: a worker, each day, for a seal
    key and what it certified; for the root and its seal keys whoever keeps the root's key."""

    # The serial number of the seal key whose list it is; empty for the root's.
    issuer = models.CharField(max_length=64, blank=True, default="", db_default="")
    data = models.BinaryField(_("list (DER)"))
    made_at = models.DateTimeField(_("signed"), auto_now_add=True)

    class Meta(AppendOnly.Meta):
        verbose_name = _("revocation list")
        indexes = [models.Index(fields=["issuer", "-made_at"], name="revocation_list_newest")]

    def __str__(self) -> str:
        return f"{date_words(self.made_at)}"
