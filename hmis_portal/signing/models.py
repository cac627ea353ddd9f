"""Rows of signing: texts, requests, parties and the evidence of what was agreed. Evidence is never changed."""

import uuid
from datetime import datetime, timedelta
from typing import Any, ClassVar

import pgtrigger
from cryptography import x509
from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from hmis_portal.models import AppendOnly, StoredDocument
from hmis_portal.signing import text as texts

SHA256 = 64
SEALS_FOR, WARNED_BEFORE = timedelta(days=365), timedelta(days=60)
# Somebody with an account: settings.AUTH_USER_MODEL, whose class this package may not import.
Person = Any


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
        return f"{self.title}, version {self.number}"

    @property
    def clauses(self) -> tuple[texts.Clause, ...]:
        return texts.clauses(self.body)


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
        return f"{self.subject}, {self.serial}"

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
    """The root's list of revoked seal keys, signed where the root's key is kept, published here."""

    data = models.BinaryField(_("list (DER)"))
    made_at = models.DateTimeField(_("signed"), auto_now_add=True)

    class Meta(AppendOnly.Meta):
        verbose_name = _("revocation list of the root")

    def __str__(self) -> str:
        return f"{self.made_at:%Y-%m-%d}"


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
    legal_name = models.CharField(_("full legal name"), max_length=150, blank=True)
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


class Consent(AppendOnly):
    """A person agreed to act electronically, having been shown this disclosure."""

    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="consents")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    disclosure = models.ForeignKey(TextVersion, on_delete=models.PROTECT, related_name="+")
    disclosure_sha256 = models.CharField(max_length=SHA256)
    test_file_opened = models.BooleanField(_("the test file could be opened"))
    at = models.DateTimeField(_("when"), auto_now_add=True)
    ip = models.GenericIPAddressField(_("IP address"), null=True)
    browser = models.CharField(_("browser"), max_length=400)

    class Meta(AppendOnly.Meta):
        verbose_name = _("consent to electronic records")
        constraints = [models.UniqueConstraint(fields=["party", "user", "disclosure"], name="consent_once")]

    def __str__(self) -> str:
        return f"{self.party}: {self.at:%Y-%m-%d}"


class SignatureAct(AppendOnly):
    """The signature itself. The sealed file that shows it follows."""

    class Method(models.TextChoices):
        TYPED = "typed", _("Typed name, signed in again")
        PASSKEY = "passkey", _("Typed name and passkey")
        PAPER = "paper", _("Signed on paper")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    party = models.OneToOneField(Party, on_delete=models.PROTECT, related_name="act")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="signature_acts"
    )
    consent = models.ForeignKey(Consent, null=True, blank=True, on_delete=models.PROTECT, related_name="acts")
    legal_name = models.CharField(_("full legal name"), max_length=150)
    title = models.CharField(_("title"), max_length=150, blank=True)
    authority = models.CharField(_("basis of authority"), max_length=300, blank=True)
    typed_name = models.CharField(_("name as typed"), max_length=150)
    method = models.CharField(_("method"), max_length=10, choices=Method.choices, default=Method.TYPED)
    statement = models.TextField(_("canonical statement"))
    statement_sha256 = models.CharField(max_length=SHA256)
    text_sha256 = models.CharField(_("SHA-256 of the text"), max_length=SHA256)
    file_sha256 = models.CharField(_("SHA-256 of the file that was read"), max_length=SHA256)
    credential = models.CharField(_("credential"), max_length=400, blank=True)
    assertion = models.JSONField(_("passkey assertion"), null=True, blank=True)
    authenticated_at = models.DateTimeField(_("signed in again"), null=True, blank=True)
    signed_at = models.DateTimeField(_("signed"))
    ip = models.GenericIPAddressField(_("IP address"), null=True)
    browser = models.CharField(_("browser"), max_length=400, blank=True)

    class Meta(AppendOnly.Meta):
        verbose_name = _("signature")
        ordering = ["signed_at"]

    def __str__(self) -> str:
        return f"{self.legal_name}, {self.signed_at:%Y-%m-%d %H:%M} UTC"


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


