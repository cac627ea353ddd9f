"""A text issued to be signed, its parties, and the evidence of what each did. Evidence is never changed."""

import uuid
from typing import ClassVar

import pgtrigger
from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from hmis_portal.attesting.marks import Marked
from hmis_portal.models import AppendOnly, StoredDocument
from hmis_portal.signing.models.texts import SHA256, TextVersion
from hmis_portal.text.words import date_words, datetime_words

NAME_LENGTH = 150  # of a person's name in a document


class SigningRequest(AppendOnly):
    """A text with names filled in, issued to be signed. Its state lives with the thing it is for."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=20, choices=TextVersion.Kind.choices)
    reference = models.CharField(_("reference"), max_length=40, unique=True)
    version = models.ForeignKey(TextVersion, on_delete=models.PROTECT, related_name="requests")
    text = models.TextField(_("text as issued"))
    text_sha256 = models.CharField(_("SHA-256 of the text as issued"), max_length=SHA256)
    snapshot = models.JSONField(_("names as issued"), default=dict)
    agency_id = models.UUIDField(null=True, blank=True, db_index=True)
    created_at = models.DateTimeField(_("issued"), auto_now_add=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta(AppendOnly.Meta):
        verbose_name = _("signing request")
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return self.reference


SIGNED_PARTY_IS_FROZEN = """
IF TG_OP = 'DELETE' OR EXISTS (SELECT 1 FROM signing_signatureact WHERE party_id = OLD.id) THEN
    RAISE EXCEPTION 'pgtrigger: a party that has signed cannot be changed';
END IF;
RETURN NEW;
"""


class Party(models.Model):
    """One side of a request. Who signs for it may change until it has signed."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    request = models.ForeignKey(SigningRequest, on_delete=models.PROTECT, related_name="parties")
    role = models.CharField(_("role"), max_length=20)
    position = models.PositiveSmallIntegerField(default=0)
    label = models.CharField(_("named in the document"), max_length=200)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="signing_parties",
    )
    legal_name = models.CharField(_("full legal name"), max_length=NAME_LENGTH, blank=True)
    title = models.CharField(_("title"), max_length=150, blank=True)
    authority = models.CharField(_("basis of authority"), max_length=300, blank=True)
    delegated_from = models.CharField(_("authority delegated by"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("party")
        verbose_name_plural = _("parties")
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["request", "role"], name="party_role_once"),
            models.UniqueConstraint(fields=["request", "position"], name="party_position_once"),
        ]
        triggers: ClassVar = [
            pgtrigger.Trigger(
                name="signed_frozen",
                when=pgtrigger.Before,
                operation=pgtrigger.Update | pgtrigger.Delete,
                func=SIGNED_PARTY_IS_FROZEN,
            )
        ]

    def __str__(self) -> str:
        return f"{self.label}: {self.legal_name}" if self.legal_name else self.label


class Consent(Marked, AppendOnly):
    """A person agreed to act electronically, having been shown this disclosure."""

    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="consents")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    disclosure = models.ForeignKey(TextVersion, on_delete=models.PROTECT, related_name="+")
    disclosure_sha256 = models.CharField(max_length=SHA256)
    test_file_opened = models.BooleanField(_("the test file could be opened"))
    at = models.DateTimeField(_("when"), default=timezone.now, editable=False)
    ip = models.GenericIPAddressField(_("IP address"), null=True)
    browser = models.CharField(_("browser"), max_length=400)
    again_after = models.OneToOneField(
        "ConsentWithdrawal", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta(AppendOnly.Meta):
        verbose_name = _("consent to electronic records")
        constraints = [
            models.UniqueConstraint(
                fields=["party", "user", "disclosure"],
                condition=models.Q(again_after__isnull=True),
                name="consent_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.party}: {date_words(self.at)}"


class ConsentWithdrawal(Marked, AppendOnly):
    """The person took the consent back before they signed."""

    consent = models.OneToOneField(Consent, on_delete=models.PROTECT, related_name="withdrawal")
    at = models.DateTimeField(_("when"), default=timezone.now, editable=False)
    ip = models.GenericIPAddressField(_("IP address"), null=True)
    browser = models.CharField(_("browser"), max_length=400, blank=True)

    class Meta(AppendOnly.Meta):
        verbose_name = _("withdrawal of consent")

    def __str__(self) -> str:
        return f"{self.consent}: {date_words(self.at)}"


class SignatureAct(Marked, AppendOnly):
    """The signature itself. The sealed file that shows it follows."""

    class Method(models.TextChoices):
        TYPED = "typed", _("Typed name, signed in again")
        PASSKEY = "passkey", _("Typed name and passkey")
        PAPER = "paper", _("Signed on paper")

    class Factor(models.TextChoices):
        """What a signer showed beside the password; a passkey is a method of its own."""

        TOTP = "totp", _("code of the authenticator app")
        RECOVERY_CODES = "recovery_codes", _("recovery code")
        EMAIL = "email", _("code sent by e-mail to the address of the account")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    party = models.OneToOneField(Party, on_delete=models.PROTECT, related_name="act")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="signature_acts"
    )
    consent = models.ForeignKey(Consent, null=True, blank=True, on_delete=models.PROTECT, related_name="acts")
    legal_name = models.CharField(_("full legal name"), max_length=NAME_LENGTH)
    title = models.CharField(_("title"), max_length=150, blank=True)
    authority = models.CharField(_("basis of authority"), max_length=300, blank=True)
    typed_name = models.CharField(_("name as typed"), max_length=NAME_LENGTH)
    method = models.CharField(_("method"), max_length=10, choices=Method.choices, default=Method.TYPED)
    statement = models.TextField(_("canonical statement"))
    statement_sha256 = models.CharField(max_length=SHA256)
    text_sha256 = models.CharField(_("SHA-256 of the text"), max_length=SHA256)
    file_sha256 = models.CharField(_("SHA-256 of the file that was read"), max_length=SHA256)
    credential = models.CharField(_("credential"), max_length=400, blank=True)
    assertion = models.JSONField(_("passkey assertion"), null=True, blank=True)
    authenticated_at = models.DateTimeField(_("signed in again"), null=True, blank=True)
    factor = models.CharField(_("second factor"), max_length=20, choices=Factor.choices, blank=True)
    factor_at = models.DateTimeField(_("second factor used"), null=True, blank=True)
    signed_at = models.DateTimeField(_("signed"))
    ip = models.GenericIPAddressField(_("IP address"), null=True)
    browser = models.CharField(_("browser"), max_length=400, blank=True)

    class Meta(AppendOnly.Meta):
        verbose_name = _("signature")
        ordering = ["signed_at"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(factor="", factor_at__isnull=True)
                | (~models.Q(factor="") & models.Q(factor_at__isnull=False)),
                name="signature_factor_at",
            )
        ]

    def __str__(self) -> str:
        return f"{self.legal_name}, {datetime_words(self.signed_at)}"


class PaperScan(AppendOnly):
    """The scan of a copy signed by hand. It is kept as it came: the portal seals only the certificate that names it."""

    act = models.OneToOneField(SignatureAct, on_delete=models.PROTECT, related_name="scan")
    document = models.ForeignKey(StoredDocument, on_delete=models.PROTECT, related_name="+")
    sha256 = models.CharField(max_length=SHA256, db_index=True)
    size = models.PositiveIntegerField()
    signed_on = models.DateField(_("date on the paper"))
    recorded_at = models.DateTimeField(auto_now_add=True)

    class Meta(AppendOnly.Meta):
        verbose_name = _("scan of a signed copy")

    def __str__(self) -> str:
        return f"{self.act}: {self.sha256[:12]}"


class ClauseRead(AppendOnly):
    """The person who is to sign confirmed having read one clause of the text as issued."""

    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="clauses_read")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    anchor = models.CharField(_("clause"), max_length=80)
    at = models.DateTimeField(_("when"), auto_now_add=True)

    class Meta(AppendOnly.Meta):
        verbose_name = _("clause read")
        ordering = ["at", "pk"]
        constraints = [models.UniqueConstraint(fields=["party", "user", "anchor"], name="clause_read_once")]

    def __str__(self) -> str:
        return f"{self.party}: {self.anchor}"