class Revision(AppendOnly):
    """One sealed file of a request; each begins with all bytes of the one before."""

    CERTIFIED = "certified"
    CERTIFICATE = "certificate"  # a step that makes no revision but the certificate of completion

    request = models.ForeignKey(SigningRequest, on_delete=models.PROTECT, related_name="revisions")
    step = models.CharField(max_length=20)
    position = models.PositiveSmallIntegerField()
    document = models.ForeignKey(StoredDocument, on_delete=models.PROTECT, related_name="+")
    sha256 = models.CharField(max_length=SHA256)
    size = models.PositiveIntegerField()
    previous = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="next"
    )
    seal_key = models.ForeignKey(SealKey, on_delete=models.PROTECT, related_name="+")
    certificate_serial = models.CharField(max_length=64)
    certificate = models.TextField(_("certificate (PEM)"))
    level = models.CharField(max_length=10)
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta(AppendOnly.Meta):
        verbose_name = _("sealed file")
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["request", "step"], name="revision_step_once"),
            models.UniqueConstraint(fields=["request", "position"], name="revision_position_once"),
            models.CheckConstraint(
                name="revision_chain",
                condition=models.Q(position=0, previous__isnull=True)
                | models.Q(position__gt=0, previous__isnull=False),
            ),
        ]
        indexes = [models.Index(fields=["sha256"], name="revision_by_hash")]

    def __str__(self) -> str:
        return f"{self.request_id}: {self.step}"


class CompletionCertificate(AppendOnly):
    """The document about the signing of a request: who, how identified, when, which hashes, with the events inside."""

    request = models.OneToOneField(SigningRequest, on_delete=models.PROTECT, related_name="certificate")
    document = models.ForeignKey(StoredDocument, on_delete=models.PROTECT, related_name="+")
    sha256 = models.CharField(max_length=SHA256, db_index=True)
    events_head = models.CharField(_("hash of the last event"), max_length=SHA256)
    seal_key = models.ForeignKey(SealKey, on_delete=models.PROTECT, related_name="+")
    certificate_serial = models.CharField(max_length=64)
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta(AppendOnly.Meta):
        verbose_name = _("certificate of completion")

    def __str__(self) -> str:
        return f"{self.request_id}: certificate"


class SealJob(models.Model):
    """A file that must be made. Written with its cause in one transaction; a sweep finds what is not done."""

    request = models.ForeignKey(SigningRequest, on_delete=models.CASCADE, related_name="jobs")
    step = models.CharField(max_length=20)
    created_at = models.DateTimeField(auto_now_add=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    error = models.CharField(max_length=300, blank=True)
    parked_at = models.DateTimeField(_("given up, for a person to see"), null=True, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("file to make")
        verbose_name_plural = _("files to make")
        constraints = [models.UniqueConstraint(fields=["request", "step"], name="seal_job_once")]
        indexes = [
            models.Index(fields=["created_at"], condition=models.Q(done_at=None), name="seal_job_open")
        ]

    def __str__(self) -> str:
        return f"{self.request_id}: {self.step}"


class SigningEvent(AppendOnly):
    """What happened to a request, each entry holding the hash of the one before."""

    request = models.ForeignKey(SigningRequest, on_delete=models.PROTECT, related_name="events")
    sequence = models.PositiveIntegerField()
    kind = models.CharField(max_length=30)
    at = models.DateTimeField()
    data = models.JSONField(default=dict)
    previous_hash = models.CharField(max_length=SHA256, blank=True)
    hash = models.CharField(max_length=SHA256)

    class Meta(AppendOnly.Meta):
        verbose_name = _("signing event")
        ordering = ["request", "sequence"]
        constraints = [
            models.UniqueConstraint(fields=["request", "sequence"], name="signing_event_sequence_once")
        ]

    def __str__(self) -> str:
        return f"{self.sequence}. {self.kind}"
